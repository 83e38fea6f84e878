"""What belongs to a workspace, what nobody names any more, and how to mend what is broken."""
