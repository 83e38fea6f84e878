"""Lists to send, in the layouts that other systems read."""
