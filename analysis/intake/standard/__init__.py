"""Mapped columns to standard tables: typed, cleaned, joined, each row kept or set aside with a reason."""
