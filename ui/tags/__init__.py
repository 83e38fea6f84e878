"""What the page of tags is made of."""
