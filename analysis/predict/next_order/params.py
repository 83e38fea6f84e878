"""What a person chooses for the next order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params


class NextOrderParams(Params):
    """How the next order is foretold.

    Attributes
    ----------
    by : "auto", "none", or a column of the order lines
        What windows of its own are given to, where it has 200 gaps; ``auto`` takes the category.
    days : int
        The share of those who ordered once and come back is told for so many days ahead.
    seed : int
        Of the halves on which the coverage is measured.

    Examples
    --------
    >>> NextOrderParams().days
    90
    """

    kind: Literal["next_order"] = "next_order"
    by: Literal["auto", "none", "category", "subcategory", "brand", "channel"] = "auto"
    days: int = Field(default=90, ge=1, le=1_095)
    seed: int = Field(default=0, ge=0)
