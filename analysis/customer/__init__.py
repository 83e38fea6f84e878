"""One customer: rhythm and worth, what happened, what changed, who is most alike, and the lines behind it."""
