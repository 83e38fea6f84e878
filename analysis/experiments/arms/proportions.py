"""Two shares: which test and which interval, each named.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    Reading,
    Significance,
    check_alpha,
    check_choice,
    interval,
    p_of_z,
    relative_delta,
    relative_fieller,
    side_of,
)
from analysis.experiments.arms.score import difference_of_proportions, ratio_of_proportions
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.notes import Note
from analysis.stats.intervals import wilson

ProportionTest = Literal["z_pooled", "z_unpooled", "chi_square", "chi_square_yates", "fisher"]
RatioInterval = Literal["koopman", "delta", "katz", "fieller"]
FEW_EXPECTED = 5


def compare_proportions(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    test: ProportionTest = "z_pooled",
    ratio: RatioInterval = "koopman",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Reading:
    """Compare the share of treatment with the share of control.

    Parameters
    ----------
    test : str
        What gives the p value; chi-square is two-sided only.
    ratio : str
        The interval of the relative effect.
    alpha : float
        One minus the confidence level, 0..1.

    Returns
    -------
    Reading
        The difference with Miettinen and Nurminen's score interval (two-sided) or its one-sided half, with fewer
        than ten conversions (or customers without one) with exact ends; the relative effect has the same sides.

    Raises
    ------
    AnalysisError
        ``experiment_bad_alpha``; ``experiment_no_variation`` when nobody or everybody converted and the test divides by
        nought; ``experiment_two_sided_only``; ``experiment_unknown_choice``.

    Examples
    --------
    >>> reading = compare_proportions(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250))
    >>> round(reading.test.p, 5), round(reading.absolute.low, 4), round(reading.absolute.high, 4)
    (0.00742, 0.0134, 0.0866)
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    notes = []
    least = expected_least(control, treatment)
    if least < FEW_EXPECTED and test != "fisher":
        notes.append(Note("experiment_few_expected", {"expected": least}, "check"))
    relative = relative_proportion(control, treatment, convention=ratio, alpha=alpha, alternative=alternative)
    if relative is not None and control.successes == 0:
        notes.append(Note("experiment_relative_open"))
    if relative is None:
        notes.append(Note("experiment_no_relative"))
    return Reading(
        control.mean,
        treatment.mean,
        control.n,
        treatment.n,
        difference_of_proportions(control, treatment, alpha=alpha, alternative=alternative),
        relative,
        proportion_test(control, treatment, test=test, alternative=alternative),
        tuple(notes),
    )


def proportion_test(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    test: ProportionTest = "z_pooled",
    alternative: Alternative = "two_sided",
) -> Significance:
    """Return the p value of the difference of two shares by the test named.

    Fisher's statistic is the conditional maximum likelihood odds ratio (as R's fisher.test), not ad/bc; it is None
    when it is 0 or without bound.
    """
    check_choice("test", test, ProportionTest)
    alternative = side_of(alternative)
    if test == "fisher":
        return _fisher(control, treatment, alternative)
    pooled = (control.successes + treatment.successes) / (control.n + treatment.n)
    difference = treatment.mean - control.mean
    if test == "z_unpooled":
        variance = control.variance / control.n + treatment.variance / treatment.n
    else:
        variance = pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n)
    if variance <= 0:
        raise AnalysisError("experiment_no_variation")
    if test in ("z_pooled", "z_unpooled"):
        z = difference / math.sqrt(variance)
        return Significance(p_of_z(z, alternative), test, alternative, z)
    if alternative != "two_sided":
        raise AnalysisError("experiment_two_sided_only", test=test)
    correction = 0.0
    if test == "chi_square_yates":
        # R's prop.test: half a customer in each arm, but never past no difference at all.
        correction = min(0.5 * (1 / control.n + 1 / treatment.n), abs(difference))
    z = (abs(difference) - correction) / math.sqrt(variance)
    return Significance(p_of_z(z, "two_sided"), test, "two_sided", z * z, 1)


def newcombe(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control with Newcombe's hybrid score interval.

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine 17,
    method 10.

    Examples
    --------
    >>> round(newcombe(ProportionStatistic(20, 0), ProportionStatistic(20, 0)).high, 3)
    0.161
    """
    import numpy as np

    check_alpha(alpha)
    alternative = side_of(alternative)
    arms = (treatment, control)
    share = alpha if alternative == "two_sided" else 2 * alpha
    lows, highs = wilson(np.array([arm.successes for arm in arms]), np.array([arm.n for arm in arms]), alpha=share)
    (p2, p1), (low2, low1), (high2, high1) = (arms[0].mean, arms[1].mean), lows.tolist(), highs.tolist()
    value = p2 - p1
    low = None if alternative == "less" else value - math.hypot(p2 - low2, high1 - p1)
    high = None if alternative == "greater" else value + math.hypot(high2 - p2, p1 - low1)
    return Estimate(value, low, high, 1 - alpha, "newcombe")


def wald(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Return treatment less control with the unpooled normal interval, for what needs a standard error."""
    se = math.sqrt(control.variance / control.n + treatment.variance / treatment.n)
    return interval(treatment.mean - control.mean, se, alpha=alpha, alternative=alternative, convention="wald_unpooled")


def relative_proportion(
    control: ProportionStatistic,
    treatment: ProportionStatistic,
    *,
    convention: RatioInterval = "koopman",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Estimate | None:
    """Return the relative effect with the interval named; None when nobody of control converted.

    Koopman's (``score.ratio_of_proportions``) is None only when nobody at all converted. The others need a conversion
    in treatment: without one theirs has no width, or none at all, so Koopman's is returned, and its name says so.
    """
    from scipy.special import ndtri

    check_alpha(alpha)
    check_choice("convention", convention, RatioInterval)
    alternative = side_of(alternative)
    if convention == "koopman" or (treatment.successes == 0 and control.successes > 0):
        return ratio_of_proportions(control, treatment, alpha=alpha, alternative=alternative)
    if control.successes == 0:
        return None
    errors = control.variance / control.n, treatment.variance / treatment.n
    if convention == "delta":
        return relative_delta(control.mean, treatment.mean, *errors, alpha=alpha, alternative=alternative)
    if convention == "fieller":
        return relative_fieller(control.mean, treatment.mean, *errors, alpha=alpha, alternative=alternative)
    ratio = treatment.mean / control.mean
    spread = 1 / treatment.successes - 1 / treatment.n + 1 / control.successes - 1 / control.n
    tail = alpha / 2 if alternative == "two_sided" else alpha
    factor = math.exp(float(ndtri(1 - tail)) * math.sqrt(max(spread, 0.0)))
    low = None if alternative == "less" else ratio / factor - 1
    return Estimate(ratio - 1, low, None if alternative == "greater" else ratio * factor - 1, 1 - alpha, "katz_log")


def compare_many_proportions(arms: list[ProportionStatistic]) -> Significance:
    """Return Pearson's chi-square over two or more arms, without correction; degrees of freedom arms − 1.

    Raises ``experiment_one_arm`` and ``experiment_no_variation``.
    """
    import numpy as np
    from scipy.special import chdtrc

    if len(arms) < 2:
        raise AnalysisError("experiment_one_arm")
    n = np.array([arm.n for arm in arms], dtype=float)
    x = np.array([arm.successes for arm in arms], dtype=float)
    share = x.sum() / n.sum()
    if share in (0.0, 1.0):
        raise AnalysisError("experiment_no_variation")
    statistic = float(((x - n * share) ** 2 / (n * share * (1 - share))).sum())
    return Significance(float(chdtrc(len(arms) - 1, statistic)), "chi_square", "two_sided", statistic, len(arms) - 1)


def expected_least(control: ProportionStatistic, treatment: ProportionStatistic) -> float:
    """Return the customers expected in the smallest of the four cells, were there no difference."""
    share = (control.successes + treatment.successes) / (control.n + treatment.n)
    return min(n * p for n in (control.n, treatment.n) for p in (share, 1 - share))


def _fisher(control: ProportionStatistic, treatment: ProportionStatistic, alternative: Alternative) -> Significance:
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    table = [[arm.successes, arm.n - arm.successes] for arm in (treatment, control)]
    p = float(fisher_exact(table, alternative=alternative.replace("_", "-"))[1])  # type: ignore[arg-type]
    bounded = all(table[i][i] > 0 and table[i][1 - i] > 0 for i in (0, 1))
    odds = float(odds_ratio(table, kind="conditional").statistic) if bounded else None
    return Significance(min(p, 1.0), "fisher_conditional_mle", alternative, odds)
