"""Act: who is written to and who is not, what to offer them, and what came of it."""
