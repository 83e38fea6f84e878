"""What a person chooses of a prediction."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from analysis.params import Params

OrdersModel = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
ContractModel = Literal["sbg", "bdw"]


class LifetimeParams(Params):
    """How much customers are worth from here on.

    Attributes
    ----------
    months : int
        How far ahead the value looks.
    discount : float
        By how much money a year later counts less (0.1: a tenth).
    margin : float
        What is left of an amount of money (1: the value is revenue).
    model : "auto", "rule" or the name of a model
        ``auto`` takes the likeliest that could be fitted, and gives way to the rule where it is not better: that
        customers do the same again, or that subscribers leave at a constant rate.
    renewals, left, fee : str, optional
        Features of subscribers, where the names of their columns do not say it: renewals made (count), who left, and
        what a period brings.
    """

    kind: Literal["lifetime"] = "lifetime"
    months: int = Field(default=12, ge=1, le=60)
    discount: float = Field(default=0.1, ge=0, le=1)
    margin: float = Field(default=1.0, gt=0, le=1)
    model: Literal["auto", "rule"] | OrdersModel | ContractModel = "auto"
    renewals: str | None = None
    left: str | None = None
    fee: str | None = None
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
