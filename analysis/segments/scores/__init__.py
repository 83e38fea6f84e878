"""Segments from what each customer did: RFM, value tiers, movement, lifecycle stages."""
