"""What the pages for sharing share."""
