"""What the pages about data share."""
