"""What pages of predictions share."""
