"""What a person chooses of the trend."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params

Measure = Literal["revenue", "orders", "customers"]


class TrendParams(Params):
    """What is told of the months ahead.

    Attributes
    ----------
    measure : "auto", "revenue", "orders" or "customers"
        Net revenue, orders, or customers who ordered in the month; ``auto`` takes revenue, and orders without money.
    by : "none", "segments", "region", "channel" or "category"
        A line for all, or one for each of the largest groups; ``segments`` are those of the first screen, as they
        are today.
    months : int
        How many months ahead; fewer where the orders cover too few months to try that many.

    Examples
    --------
    >>> TrendParams().months
    6
    """

    kind: Literal["trend"] = "trend"
    measure: Literal["auto"] | Measure = "auto"
    by: Literal["none", "segments", "region", "channel", "category"] = "none"
    months: int = Field(default=6, ge=1, le=12)
