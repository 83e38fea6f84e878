"""Telling another system that a list was made: a webhook, or a robot of a chat; counts, never people."""
