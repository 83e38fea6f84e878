"""The performance goals as commands that print ratios: ``python -m benchmarks NAME``."""
