"""Value 价值贡献: how much effort is a customer worth."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines
from analysis.profiles.result import Feature

FEATURES = (
    Feature("n_orders", "value", "number", "count"),
    Feature("spend", "value", "number", "money"),
    Feature("average_order_value", "value", "number", "money"),
)


def value(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """Orders are counted on sales; spend is net of returns."""
    orders = lines.sales.group_by("customer_id").agg(
        nw.col("order_id").n_unique().alias("n_orders"), nw.col("amount").sum().alias("gross")
    )
    spend = lines.all.group_by("customer_id").agg(nw.col("amount").sum().alias("spend"))
    return [spend, orders]
