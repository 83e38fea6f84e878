"""What moved between two runs of a study, why, and what it asks for: from snapshots to the brief of the month."""
