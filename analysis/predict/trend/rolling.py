"""Ways to tell the months ahead, tried on months that were: rolling origin, the choice, and how wide to draw."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.predict.trend.models import LEAST_SEASONAL, YEAR, Way, forecast, rule_for

if TYPE_CHECKING:
    import numpy as np

LEAST_MONTHS = 12
LEAST_ERRORS = 3  # of each month ahead, below which nothing says how wide the interval has to be
LEAST_TRAINED = 6
LEVEL = 0.8
LEAST_GAIN = 0.01  # of the rule's error: what nobody would notice is no reason for a model
_ALWAYS_TRIED = 12  # origins, where there are as many months


@dataclass(frozen=True)
class Tried:
    """One way, tried on the past.

    Attributes
    ----------
    way : Way
    error : float
        Mean absolute error over all origins and months ahead, in units of the measure.
    better : float or None
        By how much its error is smaller than the rule's, as a share; None for the rule.
    noise : float or None
        Standard error of that share, over origins (Newey and West 1987).
    """

    way: Way
    error: float
    better: float | None = None
    noise: float | None = None


@dataclass(frozen=True)
class Ahead:
    """The months ahead of one series.

    Attributes
    ----------
    values, low, high : arrays, shape (months,)
        In units of the measure; ``low`` to ``high`` holds 80 %.
    way : Way
        The one that was taken.
    tried : tuple of Tried
        The rule first.
    n_origins : int
        Months from which each way was tried.
    """

    values: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    way: Way
    tried: tuple[Tried, ...]
    n_origins: int


def most_months(n_months: int) -> int:
    """Return how many months ahead so many months carry, so that each was tried three times or more.

    Examples
    --------
    >>> [most_months(n) for n in (12, 15, 24, 27, 60)]
    [3, 6, 9, 12, 12]
    """
    least = YEAR if rule_for(n_months) == "last_year" else LEAST_TRAINED
    return min(n_months - least - LEAST_ERRORS, YEAR)


def ahead(values: np.ndarray, months: int) -> Ahead:
    """Tell the months ahead by the rule of thumb, or by a way that was better than it by more than noise.

    Parameters
    ----------
    values : array, shape (n,), n at least 12
        One number a month, the latest last; not below 0 unless refunds outweigh sales.
    months : int
        At most ``most_months(n)``.

    Returns
    -------
    Ahead
        The interval is as wide as the ways' own errors so many months ahead were: their root mean square, never
        smaller further ahead, times a quantile of t.

    Notes
    -----
    Rolling origin: Tashman (2000). What is positive throughout is smoothed as logarithm. A way replaces the rule where
    its mean absolute error is smaller by more than one standard error (Breiman et al. 1984), and by a hundredth.
    """
    import numpy as np

    positive = bool((values > 0).all())
    series = np.log(values) if positive else values.astype(float)
    back = np.exp if positive else np.asarray
    n = len(series)
    rule = rule_for(n)
    starts = range(_first_origin(n, months), n)
    ways: tuple[Way, ...] = (rule, "ets", "damped")
    told = {way: _told(series, way, months, starts) for way in ways}
    real = np.full((len(starts), months), np.nan)
    for row, start in enumerate(starts):
        real[row, : n - start] = series[start : start + months]
    off = {way: np.abs(back(one) - back(real)) for way, one in told.items() if one is not None}
    tried = [Tried(rule, float(np.nanmean(off[rule])))]
    taken: Way = rule
    for way in ways[1:]:
        if way not in off:
            continue
        gain, noise = _gain(np.nanmean(off[rule], axis=1), np.nanmean(off[way], axis=1), months)
        tried.append(Tried(way, float(np.nanmean(off[way])), gain, noise))
        if gain > max(noise, LEAST_GAIN) and tried[-1].error < min(one.error for one in tried[:-1]):
            taken = way
    middle = forecast(taken, series, months)
    if middle is None:  # fitted on every shorter past and not on the whole
        taken, middle = rule, forecast(rule, series, months)
    assert middle is not None
    wide = _widths(told[taken] - real)
    ends = [back(middle + side * wide) for side in (0, -1, 1)]
    if (values >= 0).all():
        ends = [np.maximum(end, 0) for end in ends]
    return Ahead(ends[0], ends[1], ends[2], taken, tuple(tried), len(starts))


def _first_origin(n: int, months: int) -> int:
    least, most = (YEAR, LEAST_SEASONAL) if rule_for(n) == "last_year" else (LEAST_TRAINED, n)
    return int(min(max(n - max(months + LEAST_ERRORS, _ALWAYS_TRIED), least), most))


def _told(series: np.ndarray, way: Way, months: int, starts: range) -> np.ndarray | None:
    """Return what a way told at each origin, shape (origins, months); None where it could not be fitted at one."""
    import numpy as np

    rows = [forecast(way, series[:start], months) for start in starts]
    return None if any(row is None for row in rows) else np.vstack(rows)  # type: ignore[arg-type]


def _gain(rule: np.ndarray, way: np.ndarray, months: int) -> tuple[float, float]:
    """Return by what share of the rule's error a way is better, and its standard error over origins."""

    mean = float(rule.mean())
    if mean == 0:
        return 0.0, 0.0
    gains = (rule - way) / mean
    apart = gains - gains.mean()
    n = len(gains)
    variance = float((apart**2).mean())
    for lag in range(1, min(months, n // 2)):
        variance += 2 * (1 - lag / min(months, n // 2)) * float((apart[lag:] * apart[:-lag]).sum()) / n
    return float(gains.mean()), math.sqrt(max(variance, 0.0) / max(n - 1, 1))


def _widths(errors: np.ndarray) -> np.ndarray:
    """Return half the width of the interval for each month ahead, of errors in shape (origins, months)."""
    import numpy as np
    from scipy import stats

    counted = np.isfinite(errors).sum(axis=0)
    spread = np.sqrt(np.nanmean(errors**2, axis=0))
    spread = np.maximum.accumulate(spread)
    return spread * stats.t.ppf(0.5 + LEVEL / 2, counted / np.sqrt(np.arange(1, errors.shape[1] + 1)))
