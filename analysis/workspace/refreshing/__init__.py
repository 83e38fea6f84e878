"""Next month for a study of the workspace: files are looked at, taken in whole or not at all, and told in a brief."""
