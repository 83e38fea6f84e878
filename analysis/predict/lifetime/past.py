"""How customers bought up to a day, out of the standard tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.intake.questions import order_span, purchase_histories
from analysis.predict.beginning import Beginning, beginning, refuse_without_sales
from analysis.predict.lifetime.histories import DAYS_A_WEEK, Histories, histories

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.tables import StandardTables

    Floats = NDArray[np.float64]

FEWEST_CUSTOMERS, FEWEST_REPEATS, FEWEST_DAYS = 50, 20, 60


@dataclass(frozen=True)
class Past:
    """Everybody who bought up to a day.

    Attributes
    ----------
    until : date
        The last day that was looked at.
    customers : array of str, shape (customers,)
    seen : Histories
    mean : float array, shape (customers,)
        What a repeat day brought on average (currency); NaN where it is not known.
    recent, later : float arrays, shape (customers,)
        Purchase days in the window before and after ``until`` (count).
    """

    until: date
    customers: NDArray[Any] = field(repr=False)
    seen: Histories = field(repr=False)
    mean: Floats = field(repr=False)
    recent: Floats = field(repr=False)
    later: Floats = field(repr=False)

    @property
    def n(self) -> int:
        """How many customers there are."""
        return len(self.customers)

    @property
    def repeats(self) -> int:
        """How many of them came back."""
        return int((self.seen.at(self.seen.frequency) > 0).sum())


def past(standard: StandardTables, until: date, window: int, since: date = date.min) -> Past:
    """Return how everybody bought from a day up to another, and in the ``window`` days before and after that."""
    rows: pd.DataFrame = purchase_histories(standard, until, window, since)
    days = rows[["first", "last", "days"]].to_numpy(dtype=float)
    end = float(until.toordinal())
    seen = histories(days[:, 2] - 1, (days[:, 1] - days[:, 0]) / DAYS_A_WEEK, (end - days[:, 0]) / DAYS_A_WEEK)
    mean, recent, later = (rows[key].to_numpy(dtype=float) for key in ("mean", "recent", "later"))
    return Past(until, rows["customer_id"].to_numpy(), seen, mean, recent, later)


def span_of(standard: StandardTables, as_of: date) -> tuple[Beginning, date]:
    """Return the days with orders that count, and the last day of the orders up to ``as_of``.

    Raises
    ------
    AnalysisError
        ``lifetime_no_orders``; ``predict_no_sales`` (n); ``lifetime_short`` (days, least).
    """
    _, first, last = order_span(standard)
    if first is None or last is None:
        raise AnalysisError("lifetime_no_orders")
    refuse_without_sales(standard)
    last = min(last, as_of)
    begun = beginning(standard, last)
    days = (last - begun.days[0]).days + 1 if begun.days else 0
    if days < FEWEST_DAYS:
        raise AnalysisError("lifetime_short", days=max(days, 0), least=FEWEST_DAYS)
    return begun, last


def refuse_few(found: Past) -> None:
    """Refuse a past from which no pace can be told.

    Raises
    ------
    AnalysisError
        ``lifetime_few_customers`` (n, least); ``lifetime_few_repeats`` (n, repeats, least).
    """
    if found.n < FEWEST_CUSTOMERS:
        raise AnalysisError("lifetime_few_customers", n=found.n, least=FEWEST_CUSTOMERS)
    if found.repeats < FEWEST_REPEATS:
        raise AnalysisError("lifetime_few_repeats", n=found.n, repeats=found.repeats, least=FEWEST_REPEATS)
