"""Segments as people: cards whose facts come from the profiles."""
