"""What moved between two runs of a study, on screen."""
