"""Intervals of two shares that hold for rare conversions and unequal arms: score intervals, and exact ones for few.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.experiments.arms.result import ALPHA, Alternative, Estimate, check_alpha, side_of
from analysis.experiments.arms.statistics import ProportionStatistic

# With fewer conversions than these in both arms together (or as few without one) score intervals are not close enough.
FEW_EVENTS = 10


def difference_of_proportions(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control with Miettinen and Nurminen's score interval; with few conversions from exact ends.

    Where fewer than ten customers of both arms together converted, or did not, the ends come from the exact intervals
    of Clopper and Pearson (Newcombe's way to put two intervals together), which is conservative; so they do at the
    small ``alpha`` of many comparisons where arms are ``lopsided``.

    References
    ----------
    Miettinen, Nurminen (1985), Comparative analysis of two rates, Statistics in Medicine 4; Zou, Donner (2008),
    Construction of confidence limits about effect measures, Statistics in Medicine 27.

    Examples
    --------
    >>> found = difference_of_proportions(ProportionStatistic(80, 48), ProportionStatistic(70, 56))
    >>> round(found.low, 4), round(found.high, 4), found.convention
    (0.0528, 0.3382, 'miettinen_nurminen')
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    if few_events(control, treatment) or lopsided(control, treatment, _limit(alpha, alternative)):
        return hybrid_exact(control, treatment, alpha=alpha, alternative=alternative)
    return score_difference(control, treatment, widened=True, alpha=alpha, alternative=alternative)


def ratio_of_proportions(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate | None:
    """Return the relative effect with Koopman's score interval; with few conversions with the exact conditional one.

    Never below -100 %. Open upwards when nobody of control converted: the value is then that of the shares with half a
    conversion more in each arm and half without (Walter). None when nobody at all converted.

    With fewer than ten conversions in both arms together, or where arms are ``lopsided``, the interval is that of the
    conversions of treatment among all conversions, which is exact for rare conversions and conservative for others.

    References
    ----------
    Koopman (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40; Przyborowski,
    Wilenski (1940), Biometrika 31, for the conditional one; Walter (1975), Biometrika 62.

    Examples
    --------
    >>> found = ratio_of_proportions(ProportionStatistic(34, 10), ProportionStatistic(34, 17))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.7, -0.064, 2.204)
    >>> ratio_of_proportions(ProportionStatistic(1800, 9), ProportionStatistic(200, 0)).low
    -1.0
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    x1, n1, x2, n2 = control.successes, control.n, treatment.successes, treatment.n
    if x1 + x2 == 0:
        return None
    exact = x1 + x2 < FEW_EVENTS or lopsided(control, treatment, _limit(alpha, alternative))
    low, high = (_conditional if exact else _koopman)(x1, n1, x2, n2, _tail(alpha, alternative))
    value = x2 / n2 / (x1 / n1) if x1 else (x2 + 0.5) / (n2 + 0.5) / (0.5 / (n1 + 0.5))
    return Estimate(
        value - 1,
        None if alternative == "less" else low - 1,
        None if alternative == "greater" or high is None else high - 1,
        1 - alpha,
        "binomial_conditional" if exact else "koopman",
    )


def score_difference(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    widened: bool,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return all differences that the score test does not reject: Mee's, or with n / (n - 1) Miettinen and Nurminen's.

    References
    ----------
    Mee (1984), Biometrics 40; Miettinen, Nurminen (1985), Statistics in Medicine 4.
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    limit = _limit(alpha, alternative)
    low, high = score_ends(control, treatment, limit, widened=widened)
    return Estimate(
        treatment.mean - control.mean,
        None if alternative == "less" else low,
        None if alternative == "greater" else high,
        1 - alpha,
        "miettinen_nurminen" if widened else "mee",
    )


def score_ends(
    control: ProportionStatistic, treatment: ProportionStatistic, limit: float, *, widened: bool
) -> tuple[float, float]:
    """Return the smallest and the largest difference at which the score statistic stays within ``limit``."""
    from scipy.optimize import brentq

    value, total = treatment.mean - control.mean, control.n + treatment.n
    factor = total / (total - 1) if widened else 1.0

    def beyond(difference: float) -> float:
        p1 = _restricted(control, treatment, difference)
        p2 = p1 + difference
        spread = (p2 * (1 - p2) / treatment.n + p1 * (1 - p1) / control.n) * factor
        return abs(value - difference) - limit * math.sqrt(max(spread, 0.0))

    def end(side: float) -> float:
        # A hair off the estimate: with nobody or everybody converted the score there is 0 by 0.
        start, edge = value + side * 1e-9, side * (1 - 1e-12)
        if abs(start) >= 1 or beyond(edge) <= 0:
            return side
        if beyond(start) >= 0:  # at an alpha of a half and more nothing but the estimate is left
            return value
        found: Any = brentq(beyond, start, edge, xtol=1e-12)
        return float(found)

    return end(-1.0), end(1.0)


def score_z(control: ProportionStatistic, treatment: ProportionStatistic, difference: float) -> float:
    """Return the score statistic of a difference of shares: how many standard errors the one seen lies above it.

    References
    ----------
    Farrington, Manning (1990), Statistics in Medicine 9.
    """
    p1 = _restricted(control, treatment, difference)
    p2 = p1 + difference
    spread = p2 * (1 - p2) / treatment.n + p1 * (1 - p1) / control.n
    away = treatment.mean - control.mean - difference
    if spread <= 0:
        return 0.0 if away == 0 else math.copysign(1e3, away)
    return away / math.sqrt(spread)


def hybrid_exact(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control, its ends put together from the exact interval of each share.

    References
    ----------
    Newcombe (1998), method 10, with Clopper and Pearson's intervals; Zou, Donner (2008), Statistics in Medicine 27.

    Examples
    --------
    >>> round(hybrid_exact(ProportionStatistic(200, 0), ProportionStatistic(200, 0)).high, 4)
    0.0183
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    tail = _tail(alpha, alternative)
    (low1, high1), (low2, high2) = _clopper(control, tail), _clopper(treatment, tail)
    p1, p2 = control.mean, treatment.mean
    value = p2 - p1
    low = None if alternative == "less" else max(value - math.hypot(p2 - low2, high1 - p1), -1.0)
    high = None if alternative == "greater" else min(value + math.hypot(high2 - p2, p1 - low1), 1.0)
    return Estimate(value, low, high, 1 - alpha, "hybrid_exact")


def few_events(control: ProportionStatistic, treatment: ProportionStatistic) -> bool:
    """Say whether fewer than ten customers of both arms together converted, or did not."""
    converted = control.successes + treatment.successes
    return min(converted, control.n + treatment.n - converted) < FEW_EVENTS


def lopsided(control: ProportionStatistic, treatment: ProportionStatistic, z: float) -> bool:
    """Say whether the score statistic lies beyond ``z`` half as often again as a normal one, on its heavier side.

    To first order that tail is ``1 + g (z^3 - 3 z) / 6`` times the normal one, with the skewness g of the difference of
    two shares that are alike: 0 in equal arms, large where few of a small arm convert. At 1.96 it never is with ten
    conversions; at the levels of many comparisons it may be.

    References
    ----------
    Hall (1992), The bootstrap and Edgeworth expansion, sec. 2.6.

    Examples
    --------
    >>> arms = ProportionStatistic(900, 18), ProportionStatistic(100, 2)
    >>> lopsided(*arms, 1.96), lopsided(*arms, 2.73)
    (False, True)
    """
    n1, n2 = control.n, treatment.n
    share = (control.successes + treatment.successes) / (n1 + n2)
    if not 0 < share < 1:
        return False
    skewness = (
        abs(1 - 2 * share) / math.sqrt(share * (1 - share)) * abs(1 / n1**2 - 1 / n2**2) / (1 / n1 + 1 / n2) ** 1.5
    )
    return skewness * (z**3 - 3 * z) / 6 > 0.5


def _limit(alpha: float, alternative: Alternative) -> float:
    from scipy.special import ndtri

    return float(ndtri(1 - _tail(alpha, alternative)))


def _tail(alpha: float, alternative: Alternative) -> float:
    return alpha / 2 if alternative == "two_sided" else alpha


def _clopper(arm: ProportionStatistic, tail: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    x, n = arm.successes, arm.n
    low = float(betaincinv(x, n - x + 1, tail)) if x > 0 else 0.0
    return low, float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0


def _conditional(x1: int, n1: int, x2: int, n2: int, tail: float) -> tuple[float, float | None]:
    """Return the ends of the ratio from the share of treatment's conversions among all."""
    low, high = _clopper(ProportionStatistic(x1 + x2, x2), tail)
    scale = n1 / n2
    return low / (1 - low) * scale, None if x1 == 0 else high / (1 - high) * scale


def _koopman(x1: int, n1: int, x2: int, n2: int, tail: float) -> tuple[float, float | None]:
    """Return the ratios at which the score test is just not rejected."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    limit = float(ndtri(1 - tail))

    def beyond(log: float) -> float:
        ratio = math.exp(log)
        # Control's likeliest share under this ratio: the smaller root of a quadratic.
        a, b, c = (n1 + n2) * ratio, n1 + x2 + ratio * (x1 + n2), x1 + x2
        p1 = 2 * c / (b + math.sqrt(max(b * b - 4 * a * c, 0.0)))
        p2 = min(ratio * p1, 1.0)
        spread = p2 * (1 - p2) / n2 + ratio * ratio * p1 * (1 - p1) / n1
        return abs(x2 / n2 - ratio * x1 / n1) - limit * math.sqrt(max(spread, 0.0))

    def end(side: int) -> float:
        start = middle + side * 1e-9
        if beyond(start) >= 0:
            return math.exp(middle)
        edge = start
        while beyond(edge) < 0 and abs(edge) < 600:
            edge += side * 2.0
        found: Any = brentq(beyond, start, edge, xtol=1e-12)
        return math.exp(found)

    middle = math.log((x2 or 0.5) / n2 / ((x1 or 0.5) / n1))
    if limit <= 0:  # at an alpha of a half nothing but the estimate is left
        return (math.exp(middle) if x2 else 0.0), (math.exp(middle) if x2 else 0.0) if x1 else None
    if x1 == 0:  # every larger ratio is as likely
        return _lowest(beyond, middle), None
    if x2 == 0:
        return 0.0, _highest(beyond, middle)
    return end(-1), end(1)


def _lowest(beyond: Any, middle: float) -> float:
    """Return the ratio from which on none is rejected, when nobody of control converted."""
    from scipy.optimize import brentq

    high, low = middle + 60.0, middle - 60.0
    return math.exp(float(brentq(beyond, low, high, xtol=1e-12))) if beyond(low) > 0 else 0.0  # type: ignore[arg-type]


def _highest(beyond: Any, middle: float) -> float:
    """Return the ratio up to which none is rejected, when nobody of treatment converted."""
    from scipy.optimize import brentq

    return math.exp(float(brentq(beyond, middle - 60.0, middle + 60.0, xtol=1e-12)))  # type: ignore[arg-type]


def _restricted(control: ProportionStatistic, treatment: ProportionStatistic, d: float) -> float:
    """Return control's likeliest share when treatment's is larger by ``d``: the root of a cubic in closed form.

    Miettinen, Nurminen (1985), appendix I, with control as their second group.
    """
    n, x = control.n + treatment.n, control.successes + treatment.successes
    square = (treatment.n + 2 * control.n) * d - n - x
    linear = (control.n * d - n - 2 * control.successes) * d + x
    constant = control.successes * d * (1 - d)
    third = square / (3 * n)
    q = third**3 - linear * square / (6 * n * n) + constant / (2 * n)
    root = math.copysign(math.sqrt(max(third**2 - linear / (3 * n), 0.0)), q)
    share = -third
    if root != 0:
        angle = (math.pi + math.acos(min(max(q / root**3, -1.0), 1.0))) / 3
        share += 2 * root * math.cos(angle)
    return min(max(share, 0.0, -d), 1.0, 1.0 - d)
