"""A mean of skewed amounts in unequal arms: where Welch's test is not right, and how such arms are read instead.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math

from analysis.experiments.arms.statistics import MeanStatistic, Statistic
from analysis.stats.skewed import COCHRAN, Skewed, significant_skewness

# Arms are unequal from here on, as one over the other.
UNEQUAL = 1.5
# Where only sums and squares are known, amounts of 0 and more are taken to be as skewed as lognormal ones of sigma 1.2.
_TYPICAL = 4.2
_VARIED = 4.0


def skewed(control: Statistic, treatment: Statistic, *, unequal: float = UNEQUAL) -> Skewed | None:
    """Return how to read two unequal arms of skewed amounts; None where Welch's test is right.

    That there is no effect is tested rightly by Welch's in equal arms; whether it lies beyond a border is not, and is
    asked with ``unequal`` 1.
    """
    if not isinstance(control, MeanStatistic) or not isinstance(treatment, MeanStatistic):
        return None
    n1, n2 = control.n, treatment.n
    if max(n1, n2) < unequal * min(n1, n2):
        return None
    thirds = [_third_moment(arm, control, treatment) for arm in (control, treatment)]
    about = [(arm.n - 1) * arm.variance for arm in (control, treatment)]
    if thirds[0] is None or thirds[1] is None or sum(about) <= 0:
        return None
    skewness = (thirds[0] + thirds[1]) / (n1 + n2) / (sum(about) / (n1 + n2 - 2)) ** 1.5
    if (
        not math.isfinite(skewness)
        or abs(skewness) <= (min(n1, n2) / COCHRAN) ** 0.5
        or abs(skewness) < significant_skewness(n1 + n2)
    ):
        return None
    return Skewed((n1, control.mean, about[0], thirds[0]), (n2, treatment.mean, about[1], thirds[1]))


def skewness_of(arm: MeanStatistic) -> float:
    """Return the skewness of one customer, from sums; 0 where the cubes are not known or nothing varies.

    Examples
    --------
    >>> round(skewness_of(MeanStatistic.from_values([0, 0, 0, 4])), 3)
    1.155
    """
    if arm.third is None or not arm.variance > 0:
        return 0.0
    found = arm.third / arm.n / (arm.variance * (arm.n - 1) / arm.n) ** 1.5
    return found if math.isfinite(found) else 0.0


def few_buyers(control: Statistic, treatment: Statistic) -> float | None:
    """Return how many equal customers would make up the total of the arm with fewer; None for amounts below 0.

    It is the sum squared over the sum of squares, and at most the number of buyers.

    References
    ----------
    Kish (1965), Survey sampling, sec. 8.2: the effective sample size.

    Examples
    --------
    >>> few_buyers(MeanStatistic.from_values([0, 0, 5, 5, 0]), MeanStatistic.from_values([1, 1, 1, 1, 1]))
    2.0
    """
    arms = (control, treatment)
    if not all(isinstance(arm, MeanStatistic) and arm.sum > 0 and _none_below_0(arm) for arm in arms):
        return None
    return min(arm.sum * arm.sum / arm.sum_squares for arm in arms if isinstance(arm, MeanStatistic))


def _none_below_0(arm: MeanStatistic) -> bool:
    """Say whether the sums can be those of amounts of 0 and more: then no square is beyond the square of the sum."""
    return arm.sum >= 0 and arm.sum_squares <= arm.sum * arm.sum * (1 + 1e-9)


def _third_moment(arm: MeanStatistic, control: MeanStatistic, treatment: MeanStatistic) -> float | None:
    """Return an arm's sum of cubes about its mean; None where nothing tells of it."""
    if control.third is not None and treatment.third is not None:
        return arm.third
    if not _none_below_0(control) or not _none_below_0(treatment):
        return None
    n, total = control.n + treatment.n, control.sum + treatment.sum
    squares = control.sum_squares + treatment.sum_squares
    if total <= 0 or squares * n < (1 + _VARIED) * total * total:
        return None
    # Of amounts of 0 and more the third moment is at least this (Cauchy and Schwarz), and for real amounts more.
    return _TYPICAL * squares * squares / total * arm.n / n
