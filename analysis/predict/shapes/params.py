"""What a person chooses of the shapes of customers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params


class ShapesParams(Params):
    """How the last twelve months of customers are told apart.

    Attributes
    ----------
    least_orders : int
        Days with an order in the twelve months, from which on a shape is asked for.
    seed : int

    Examples
    --------
    >>> ShapesParams().least_orders
    8
    """

    kind: Literal["shapes"] = "shapes"
    least_orders: int = Field(default=8, ge=6, le=60)
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
