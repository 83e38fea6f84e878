"""What a cell says: numbers, dates, units, categories, yes and no; as SQL over a text column."""
