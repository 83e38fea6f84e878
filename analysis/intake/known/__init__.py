"""Exports that are known by their headers: one file each, what its columns are and what it cannot tell."""
