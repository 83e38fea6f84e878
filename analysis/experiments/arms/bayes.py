"""The Bayesian reading: chance to beat control and to be best, expected loss, credible intervals.

Shares have Beta posteriors and everything about them is integrated, not drawn; effects with a standard error have
normal posteriors in closed form. Method, sources and limits: ``docs/methods/experiments-bayes.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import ALPHA, Estimate, check_alpha
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.params import Params

_MOST_NODES = 200_000
_TAIL = 1e-18


class BetaPrior(Params):
    """Conversions and non-conversions believed in before any data; 1 and 1 is the flat prior."""

    alpha: float = 1.0
    beta: float = 1.0


class NormalPrior(Params):
    """The effect believed in before any data, in the unit of the effect; ``sd`` None is the flat prior."""

    mean: float = 0.0
    sd: float | None = None


@dataclass(frozen=True)
class ArmBelief:
    """One arm: its share with the equal-tailed credible interval, and what choosing it would mean.

    ``beats_control`` is None for control; ``expected_loss`` is the share given up on average by choosing this arm when
    another is better.
    """

    share: Estimate
    beats_control: float | None
    best: float
    expected_loss: float


@dataclass(frozen=True)
class EffectBelief:
    """The posterior of one effect: mean with credible interval, chance to win, and the loss of either choice."""

    effect: Estimate
    chance_to_win: float
    loss_treatment: float
    loss_control: float
    prior: NormalPrior


def believe_proportions(
    arms: Sequence[ProportionStatistic], *, prior: BetaPrior | None = None, alpha: float = ALPHA
) -> tuple[ArmBelief, ...]:
    """Return what to believe of each arm, control first.

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``, ``experiment_bad_prior``, ``experiment_bad_alpha``.

    References
    ----------
    Miller (2015), Formulas for Bayesian A/B testing; Stucchio (2015), Bayesian A/B testing at VWO.

    Examples
    --------
    >>> a, b = believe_proportions([ProportionStatistic(1000, 200), ProportionStatistic(1000, 250)])
    >>> round(b.beats_control, 5), round(b.expected_loss, 7)
    (0.99628, 2.14e-05)
    """
    from scipy.special import betaincinv

    check_alpha(alpha)
    prior = prior or BetaPrior()
    if not (0 < prior.alpha < math.inf and 0 < prior.beta < math.inf):
        raise AnalysisError("experiment_bad_prior")
    shapes = [(arm.successes + prior.alpha, arm.n - arm.successes + prior.beta) for arm in arms]
    best, loss = beta_best(shapes), beta_loss(shapes)
    beliefs = []
    for i, (a, b) in enumerate(shapes):
        low, high = (float(betaincinv(a, b, tail)) for tail in (alpha / 2, 1 - alpha / 2))
        share = Estimate(a / (a + b), low, high, 1 - alpha, "beta_equal_tailed")
        beats = None if i == 0 else beta_best([shapes[0], (a, b)])[1]
        beliefs.append(ArmBelief(share, beats, best[i], loss[i]))
    return tuple(beliefs)


def beta_best(shapes: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return how likely each of several Beta variables is the largest.

    Examples
    --------
    >>> [round(p, 4) for p in beta_best([(1, 2), (3, 4), (5, 6)])]
    [0.2354, 0.3517, 0.4129]
    """
    import numpy as np

    _, density, below, step = _grid(shapes)
    chances = [
        float((density[i] * np.prod(np.delete(below, i, axis=0), axis=0)).sum() * step) for i in range(len(shapes))
    ]
    return tuple(min(max(chance, 0.0), 1.0) for chance in chances)


def beta_loss(shapes: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Return E[largest − this] for each of several Beta variables: the loss of choosing it."""
    import numpy as np

    x, _, below, step = _grid(shapes)
    width = x * (1 - x) * step
    return tuple(
        float((below[i] * (1 - np.prod(np.delete(below, i, axis=0), axis=0)) * width).sum()) for i in range(len(shapes))
    )


def normal_best(means: Sequence[float], sds: Sequence[float]) -> tuple[float, ...]:
    """Return how likely each of several independent normal variables is the largest.

    Parameters
    ----------
    means, sds : sequences of float
        One of each per arm, every sd above 0: under a flat prior the arm's mean and its standard error.

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``, ``experiment_no_variation``, ``experiment_not_a_number``.

    Examples
    --------
    >>> [round(p, 4) for p in normal_best([0.0, 1.0], [1.0, 1.0])]
    [0.2398, 0.7602]
    """
    import numpy as np
    from scipy.special import ndtr

    if len(means) < 2:
        raise AnalysisError("experiment_one_arm")
    if not all(map(math.isfinite, (*means, *sds))):
        raise AnalysisError("experiment_not_a_number", field="mean")
    if not all(0 < sd < math.inf for sd in sds):
        raise AnalysisError("experiment_no_variation")
    # Each integral over its own variable in standard units: the sum over equal steps of a smooth function that dies
    # away at both ends converges faster than any power of the step (Trefethen, Weideman 2014).
    z, step = np.linspace(-9, 9, 4001, retstep=True)
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * float(step)
    found = []
    for i, (mean, sd) in enumerate(zip(means, sds, strict=True)):
        with np.errstate(over="ignore"):  # beside a tiny spread the distance is endless, and the chance 0 or 1
            below = [
                ndtr((mean + sd * z - other) / spread)
                for j, (other, spread) in enumerate(zip(means, sds, strict=True))
                if j != i
            ]
        found.append(min(max(float((density * np.prod(below, axis=0)).sum()), 0.0), 1.0))
    return tuple(found)


def believe_effect(
    value: float, se: float, *, prior: NormalPrior | None = None, alpha: float = ALPHA, unit: str = "absolute"
) -> EffectBelief:
    """Return the posterior of an effect with a normal standard error and a normal prior.

    Parameters
    ----------
    value, se : float
        Effect (absolute or relative) and its standard error, se > 0.
    unit : str
        ``"absolute"`` or ``"relative"``: goes into the name of the convention, the prior has the same unit.

    Raises
    ------
    AnalysisError
        ``experiment_no_variation``, ``experiment_bad_prior``, ``experiment_bad_alpha``, ``experiment_too_extreme``.

    Examples
    --------
    >>> belief = believe_effect(0.1, 0.05)
    >>> round(belief.loss_control, 7), round(belief.loss_treatment, 7)
    (0.1004245, 0.0004245)
    """
    from scipy.special import ndtr, ndtri

    check_alpha(alpha)
    prior = prior or NormalPrior()
    if not 0 < se < math.inf:
        raise AnalysisError("experiment_no_variation")
    if not math.isfinite(prior.mean) or (prior.sd is not None and not 0 < prior.sd < math.inf):
        raise AnalysisError("experiment_bad_prior")
    mean, sd = (value, se) if prior.sd is None else _shrunk(value, se, prior.mean, prior.sd)
    half = float(ndtri(1 - alpha / 2)) * sd
    kind = "normal_flat_prior" if prior.sd is None else "normal_prior"
    z = mean / sd
    if not math.isfinite(abs(mean) + half) or not math.isfinite(z):
        raise AnalysisError("experiment_too_extreme")
    density = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * sd
    return EffectBelief(
        Estimate(mean, mean - half, mean + half, 1 - alpha, f"{kind}_{unit}", sd),
        float(ndtr(z)),
        max(density - mean * float(ndtr(-z)), 0.0),
        max(density + mean * float(ndtr(z)), 0.0),
        prior,
    )


def _shrunk(value: float, se: float, mean: float, sd: float) -> tuple[float, float]:
    """Weigh a value with its prior by precision; in ratios, as 1/se² of a tiny error is no number any more."""
    if se <= sd:
        ratio = (se / sd) * (se / sd)
        return (value + mean * ratio) / (1 + ratio), se / math.sqrt(1 + ratio)
    ratio = (sd / se) * (sd / se)
    return (value * ratio + mean) / (1 + ratio), sd / math.sqrt(1 + ratio)


def _grid(shapes: Sequence[tuple[float, float]]) -> tuple[Any, Any, Any, float]:
    """Return points of the logit axis with densities and distribution functions of every variable there.

    On that axis a Beta density is smooth and falls off exponentially at both ends, where the plain sum over equal
    steps converges faster than any power of the step (Trefethen, Weideman 2014).
    """
    import numpy as np
    from scipy.special import betainc, betaincinv, betaln, expit

    if len(shapes) < 2:
        raise AnalysisError("experiment_one_arm")
    if not all(0 < figure < math.inf for shape in shapes for figure in shape):
        raise AnalysisError("experiment_bad_prior")
    ends, steps = [], []
    for a, b in shapes:
        low, high = betaincinv(a, b, _TAIL), betaincinv(b, a, _TAIL)
        # log(x / (1 − x)), with both tails taken from their own side and at most 700 away.
        ends += [max(math.log(low / (1 - low)), -700) if 0 < low < 1 else math.copysign(700.0, low - 0.5)]
        ends += [min(-math.log(high / (1 - high)), 700) if 0 < high < 1 else math.copysign(700.0, 0.5 - high)]
        steps.append(min(math.sqrt(1 / a + 1 / b), 1.0) / 6)
    low, high = min(ends), max(ends)
    count = min(int((high - low) / min(steps)) + 2, _MOST_NODES)
    t, step = np.linspace(low, high, count, retstep=True)
    x = expit(t)
    log_x, log_y = -np.logaddexp(0, -t), -np.logaddexp(0, t)
    density = np.array([np.exp(a * log_x + b * log_y - betaln(a, b)) for a, b in shapes])
    below = np.array([betainc(a, b, x) for a, b in shapes])
    return x, density, below, float(step)
