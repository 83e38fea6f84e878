"""What the pages about segments share."""
