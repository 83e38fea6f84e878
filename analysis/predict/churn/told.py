"""What churn leaves to others: its score as a feature, a row per customer, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.predict.churn.result import SCORE

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.churn.result import ChurnResult
    from analysis.profiles.result import Feature

KEPT = ("customer_id", SCORE, "low", "high", "has_left", "reason_1", "reason_2", "reason_3", "saved")


def features(result: ChurnResult) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the column that the profiles get: the chance of leaving."""
    return ((result.score_feature, result.customers[SCORE]),)


def rows(result: ChurnResult) -> pd.DataFrame:
    """Return one row per customer: chance, interval, the keys of the reasons, and what an offer would save."""
    found = result.customers
    return found[[key for key in KEPT if key in found.columns]].rename(columns={SCORE: "risk"})


def figures(result: ChurnResult) -> dict[str, Any]:
    """Return what leaving is, what the scores come from, and how model and rule did on customers unseen."""
    definition, money = result.definition, result.money
    return {
        "definition": definition.kind,
        "days": definition.days,
        "column": definition.feature.key if definition.feature else None,
        "used": result.used,
        "rule": result.rule_feature.key,
        "model_is_better": result.model_is_better,
        "tested": result.figures().to_dict("records"),
        "leaks": [leak.feature.key for leak in result.leaks],
        "saved": None
        if money is None
        else {"n": money.n, "saved": money.saved, "low": money.low, "high": money.high, "pays_from": money.pays_from},
        "model_version": result.version,
        "notes": [note.code for note in result.notes],
    }
