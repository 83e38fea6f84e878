"""How orders, customers and revenue go on from here, a month at a time."""
