"""One row per customer, with features in seven dimensions."""
