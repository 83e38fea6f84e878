"""What to change about the offer itself: a backlog by segment, and segment × category × place as a cube."""
