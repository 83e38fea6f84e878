"""What a lifetime value leaves to others: features of the profiles, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.lifetime.result import LifetimeValue

# What it is computed from: that groups made of these differ in it is no finding.
MADE_OF = ("recency_days", "n_orders", "spend", "tenure_days")


def features(result: LifetimeValue) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the columns that the profiles get: orders ahead, and with money their value."""
    as_of, rows = result.as_of, result.customers
    found = [(Feature("lifetime_orders", "value", "number", "count", origin="prediction", as_of=as_of, made_of=MADE_OF),
              rows["orders"])]  # fmt: skip
    if result.has_money:
        value = Feature("lifetime_value", "value", "number", "money", origin="prediction", as_of=as_of, made_of=MADE_OF)
        found.append((value, rows["value"]))
    return tuple(found)


def rows(result: LifetimeValue) -> pd.DataFrame:
    """Return one row per customer: orders ahead and their value, with intervals."""
    return result.customers


def figures(result: LifetimeValue) -> dict[str, Any]:
    """Return the figures: the sum and its interval, where they come from, and how that did on the past."""
    trial, stayed = result.tried, result.stayed
    return {
        "used": result.used,
        "months": result.params.months,
        "customers": result.n,
        "orders": float(result.customers["orders"].sum()),
        "value": result.total,
        "value_low": result.total_low,
        "value_high": result.total_high,
        "model_version": result.version,
        "tried": None if trial is None else {
            "cut": trial.cut.isoformat(), "weeks": trial.weeks, "customers": trial.n, "expected": trial.expected,
            "came": trial.came, "off_by_model": trial.mae_model, "off_by_rule": trial.mae_rule,
        },
        "stayed": None if stayed is None else {
            "until": stayed.until, "upto": stayed.upto, "customers": stayed.n, "off_by_model": stayed.off_model,
            "off_by_rule": stayed.off_rule,
        },
        "notes": [note.code for note in result.notes],
    }  # fmt: skip
