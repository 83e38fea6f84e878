"""Small profiles for the tests of tags."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analysis.conditions import Condition
from analysis.profiles.result import Feature, Profiles
from analysis.tags.params import Rule, Tag

FEATURES = {
    "spend": Feature("spend", "value", "number", "money"),
    "n_orders": Feature("n_orders", "value", "number", "count"),
    "recency_days": Feature("recency_days", "risk", "number", "days"),
    "region": Feature("region", "basic", "category"),
    "member": Feature("member", "basic", "flag"),
    "phone": Feature("phone", "basic", "text", personal="phone"),
    "born": Feature("born", "basic", "date"),
}


def profiles_of(**columns: Any) -> Profiles:
    """Return profiles with these columns, customers ``c0``, ``c1``, …"""
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"customer_id": [f"c{place}" for place in range(n)], **columns})
    return Profiles(frame, tuple(FEATURES[key] for key in columns), date(2024, 6, 1))


def when(feature: str, op: str, *values: Any) -> Condition:
    """Return a condition."""
    return Condition.model_validate({"feature": feature, "op": op, "values": values})


def rule(key: str, feature: str, op: str, *values: Any, **others: Any) -> Tag:
    """Return a tag by one condition."""
    return Tag.model_validate({"key": key, "type": "value", "source": Rule(when=when(feature, op, *values)), **others})
