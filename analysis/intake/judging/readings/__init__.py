"""Readings that are offered beside the one taken: totals of orders, rates, days, and which of them are none."""
