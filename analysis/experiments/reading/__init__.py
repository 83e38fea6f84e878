"""A whole reading: health, every metric, segments, and the decision by the rule."""
