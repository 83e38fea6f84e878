"""Charts of lists and of what came of them."""
