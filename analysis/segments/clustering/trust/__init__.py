"""Are there groups at all, how many, and would other customers give the same ones."""
