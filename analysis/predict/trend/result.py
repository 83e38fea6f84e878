"""The months ahead: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.trend.params import Measure
    from analysis.predict.trend.rolling import Ahead


@dataclass(frozen=True)
class TrendOf:
    """The months ahead of one group.

    Attributes
    ----------
    group : str
        Key of the segment, value of the column, or empty for all.
    ahead : Ahead
    before, after : float
        Mean a month of as many months before as are told, and of the months told.
    year_before : float or None
        Mean a month of the same months a year earlier.
    """

    group: str
    ahead: Ahead = field(repr=False)
    before: float
    after: float
    year_before: float | None


@dataclass(frozen=True)
class Trend(Tabular, rows="months"):
    """The months ahead of a shop, or of its largest groups.

    Attributes
    ----------
    months : DataFrame, one row per group and month
        ``group`` (empty for all), ``month`` (its first day), ``value`` (currency or count; what was, or what is told),
        ``is_told``, ``low``, ``high`` (80 %; NaN for what was).
    groups : tuple of TrendOf
        The largest first.
    measure : "revenue", "orders" or "customers"
    by : str
    n_months : int
        Whole months that were looked at.
    first, last : date
        First days of the first and the last of them.
    notes : tuple of Note
    """

    months: pd.DataFrame = field(repr=False)
    groups: tuple[TrendOf, ...] = field(repr=False)
    measure: Measure
    by: str
    n_months: int
    first: date
    last: date
    notes: tuple[Note, ...] = field(default=(), repr=False)
