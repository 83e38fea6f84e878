"""Personal data: its kinds, the forms they are known by, how they are masked, and who may see them in full."""
