"""The Overview: figures of a period with their changes, revenue over time, concentration, cohorts, top products.

Every number is an aggregate in DuckDB; only one number per buyer leaves it, for the concentration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake import questions
from analysis.intake.questions import ChosenLines
from analysis.overview.cohorts import Cohorts, cohorts
from analysis.overview.concentration import Concentration, concentration
from analysis.overview.params import FILTER_COLUMNS, OverviewParams
from analysis.overview.periods import (
    Bucket,
    Period,
    bucket_of,
    bucket_starts,
    next_bucket,
    period_before,
    period_of,
    year_before,
)
from analysis.overview.result import (
    FIGURES,
    SHARES,
    Figure,
    FigureChange,
    FigureKey,
    FilterChoice,
    NoValue,
    Overdue,
    Overview,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

PRODUCTS = 20
CHOICES = 200
REGULAR_ORDERS, OVERDUE_GAPS = 3, 2


@dataclass(frozen=True)
class _Measured:
    """What the lines of one period come to; ``spend`` holds one number per buyer; no money is None."""

    lines: int
    orders: int
    paid: int  # of the orders: those with money of their own
    revenue: float | None
    new_buyers: int
    repeat_buyers: int
    spend: np.ndarray


def overview(standard: StandardTables, profiles: Profiles, params: OverviewParams) -> Overview:
    """Describe the customer base in a period.

    Parameters
    ----------
    standard : StandardTables
    profiles : Profiles
    params : OverviewParams

    Returns
    -------
    Overview
        Counts of orders and buyers rest on sales (no return, amount above zero); revenue is net of returns. A buyer
        is a customer with a sale in the period. Cohorts run over all data up to the period's end.

    Raises
    ------
    AnalysisError
        ``overview_needs_orders``: there is no order line up to the as-of date; ``overview_no_filter_column``
        (column): no table has the column; ``overview_nothing_in_period`` (start, end): no line passes.

    Examples
    --------
    >>> from analysis.overview.overview import overview
    >>> from analysis.study import prepare, read, suggest
    >>> tables = read("sample_data/中文店铺.xlsx")
    >>> prepared = prepare(tables, suggest(tables))
    >>> result = overview(prepared.standard, prepared.profiles, OverviewParams(period="last_12_months"))
    >>> result.period.start.isoformat(), result.bucket
    ('2024-07-01', 'month')
    """
    data = data_period(standard, profiles)
    if data is None:
        raise AnalysisError("overview_needs_orders")
    period = period_of(params, data)
    before, year = period_before(period), year_before(period)
    lines = _lines(standard, params, profiles.as_of)
    now = _measure(lines, period)
    if now.lines == 0:
        raise AnalysisError("overview_nothing_in_period", start=period.start, end=period.end)
    customers = _customers(lines, profiles, params)
    figures = _figures(now, customers)
    for name, other in (("against_before", before), ("against_year", year)):
        reason = "after_data" if period.end > data.end else "before_data" if other.start < data.start else None
        there = None if reason else _figures(_measure(lines, other), customers)
        figures = {
            figure.key: replace(
                figure, **{name: FigureChange(reason=reason) if there is None else _change(figure, there[figure.key])}
            )
            for figure in figures.values()
        }
    bucket = bucket_of(period)
    over_time = _over_time(lines.within(_days(period)), period, bucket)
    until = Period(data.start, min(period.end, data.end))
    cohort_table = _cohorts(lines.within(_days(until)), until)
    products = lines.within(_days(period)).products(PRODUCTS) if "product" in standard.order_roles else None
    return Overview(
        params=params,
        as_of=profiles.as_of,
        data=data,
        period=period,
        before=before,
        year=year,
        figures=tuple(figures[key] for key in FIGURES),
        over_time=over_time,
        bucket=bucket,
        concentration=_concentration(now)[0],
        cohorts=cohort_table,
        products=products,
        overdue=overdue(profiles) if params == OverviewParams() else None,
        prepaid=now.orders - now.paid,
    )


def data_period(standard: StandardTables, profiles: Profiles) -> Period | None:
    """Return the days that the order lines cover up to the as-of date, or None without any line.

    The as-of date itself counts when it has a line; with ``latest`` it is the day after the last order and has none.
    """
    first, on_the_day = questions.lines_until(standard, profiles.as_of)
    if first is None:
        return None
    return Period(first, profiles.as_of if on_the_day else profiles.as_of - timedelta(days=1))


def filter_choices(standard: StandardTables) -> tuple[FilterChoice, ...]:
    """Return the values that each filter offers, the most frequent first, at most 200 per column."""
    found: list[FilterChoice] = []
    for column in FILTER_COLUMNS:
        if questions.table_of(standard, column) is None:
            continue
        values = questions.most_frequent(standard, column, CHOICES)
        if len(values) > 1:
            found += [FilterChoice(column, value, n) for value, n in values]
    return tuple(found)


def selected_customers(standard: StandardTables, profiles: Profiles, params: OverviewParams) -> pd.Series:
    """Say which customers have a line in the period that passes the filters; all of them when nothing narrows.

    Returns
    -------
    Series of bool, aligned with ``profiles.customers``
    """
    import pandas as pd

    customers = profiles.customers
    data = data_period(standard, profiles)
    if data is None or (params.period == "all" and not params.filters):
        return pd.Series(True, index=customers.index)
    lines = _lines(standard, params, profiles.as_of).within(_days(period_of(params, data)))
    return customers["customer_id"].isin(lines.customers())


def overdue(profiles: Profiles) -> Overdue | None:
    """Count the regulars who have not ordered for more than twice their usual gap; None when there are no regulars."""
    frame = profiles.customers
    if not {"n_orders", "mean_gap_days", "recency_days"} <= set(frame.columns):
        return None
    regular = (frame["n_orders"] >= REGULAR_ORDERS) & frame["mean_gap_days"].notna()
    late = regular & (frame["recency_days"] > OVERDUE_GAPS * frame["mean_gap_days"])
    return Overdue(int(late.sum()), int(regular.sum())) if regular.any() else None


def _lines(standard: StandardTables, params: OverviewParams, as_of: date) -> ChosenLines:
    for column in params.filters:
        if questions.table_of(standard, column) is None:
            raise AnalysisError("overview_no_filter_column", column=column)
    return questions.chosen_lines(standard, as_of, params.filters)


def _days(period: Period) -> questions.Days:
    return period.start, period.end


def _measure(lines: ChosenLines, period: Period) -> _Measured:
    inside = lines.within(_days(period))
    n, orders, revenue, paid = inside.totals()
    has_money = "amount" in lines.standard.order_roles
    buyers = inside.buyers(period.start)
    return _Measured(
        lines=n,
        orders=orders,
        paid=paid if has_money else orders,
        revenue=(revenue or 0.0) if has_money else None,
        new_buyers=int(buyers["is_new"].sum()),
        repeat_buyers=int((buyers["n"] > 1).sum()),
        spend=buyers["spend"].to_numpy(dtype="float64"),
    )


def _customers(lines: ChosenLines, profiles: Profiles, params: OverviewParams) -> int:
    return len(lines.customers()) if params.filters else len(profiles.customers)


def _figures(measured: _Measured, customers: int) -> dict[FigureKey, Figure]:
    import numpy as np

    from analysis.stats.intervals import wilson

    buyers, orders = len(measured.spend), measured.orders
    found: dict[FigureKey, Figure] = {
        "customers": Figure("customers", float(customers), customers),
        "buyers": Figure("buyers", float(buyers), buyers),
        "new_buyers": Figure("new_buyers", float(measured.new_buyers), buyers),
        "orders": Figure("orders", float(orders), orders),
        "revenue": Figure("revenue", measured.revenue, orders, "no_money" if measured.revenue is None else None),
        "average_order_value": Figure("average_order_value", None, orders, "no_orders"),
        "repurchase_rate": Figure("repurchase_rate", None, buyers, "no_buyers"),
    }
    if measured.revenue is None:
        found["average_order_value"] = Figure("average_order_value", None, orders, "no_money")
    elif measured.paid:  # what a visit cost that was paid before stands with another order
        found["average_order_value"] = Figure("average_order_value", measured.revenue / measured.paid, measured.paid)
    if buyers:
        low, high = wilson(np.array([measured.repeat_buyers]), np.array([buyers]))
        rate = measured.repeat_buyers / buyers
        found["repurchase_rate"] = Figure("repurchase_rate", rate, buyers, low=float(low[0]), high=float(high[0]))
    top, reason = _concentration(measured)
    found["top_share"] = Figure("top_share", top.top_share if top else None, buyers, reason)
    return found


def _concentration(measured: _Measured) -> tuple[Concentration | None, NoValue | None]:
    if measured.revenue is None:
        return None, "no_money"
    try:
        return concentration(measured.spend), None
    except AnalysisError as problem:
        few = problem.code == "concentration_too_few_buyers"
        return None, "no_buyers" if len(measured.spend) == 0 else "too_few_buyers" if few else "no_revenue"


def _change(figure: Figure, other: Figure) -> FigureChange:
    if figure.key == "customers":
        return FigureChange(reason="undated")
    if figure.value is None or other.value is None:
        return FigureChange(before=other.value, reason="not_computed")
    if figure.key in SHARES:
        return FigureChange(other.value, figure.value - other.value)
    if other.value <= 0:
        return FigureChange(other.value, reason="zero_before")
    return FigureChange(other.value, figure.value / other.value - 1)


def _over_time(lines: ChosenLines, period: Period, bucket: Bucket) -> pd.DataFrame:
    import pandas as pd

    counted = lines.over_time(bucket)
    has_money = "amount" in lines.standard.order_roles
    rows = []
    for start in bucket_starts(period, bucket):
        orders, buyers, revenue = counted.get(start, (0, 0, 0.0 if has_money else None))
        complete = start >= period.start and next_bucket(start, bucket) - timedelta(days=1) <= period.end
        rows.append((start, orders, buyers, revenue, complete))
    table = pd.DataFrame(rows, columns=["start", "orders", "buyers", "revenue", "complete"])
    return table.astype({"revenue": "float64"})


def _cohorts(lines: ChosenLines, data: Period) -> Cohorts | None:
    activity = lines.activity()
    if not activity:
        return None
    import pandas as pd

    return cohorts(pd.DataFrame(activity, columns=["cohort", "active", "buyers"]), data)
