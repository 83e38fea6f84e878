"""The parts of the pages of each way to group customers."""
