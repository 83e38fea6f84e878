"""A mean of skewed amounts in unequal arms: the standard error and the tails that hold there.

Welch's test calls too much where the smaller arm has few buyers: without a large order by chance its mean and its
variance are small together. Without an effect both arms are alike, so the pooled variance, mostly of the larger arm, is
not fooled; an effect is read as a change of scale, under which both are alike again once it is taken out. The tails are
those of the skewness that the difference of means has (Pearson III, from three moments), where they are heavier than
Student's.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from analysis.experiments.arms.statistics import MeanStatistic, Statistic

# Arms are unequal from here on, as one over the other.
UNEQUAL = 1.5
# So many customers times skewness squared make a mean normal enough (Cochran 1977, sec. 2.15).
COCHRAN = 25.0
# Where only sums and squares are known, amounts of 0 and more are taken to be as skewed as lognormal ones of sigma 1.2.
_TYPICAL = 4.2
_VARIED = 4.0
_FARTHEST = 200.0  # of a ratio's logarithm; the cubes of larger ones are beyond a float


@dataclass(frozen=True)
class Skewed:
    """Two arms, each as n, mean, sum of squares and of cubes about its mean, read as one shape at two scales.

    At a ratio of the means the arm of treatment is divided by it; both then have one variance and one skewness.
    """

    control: tuple[int, float, float, float]
    treatment: tuple[int, float, float, float]

    @property
    def df(self) -> float:
        """Degrees of freedom of the pooled variance."""
        return float(self.control[0] + self.treatment[0] - 2)

    def error(self, ratio: float = 1.0) -> tuple[float, float]:
        """Return the standard error and the skewness of treatment less control, were treatment's mean so many times."""
        (n1, _, about1, third1), (n2, _, about2, third2) = self.control, self.treatment
        variance = (about1 + about2 / ratio**2) / self.df
        third = (third1 + third2 / ratio**3) / (n1 + n2)
        se = math.sqrt(variance * (1 / n1 + ratio * ratio / n2))
        return se, third * (ratio**3 / n2**2 - 1 / n1**2) / se**3

    def ends(self, tail: float) -> tuple[float, float]:
        """Return the smallest and the largest difference of means that is not rejected at ``tail`` on its side."""
        value = self.treatment[1] - self.control[1]
        return self._end(value, -1, tail), self._end(value, 1, tail)

    def ratios(self, tail: float) -> tuple[float, float] | None:
        """Return the same of the ratio of means; None where a mean is not above 0."""
        from scipy.optimize import brentq

        m1, m2 = self.control[1], self.treatment[1]
        if m1 <= 0 or m2 <= 0 or abs(math.log(m2) - math.log(m1)) > _FARTHEST:
            return None

        def beyond(log: float, side: int) -> float:
            ratio = math.exp(log)
            (n1, *_), (n2, *_) = self.control, self.treatment
            # Both arms at the scale of control.
            se, skewness = self.error(ratio)
            alike = se / math.sqrt(1 / n1 + ratio * ratio / n2) * math.sqrt(1 / n1 + 1 / n2)
            skewness *= (1 / n2**2 - 1 / n1**2) / (ratio**3 / n2**2 - 1 / n1**2) * (se / alike) ** 3
            return abs(m2 / ratio - m1) / alike - quantile_of(tail, self.df, -side * skewness)

        middle, found = math.log(m2 / m1), []
        for side in (-1, 1):
            if beyond(middle, side) >= 0:  # at an alpha of a half nothing but the estimate is left
                found.append(m2 / m1)
                continue
            edge = middle + side * 0.5
            while beyond(edge, side) < 0 and abs(edge - middle) < 30:
                edge += side * 0.5
            bounded = beyond(edge, side) >= 0
            end: Any = brentq(beyond, middle, edge, args=(side,)) if bounded else math.inf * side
            found.append(math.exp(end))
        return found[0], found[1]

    def p_of(self, border: float, *, above: bool, tail: float) -> float:
        """Return the p value of the difference being the border or less (``above``), or the border or more.

        It is below ``tail`` where the border lies outside ``ends(tail)`` on that side.
        """
        value, side = self.treatment[1] - self.control[1], -1 if above else 1
        se, skewness = self._error_at(border, *self._scales(tail))
        return tail_of((border - value) * side / se, self.df, -side * skewness)

    def _scales(self, tail: float) -> tuple[float, float]:
        """Return the smallest and the largest scale to read a difference at: those within the interval of the ratio."""
        ends = self.ratios(tail)
        if ends is None:
            return 1.0, 1.0
        seen = self.treatment[1] / self.control[1]
        # An open end has no scale; four times the one seen stands for it.
        return min(1.0, max(ends[0], seen / 4)), max(1.0, min(ends[1], 4 * seen))

    def _error_at(self, difference: float, smallest: float, largest: float) -> tuple[float, float]:
        ratio = 1 + difference / self.control[1] if self.control[1] > 0 else 1.0
        return self.error(min(max(ratio, smallest), largest))

    def _end(self, value: float, side: int, tail: float) -> float:
        """Return the first difference away from the estimate that is rejected."""
        from scipy.optimize import brentq

        scales = self._scales(tail)

        def beyond(difference: float) -> float:
            se, skewness = self._error_at(difference, *scales)
            return (difference - value) * side - quantile_of(tail, self.df, -side * skewness) * se

        step = self._error_at(value, *scales)[0] / 4 * side
        edge = value
        while beyond(edge) < 0:
            edge += step
        found: Any = brentq(beyond, edge - step, edge) if edge != value else value
        return float(found)


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


def significant_skewness(n: float) -> float:
    """Return the skewness that normal amounts of so many customers hardly reach: three of its standard errors."""
    return 3 * (6 / n) ** 0.5


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


def tail_of(t: float, df: float, skewness: float) -> float:
    """Return how likely a statistic lies above t: by Student's t, or by Pearson III where that tail is heavier."""
    from scipy.special import gammaincc, stdtr

    normal = float(stdtr(df, -t))
    if skewness < 1e-6 or t <= 0:
        return normal
    shape = 4 / skewness**2
    return max(normal, float(gammaincc(shape, shape + t * math.sqrt(shape))))


def quantile_of(tail: float, df: float, skewness: float) -> float:
    """Return the statistic that ``tail_of`` says is exceeded with this chance."""
    from scipy.special import gammainccinv, stdtrit

    normal = float(stdtrit(df, 1 - tail))
    if skewness < 1e-6:
        return normal
    shape = 4 / skewness**2
    return max(normal, (float(gammainccinv(shape, tail)) - shape) / math.sqrt(shape))


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
