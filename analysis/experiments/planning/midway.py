"""A test that is running: what can it still see, and how many more customers does it need?

Only the noise seen so far is used, never the effect seen so far: power at the effect found says nothing new.
Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import NormalPrior
from analysis.experiments.arms.result import ALPHA, check_alpha
from analysis.experiments.arms.sequential import TUNING, always_valid_quantile

_MOST_DOUBLINGS = 27
_CLOSE = 1e-5


@dataclass(frozen=True)
class Midway:
    """``power_now`` (0..1) at the target effect; ``scale`` more customers per customer there is, ``n_more`` of them."""

    power_now: float
    scale: float
    n_more: int


def more_customers(
    se: float,
    n: int,
    *,
    target: float,
    power: float = 0.8,
    alpha: float = ALPHA,
    goals: int = 1,
    treatments: int = 1,
    correct: bool = False,
    sequential: bool = False,
    tuning: int = TUNING,
    prior: NormalPrior | None = None,
) -> Midway:
    """Return what a running test can see, and what it lacks.

    Parameters
    ----------
    se : float
        Standard error of the effect now, absolute or relative as the target.
    n : int
        Customers of both arms now.
    target : float
        The smallest effect that matters.
    goals, treatments : int
        The power is to hold for all goals together (power^(1/goals) each); with ``correct`` alpha is divided by their
        product.
    sequential : bool
        With the always-valid interval instead of the fixed one.
    prior : NormalPrior, optional
        A belief with ``sd``: the test is then of the posterior.

    Raises
    ------
    AnalysisError
        ``experiment_no_variation`` (se not above 0), ``experiment_too_few``, ``experiment_zero_effect``,
        ``experiment_bad_power``, ``experiment_bad_alpha``, ``experiment_bad_treatments``,
        ``experiment_too_many_needed`` when 130 million times the customers would not do.

    References
    ----------
    GrowthBook, gbstats 0.8, mid-experiment power; the search stops within 0.00001 of the power, as there.

    Examples
    --------
    >>> round(more_customers(0.091844, 1000, target=0.05).scale, 1)
    25.5
    """
    check_alpha(alpha)
    if not 0 < se < math.inf:
        raise AnalysisError("experiment_no_variation")
    if n < 2:
        raise AnalysisError("experiment_too_few", n=n, least=2)
    if target == 0 or not math.isfinite(target):
        raise AnalysisError("experiment_zero_effect")
    if not alpha < power < 1:
        raise AnalysisError("experiment_bad_power", power=power)
    if goals < 1 or treatments < 1:
        raise AnalysisError("experiment_bad_treatments", treatments=min(goals, treatments))
    level = alpha / (goals * treatments) if correct else alpha
    wanted = power ** (1 / goals)

    def reached(scale: float) -> float:
        spread = se / math.sqrt(1 + scale)
        if spread == 0:
            raise AnalysisError("experiment_too_extreme")
        if prior is not None and prior.sd is not None:
            return _power_of_belief(spread, abs(target), prior, level)
        critical = always_valid_quantile(math.ceil(n * (1 + scale)), alpha=level, tuning=tuning) if sequential else None
        return _power(spread, abs(target), level, critical)

    now = reached(0.0)
    if now > wanted:
        return Midway(now, 0.0, 0)
    high = 1.0
    while reached(high) < wanted:
        high *= 2
        if high > 2**_MOST_DOUBLINGS:
            raise AnalysisError("experiment_too_many_needed")
    low = 0.0
    while True:
        scale = (low + high) / 2
        gap = reached(scale) - wanted
        if abs(gap) < _CLOSE or high - low < 1e-9:
            return Midway(now, scale, math.ceil(n * scale))
        low, high = (scale, high) if gap < 0 else (low, scale)


def _power(spread: float, target: float, alpha: float, critical: float | None) -> float:
    from scipy.special import ndtr, ndtri

    critical = float(ndtri(1 - alpha / 2)) if critical is None else critical
    return float(ndtr(target / spread - critical) + ndtr(-target / spread - critical))


def _power_of_belief(spread: float, target: float, prior: NormalPrior, alpha: float) -> float:
    """Return how likely the posterior's interval will leave 0 out."""
    from scipy.special import ndtr, ndtri

    assert prior.sd is not None
    # In standard errors, with ratios alone: the square of a tiny number is none any more.
    narrower = spread / prior.sd
    half = math.hypot(1.0, narrower) * float(ndtri(1 - alpha / 2))
    middle = target / spread + narrower * (prior.mean / prior.sd)
    if not math.isfinite(half) or not math.isfinite(middle):
        raise AnalysisError("experiment_too_extreme")
    return float(ndtr(middle - half) + ndtr(-(middle + half)))
