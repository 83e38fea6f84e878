"""The way of an analyst with pandas: order lines of one file, cleaned and reduced to the same profiles, row for row.

``python -m benchmarks.by_hand FILE``. It reads every cell of a CSV as text, as one must to keep leading zeros and to
say which cells could not be read, types the columns, sets lines aside by reason, notes equal lines and computes the
features with grouped frames.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = ("night", "morning", "afternoon", "evening")


def profiles(file: str) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Return the profiles indexed by customer, the lines set aside by reason, and the number of repeated lines."""
    csv = file.endswith("csv")
    raw = pd.read_csv(file, dtype="str", keep_default_na=False, na_values=[""]) if csv else pd.read_parquet(file)
    repeats = int(raw.duplicated().sum())
    rows = pd.DataFrame(
        {
            "customer_id": raw.customer_id.str.strip(),
            "order_id": raw.order_id.str.strip(),
            "time": pd.to_datetime(raw.order_time, format="%Y-%m-%d %H:%M:%S", errors="coerce"),
            "category": raw.category.str.strip(),
            "amount": pd.to_numeric(raw.amount, errors="coerce"),
            "quantity": pd.to_numeric(raw.quantity, errors="coerce"),
            "channel": raw.channel.str.strip(),
        }
    )
    no_customer = rows.customer_id.isna()
    no_date = ~no_customer & raw.order_time.isna()
    bad_date = ~no_customer & ~no_date & rows.time.isna()
    dated = ~(no_customer | no_date | bad_date)
    no_amount = dated & raw.amount.isna()
    bad_amount = dated & ~no_amount & rows.amount.isna()
    reasons = {
        "no_customer": no_customer,
        "no_date": no_date,
        "date_unreadable": bad_date,
        "no_amount": no_amount,
        "amount_unreadable": bad_amount,
    }
    aside = {reason: int(said.sum()) for reason, said in reasons.items() if said.any()}
    del raw
    rows = rows[dated & ~no_amount & ~bad_amount]
    back = (rows.quantity < 0) | (rows.amount < 0)
    rows["amount"] = rows.amount.where(~back, -rows.amount.abs())
    return _features(rows.assign(back=back)), aside, repeats


def _features(rows: pd.DataFrame) -> pd.DataFrame:
    sales = rows[~rows.back & (rows.amount > 0)]
    as_of = sales.time.max().normalize() + pd.Timedelta(days=1)
    lines = sales.groupby("customer_id")
    orders = sales.groupby(["customer_id", "order_id"]).time.min().reset_index()
    orders["day"] = orders.time.dt.normalize()
    orders["weekday"] = orders.time.dt.day_of_week.map(dict(enumerate(WEEKDAYS)))
    orders["hours"] = (orders.time.dt.hour // 6).map(dict(enumerate(HOURS)))
    days = orders[["customer_id", "day"]].drop_duplicates().sort_values(["customer_id", "day"])
    days["gap"] = days.groupby("customer_id").day.diff().dt.days
    days["month"] = days.day.dt.year * 12 + days.day.dt.month
    per_order, per_day = orders.groupby("customer_id"), days.groupby("customer_id")
    found = pd.DataFrame({"spend": rows.groupby("customer_id").amount.sum()})
    found["n_orders"] = per_order.size()
    found["n_orders"] = found.n_orders.fillna(0).astype("int64")
    found["first_order_date"] = lines.time.min().dt.normalize()
    found["last_order_date"] = lines.time.max().dt.normalize()
    found["active_months"] = per_day.month.nunique()
    found["mean_gap_days"] = per_day.gap.mean()
    found["gap_spread_days"] = per_day.gap.std()
    found["recency_days"] = (as_of - found.last_order_date).dt.days
    found["tenure_days"] = (as_of - found.first_order_date).dt.days
    found["average_order_value"] = lines.amount.sum() / found.n_orders
    returned = -rows[rows.back].groupby("customer_id").amount.sum()
    gross = lines.amount.sum().reindex(found.index).fillna(0)
    found["return_share"] = (returned.reindex(found.index).fillna(0) / gross).where(gross > 0).clip(upper=1)
    recent = as_of - pd.Timedelta(days=90)
    before = recent - pd.Timedelta(days=90)
    found["orders_last_90_days"] = orders[orders.day > recent].groupby("customer_id").size()
    earlier = orders[(orders.day <= recent) & (orders.day > before)]
    found["orders_90_days_before"] = earlier.groupby("customer_id").size()
    for key in ("active_months", "orders_last_90_days", "orders_90_days_before"):
        found[key] = found[key].fillna(0).astype("int64")
    trend = found.orders_last_90_days / found.orders_90_days_before - 1
    found["order_trend"] = trend.where(found.orders_90_days_before > 0)
    in_week = orders.assign(weekday=pd.Categorical(orders.weekday, WEEKDAYS, ordered=True))
    found["favourite_weekday"] = _favourite(in_week, "weekday")["favourite"].astype("str")
    found["favourite_hours"] = _favourite(orders, "hours")["favourite"]
    taste = _favourite(sales, "category")
    found["favourite_category"], found["favourite_category_share"] = taste["favourite"], taste["share"]
    found["n_categories"], found["category_entropy"] = taste["different"], taste["entropy"]
    channel = _favourite(sales, "channel")
    found["favourite_channel"], found["favourite_channel_share"] = channel["favourite"], channel["share"]
    found["n_channels"] = channel["different"]
    first = sales.sort_values(["customer_id", "time", "channel"]).drop_duplicates("customer_id")
    found["first_channel"] = first.set_index("customer_id").channel
    return found


def _favourite(table: pd.DataFrame, column: str) -> dict[str, Any]:
    n = table.groupby(["customer_id", column], observed=True).size().reset_index(name="n")
    best = n.sort_values(["customer_id", "n", column], ascending=[True, False, True]).drop_duplicates("customer_id")
    best = best.set_index("customer_id")
    per_customer = n.groupby("customer_id").n
    total = per_customer.sum()
    share = n.n / n.customer_id.map(total)
    return {
        "favourite": best[column],
        "share": best.n / total,
        "different": per_customer.size(),
        "entropy": (-share * np.log2(share)).groupby(n.customer_id).sum(),
    }


if __name__ == "__main__":
    frame, set_aside, n_repeats = profiles(sys.argv[1])
    print(frame.shape, set_aside, n_repeats)
