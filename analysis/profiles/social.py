"""Social 社交关系: whom a customer brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("referrals_made", "social", "number", "count"),
    Feature("referrals_converted", "social", "number", "count"),
    Feature("referral_spend", "social", "number", "money"),
)


def from_referrals(rows: nw.LazyFrame[Any], roles: frozenset[str], buyers: pd.DataFrame | None) -> pd.DataFrame | None:
    """Count whom each customer referred, who of them became a customer, and what those spent.

    Parameters
    ----------
    rows : LazyFrame
        Referrals up to the day of the profiles; a pair counts once, and nobody refers himself.
    buyers : DataFrame, optional
        ``n_orders`` and ``spend`` by customer, when there are orders: without a column that says who converted, whoever
        has an order did.
    """
    pairs = (
        rows.filter(nw.col("customer_id") != nw.col("referred_id"))
        .with_columns(converted=nw.when(nw.col("converted")).then(nw.lit(1)).otherwise(nw.lit(0)))
        .group_by("customer_id", "referred_id")
        .agg(nw.col("converted").max())
    )
    found: Any = pairs.collect("pandas").to_native()
    if found.empty:
        return None
    if buyers is not None:
        bought = buyers.reindex(found["referred_id"])
        if "spend" in bought:
            found["spend"] = bought["spend"].fillna(0.0).to_numpy()
        if "converted" not in roles:
            found["converted"] = (bought["n_orders"].fillna(0) > 0).astype(int).to_numpy()
    grouped = found.sort_values(["customer_id", "referred_id"]).groupby("customer_id")
    result = grouped.size().rename("referrals_made").to_frame()
    if "converted" in roles or buyers is not None:
        result["referrals_converted"] = grouped["converted"].sum()
    if "spend" in found:
        result["referral_spend"] = grouped["spend"].sum()
    return result
