"""Quantiles of two arms: the median or the 90th percentile of an amount, with the interval of their difference.

Each quantile has the interval that order statistics give whatever the distribution; both are put together so that each
end of the difference has the distances of the ends that it is made of (MOVER). Where many customers have the very same
value a quantile jumps from one value to the next, and nothing is said.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    Reading,
    Significance,
    check_alpha,
    finite,
    side_of,
)
from analysis.notes import Note

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NAME = "quantile_mover"
# Customers on either side of the quantile at least.
BEYOND = 10
# Customers who may have the very value of the quantile, as a share of the arm.
MOST_TIED = 0.05
# Standard errors of a rank that are kept on either side.
_REACH = 8.0
_STEPS = 60


@dataclass(frozen=True)
class QuantileStatistic:
    """The quantile of one arm: customers, which quantile, and the values around it.

    ``values`` are sorted, the first of them has rank ``first`` (1 is the smallest); ``tied`` is how many customers have
    the very value of the one at the quantile.
    """

    n: int
    quantile: float
    first: int
    values: tuple[float, ...] = field(repr=False)
    tied: int = 0

    @classmethod
    def from_values(cls, values: ArrayLike, quantile: float) -> QuantileStatistic:
        """Read the values of an arm.

        Raises ``experiment_empty_arm``, ``experiment_not_a_number`` (field), ``experiment_bad_metric_quantile``.

        Examples
        --------
        >>> arm = QuantileStatistic.from_values(range(1, 102), 0.5)
        >>> arm.mean, [round(end, 2) for end in arm.ends(1.96)]
        (51.0, [41.15, 60.85])
        """
        import numpy as np

        found = np.sort(finite(values))
        if not isinstance(quantile, Real):
            raise AnalysisError("experiment_not_a_number", field="quantile")
        if not 0.01 <= quantile <= 0.99:
            raise AnalysisError("experiment_bad_metric_quantile", quantile=quantile)
        if not len(found):
            raise AnalysisError("experiment_empty_arm")
        if not np.isfinite(found).all():
            raise AnalysisError("experiment_not_a_number", field="values")
        n = len(found)
        reach = _REACH * math.sqrt(n * quantile * (1 - quantile)) + 2
        first = max(math.floor(n * quantile - reach), 0)
        kept = found[first : math.ceil(n * quantile + reach) + 1]
        # The quantile lies on or between two customers, each of whom may be one of many alike.
        place = min(max(n * quantile - 0.5, 0.0), n - 1.0)
        beside = found[[math.floor(place), math.ceil(place)]]
        tied = (np.searchsorted(found, beside, "right") - np.searchsorted(found, beside, "left")).max()
        return cls(n, quantile, first + 1, tuple(kept.tolist()), int(tied))

    @property
    def mean(self) -> float:
        """The quantile itself (Hazen's: the rank n · quantile + 1/2), under the name that every arm's value has."""
        return self._at(self.n * self.quantile + 0.5) or 0.0

    @property
    def variance(self) -> float:
        """What divided by ``n`` is the squared standard error, from the interval that one standard error gives."""
        low, high = self.ends(1.0)
        return self.n * ((high or self.mean) - (low or self.mean)) ** 2 / 4

    def ends(self, z: float) -> tuple[float | None, float | None]:
        """Return the values so many standard errors of a rank below and above; None beyond the smallest or largest."""
        middle, away = self.n * self.quantile + 0.5, z * math.sqrt(self.n * self.quantile * (1 - self.quantile))
        return self._at(middle - away), self._at(middle + away)

    def _at(self, rank: float) -> float | None:
        place = rank - self.first
        if not 0 <= place <= len(self.values) - 1:
            return None
        low = int(place)
        high = min(low + 1, len(self.values) - 1)
        return self.values[low] + (place - low) * (self.values[high] - self.values[low])


def compare_quantiles(
    control: QuantileStatistic,
    treatment: QuantileStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Reading:
    """Compare the same quantile of two arms; p is that of the interval which just holds no difference.

    Raises
    ------
    AnalysisError
        ``experiment_mixed_kinds`` (other quantiles), ``experiment_quantile_few`` (n, least, quantile),
        ``experiment_quantile_tied`` (share, value, quantile), ``experiment_bad_alpha``.

    References
    ----------
    Hahn, Meeker (1991), Statistical intervals, ch. 5, for one quantile; Zou, Donner (2008), Construction of confidence
    limits about effect measures, Statistics in Medicine 27, for the difference; Price, Bonett (2002), Distribution-free
    confidence intervals for difference and ratio of medians, Journal of Statistical Computation and Simulation 72.

    Examples
    --------
    >>> a = QuantileStatistic.from_values(range(200), 0.5)
    >>> b = QuantileStatistic.from_values(range(30, 230), 0.5)
    >>> reading = compare_quantiles(a, b)
    >>> reading.absolute.value, round(reading.absolute.low, 1), round(reading.test.p, 4)
    (30.0, 10.4, 0.0027)
    """
    from scipy.special import ndtr, ndtri

    check_alpha(alpha)
    alternative = side_of(alternative)
    if control.quantile != treatment.quantile:
        raise AnalysisError("experiment_mixed_kinds")
    for arm in (control, treatment):
        _check(arm)
    value = treatment.mean - control.mean
    z = float(ndtri(1 - (alpha / 2 if alternative == "two_sided" else alpha)))
    low, high = quantile_difference(control, treatment, z=z)
    relative = _ratio(control, treatment, z)
    seen = math.copysign(_z_of_none(control, treatment), value) if value else 0.0
    p = {"two_sided": 2 * float(ndtr(-abs(seen))), "greater": float(ndtr(-seen)), "less": float(ndtr(seen))}
    se = math.sqrt(control.variance / control.n + treatment.variance / treatment.n)

    def sided(value: float, low: float | None, high: float | None, se: float | None = None) -> Estimate:
        ends = None if alternative == "less" else low, None if alternative == "greater" else high
        return Estimate(value, *ends, 1 - alpha, NAME, se)

    return Reading(
        control.mean,
        treatment.mean,
        control.n,
        treatment.n,
        sided(value, low, high, se),
        None if relative is None else sided(*relative),
        Significance(min(p[alternative], 1.0), NAME, alternative, seen),
        (Note("experiment_no_relative"),) if relative is None else (),
    )


def quantile_interval(arm: QuantileStatistic, *, alpha: float = ALPHA) -> Estimate:
    """Return the quantile of one arm with its interval; refusals as ``compare_quantiles``.

    Examples
    --------
    >>> found = quantile_interval(QuantileStatistic.from_values(range(1, 102), 0.5))
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (51.0, 41.15, 60.85)
    """
    from scipy.special import ndtri

    check_alpha(alpha)
    _check(arm)
    return Estimate(arm.mean, *arm.ends(float(ndtri(1 - alpha / 2))), 1 - alpha, "order_statistics")


def _check(arm: QuantileStatistic) -> None:
    least = math.ceil(BEYOND / min(arm.quantile, 1 - arm.quantile) - 1e-9)
    if arm.n < least:
        raise AnalysisError("experiment_quantile_few", n=arm.n, least=least, quantile=arm.quantile)
    if arm.tied > max(MOST_TIED * arm.n, 1):
        raise AnalysisError("experiment_quantile_tied", share=arm.tied / arm.n, value=arm.mean, quantile=arm.quantile)


def quantile_difference(
    control: QuantileStatistic, treatment: QuantileStatistic, *, z: float
) -> tuple[float | None, float | None]:
    """Return the interval of the difference that reaches so many standard errors of each rank; None is an open end."""
    (l1, u1), (l2, u2) = control.ends(z), treatment.ends(z)
    return _mover(control.mean, l1, u1, treatment.mean, l2, u2)


def _mover(
    q1: float, l1: float | None, u1: float | None, q2: float, l2: float | None, u2: float | None
) -> tuple[float | None, float | None]:
    low = None if l2 is None or u1 is None else q2 - q1 - math.hypot(q2 - l2, u1 - q1)
    high = None if u2 is None or l1 is None else q2 - q1 + math.hypot(u2 - q2, q1 - l1)
    return low, high


def _ratio(
    control: QuantileStatistic, treatment: QuantileStatistic, z: float
) -> tuple[float, float | None, float | None] | None:
    """Return the relative effect with its interval, both by logarithms; None where control may be 0 or below."""
    (l1, u1), (l2, u2) = control.ends(z), treatment.ends(z)
    if l1 is None or l1 <= 0 or treatment.mean <= 0:
        return None
    l1, u1, l2, u2 = (None if end is None or end <= 0 else math.log(end) for end in (l1, u1, l2, u2))
    low, high = _mover(math.log(control.mean), l1, u1, math.log(treatment.mean), l2, u2)
    lift = treatment.mean / control.mean - 1
    return lift, None if low is None else math.expm1(low), None if high is None else math.expm1(high)


def _z_of_none(control: QuantileStatistic, treatment: QuantileStatistic) -> float:
    """Return how many standard errors of a rank the interval has to reach until it holds no difference."""
    rises = treatment.mean > control.mean
    low, high = 0.0, _REACH
    for _ in range(_STEPS):
        z = (low + high) / 2
        ends = quantile_difference(control, treatment, z=z)
        end = ends[0] if rises else ends[1]
        outside = end is not None and (end > 0 if rises else end < 0)
        low, high = (z, high) if outside else (low, z)
    return low
