"""One writer per kind of file; all of them write the same tree of content."""
