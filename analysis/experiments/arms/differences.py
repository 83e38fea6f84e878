"""More intervals of two shares, each by its name: for comparing with other tools, and for rare conversions.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import newcombe, wald
from analysis.experiments.arms.result import ALPHA, Alternative, Estimate, check_alpha, interval
from analysis.experiments.arms.statistics import ProportionStatistic

DifferenceInterval = Literal["newcombe", "wald_unpooled", "agresti_caffo", "miettinen_nurminen", "mee"]


def difference_interval(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    convention: DifferenceInterval = "newcombe",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control with the interval named.

    Parameters
    ----------
    convention : str
        ``"newcombe"`` (hybrid score), ``"wald_unpooled"`` (textbook), ``"agresti_caffo"`` (one conversion and one
        non-conversion added to each arm), ``"mee"`` (score) and ``"miettinen_nurminen"`` (score with n / (n − 1)).

    References
    ----------
    Agresti, Caffo (2000), Simple and effective confidence intervals for proportions, The American Statistician 54;
    Mee (1984), Biometrics 40; Miettinen, Nurminen (1985), Comparative analysis of two rates, Statistics in Medicine 4.

    Examples
    --------
    >>> arms = ProportionStatistic(80, 48), ProportionStatistic(70, 56)
    >>> found = difference_interval(*arms, convention="miettinen_nurminen")
    >>> round(found.low, 4), round(found.high, 4)
    (0.0528, 0.3382)
    """
    check_alpha(alpha)
    if convention == "newcombe":
        return newcombe(control, treatment, alpha=alpha, alternative=alternative)
    if convention == "wald_unpooled":
        return wald(control, treatment, alpha=alpha, alternative=alternative)
    if convention == "agresti_caffo":
        arms = [ProportionStatistic(arm.n + 2, arm.successes + 1) for arm in (control, treatment)]
        se = math.sqrt(sum(arm.variance / arm.n for arm in arms))
        found = interval(arms[1].mean - arms[0].mean, se, alpha=alpha, alternative=alternative, convention=convention)
        low = None if found.low is None else max(found.low, -1.0)
        high = None if found.high is None else min(found.high, 1.0)
        return Estimate(treatment.mean - control.mean, low, high, 1 - alpha, convention, se)
    return _score(control, treatment, convention=convention, alpha=alpha, alternative=alternative)


def odds_ratio(control: ProportionStatistic, treatment: ProportionStatistic, *, alpha: float = ALPHA) -> Estimate:
    """Return the conditional maximum likelihood odds ratio with its exact interval, as R's ``fisher.test``.

    An end without bound is None. R's own figures stop short of the root by some 0.0001 (6.408309 below).
    Raises ``experiment_no_odds_ratio`` when a cell of the table is empty, so that the ratio is 0 or without bound.

    References
    ----------
    Fisher (1935), The logic of inductive inference, JRSS 98; Cornfield (1956).

    Examples
    --------
    >>> found = odds_ratio(ProportionStatistic(4, 1), ProportionStatistic(4, 3))
    >>> round(found.value, 6), round(found.low, 7), round(found.high, 4)
    (6.40832, 0.2117356, 626.2435)
    """
    from scipy.stats.contingency import odds_ratio as conditional

    check_alpha(alpha)
    table = [[arm.successes, arm.n - arm.successes] for arm in (treatment, control)]
    if min(min(row) for row in table) == 0:
        raise AnalysisError("experiment_no_odds_ratio")
    found = conditional(table, kind="conditional")
    ends = found.confidence_interval(confidence_level=1 - alpha)
    low, high = (float(end) if math.isfinite(end) else None for end in (ends.low, ends.high))
    return Estimate(float(found.statistic), low, high, 1 - alpha, "fisher_conditional_mle")


def _score(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    convention: DifferenceInterval,
    alpha: float,
    alternative: Alternative,
) -> Estimate:
    """Return all differences that the score test does not reject."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    value, total = treatment.mean - control.mean, control.n + treatment.n
    limit = float(ndtri(1 - (alpha / 2 if alternative == "two_sided" else alpha)))
    widened = total / (total - 1) if convention == "miettinen_nurminen" else 1.0

    def beyond(difference: float) -> float:
        p1 = _restricted(control, treatment, difference)
        p2 = p1 + difference
        spread = (p2 * (1 - p2) / treatment.n + p1 * (1 - p1) / control.n) * widened
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

    low = None if alternative == "less" else end(-1.0)
    high = None if alternative == "greater" else end(1.0)
    return Estimate(value, low, high, 1 - alpha, convention)


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
