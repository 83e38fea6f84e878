"""Results drawn as Altair charts, handed a translator for their words."""
