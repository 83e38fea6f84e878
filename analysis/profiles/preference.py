"""Preference 偏好兴趣: what to offer."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines, favourite
from analysis.profiles.result import Feature

TASTES = {"category": "categories", "brand": "brands", "product": "products"}
FEATURES = (
    Feature("favourite_category", "preference", "category"),
    Feature("favourite_category_share", "preference", "number", "share"),
    Feature("n_categories", "preference", "number", "count"),
    Feature("favourite_brand", "preference", "category"),
    Feature("favourite_product", "preference", "category"),
    Feature("n_products", "preference", "number", "count"),
    Feature("discount_share", "preference", "number", "share"),
)


def preference(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """Favourite category, brand and product by number of lines, and the share of lines bought with a discount."""
    found = []
    for column, many in TASTES.items():
        if column in lines.roles:
            usual = favourite(lines.sales, column, f"favourite_{column}")
            found.append(usual.rename({f"n_favourite_{column}": f"n_{many}"}))
    if "discount" in lines.roles:
        reduced = nw.when(nw.col("discount") > 0).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
        found.append(
            lines.sales.with_columns(reduced=reduced)
            .group_by("customer_id")
            .agg(nw.col("reduced").mean().alias("discount_share"))
        )
    return found
