"""Experiments: plan, split, read and decide, on sufficient statistics and on raw rows."""
