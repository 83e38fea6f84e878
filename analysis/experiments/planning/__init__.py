"""How many customers, how long, what can be seen: before the first mail is sent."""
