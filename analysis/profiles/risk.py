"""Risk 流失风险: is a customer leaving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines
from analysis.profiles.result import Feature

FEATURES = (
    Feature("recency_days", "risk", "number", "days"),
    Feature("orders_last_90_days", "risk", "number", "count"),
    Feature("orders_90_days_before", "risk", "number", "count"),
    Feature("return_share", "risk", "number", "share"),
)
WINDOW_DAYS = 90


def risk(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """Orders of the last 90 days and of the 90 before, and the share of the money that came back."""
    day, first = nw.col("order_date"), lines.as_of - timedelta(days=WINDOW_DAYS)
    recent = lines.sales.filter(day > first)
    before = lines.sales.filter(day <= first, day > first - timedelta(days=WINDOW_DAYS))
    money_back = nw.when(nw.col("is_return")).then(-nw.col("amount")).otherwise(nw.lit(0))
    return [
        recent.group_by("customer_id").agg(nw.col("order_id").n_unique().alias("orders_last_90_days")),
        before.group_by("customer_id").agg(nw.col("order_id").n_unique().alias("orders_90_days_before")),
        lines.all.with_columns(money_back=money_back)
        .group_by("customer_id")
        .agg(nw.col("money_back").sum().alias("returned")),
    ]
