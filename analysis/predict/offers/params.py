"""What a person chooses for offers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params


class OffersParams(Params):
    """How offers are ranked, and what is never offered.

    Attributes
    ----------
    by : "auto", or a column of the order lines
        What is offered; ``auto`` takes the product, by its id where the lines have one.
    n : int
        Offers per customer and list.
    method : "auto", "rule" or "model"
        ``auto`` takes what learns from other customers where it finds more of the last orders than the plain rule, by
        more than noise. The plain rule is what a customer bought most often, then what sells most.
    gone_days : int
        A product that nobody bought for so many days, though three sales were due in them, is taken for out of stock.
    least_margin : float
        Share of the price, -1..1; a product with less is not offered, where the lines hold a cost.
    leave_out : tuple of str
        Products, by name or id, that are not offered.
    new_days : int
        A product first sold within so many days is new.
    least_orders : int
        Orders that two products must share to be told as bought together.

    Examples
    --------
    >>> OffersParams().n
    5
    """

    kind: Literal["offers"] = "offers"
    by: Literal["auto", "product", "product_id", "category", "subcategory", "brand"] = "auto"
    n: int = Field(default=5, ge=1, le=20)
    method: Literal["auto", "rule", "model"] = "auto"
    gone_days: int = Field(default=60, ge=1, le=1_095)
    least_margin: float = Field(default=0.0, ge=-1, le=1)
    leave_out: tuple[str, ...] = Field(default=(), max_length=1_000)
    new_days: int = Field(default=60, ge=1, le=365)
    least_orders: int = Field(default=10, ge=2, le=1_000_000)
