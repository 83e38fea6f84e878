"""Charts of predictions: whether chances come true, who is found at the top of a list, who comes back."""
