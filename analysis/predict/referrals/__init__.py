"""Who brings whom: what referred customers are worth, how far it reaches, and what looks made up."""
