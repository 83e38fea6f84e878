"""Answers about rows that stay as they are: what next month's run takes from this month's."""
