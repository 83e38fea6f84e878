"""Personal data of a workspace at rest: the keys, and Parquet columns that stand encrypted beside the others."""
