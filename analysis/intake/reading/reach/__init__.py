"""What a workbook says beside its native reader: how far cells reach before it sees them, and how they are shown."""
