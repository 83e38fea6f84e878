"""What the next order leaves to others: days to it as a feature, a row per customer, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.next_order.result import NextOrders
    from analysis.profiles.result import Feature

KEPT = (
    *("customer_id", "state", "usual_days", "low_50", "high_50", "low_80", "high_80", "middle", "next_order_days"),
    "comes_back",
)


def features(result: NextOrders) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the column that the profiles get: days to the middle of the window."""
    return ((result.score_feature, result.customers["next_order_days"]),)


def rows(result: NextOrders) -> pd.DataFrame:
    """Return one row per customer: the window of the next order, or why there is none."""
    return result.customers[list(KEPT)].rename(columns={"next_order_days": "days"})


def figures(result: NextOrders) -> dict[str, Any]:
    """Return how many have a window, and how often such windows held the last order."""
    states = result.customers["state"].value_counts()
    return {
        "customers": {str(state): int(n) for state, n in states.items()},
        "covered": {
            f"{row['level']:g}": {"share": float(row["covered"]), "n": int(row["n"])}
            for row in result.coverage.to_dict("records")
        },
        "notes": [note.code for note in result.notes],
    }
