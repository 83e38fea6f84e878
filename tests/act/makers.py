"""Customers made up for the tests of lists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analysis.act.people import People, people_of
from analysis.profiles.result import Feature, Profiles

DAY = date(2024, 6, 30)
PERSONAL = {"name": "name", "phone": "phone", "email": "email", "wechat": "wechat"}


def profiles(n: int = 0, **columns: Any) -> Profiles:
    """Return profiles of n customers (or as many as the columns hold), with ids ``k0``, ``k1``, …"""
    size = n or len(next(iter(columns.values())))
    frame = pd.DataFrame({"customer_id": [f"k{place}" for place in range(size)], **columns})
    features = [
        Feature(
            key, "basic", _kind(frame[key]), personal=PERSONAL.get(key), header=key,
            origin="tag" if key.startswith("tag_") else "column",
        )
        for key in columns
    ]  # fmt: skip
    return Profiles(frame, tuple(features), DAY)


def people(found: Profiles, merges: Any = None) -> People:
    return people_of(found.customers["customer_id"].tolist(), merges)


def _kind(values: pd.Series) -> Any:
    if values.dtype == bool:
        return "flag"
    return "number" if values.dtype.kind in "if" else "category"
