"""Looking early without fooling oneself: always-valid intervals and group-sequential bounds.

Method, sources and limits: ``docs/methods/experiments-sequential.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.crossing import crossing_probability, crossings
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.quantiles import QuantileStatistic, compare_quantiles, quantile_difference
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    Significance,
    check_alpha,
    check_choice,
    side_of,
)
from analysis.experiments.arms.score import few_events, score_ends
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic

BoundKind = Literal["obrien_fleming", "pocock"]
# GrowthBook's default: the interval is narrowest when both arms together hold about this many customers.
TUNING = 5000
MAX_LOOKS = 50


@dataclass(frozen=True)
class GroupDesign:
    """Bounds for equally spaced looks, two-sided.

    ``bounds`` are the |z| to reach at each look; ``levels`` the same as two-sided p values; ``inflation`` the largest
    sample over that of a fixed test of the same ``power``.
    """

    kind: BoundKind
    looks: int
    alpha: float
    power: float
    constant: float
    bounds: tuple[float, ...]
    levels: tuple[float, ...]
    inflation: float


@dataclass(frozen=True)
class Day:
    """One look at the running totals: what the fixed test says, and what may be believed at any time."""

    n: int
    naive: Estimate
    naive_p: float
    always: Estimate
    always_p: float


def mixture_scale(*, alpha: float = ALPHA, tuning: int = TUNING) -> float:
    """Return rho, which makes the confidence sequence narrowest at ``tuning`` customers (Waudby-Smith, eq. 161)."""
    check_alpha(alpha)
    if not 1 <= tuning < math.inf:
        raise AnalysisError("experiment_bad_tuning", tuning=tuning)
    log = -2 * math.log(alpha)
    return math.sqrt((log + math.log(log + 1)) / tuning)


def always_valid_quantile(n: int, *, alpha: float = ALPHA, tuning: int = TUNING) -> float:
    """Return how many standard errors the always-valid interval reaches at ``n`` customers of both arms."""
    scaled = n * mixture_scale(alpha=alpha, tuning=tuning) ** 2
    return math.sqrt(2 * (scaled + 1) * math.log(math.sqrt(scaled + 1) / alpha) / scaled)


@lru_cache(maxsize=4096)
def one_sided_quantile(n: int, *, alpha: float = ALPHA, tuning: int = TUNING) -> float:
    """Return the same of an interval with one end: the effect is mixed over one side only.

    Examples
    --------
    >>> round(one_sided_quantile(2000), 3), round(always_valid_quantile(2000), 3)
    (2.82, 3.124)
    """
    from scipy.optimize import brentq

    check_alpha(alpha)
    scaled = n * mixture_scale(alpha=alpha, tuning=tuning) ** 2
    found: Any = brentq(lambda z: _log_one_sided(z, scaled) + math.log(alpha), -40.0, 60.0)
    return float(found)


def _log_one_sided(z: float, scaled: float) -> float:
    """Return the logarithm of how much better the effects above 0 explain what was seen than no effect."""
    from scipy.special import log_ndtr

    share = scaled / (scaled + 1)
    return math.log(2) - 0.5 * math.log(scaled + 1) + z * z * share / 2 + float(log_ndtr(z * math.sqrt(share)))


def always_valid(
    value: float,
    se: float,
    n: int,
    *,
    alpha: float = ALPHA,
    tuning: int = TUNING,
    alternative: Alternative = "two_sided",
) -> tuple[Estimate, Significance]:
    """Return an interval and a p value that hold however often one looks (asymptotic confidence sequence).

    One-sided, the interval has one end, nearer to the estimate than those of the two-sided one.

    Parameters
    ----------
    value, se : float
        Estimate and its standard error as of a fixed test, se > 0.
    n : int
        Customers of both arms together.
    tuning : int
        Where the interval is narrowest; fixed before the first look.

    Raises
    ------
    AnalysisError
        ``experiment_no_variation`` (se is 0), ``experiment_too_extreme``, ``experiment_bad_tuning``,
        ``experiment_bad_alpha``.

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2021), Time-uniform central limit theory and asymptotic confidence
    sequences, eq. 9, 155, 161; Johari, Pekelis, Walsh (2015), Always valid inference; Robbins (1970), Statistical
    methods related to the law of the iterated logarithm, Annals of Mathematical Statistics 41, for one side.

    Examples
    --------
    >>> found, test = always_valid(0.05, 0.01864135, 2000)
    >>> round(found.low, 4), round(found.high, 4), round(test.p, 4)
    (-0.0082, 0.1082, 0.1325)
    """
    if se <= 0:
        raise AnalysisError("experiment_no_variation")
    if n < 2:
        raise AnalysisError("experiment_too_few", n=n, least=2)
    alternative = side_of(alternative)
    half = _reach(n, alpha, tuning, alternative) * se
    scaled = n * mixture_scale(alpha=alpha, tuning=tuning) ** 2
    z = value / se
    if not math.isfinite(z * z) or not math.isfinite(half):
        raise AnalysisError("experiment_too_extreme")
    log_p = 0.5 * math.log(scaled + 1) - z * z * scaled / (2 * (scaled + 1))
    if alternative != "two_sided":
        log_p = -_log_one_sided(z if alternative == "greater" else -z, scaled)
    name = "always_valid_mixture"
    low = None if alternative == "less" else value - half
    high = None if alternative == "greater" else value + half
    return (
        Estimate(value, low, high, 1 - alpha, name, se),
        Significance(math.exp(min(log_p, 0.0)), name, alternative, z),
    )


def _reach(n: int, alpha: float, tuning: int, alternative: Alternative) -> float:
    quantile = always_valid_quantile if alternative == "two_sided" else one_sided_quantile
    return quantile(n, alpha=alpha, tuning=tuning)


def always_valid_arms(
    control: Statistic,
    treatment: Statistic,
    *,
    alpha: float = ALPHA,
    tuning: int = TUNING,
    alternative: Alternative = "two_sided",
) -> tuple[Estimate, Significance]:
    """Return what holds however often one looks, of two arms that may be unequal and their events rare.

    The interval is the confidence sequence with the variance that each difference implies for shares (score), and with
    the larger of Welch's and the pooled variance for means: with the spread of the smaller arm alone, a lucky start
    without a conversion or a large order there would pass for certainty. Shares with fewer than ten conversions (or
    customers without one) in both arms together say nothing yet. Of quantiles each order statistic lies as much farther
    out.

    Raises
    ------
    AnalysisError
        As ``compare_means`` and ``always_valid``.

    References
    ----------
    Waudby-Smith et al. (2024), Time-uniform central limit theory and asymptotic confidence sequences, Annals of
    Statistics 52; Miettinen, Nurminen (1985), Statistics in Medicine 4.

    Examples
    --------
    >>> found, test = always_valid_arms(ProportionStatistic(9000, 90), ProportionStatistic(1000, 3))
    >>> found.low < 0 < found.high, test.p > 0.05
    (True, True)
    """
    value, n, alternative = treatment.mean - control.mean, control.n + treatment.n, side_of(alternative)
    name, less, greater = "always_valid_mixture", alternative == "less", alternative == "greater"
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        if few_events(control, treatment):
            nothing = Estimate(value, None if less else -1.0, None if greater else 1.0, 1 - alpha, name)
            return nothing, Significance(1.0, name, alternative, 0.0)
        share = (control.successes + treatment.successes) / n
        pooled = math.sqrt(share * (1 - share) * (1 / control.n + 1 / treatment.n))
        around, test = always_valid(value, pooled, n, alpha=alpha, tuning=tuning, alternative=alternative)
        low, high = score_ends(control, treatment, _reach(n, alpha, tuning, alternative), widened=False)
        return replace(around, low=None if less else low, high=None if greater else high), test
    if isinstance(control, QuantileStatistic) and isinstance(treatment, QuantileStatistic):
        test = compare_quantiles(control, treatment).test
        # The estimate in standard errors of the interval that just holds no difference.
        error = abs(value / test.statistic) if test.statistic else math.sqrt(_squared_errors(control, treatment)) or 1.0
        around, test = always_valid(value, error, n, alpha=alpha, tuning=tuning, alternative=alternative)
        low, high = quantile_difference(control, treatment, z=_reach(n, alpha, tuning, alternative))
        return replace(around, low=None if less else low, high=None if greater else high), test
    error = _larger_error(control, treatment)
    return always_valid(value, error, n, alpha=alpha, tuning=tuning, alternative=alternative)


def _squared_errors(control: Statistic, treatment: Statistic) -> float:
    return control.variance / control.n + treatment.variance / treatment.n


def _larger_error(control: Statistic, treatment: Statistic) -> float:
    va, vb = control.variance, treatment.variance
    welch = _squared_errors(control, treatment)
    both = ((control.n - 1) * va + (treatment.n - 1) * vb) / max(control.n + treatment.n - 2, 1)
    return math.sqrt(max(welch, both * (1 / control.n + 1 / treatment.n)))


def day_by_day(
    totals: Sequence[tuple[Statistic, Statistic]], *, alpha: float = ALPHA, tuning: int = TUNING
) -> tuple[Day, ...]:
    """Return the reading of each day from running totals (control, treatment), days that cannot be read left out.

    The always-valid p is the least so far: once safe to stop, always safe to stop.
    """
    days: list[Day] = []
    for control, treatment in totals:
        try:
            reading = compare_means(control, treatment, alpha=alpha)
        except AnalysisError as error:
            if error.code not in ("experiment_too_few", "experiment_no_variation"):
                raise
            continue
        n = control.n + treatment.n
        always, test = always_valid_arms(control, treatment, alpha=alpha, tuning=tuning)
        least = min(test.p, days[-1].always_p) if days else test.p
        days.append(Day(n, reading.absolute, reading.test.p, always, least))
    return tuple(days)


@lru_cache(maxsize=256)
def group_design(kind: BoundKind, looks: int, *, alpha: float = ALPHA, power: float = 0.8) -> GroupDesign:
    """Return the bounds of O'Brien–Fleming or Pocock for equally spaced looks, by numerical integration.

    Raises
    ------
    AnalysisError
        ``experiment_bad_looks`` (not 1..50), ``experiment_bad_alpha``, ``experiment_bad_power``.

    References
    ----------
    Armitage, McPherson, Rowe (1969), JRSS A 132 (the recursion); Pocock (1977), Biometrika 64; O'Brien, Fleming (1979),
    Biometrics 35; Jennison, Turnbull (2000), Group sequential methods, tables 2.1 to 2.4.

    Examples
    --------
    >>> [round(bound, 3) for bound in group_design("obrien_fleming", 5).bounds]
    [4.562, 3.226, 2.634, 2.281, 2.04]
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    check_alpha(alpha)
    check_choice("kind", kind, BoundKind)
    if looks != int(looks) or not 1 <= looks <= MAX_LOOKS:
        raise AnalysisError("experiment_bad_looks", looks=looks, most=MAX_LOOKS)
    if not alpha < power < 1:
        raise AnalysisError("experiment_bad_power", power=power)

    def bounds(constant: float) -> tuple[float, ...]:
        fall = 0.5 if kind == "obrien_fleming" else 0.0
        return tuple(constant * (looks / look) ** fall for look in range(1, looks + 1))

    start = float(ndtri(1 - alpha / 2))
    constant: Any = brentq(
        lambda c: crossing_probability(bounds(c)) - alpha, start * 0.999, max(start * 3, 4.0), xtol=1e-9
    )
    fixed = (start + float(ndtri(power))) ** 2
    found = bounds(constant)
    # Power is to cross on the right side: a wrong rejection is no success.
    drift: Any = brentq(lambda d: crossings(found, d)[0] - power, 0.0, 4 * math.sqrt(fixed), xtol=1e-9)
    levels = tuple(float(2 * ndtr(-bound)) for bound in found)
    return GroupDesign(kind, looks, alpha, power, float(constant), found, levels, float(drift) ** 2 / fixed)
