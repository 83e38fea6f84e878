"""From tables of results to sufficient statistics."""
