"""How revenue, orders and active customers go on from here, a month at a time, beside the rule of thumb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.intake.questions import chosen_lines, monthly, order_span, table_of
from analysis.notes import Note
from analysis.predict.beginning import beginning, refuse_without_sales
from analysis.predict.trend.models import YEAR
from analysis.predict.trend.result import Trend, TrendOf
from analysis.predict.trend.rolling import LEAST_MONTHS, ahead, most_months

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.trend.params import Measure, TrendParams
    from analysis.profiles.result import Profiles

MOST_GROUPS = 6
LEAST_ACTIVE = 0.5  # of the months, in which a group has to have an order
WIDE = 4  # times the low end, from which on an interval carries no plan
USUAL_GAP = 0.95  # of the gaps between days with orders: a month whose end is missing for longer is not whole


def trend(
    standard: StandardTables, profiles: Profiles, params: TrendParams, segments: pd.Series | None = None
) -> Trend:
    """Tell the months ahead.

    Parameters
    ----------
    standard : StandardTables
    profiles : Profiles
    params : TrendParams
    segments : Series, optional
        Segment of each customer, aligned with ``profiles.customers``; needed for ``by="segments"``.

    Raises
    ------
    AnalysisError
        ``trend_no_orders``; ``trend_no_money``: no amounts, and revenue was chosen; ``trend_no_column`` (column);
        ``predict_no_sales``; ``trend_nothing_left`` (n_zero, n_months): returns took all revenue back;
        ``trend_no_segments``; ``trend_short`` (n_months, least): too few whole months; ``trend_few_active`` (n,
        n_months): no group has orders in half of the months.

    Examples
    --------
    >>> from analysis.predict.trend.params import TrendParams
    >>> from analysis.study import begin, read
    >>> found = begin(read("sample_data/中文店铺.xlsx")).prediction(TrendParams(measure="orders", months=3))
    >>> len(found.groups[0].ahead.values)
    3
    """
    lines, first, last = order_span(standard)
    if not lines or first is None or last is None:
        raise AnalysisError("trend_no_orders")
    refuse_without_sales(standard)
    last = min(last, profiles.as_of)
    measure = _measure(standard, params, last)
    begun = beginning(standard, last, least_days=LEAST_MONTHS * 31)
    starts = _whole_months(begun.days)
    if len(starts) < LEAST_MONTHS:
        raise AnalysisError("trend_short", n_months=len(starts), least=LEAST_MONTHS)
    told = min(params.months, most_months(len(starts)))
    notes = [Note("trend_fewer", {"months": told, "n_months": len(starts)})] if told < params.months else []
    known, n_left = _series(standard, profiles, params, segments, measure, starts, last)
    notes += begun.notes
    if n_left:
        notes.append(Note("trend_left_out", {"n": n_left, "most": MOST_GROUPS}))
    if params.by == "segments":
        notes.append(Note("trend_of_today", {}))
    if len(starts) < 2 * YEAR:
        notes.append(Note("trend_no_season", {"n_months": len(starts)}))
    groups = tuple(_of(str(name), values.to_numpy(dtype=float), told) for name, values in known.items())
    if groups[0].ahead.high[0] > WIDE * max(float(groups[0].ahead.low[0]), 0):
        notes.append(Note("trend_wide", {}))
    months = _rows(groups, known, starts)
    return Trend(months, groups, measure, params.by, len(starts), starts[0], starts[-1], tuple(notes))


def _measure(standard: StandardTables, params: TrendParams, last: date) -> Measure:
    revenue = chosen_lines(standard, last, {}).totals().revenue
    if params.measure == "auto":
        return "revenue" if revenue is not None else "orders"
    if params.measure == "revenue" and revenue is None:
        raise AnalysisError("trend_no_money")
    return params.measure


def _whole_months(days: Sequence[date]) -> list[date]:
    """Return the first days of the months whose beginning and end lie in the orders."""
    import numpy as np

    gaps = np.diff([day.toordinal() for day in days])
    usual = float(np.quantile(gaps, USUAL_GAP)) if len(gaps) else 1.0
    start = days[0].replace(day=1)
    if (days[0] - start).days > usual:
        start = _next(start)
    found = []
    while (_next(start) - timedelta(days=1) - days[-1]).days <= usual and start <= days[-1]:
        found.append(start)
        start = _next(start)
    return found


def _next(start: date) -> date:
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)


def _series(
    standard: StandardTables,
    profiles: Profiles,
    params: TrendParams,
    segments: pd.Series | None,
    measure: Measure,
    starts: Sequence[date],
    last: date,
) -> tuple[pd.DataFrame, int]:
    """Return a column per group, the largest first, a row per month; and how many groups are left out."""
    import pandas as pd

    if params.by == "segments":
        if segments is None:
            raise AnalysisError("trend_no_segments")
        by: str | pd.DataFrame | None = pd.DataFrame(
            {"customer_id": profiles.customers["customer_id"].to_numpy(), "value": segments.to_numpy()}
        ).dropna()
    elif params.by == "none":
        by = None
    elif table_of(standard, params.by) is None:
        raise AnalysisError("trend_no_column", column=params.by)
    else:
        by = params.by
    rows = monthly(standard, last, by)
    wide = rows.pivot_table(index="month", columns="value", values=measure, aggfunc="sum", observed=True)
    wide.index = pd.to_datetime(wide.index)
    wide = wide.reindex(pd.DatetimeIndex(list(starts))).fillna(0.0).astype(float)
    enough = (wide != 0).mean() >= LEAST_ACTIVE
    largest = wide.tail(YEAR).sum().sort_values(ascending=False, kind="stable").index
    kept = [name for name in largest if enough[name]][:MOST_GROUPS]
    if not kept and by is None and measure == "revenue":
        raise AnalysisError("trend_nothing_left", n_zero=int((wide == 0).to_numpy().sum()), n_months=len(starts))
    if not kept:
        raise AnalysisError("trend_few_active", n=wide.shape[1], n_months=len(starts))
    return wide[kept], wide.shape[1] - len(kept)


def _of(group: str, values: np.ndarray, months: int) -> TrendOf:
    go_on()
    found = ahead(values, months)
    earlier = values[-YEAR : len(values) - YEAR + months] if len(values) >= YEAR else None
    return TrendOf(
        group,
        found,
        before=float(values[-months:].mean()),
        after=float(found.values.mean()),
        year_before=None if earlier is None else float(earlier.mean()),
    )


def _rows(groups: Sequence[TrendOf], known: pd.DataFrame, starts: Sequence[date]) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for one in groups:
        to_come = [_next(starts[-1])]
        while len(to_come) < len(one.ahead.values):
            to_come.append(_next(to_come[-1]))
        was = pd.DataFrame({"month": starts, "value": known[one.group].to_numpy()})
        will = pd.DataFrame({
            "month": to_come, "value": one.ahead.values, "low": one.ahead.low, "high": one.ahead.high,
        })  # fmt: skip
        parts.append(
            pd.concat([was.assign(is_told=False), will.assign(is_told=True)], ignore_index=True).assign(group=one.group)
        )
    rows = pd.concat(parts, ignore_index=True)
    rows["month"] = pd.to_datetime(rows["month"])
    return rows[["group", "month", "value", "is_told", "low", "high"]]
