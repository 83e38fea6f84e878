"""What of a workspace is sealed, with which key, and how a workspace that is not becomes so."""
