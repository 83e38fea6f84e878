"""Segments from a person's own conditions."""
