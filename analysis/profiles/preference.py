"""Preference 偏好兴趣: what to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Lines, Part, how_often
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

# A product is its id where the lines have one: one description may stand for several, and one may be described twice.
TASTES = {"category": "categories", "brand": "brands", "product": "products", "product_id": "products"}
FEATURES = (
    Feature("favourite_category", "preference", "category"),
    Feature("favourite_category_share", "preference", "number", "share"),
    Feature("n_categories", "preference", "number", "count"),
    Feature("category_entropy", "preference", "number", "bits"),
    Feature("favourite_brand", "preference", "category"),
    Feature("favourite_product", "preference", "category"),
    Feature("n_products", "preference", "number", "count"),
    Feature("discount_share", "preference", "number", "share"),
)


def part(lines: Lines) -> Part:
    """Favourite category, brand and product by number of lines, and the share of lines bought with a discount."""
    asked = ()
    if "discount" in lines.roles:
        sale = nw.col("sale")
        asked = (how_often("lines_reduced", sale & (nw.col("discount") > 0)), how_often("lines_sold", sale))
    return Part(lines=asked, favourites=tuple(column for column in TASTES if column in lines.roles))


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Add the share of lines with a discount, and name the counts of tastes."""
    if "discount" in lines.roles:
        sold = profiles["lines_sold"]
        profiles["discount_share"] = (profiles["lines_reduced"] / sold).where(sold > 0)
    for column, many in TASTES.items():
        if column in lines.roles:
            different = profiles[f"n_{column}"]
            name = f"n_{many}"
            profiles[name] = different.fillna(profiles[name]) if name in profiles else different
