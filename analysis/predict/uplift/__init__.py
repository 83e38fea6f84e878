"""Whom a past campaign moved: learned where some customers were left out of it by chance."""
