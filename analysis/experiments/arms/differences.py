"""More intervals of two shares, each by its name: for comparing with other tools, and for rare conversions.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import newcombe, wald
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    check_alpha,
    check_choice,
    interval,
    side_of,
)
from analysis.experiments.arms.score import hybrid_exact, score_difference
from analysis.experiments.arms.statistics import ProportionStatistic

DifferenceInterval = Literal["newcombe", "wald_unpooled", "agresti_caffo", "miettinen_nurminen", "mee", "hybrid_exact"]


def difference_interval(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    convention: DifferenceInterval = "miettinen_nurminen",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control with the interval named.

    Parameters
    ----------
    convention : str
        ``"newcombe"`` (hybrid score), ``"wald_unpooled"`` (textbook), ``"agresti_caffo"`` (one conversion and one
        non-conversion added to each arm), ``"mee"`` (score), ``"miettinen_nurminen"`` (score with n / (n − 1)) and
        ``"hybrid_exact"`` (Newcombe's with exact intervals of the shares).

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
    check_choice("convention", convention, DifferenceInterval)
    alternative = side_of(alternative)
    if convention == "hybrid_exact":
        return hybrid_exact(control, treatment, alpha=alpha, alternative=alternative)
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
    widened = convention == "miettinen_nurminen"
    return score_difference(control, treatment, widened=widened, alpha=alpha, alternative=alternative)


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
