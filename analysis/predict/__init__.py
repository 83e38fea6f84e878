"""Predictions: each beside the simplest rule, tried on a past that it has not seen."""
