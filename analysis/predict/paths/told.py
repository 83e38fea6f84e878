"""What the ways leave to others: how far each customer went, and the figures of the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.paths.result import Paths
    from analysis.profiles.result import Feature


def features(result: Paths) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the column that the profiles get: steps of the funnel that were reached."""
    return () if result.funnel is None else ((result.feature, result.customers["steps"]),)


def rows(result: Paths) -> pd.DataFrame:
    """Return one row per customer: steps of the funnel that were reached."""
    return result.customers


def figures(result: Paths) -> dict[str, Any]:
    """Return the funnel, and what contacts are credited with."""
    steps = [] if result.funnel is None else result.funnel.steps.to_dict("records")
    credited = [] if result.credits is None else result.credits.to_dict("records")
    return {
        "steps": [{key: None if value != value else value for key, value in one.items()} for one in steps],
        "credits": credited,
        "orders": result.n_orders,
        "notes": [note.code for note in result.notes],
    }
