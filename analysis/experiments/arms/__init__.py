"""What one arm says beside another: statistics, tests, intervals."""
