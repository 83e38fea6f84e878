"""Value 价值贡献: how much effort is a customer worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part, how_many, how_often
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("n_orders", "value", "number", "count"),
    Feature("spend", "value", "number", "money"),
    Feature("average_order_value", "value", "number", "money"),
    Feature("margin", "value", "number", "money"),
    Feature("margin_share", "value", "number", "share"),
)


def part(lines: Lines) -> Part:
    """Orders are counted on sales; spend is net of returns, and so is the margin of the lines whose cost is known."""
    if "amount" not in lines.roles:
        return Part(lines=(how_many("n_lines"),), orders=(how_many("n_orders"),))
    amount, sale = nw.col("amount").fill_null(0), nw.col("sale")  # none of their own: visits that were paid before
    asked = [
        Ask("spend", amount, "sum", "number"),
        Ask("gross", nw.when(sale).then(amount), "sum", "number"),
    ]
    if "cost" in lines.roles:
        cost = nw.col("cost").abs()
        signed = nw.when(nw.col("is_return")).then(-cost).otherwise(cost)
        asked += [
            Ask("cost_known_amount", nw.when(~cost.is_null()).then(amount), "sum", "number"),
            Ask("cost_known", signed, "sum", "number"),
            Ask("lines_with_cost", cost, "count", "count"),
        ]
    return Part(lines=tuple(asked), orders=(how_many("n_orders"), how_often("n_paid", nw.col("paid") > 0)))


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Add the average of the orders that have money of their own, and the margin."""
    if "amount" not in lines.roles:
        return
    profiles["average_order_value"] = (profiles["gross"] / profiles["n_paid"]).where(profiles["n_paid"] > 0)
    if "cost" in lines.roles:
        known = profiles["lines_with_cost"] > 0
        profiles["margin"] = (profiles["cost_known_amount"] - profiles["cost_known"]).where(known)
        sold = profiles["cost_known_amount"]
        profiles["margin_share"] = (profiles["margin"] / sold).where(known & (sold > 0))
