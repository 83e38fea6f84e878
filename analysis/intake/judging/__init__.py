"""How good the data is: findings, the quality report, and what one click does about each."""
