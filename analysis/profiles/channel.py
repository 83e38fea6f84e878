"""Channel 触点渠道: how and where a customer is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("favourite_channel", "channel", "category"),
    Feature("favourite_channel_share", "channel", "number", "share"),
    Feature("n_channels", "channel", "number", "count"),
    Feature("first_channel", "channel", "category"),
    Feature("favourite_payment_method", "channel", "category"),
)


def part(lines: Lines) -> Part:
    """Where most lines were ordered and the first of them, and how they were paid."""
    asked = ()
    if "channel" in lines.roles:
        sold = nw.when(nw.col("sale")).then(nw.col("channel"))
        key = (sold.is_null(), nw.col("order_time"), sold)
        asked = (Ask("first_channel", sold, "first", by=key),)
    return Part(
        lines=asked, favourites=tuple(column for column in ("channel", "payment_method") if column in lines.roles)
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Name the number of channels."""
    if "channel" in lines.roles:
        profiles["n_channels"] = profiles["n_channel"]
