"""What a person chooses about a table of results: which columns mean what, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import model_validator

from analysis.intake.roles import header_score, roles
from analysis.params import Params

Role = Literal["goal", "secondary", "guardrail"]
Written = Literal["proportion", "mean", "ratio", "revenue"]
MONEY = ("amount", "spend", "unit_price", "discount", "shipping", "cost")  # roles of columns that hold money
LEAST_NAMED = 0.75  # how well a heading has to name one of them


class Metric(Params):
    """What is measured: a column, and for a ratio the column it is divided by.

    ``proportion`` counts a customer once, however many rows say yes; ``mean`` and ``ratio`` add up a customer's rows,
    and so does ``quantile``, which compares not the mean but the ``quantile`` (0.01..0.99, 0.5 is the median).
    ``role`` says what it is for: goals decide, secondary metrics explain, guardrails must not get worse.
    ``higher_is_better`` is False for costs, complaints, returns. ``cap`` (0.5 up to, not including, 1) sets the values
    of a mean above that quantile of all customers together to it.
    """

    column: str
    kind: Literal["proportion", "mean", "ratio", "quantile"] = "proportion"
    denominator: str | None = None
    quantile: float | None = None
    role: Role = "goal"
    higher_is_better: bool = True
    cap: float | None = None

    @property
    def name(self) -> str:
        """The column, for a ratio both, and for a quantile which one."""
        if self.quantile is not None:
            return f"{self.column} (P{self.quantile * 100:.6g})"
        return self.column if self.denominator is None else f"{self.column} / {self.denominator}"

    @property
    def written(self) -> Written:
        """How figures are written: ``revenue``, with the currency's sign, where the heading names money, else its kind.

        Examples
        --------
        >>> [Metric(column=name, kind="mean").written for name in ("spend", "实付金额", "visits")]
        ['revenue', 'revenue', 'mean']
        """
        # A quantile is in the unit of its column, as a mean is.
        return written_as("mean" if self.kind == "quantile" else self.kind, self.column, self.denominator)


def written_as(kind: Written, column: str, denominator: str | None = None) -> Written:
    """Return how the figures of a column are written; money over money is a plain ratio."""
    if kind == "proportion" or not _names_money(column):
        return kind
    return kind if denominator is not None and _names_money(denominator) else "revenue"


def _names_money(column: str) -> bool:
    return any(header_score(column, roles()[role]) >= LEAST_NAMED for role in MONEY)


class ReadParams(Params):
    """Which columns mean what; without ``unit`` each row is one customer. ``start`` and ``end`` are both inside.

    ``crossed`` is a second dimension beside ``segment``; ``covariates`` are numbers known before the start (of a
    customer in several rows the largest), for CUPED and for the check that the arms were alike. One alone may be given
    as ``covariate``. ``customers`` is for a table of totals, of which a row is a variant, or a day of one: how many
    customers it is; each metric is then a share, and its column how many of them converted. ``cluster`` is what was
    given an arm where that is no customer, such as a store: each then counts once, as the mean of its customers.

    A share may be a column of dates, of when a customer converted; what lies before ``day`` does not count.
    """

    arm: str
    metrics: tuple[Metric, ...]
    unit: str | None = None
    day: str | None = None
    segment: str | None = None
    crossed: str | None = None
    covariates: tuple[str, ...] = ()
    customers: str | None = None
    cluster: str | None = None
    control: str | None = None
    start: date | None = None
    end: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_covariate(cls, given: Any) -> Any:
        """Read the form with a single covariate, in which earlier versions kept it."""
        if not isinstance(given, Mapping) or "covariate" not in given:
            return given
        one = given["covariate"]
        rest = {name: value for name, value in given.items() if name != "covariate"}
        return rest | {"covariates": () if one is None else (one,)}
