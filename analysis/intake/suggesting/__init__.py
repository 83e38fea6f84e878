"""What every column looks like, and which role it seems to play."""
