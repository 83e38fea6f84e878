"""What referrals leave to others: three features, a row per customer, and their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.referrals.result import Referrals
    from analysis.profiles.result import Feature

_COLUMNS = {"was_referred": "was_referred", "referral_reach": "reach", "referral_tree_spend": "tree"}


def features(result: Referrals) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the columns that the profiles get."""
    return tuple((feature, result.customers[_COLUMNS[feature.key]]) for feature in result.features)


def rows(result: Referrals) -> pd.DataFrame:
    """Return one row per customer: whether they were brought, how many they brought, and what these spent."""
    return result.customers


def figures(result: Referrals) -> dict[str, Any]:
    """Return how many were brought, by how many, what they spend, and how many signs there are."""
    signs: dict[str, int] = {}
    for sign in result.signs:
        signs[sign.kind] = signs.get(sign.kind, 0) + 1
    return {
        "referrers": len(result.referrers),
        "referred": result.n_referred,
        "share": {"low": result.share_low, "high": result.share_high, "n": len(result.customers)},
        "bought": result.n_bought,
        "spend_share": result.spend_share,
        "signs": signs,
        "notes": {note.code: note.facts["n"] for note in result.notes},
    }
