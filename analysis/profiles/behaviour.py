"""Behaviour 行为特征: how active a customer is, and when."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines, favourite
from analysis.profiles.result import Feature

FEATURES = (
    Feature("first_order_date", "behaviour", "date"),
    Feature("last_order_date", "behaviour", "date"),
    Feature("tenure_days", "behaviour", "number", "days"),
    Feature("active_months", "behaviour", "number", "count"),
    Feature("mean_gap_days", "behaviour", "number", "days"),
    Feature("favourite_weekday", "behaviour", "category"),
    Feature("favourite_hours", "behaviour", "category"),
)
HOURS = ((6, "night"), (12, "morning"), (18, "afternoon"), (24, "evening"))


def behaviour(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """Dates of the first and last order, months with an order, and the usual weekday and time of day."""
    dates = lines.sales.with_columns(month=nw.col("order_date").dt.truncate("1mo")).group_by("customer_id").agg(
        nw.col("order_date").min().alias("first_order_date"),
        nw.col("order_date").max().alias("last_order_date"),
        nw.col("month").n_unique().alias("active_months"),
        nw.col("order_date").n_unique().alias("n_days"),
    )
    # One line per order: a long basket is one decision to buy, not many.
    orders = lines.sales.group_by("customer_id", "order_id").agg(nw.col("order_time").min())
    weekdays = favourite(orders.with_columns(weekday=nw.col("order_time").dt.weekday()), "weekday", "favourite_weekday")
    found = [dates, weekdays.select("customer_id", "favourite_weekday")]
    if lines.has_time:
        hour = nw.col("order_time").dt.hour()
        band = nw.lit(HOURS[-1][1])
        for until, name in reversed(HOURS[:-1]):
            band = nw.when(hour < until).then(nw.lit(name)).otherwise(band)
        hours = favourite(orders.with_columns(hours=band), "hours", "favourite_hours")
        found.append(hours.select("customer_id", "favourite_hours"))
    return found
