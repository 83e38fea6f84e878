"""Six customers with one feature of each kind, and conditions in a line."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.conditions import Condition
from analysis.profiles.result import Feature, Profiles

FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("n_orders", "value", "number", "count"),
    Feature("recency_days", "risk", "number", "days"),
    Feature("first_order_date", "behaviour", "date"),
    Feature("city", "basic", "category"),
    Feature("remark", "basic", "text", header="备注"),
    Feature("member", "basic", "flag"),
)


def profiles() -> Profiles:
    frame = pd.DataFrame(
        {
            "customer_id": list("abcdef"),
            "spend": [100.0, 50, 10, 0, np.nan, 60],
            "n_orders": [5, 2, 1, 0, 1, 2],
            "recency_days": [3.0, 200, 40, np.nan, 400, 90],
            "first_order_date": pd.to_datetime(
                ["2024-01-01T23:30", "2023-05-01", "2024-02-01", None, "2022-01-01", "2024-01-02"], format="ISO8601"
            ),
            "city": ["Bath", "York", None, "York", "Hull", "york"],
            "remark": ["Calls 50% off.*", "", None, "calls", "CALL back", "x"],
            "member": pd.array([True, False, None, True, False, True], dtype="boolean"),
        }
    )
    return Profiles(frame, FEATURES, date(2024, 3, 1))


def is_(feature: str, op: str, *values: float | str) -> Condition:
    return Condition(feature=feature, op=op, values=values)  # pyright: ignore
