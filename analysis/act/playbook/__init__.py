"""The playbook: what to do with each segment, by trade, filled from the segment's own data, with what it may bring."""
