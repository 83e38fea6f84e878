"""Files of any kind to raw tables: encodings, containers, header rows; frames and queries too."""
