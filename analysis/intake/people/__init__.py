"""Which ids may be one customer, and how the tables of a study join."""
