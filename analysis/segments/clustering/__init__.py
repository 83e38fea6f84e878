"""Groups found in the data: preparation, the groups, how many, and whether there are any."""
