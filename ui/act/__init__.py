"""What the pages of Act share: lists, playbook, actions and their review."""
