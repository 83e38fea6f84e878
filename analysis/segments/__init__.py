"""Customers in named groups: RFM and clusters."""
