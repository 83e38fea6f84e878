"""How likely a test of skewed amounts finds an effect that multiplies them: by the test that is really read.

Welch's statistic and its standard error move together where amounts are skewed: an arm with a large order more has a
larger mean and a larger spread. In unequal arms of very skewed amounts another test is read (``stats.skewed``), with
the variance of both arms pooled, whose standard error is not that of the difference once there is an effect.

Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.experiments.arms.skewed import UNEQUAL
from analysis.stats.skewed import COCHRAN, quantile_of, significant_skewness

# By logarithms: how far the skewness of a sample lies below that of all customers, and how much it scatters.
_BELOW, _SCATTER = 0.1, 0.2
# Skewness of the difference beyond which three moments say no more.
_FARTHEST = 1.0
# In standard errors; from there on every test is clear.
_FARTHEST_SHIFT = 1e6


@dataclass(frozen=True)
class SkewedArms:
    """Two arms of amounts: customers, sd and skewness of one customer in control, and how many times treatment's are.

    ``sign`` is the direction of the effect; ``read_at`` the ratio of the means that is tested (1 is no effect, below it
    a margin), ``unequal`` from which ratio of their sizes on the pooled test may be read.
    """

    n_control: float
    n_treatment: float
    sd: float
    skewness: float
    times: float
    sign: float = 1.0
    read_at: float = 1.0
    unequal: float = UNEQUAL

    @property
    def error(self) -> float:
        """The standard error of the difference of means, in standard deviations."""
        return math.sqrt(1 / self.n_control + self.times**2 / self.n_treatment)

    @property
    def pooled_error(self) -> float:
        """The standard error from the pooled variance, treatment scaled to be read at its ratio."""
        return math.sqrt(self._alike(2) * (1 / self.n_control + self.read_at**2 / self.n_treatment))

    @property
    def lean(self) -> float:
        """The skewness of the difference, in the direction of the effect."""
        third = self.times**3 / self.n_treatment**2 - 1 / self.n_control**2
        return self._bounded(self.sign * self.skewness * third / self.error**3)

    @property
    def null_lean(self) -> float:
        """The skewness that the pooled test takes the difference to have."""
        third = self._alike(3) * (self.read_at**3 / self.n_treatment**2 - 1 / self.n_control**2)
        return self.sign * self.skewness * third / self.pooled_error**3

    @property
    def pooled_share(self) -> float:
        """How often the pooled test is read: never in arms that are alike, nor far within Cochran's rule."""
        from scipy.special import ndtr

        small, large = sorted((self.n_control, self.n_treatment))
        if large < self.unequal * small or self.skewness == 0:
            return 0.0
        least = max(math.sqrt(small / COCHRAN), significant_skewness(small + large))
        return float(ndtr((math.log(abs(self.skewness) / least) - _BELOW) / _SCATTER))

    def power(self, distance: float, tail: float, df: float = math.inf) -> float:
        """Return how likely the test that is read is clear in the direction of the effect."""
        own = quantile_of(tail, df, self.null_lean)
        return self._power(distance, quantile_of(tail, df, 0.0), own, self.pooled_share)

    def power_at(self, distance: float, critical: float) -> float:
        """Return the same of the always-valid interval, so many of the larger of both standard errors wide."""
        return self._power(distance, critical, critical, float(self.pooled_error > self.error))

    def _power(self, distance: float, plain: float, own: float, pooled: float) -> float:
        shift = min(distance / self.sd / self.error, _FARTHEST_SHIFT)
        power = (1 - pooled) * self._clear(shift, plain, self.lean)
        if pooled > 0:
            power += pooled * self._clear(shift, own * self.pooled_error / self.error, self._moved())
        return power

    def _moved(self) -> float:
        """How much the pooled variance moves with the difference: hardly, unless an effect makes the arms unlike."""
        third = self.skewness * (self.times**3 / self.read_at**2 - 1) / (self.n_control + self.n_treatment)
        return self._bounded(self.sign * third / (self._alike(2) * self.error))

    def _alike(self, power: int) -> float:
        """Return the second or third moment of both arms at the scale of control, over that of control."""
        n = self.n_control + self.n_treatment
        return (self.n_control + self.n_treatment * (self.times / self.read_at) ** power) / n

    def _clear(self, shift: float, critical: float, moved: float) -> float:
        """Return P(shift + z > critical · √(1 + moved · z)), z the standardised difference."""
        half = critical * critical * moved / 2
        least = half + math.sqrt(max(half * half + critical * critical * (1 - moved * shift), 0.0))
        return _above(least - shift, self.lean)

    @staticmethod
    def _bounded(skewness: float) -> float:
        return min(max(skewness, -_FARTHEST), _FARTHEST)


def _above(z: float, skewness: float) -> float:
    """Return how likely a standardised Pearson III lies above z."""
    from scipy.special import gammainc, gammaincc, ndtr

    if abs(skewness) < 1e-6:
        return float(ndtr(-z))
    shape = 4 / skewness**2
    at = shape + math.copysign(1, skewness) * z * math.sqrt(shape)
    return float((gammaincc if skewness > 0 else gammainc)(shape, max(at, 0.0)))
