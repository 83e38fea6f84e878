"""One share against a fixed one: is the conversion rate what the supplier promised?

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    Significance,
    check_alpha,
    check_choice,
    p_of_z,
    side_of,
)
from analysis.experiments.arms.statistics import ProportionStatistic

OneShareTest = Literal["binomial_exact", "z_null", "z_sample"]


@dataclass(frozen=True)
class OneShare:
    """The share with its interval (Clopper–Pearson, exact), and the test against ``value`` (0..1)."""

    share: Estimate
    value: float
    test: Significance


def compare_with_value(
    arm: ProportionStatistic,
    value: float,
    *,
    test: OneShareTest = "binomial_exact",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> OneShare:
    """Test one share against a fixed value.

    Parameters
    ----------
    arm : ProportionStatistic
    value : float
        0..1, both ends excluded.
    test : str
        ``"binomial_exact"`` adds up the probabilities of all results no likelier than the one seen, as R's
        ``binom.test``; ``"z_null"`` uses the variance of ``value``, ``"z_sample"`` that of the share seen, as
        statsmodels' ``proportions_ztest`` does.

    Raises
    ------
    AnalysisError
        ``experiment_bad_baseline`` (value not between 0 and 1), ``experiment_bad_alpha``; ``experiment_no_variation``
        for ``"z_sample"`` when nobody or everybody converted; ``experiment_too_extreme``.

    References
    ----------
    Clopper, Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26.

    Examples
    --------
    >>> found = compare_with_value(ProportionStatistic(925, 682), 0.75)
    >>> round(found.test.p, 4), round(found.share.low, 7), round(found.share.high, 7)
    (0.3825, 0.7076683, 0.7654066)
    """
    check_alpha(alpha)
    if not 0 < value < 1:
        raise AnalysisError("experiment_bad_baseline", baseline=value)
    alternative = side_of(alternative)
    check_choice("test", test, OneShareTest)
    share = clopper_pearson(arm, alpha=alpha, alternative=alternative)
    if test == "binomial_exact":
        from scipy.stats import binomtest

        found = binomtest(int(arm.successes), int(arm.n), value, alternative=alternative.replace("_", "-"))
        return OneShare(share, value, Significance(float(found.pvalue), test, alternative))
    variance = value * (1 - value) if test == "z_null" else arm.variance
    if variance <= 0:
        raise AnalysisError("experiment_no_variation")
    se = math.sqrt(variance / arm.n)
    if se == 0:  # a share of 5e-324 and the like
        raise AnalysisError("experiment_too_extreme")
    z = (arm.mean - value) / se
    return OneShare(share, value, Significance(p_of_z(z, alternative), test, alternative, z))


def clopper_pearson(
    arm: ProportionStatistic, *, alpha: float = ALPHA, alternative: Alternative = "two_sided"
) -> Estimate:
    """Return a share with its exact interval, which covers at least as often as it says.

    Examples
    --------
    >>> found = clopper_pearson(ProportionStatistic(20, 0))
    >>> found.low, round(found.high, 4)
    (0.0, 0.1684)
    """
    from scipy.special import betaincinv

    check_alpha(alpha)
    x, n = arm.successes, arm.n
    alternative = side_of(alternative)
    tail = alpha / 2 if alternative == "two_sided" else alpha
    low = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    high = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1 - tail))
    return Estimate(
        arm.mean,
        None if alternative == "less" else low,
        None if alternative == "greater" else high,
        1 - alpha,
        "clopper_pearson",
    )
