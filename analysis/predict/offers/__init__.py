"""What to offer to whom next, again and new, measured on each customer's last order beside the plain rule."""
