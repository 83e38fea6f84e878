"""What the pages about customers share."""
