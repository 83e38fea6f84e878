"""Pages to print: no script, nothing fetched, every text escaped."""
