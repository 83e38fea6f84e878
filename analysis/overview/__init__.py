"""Overview: the customer base of a period at a glance."""
