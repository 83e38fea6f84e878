"""What feedback leaves to others: three features, a row per customer, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.feedback.result import Accuracy, Feedback
    from analysis.profiles.result import Feature

_COLUMNS = {"feedback_score": "score", "feedback_negative": "negative", "feedback_complaint": "aspect"}


def features(result: Feedback) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the columns that the profiles get."""
    return tuple((feature, result.customers[_COLUMNS[feature.key]]) for feature in result.features)


def rows(result: Feedback) -> pd.DataFrame:
    """Return one row per customer: how gladly they speak, how often sadly, and of what."""
    return result.customers


def figures(result: Feedback) -> dict[str, Any]:
    """Return how many are glad, about what, and how often that was told right."""
    aspects = result.aspects[["aspect", "n", "negative_share", "low", "high"]].to_dict("records")
    return {
        "texts": dict(result.counts),
        "by": result.by,
        "accuracy": _accuracy(result.accuracy),
        "accuracy_of_words": _accuracy(result.rule_accuracy),
        "aspects": [{key: None if value != value else value for key, value in one.items()} for one in aspects],
        "topics": result.topics[["topic", "name", "n"]].to_dict("records"),
        "notes": [note.code for note in result.notes],
    }


def _accuracy(found: Accuracy | None) -> dict[str, Any] | None:
    if found is None:
        return None
    found_in = {"share": found.share, "low": found.low, "high": found.high}
    return {"of": found.of, **found_in, "n": found.n, "neither": found.n_neither}
