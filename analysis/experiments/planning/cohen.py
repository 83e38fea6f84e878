"""Power in the units of textbooks and other calculators: Cohen's h, d and w, and the rule of thumb.

Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import ALPHA, check_alpha, check_choice
from analysis.experiments.planning.noncentral import power_of_t
from analysis.experiments.planning.plan import MOST

Sides = Literal["two_sided", "one_sided"]


def effect_size_h(baseline: float, other: float) -> float:
    """Return Cohen's h of two shares: the difference of 2 arcsin √p.

    Raises ``experiment_bad_baseline`` for a share outside 0..1.

    Examples
    --------
    >>> round(effect_size_h(0.2, 0.25), 4)
    0.1199
    """
    for share in (baseline, other):
        if not 0 <= share <= 1:
            raise AnalysisError("experiment_bad_baseline", baseline=share)
    return 2 * math.asin(math.sqrt(other)) - 2 * math.asin(math.sqrt(baseline))


def power_of_h(
    h: float, n_control: float, n_treatment: float, *, sides: Sides = "two_sided", alpha: float = ALPHA
) -> float:
    """Return the power for Cohen's h with any two arm sizes (R ``pwr.2p2n.test``), the wrong side left out.

    Raises ``experiment_zero_effect``, ``experiment_too_few``, ``experiment_bad_alpha``, ``experiment_unknown_choice``.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences, ch. 6; p. 258 gives 0.75 for the example.

    Examples
    --------
    >>> round(power_of_h(0.3, 80, 245, sides="one_sided"), 7)
    0.7532924
    """
    from scipy.special import ndtr, ndtri

    _check(h, (n_control, n_treatment), alpha)
    check_choice("sides", sides, Sides)
    tail = alpha / 2 if sides == "two_sided" else alpha
    shift = abs(h) * math.sqrt(n_control * n_treatment / (n_control + n_treatment))
    return float(ndtr(shift - ndtri(1 - tail)))


def power_of_d(
    d: float, n_control: float, n_treatment: float, *, sides: Sides = "two_sided", alpha: float = ALPHA
) -> float:
    """Return the power for Cohen's d (difference in standard deviations) by the noncentral t (R ``pwr.t2n.test``).

    Raises ``experiment_zero_effect``, ``experiment_too_few``, ``experiment_bad_alpha``, ``experiment_unknown_choice``.

    Examples
    --------
    >>> round(power_of_d(1.0, 20, 20), 5)
    0.86895
    """
    _check(d, (n_control, n_treatment), alpha)
    check_choice("sides", sides, Sides)
    tail, df = alpha / 2 if sides == "two_sided" else alpha, n_control + n_treatment - 2
    return power_of_t(abs(d) * math.sqrt(n_control * n_treatment / (n_control + n_treatment)), df, tail)


def power_of_w(w: float, n: float, df: int, *, alpha: float = ALPHA) -> float:
    """Return the power of a chi-square test of ``n`` customers in all for Cohen's w (R ``pwr.chisq.test``).

    ``df`` is arms − 1 for the test of several shares. Raises ``experiment_zero_effect``, ``experiment_too_few``,
    ``experiment_one_arm`` (df below 1), ``experiment_bad_alpha``.

    Examples
    --------
    >>> round(power_of_w(0.1, 2096.079, 20), 4)
    0.8
    """
    from scipy.special import chdtri
    from scipy.stats import ncx2

    _check(w, (n,), alpha)
    if df < 1:
        raise AnalysisError("experiment_one_arm")
    shift = n * w * w
    if not math.isfinite(shift):
        raise AnalysisError("experiment_too_extreme")
    # SciPy's function errs at the smallest shifts, where the power is that of no effect, and is no number at the
    # largest, where it is 1 to the last digit.
    if shift < 1e-100:
        return alpha
    return float(ncx2.sf(chdtri(df, alpha), df, shift)) if shift < 1e15 else 1.0


def size_for_w(w: float, df: int, *, power: float = 0.8, alpha: float = ALPHA) -> float:
    """Return the customers in all that a chi-square test needs, not rounded.

    Raises as ``power_of_w``, and ``experiment_bad_power``, ``experiment_too_many_needed``.

    Examples
    --------
    >>> round(size_for_w(0.1, 20), 3)
    2096.079
    """
    from scipy.optimize import brentq

    _check(w, (2.0,), alpha)
    if not alpha < power < 1:
        raise AnalysisError("experiment_bad_power", power=power)
    if power_of_w(w, MOST, df, alpha=alpha) < power:
        raise AnalysisError("experiment_too_many_needed")
    if power_of_w(w, 2.0, df, alpha=alpha) >= power:
        return 2.0
    found: Any = brentq(
        lambda log: power_of_w(w, math.exp(log), df, alpha=alpha) - power, math.log(2), math.log(MOST), xtol=1e-13
    )
    return math.exp(found)


def rule_of_thumb(variance: float, effect: float) -> float:
    """Return 16 · variance / effect²: customers per arm for 80 % power at 5 %, good enough for a napkin.

    Raises ``experiment_bad_sd`` (variance not above 0), ``experiment_zero_effect``, ``experiment_too_many_needed``.

    References
    ----------
    Lehr (1992), Sixteen s-squared over d-squared, Statistics in Medicine 11; Miller (2010), How not to run an A/B test.

    Examples
    --------
    >>> round(rule_of_thumb(0.2 * 0.8, 0.05))
    1024
    """
    if not 0 < variance < math.inf:
        raise AnalysisError("experiment_bad_sd", sd=variance)
    if effect == 0 or not math.isfinite(effect):
        raise AnalysisError("experiment_zero_effect")
    found = 16 * (variance / effect) / effect
    if not math.isfinite(found):
        raise AnalysisError("experiment_too_many_needed")
    return found


def _check(effect: float, sizes: tuple[float, ...], alpha: float) -> None:
    check_alpha(alpha)
    if effect == 0 or not math.isfinite(effect):
        raise AnalysisError("experiment_zero_effect")
    if not all(map(math.isfinite, sizes)):
        raise AnalysisError("experiment_not_a_number", field="n")
    if min(sizes) < 2:
        raise AnalysisError("experiment_too_few", n=int(min(sizes)), least=2)
