"""What the Overview hands on: figures with their changes, and the small tables behind its pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.overview.params import FilterColumn, OverviewParams
from analysis.overview.periods import Bucket, Period
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.overview.cohorts import Cohorts
    from analysis.overview.concentration import Concentration

FigureKey = Literal[
    "customers", "buyers", "new_buyers", "orders", "revenue", "average_order_value", "repurchase_rate", "top_share"
]  # fmt: skip
FIGURES: tuple[FigureKey, ...] = (
    "customers", "buyers", "new_buyers", "orders", "revenue", "average_order_value", "repurchase_rate", "top_share",
)  # fmt: skip
# Shares change by points, everything else by a ratio.
SHARES: tuple[FigureKey, ...] = ("repurchase_rate", "top_share")
NoValue = Literal["no_orders", "no_buyers", "too_few_buyers", "no_revenue", "no_money"]
OF_MONEY: tuple[FigureKey, ...] = ("revenue", "average_order_value", "top_share")
NoChange = Literal["before_data", "undated", "zero_before", "not_computed", "after_data"]


@dataclass(frozen=True)
class FigureChange:
    """How a figure moved against another period.

    Attributes
    ----------
    before : float or None
        The figure of the other period.
    change : float or None
        Relative (0.1 is 10 % more) for amounts and counts; a difference of shares (0.1 is 10 points more) for shares.
    reason : code or None
        Why there is no change: ``before_data`` (the data begins after the other period does), ``after_data`` (the
        period runs beyond the data), ``undated`` (the customers table does not say since when), ``zero_before``,
        ``not_computed`` (the figure of either period could not be computed).
    """

    before: float | None = None
    change: float | None = None
    reason: NoChange | None = None


@dataclass(frozen=True)
class Figure:
    """One figure of the period.

    Attributes
    ----------
    value : float or None
        Counts, currency, or a share 0..1.
    reason : code or None
        Why there is no value: ``no_orders``, ``no_buyers``, ``too_few_buyers``, ``no_revenue``,
        ``no_money`` (no column tells what was paid).
    n : int
        How many buyers or orders it rests on.
    low, high : float or None
        95 % interval of a share that is an estimate (Wilson).
    against_before, against_year : FigureChange
        Against the period before of equal length, and against the same days of the year before.
    """

    key: FigureKey
    value: float | None
    n: int
    reason: NoValue | None = None
    low: float | None = None
    high: float | None = None
    against_before: FigureChange = FigureChange()
    against_year: FigureChange = FigureChange()


@dataclass(frozen=True)
class Overdue:
    """Regular buyers who have not ordered for longer than usual.

    Attributes
    ----------
    customers : int
        Of the regulars, those whose last order lies more than twice their own mean gap before the as-of date.
    regulars : int
        Buyers with at least three orders on at least two days.
    """

    customers: int
    regulars: int


@dataclass(frozen=True)
class Overview(
    Tabular,
    rows="figures",
    columns=(
        *("figure=key", "value", "n", "low", "high", "reason"),
        *("before=against_before.before", "change=against_before.change"),
        *("year_before=against_year.before", "year_change=against_year.change"),
    ),
):
    """The customer base at a glance.

    Attributes
    ----------
    params : OverviewParams
    as_of : date
    data, period : Period
        Days that the data covers, and days that the figures cover.
    before, year : Period
        The periods that the changes refer to.
    figures : tuple of Figure
        In the order of ``FIGURES``.
    over_time : DataFrame, one row per bucket
        ``start`` (date), ``orders``, ``buyers`` (counts), ``revenue`` (currency, net of
        returns; NaN without money), ``complete`` (False
        for a bucket that the period covers in part).
    bucket : day, week or month
    concentration : Concentration or None
        None when the figure ``top_share`` has a reason.
    cohorts : Cohorts or None
        None when no line sold anything.
    products : DataFrame or None
        ``product``, ``revenue``, ``orders``, ``customers``: the leaders of each measure, by revenue; None without a
        product column.
    overdue : Overdue or None
        Of all customers; None without regulars, or when a period or a filter narrows the base.
    prepaid : int
        Of the orders, visits that were paid before: they have no money of their own, so the average order has them not.
    """

    params: OverviewParams
    as_of: date
    data: Period
    period: Period
    before: Period
    year: Period
    figures: tuple[Figure, ...]
    over_time: pd.DataFrame = field(repr=False)
    bucket: Bucket
    concentration: Concentration | None = field(repr=False)
    cohorts: Cohorts | None = field(repr=False)
    products: pd.DataFrame | None = field(repr=False)
    overdue: Overdue | None = None
    prepaid: int = 0

    def figure(self, key: FigureKey) -> Figure:
        """Return one figure."""
        return next(figure for figure in self.figures if figure.key == key)


@dataclass(frozen=True)
class FilterChoice:
    """A value that a filter offers, and the lines it stands on."""

    column: FilterColumn
    value: str
    lines: int
