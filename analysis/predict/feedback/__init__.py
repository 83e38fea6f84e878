"""What people say: glad or not, about what, and how sure that is."""
