"""What makes segments differ from everyone else."""
