"""What a person chooses of what moved: by which column a bridge is told, how chance is asked, where an alarm begins."""

from __future__ import annotations

from pydantic import Field

from analysis.params import Params


class BridgeParams(Params):
    """By what a bridge is told.

    ``by`` is ``"segment"`` (of ``method``), a text column of orders or customers such as ``"product"``, ``"channel"``
    or ``"region"``, or None; at most ``most`` values stand alone, the others are ``"other"``.
    """

    by: str | None = Field(default=None, max_length=64)
    method: str = Field(default="rfm", max_length=64)
    most: int = Field(default=20, ge=2, le=1_000)


class ChanceParams(Params):
    """How often customers are drawn anew, of how many, and from which seed."""

    draws: int = Field(default=10, ge=2, le=200)
    most_customers: int = Field(default=5_000, ge=100)
    seed: int = 0


class DriftParams(Params):
    """Into how many bins numbers are cut, at most how many values of a category stand alone, and the level of alarm."""

    bins: int = Field(default=10, ge=2, le=50)
    levels: int = Field(default=20, ge=2, le=100)
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
