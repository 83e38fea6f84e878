"""What uplift leaves to others: a feature, a row per customer, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.uplift.uplift import UpliftResult
    from analysis.profiles.result import Feature


def features(result: UpliftResult) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return by how much the campaign changes the chance of each customer."""
    return ((result.score_feature, result.everybody["uplift"]),)


def rows(result: UpliftResult) -> pd.DataFrame:
    """Return one row per customer: the change that is foretold, and the interval of what came of such customers."""
    return result.everybody


def figures(result: UpliftResult) -> dict[str, Any]:
    """Return what the campaign did, and whether there is a pattern in whom it moved."""
    return {
        "effect": result.effect, "low": result.low, "high": result.high,
        "treated": result.n_treated, "control": result.n_control,
        "qini": {"value": result.qini.value, "low": result.qini.low, "high": result.qini.high},
        "has_pattern": result.has_pattern,
        "notes": [note.code for note in result.notes],
    }  # fmt: skip
