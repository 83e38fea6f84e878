"""Risk 流失风险: is a customer leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("recency_days", "risk", "number", "days"),
    Feature("orders_last_90_days", "risk", "number", "count"),
    Feature("orders_90_days_before", "risk", "number", "count"),
    Feature("order_trend", "risk", "number", "ratio"),
    Feature("return_share", "risk", "number", "share"),
)
WINDOW_DAYS = 90


def part(lines: Lines) -> Part:
    """Orders of the last 90 days and of the 90 before, and the money that came back."""
    day, first = nw.col("order_date"), lines.as_of - timedelta(days=WINDOW_DAYS)
    recent, before = day > first, (day <= first) & (day > first - timedelta(days=WINDOW_DAYS))
    orders, none = nw.col("orders"), nw.lit(0)
    money_back = nw.when(nw.col("is_return")).then(-nw.col("amount"))
    return Part(
        lines=(Ask("returned", money_back, "sum", "number"),),
        days=(
            Ask("orders_last_90_days", nw.when(recent).then(orders).otherwise(none), "sum", "count"),
            Ask("orders_90_days_before", nw.when(before).then(orders).otherwise(none), "sum", "count"),
        ),
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Add the days since the last order, the trend and the share returned.

    The trend is the change from the 90 days before to the last 90 days as a share of the former; without an order in
    the former there is nothing to compare with, and it is missing.
    """
    import pandas as pd

    profiles["recency_days"] = (pd.Timestamp(lines.as_of) - profiles["last_order_date"]).dt.days.astype("float64")
    before = profiles["orders_90_days_before"]
    profiles["order_trend"] = (profiles["orders_last_90_days"] / before - 1).where(before > 0)
    if (profiles["returned"] > 0).any():
        gross = profiles["gross"].fillna(0)
        profiles["return_share"] = (profiles["returned"].fillna(0) / gross).where(gross > 0).clip(upper=1.0)
