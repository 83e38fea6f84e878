"""What may be chosen of the cards of the first screen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from analysis.params import Params

Share = Annotated[float, Field(gt=0, lt=1)]


class CardParams(Params):
    """How many cards there are, and from where on a segment counts as big.

    ``big_share`` is a share of all revenue, ``big_worth`` and ``small_worth`` are multiples of what a customer spent on
    average. ``days_before`` are the days that may lie between the two states that are compared, the longest first; one
    is taken when the orders reach back three times as long.

    Examples
    --------
    >>> CardParams().most
    7
    """

    kind: Literal["cards"] = "cards"
    most: int = Field(default=7, ge=2, le=12)
    big_share: Share = 0.2
    big_worth: float = Field(default=1.5, gt=1)
    small_worth: float = Field(default=0.5, gt=0, lt=1)
    days_before: tuple[int, ...] = (90, 30)
