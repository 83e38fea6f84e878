"""Amounts far from the others, told by a score that the far ones do not spoil themselves.

The modified z-score of Iglewicz and Hoaglin, taken of the logarithm because amounts of money are skewed to the right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_value

if TYPE_CHECKING:
    import duckdb

FAR = 3.5
LEAST_AMOUNTS = 20  # of fewer there is no telling what is usual
MOST_JUDGED = 2_000_000
_TO_MAD = 0.6745  # the 75th percentile of the standard normal distribution
_TO_MEAN_DEVIATION = 1 / 1.253314  # sqrt(pi / 2): the same for the mean absolute deviation


@dataclass(frozen=True)
class Usual:
    """What amounts usually are: the middle of their logarithms, and how many scores one unit of logarithm is.

    ``low`` and ``high`` are the amounts where the score reaches ``FAR``.
    """

    middle: float
    score_per_log: float

    @property
    def low(self) -> float:
        """The smallest usual amount."""
        return math.exp(self.middle - FAR / self.score_per_log)

    @property
    def high(self) -> float:
        """The largest usual amount."""
        return math.exp(min(700.0, self.middle + FAR / self.score_per_log))


def robust_z(values: Sequence[float]) -> list[float] | None:
    """Return the modified z-score of each value: 0.6745 (x - median) / MAD.

    When more than half the values are equal the median deviation is zero, and the mean deviation takes its place:
    (x - median) / (1.253314 x mean absolute deviation). None when all values are equal.

    References
    ----------
    Iglewicz, B. and Hoaglin, D. (1993), How to Detect and Handle Outliers, ASQC Basic References in Quality Control 16.

    Examples
    --------
    >>> [round(z, 3) for z in robust_z([1.0, 2.0, 3.0, 4.0, 100.0])]
    [-1.349, -0.674, 0.0, 0.674, 65.427]
    """
    from statistics import fmean, median

    middle = median(values)
    away = [abs(value - middle) for value in values]
    scale = _scale(median(away), fmean(away))
    return None if scale is None else [(value - middle) * scale for value in values]


def _scale(median_away: float, mean_away: float) -> float | None:
    if median_away > 0:
        return _TO_MAD / median_away
    return _TO_MEAN_DEVIATION / mean_away if mean_away > 0 else None


def usual_amounts(connection: duckdb.DuckDBPyConnection, rows: str, column: str = "amount") -> Usual | None:
    """Say what the amounts above zero of a relation usually are; None for too few amounts, or equal ones.

    Parameters
    ----------
    rows : str
        SQL of the relation, filtered as wanted; has a ``line``, by which a fixed sample of about ``MOST_JUDGED`` is
        taken when there are more.
    """
    n = fetch_value(connection, f"SELECT count(*) FROM {rows} WHERE {column} > 0")
    if n < LEAST_AMOUNTS:
        return None
    step = -(-n // MOST_JUDGED)
    sample = f" AND hash(line) % {step} = 0" if step > 1 else ""
    logs = f"SELECT ln(CAST({column} AS DOUBLE)) AS x FROM {rows} WHERE {column} > 0{sample}"
    middle = fetch_value(connection, f"SELECT median(x) FROM ({logs})")
    typical, mean = fetch_row(connection, f"SELECT median(abs(x - ?)), avg(abs(x - ?)) FROM ({logs})", [middle, middle])
    scale = _scale(typical if typical > 1e-12 else 0.0, mean if mean > 1e-12 else 0.0)
    return None if scale is None else Usual(middle, scale)
