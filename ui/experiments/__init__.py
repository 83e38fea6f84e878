"""What the pages of experiments share."""
