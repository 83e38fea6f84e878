"""From files of any kind to standard tables: read, describe, suggest, standardise."""
