"""What shapes leave to others: a feature, a row per customer, and their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.shapes.result import Shapes
    from analysis.profiles.result import Feature


def features(result: Shapes) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the shape of each customer, where one is told."""
    return ((result.score_feature, result.customers["shape"]),)


def rows(result: Shapes) -> pd.DataFrame:
    """Return one row per customer: the shape, the orders behind it, and how the months go with time."""
    return result.customers


def figures(result: Shapes) -> dict[str, Any]:
    """Return how many have each shape, beside chance, and how well it is found again."""
    return {
        "customers": result.n,
        "left_out": {"new": result.n_new, "few_orders": result.n_few, "least_orders": result.least_orders},
        "shapes": {
            str(row["shape"]): {
                name: None if row[name] != row[name] else float(row[name])
                for name in ("customers", "low", "high", "by_chance", "p", "stable")
            }
            | {"is_told": bool(row["is_told"])}
            for row in result.shapes.to_dict("records")
        },
        "rule": {"rise": result.rule, "by_chance": result.rule_by_chance},
        "notes": [note.code for note in result.notes],
    }
