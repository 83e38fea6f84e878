"""Channel 触点渠道: how and where a customer is reached."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis.profiles.lines import Lines, favourite
from analysis.profiles.result import Feature

FEATURES = (
    Feature("favourite_channel", "channel", "category"),
    Feature("n_channels", "channel", "number", "count"),
    Feature("favourite_payment_method", "channel", "category"),
)


def channel(lines: Lines) -> list[nw.LazyFrame[Any]]:
    """Where most orders were placed and how they were paid."""
    found = []
    if "channel" in lines.roles:
        usual = favourite(lines.sales, "channel", "favourite_channel")
        usual = usual.rename({"n_favourite_channel": "n_channels"})
        found.append(usual.select("customer_id", "favourite_channel", "n_channels"))
    if "payment_method" in lines.roles:
        usual = favourite(lines.sales, "payment_method", "favourite_payment_method")
        found.append(usual.select("customer_id", "favourite_payment_method"))
    return found
