"""What is owed to the people whose data a study holds: how long it is kept, what for, and the assessment."""
