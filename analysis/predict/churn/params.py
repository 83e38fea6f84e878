"""What a person chooses for churn: what leaving is, how it is predicted, what keeping a customer costs and saves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.errors import ChoiceError
from analysis.params import Params


class ChurnParams(Params):
    """How churn is defined, predicted and turned into money.

    Attributes
    ----------
    define : "auto", "status" or "silence"
        What leaving is: a column that says who left, or no order for ``days`` days. ``auto`` takes the column where the
        customers have one.
    column, answer : str, optional
        Key of the feature that says who left, and the level of a category that says it, where their words do not.
    days : int, optional
        Days without an order that are leaving; from the shop's own gaps between orders when left out.
    method : "auto", "rule", "logistic" or "trees"
        ``auto`` takes the better of both models on customers that they have not seen, and the plain rule where the
        model is not better by more than noise. A named method is used whatever it is worth; what it is worth is said.
    leave_out : tuple of str
        Features that the model may not use, such as one that says the future.
    actionable : tuple of str
        Features that the business can change; those that are known to be so when left out.
    save_rate, save_rate_low, save_rate_high : float
        Share of the leaving customers whom an offer keeps, 0..1, and its range.
    cost : float
        Of the offer, per customer, in the currency of the data.
    value : float, optional
        What a kept customer is worth over a year, in the currency of the data.
    value_feature : str, optional
        Feature that holds the same per customer. With neither, it is what the orders say a year brings.
    seed : int
        Of the folds and the trees.

    Raises
    ------
    ChoiceError
        ``churn_save_rates`` (low, rate, high): the rate lies outside its range.

    Examples
    --------
    >>> ChurnParams(days=90).save_rate
    0.1
    """

    kind: Literal["churn"] = "churn"
    define: Literal["auto", "status", "silence"] = "auto"
    column: str | None = Field(default=None, max_length=200)
    answer: str | None = Field(default=None, max_length=200)
    days: int | None = Field(default=None, ge=7, le=1_095)
    method: Literal["auto", "rule", "logistic", "trees"] = "auto"
    leave_out: tuple[str, ...] = Field(default=(), max_length=200)
    actionable: tuple[str, ...] = Field(default=(), max_length=200)
    save_rate: float = Field(default=0.1, ge=0, le=1)
    save_rate_low: float = Field(default=0.05, ge=0, le=1)
    save_rate_high: float = Field(default=0.2, ge=0, le=1)
    cost: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    value: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    value_feature: str | None = Field(default=None, max_length=200)
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _range_holds_the_rate(self) -> ChurnParams:
        if not self.save_rate_low <= self.save_rate <= self.save_rate_high:
            raise ChoiceError("churn_save_rates", low=self.save_rate_low, rate=self.save_rate, high=self.save_rate_high)
        return self
