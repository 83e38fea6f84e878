"""Reports of a study: one tree of content, and a writer for each kind of file."""
