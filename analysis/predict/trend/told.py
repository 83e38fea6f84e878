"""What the trend leaves to others: a row per month, and its figures; it says nothing of a single customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.trend.result import Trend
    from analysis.profiles.result import Feature


def features(result: Trend) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return nothing: months are no feature of a customer."""
    return ()


def rows(result: Trend) -> pd.DataFrame:
    """Return one row per group and month: what was, and what is told with its interval."""
    return result.months.assign(measure=result.measure)


def figures(result: Trend) -> dict[str, Any]:
    """Return the months ahead of each group, and which way told them."""
    told = result.months[result.months["is_told"]]
    return {
        "measure": result.measure,
        "by": result.by,
        "n_months": result.n_months,
        "groups": [
            {
                "group": one.group,
                "way": one.ahead.way,
                "tried": {tried.way: tried.error for tried in one.ahead.tried},
                "n_origins": one.ahead.n_origins,
                "months": [
                    {"month": f"{row['month']:%Y-%m}", **{name: float(row[name]) for name in ("value", "low", "high")}}
                    for row in told[told["group"] == one.group].to_dict("records")
                ],
            }
            for one in result.groups
        ],
        "notes": [note.code for note in result.notes],
    }
