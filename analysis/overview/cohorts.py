"""Cohorts: of the buyers who came in one calendar month, how many ordered again in each month after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.overview.periods import Period, bucket_start, months_between, next_bucket
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


COHORTS_SHOWN, MONTHS_SHOWN = 18, 12


@dataclass(frozen=True)
class Cohorts(Tabular, rows="cells"):
    """Calendar-month cohorts.

    Attributes
    ----------
    cells : DataFrame, one row per cohort and observed month
        ``cohort`` (first day of the month of the first order), ``month`` (0, 1, ...: calendar months later),
        ``buyers`` (of the cohort, with an order in that month), ``size`` (buyers of month 0), ``share`` (0..1) and
        ``complete`` (False in the month in which the data ends, if it ends before the month does). Months that are
        not over yet are no rows: not observed is not 0.
    """

    cells: pd.DataFrame = field(repr=False)

    def latest(self) -> Cohorts:
        """Return the cohorts that a picture has room for: the last that could come back, and a year of each."""
        later = self.cells[self.cells["month"].between(1, MONTHS_SHOWN)]
        kept = sorted(later["cohort"].unique())[-COHORTS_SHOWN:]
        return Cohorts(self.cells[self.cells["cohort"].isin(kept) & (self.cells["month"] <= MONTHS_SHOWN)])

    def average(self, month: int) -> float | None:
        """Return the share of all buyers who were active ``month`` months on, cohorts weighted by size; None if unseen.

        Only complete months count.
        """
        cells = self.cells[(self.cells["month"] == month) & self.cells["complete"]]
        return None if len(cells) == 0 else float(cells["buyers"].sum() / cells["size"].sum())


def cohorts(activity: pd.DataFrame, data: Period) -> Cohorts:
    """Count cohorts.

    Parameters
    ----------
    activity : DataFrame, one row per cohort month and month with an order
        ``cohort``, ``active`` (first days of months), ``buyers`` (different buyers).
    data : Period
        Days that the data covers.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> activity = pd.DataFrame({"cohort": [date(2024, 1, 1)] * 2, "active": [date(2024, 1, 1), date(2024, 3, 1)],
    ...                          "buyers": [4, 1]})
    >>> cohorts(activity, Period(date(2024, 1, 1), date(2024, 3, 31))).cells["share"].tolist()
    [1.0, 0.0, 0.25]
    """
    import pandas as pd

    counts: dict[tuple[date, int], int] = {}
    for row in activity.itertuples():
        counts[row.cohort, months_between(row.cohort, row.active)] = int(row.buyers)  # pyright: ignore
    last = bucket_start(data.end, "month")
    ends_early = (next_bucket(last, "month") - data.end).days > 1
    rows = []
    for cohort in sorted({cohort for cohort, _ in counts}):
        size, observed = counts[cohort, 0], months_between(cohort, last)
        for month in range(observed + 1):
            buyers = counts.get((cohort, month), 0)
            rows.append((cohort, month, buyers, size, buyers / size, not (ends_early and month == observed)))
    return Cohorts(pd.DataFrame(rows, columns=["cohort", "month", "buyers", "size", "share", "complete"]))
