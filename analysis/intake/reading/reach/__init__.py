"""How far the cells of a sheet reach, known before a native reader sees them."""
