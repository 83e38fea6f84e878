"""Small mathematics on arrays that two stages share."""
