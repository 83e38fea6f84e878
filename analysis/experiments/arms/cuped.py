"""CUPED: take out of the outcome what was known before the start, so that the same customers say more.

Method, sources and limits: ``docs/methods/experiments-cuped.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Reading,
    Significance,
    check_alpha,
    interval,
    p_of_t,
    side_of,
)
from analysis.experiments.arms.statistics import MeanStatistic, RatioStatistic


@dataclass(frozen=True)
class Cuped:
    """The adjusted reading beside the plain one.

    ``theta`` is the slope over the arms together, None with several covariates; ``correlation`` that of before and
    after (the multiple one of several covariates); ``variance_reduction`` its square, the share of the pooled variance
    that goes.
    """

    adjusted: Reading
    plain: Reading
    theta: float | None
    correlation: float
    variance_reduction: float


def compare_adjusted(
    control: RatioStatistic, treatment: RatioStatistic, *, alpha: float = ALPHA, alternative: Alternative = "two_sided"
) -> Cuped:
    """Compare two means adjusted by a covariate of before the start (Welch's test on the adjusted values).

    Parameters
    ----------
    control, treatment : RatioStatistic
        ``top`` is the outcome, ``bottom`` the covariate; a customer without a past has the covariate 0.

    Raises
    ------
    AnalysisError
        ``experiment_no_covariate_variation``, ``experiment_too_few``, ``experiment_no_variation``.

    References
    ----------
    Deng, Xu, Kohavi, Walker (2013), Improving the sensitivity of online controlled experiments by utilizing
    pre-experiment data, WSDM.

    Examples
    --------
    >>> a = RatioStatistic.from_values([1.0, 2.1, 2.9, 4.2], [1.0, 2.0, 3.0, 4.0])
    >>> b = RatioStatistic.from_values([1.6, 2.4, 3.5, 4.6], [1.0, 2.0, 3.0, 4.0])
    >>> found = compare_adjusted(a, b)
    >>> round(found.adjusted.test.p, 3) < round(found.plain.test.p, 3)
    True
    """
    both = control + treatment
    if both.bottom_variance <= 0:
        raise AnalysisError("experiment_no_covariate_variation")
    if both.top_variance <= 0:
        raise AnalysisError("experiment_no_variation")
    theta = both.covariance / both.bottom_variance
    correlation = both.covariance / math.sqrt(both.top_variance) / math.sqrt(both.bottom_variance)
    if not math.isfinite(theta) or not math.isfinite(correlation):
        raise AnalysisError("experiment_too_extreme")
    centre = both.bottom / both.n
    arms = [_adjusted(arm, theta, centre) for arm in (control, treatment)]
    plain = [MeanStatistic(arm.n, arm.top, arm.top_squares) for arm in (control, treatment)]
    return Cuped(
        compare_means(*arms, alpha=alpha, alternative=alternative),
        compare_means(*plain, alpha=alpha, alternative=alternative),
        theta,
        correlation,
        correlation**2,
    )


def compare_regressed(
    control: RatioStatistic, treatment: RatioStatistic, *, alpha: float = ALPHA, alternative: Alternative = "two_sided"
) -> Reading:
    """Compare two means by regression on arm and covariate (analysis of covariance, ANCOVA).

    The slope is that within the arms, where CUPED's is that over both together; the numbers are close but not equal.

    Parameters
    ----------
    control, treatment : RatioStatistic
        ``top`` is the outcome, ``bottom`` the covariate.

    Returns
    -------
    Reading
        ``control`` and ``treatment`` are the means at the common covariate; no relative effect, whose error would
        have to take in that of the slope.

    Raises
    ------
    AnalysisError
        ``experiment_no_covariate_variation``, ``experiment_too_few``, ``experiment_no_variation``,
        ``experiment_bad_alpha``.

    References
    ----------
    Fisher (1932), Statistical methods for research workers, 4th ed., ch. VIII; Freedman (2008), On regression
    adjustments to experimental data, Advances in Applied Mathematics 40.

    Examples
    --------
    >>> a = RatioStatistic.from_values([1.0, 2.1, 2.9, 4.2], [1.0, 2.0, 3.0, 4.0])
    >>> b = RatioStatistic.from_values([1.6, 2.4, 3.5, 4.6], [1.0, 2.0, 3.0, 4.0])
    >>> round(compare_regressed(a, b).absolute.value, 3)
    0.475
    """
    check_alpha(alpha)
    alternative = side_of(alternative)
    arms, n = (control, treatment), control.n + treatment.n
    if min(arm.n for arm in arms) < 2 or n < 4:
        raise AnalysisError("experiment_too_few", n=min(arm.n for arm in arms), least=2)
    slope, df = slope_within(control, treatment), n - 3
    past, both, after = (_inside(arms, name) for name in ("bottom_variance", "covariance", "top_variance"))
    left = (after - slope * both) / df
    if left <= 0:
        raise AnalysisError("experiment_no_variation")
    gap = treatment.bottom / treatment.n - control.bottom / control.n
    se = math.sqrt(left * (1 / control.n + 1 / treatment.n + gap * gap / past))
    centre = (control.bottom + treatment.bottom) / n
    means = [arm.top / arm.n - slope * (arm.bottom / arm.n - centre) for arm in arms]
    value = means[1] - means[0]
    return Reading(
        means[0],
        means[1],
        control.n,
        treatment.n,
        interval(value, se, alpha=alpha, alternative=alternative, convention="ancova_t", df=df),
        None,
        Significance(p_of_t(value / se, df, alternative), "ancova_t", alternative, value / se, df),
    )


def slope_within(control: RatioStatistic, treatment: RatioStatistic) -> float:
    """Return the slope of the outcome on the covariate within the arms; ``experiment_no_covariate_variation``."""
    past = _inside((control, treatment), "bottom_variance")
    if past <= 0:
        raise AnalysisError("experiment_no_covariate_variation")
    return _inside((control, treatment), "covariance") / past


def _inside(arms: tuple[RatioStatistic, RatioStatistic], name: str) -> float:
    return sum((arm.n - 1) * getattr(arm, name) for arm in arms)


def _adjusted(arm: RatioStatistic, theta: float, centre: float) -> MeanStatistic:
    """Return the statistic of outcome − theta · (covariate − centre); centring keeps the mean in its own unit."""
    mean = arm.top / arm.n - theta * (arm.bottom / arm.n - centre)
    variance = arm.top_variance + theta * (theta * arm.bottom_variance - 2 * arm.covariance)
    if not math.isfinite(variance) or not math.isfinite(mean):
        raise AnalysisError("experiment_too_extreme")
    return MeanStatistic.from_figures(arm.n, mean, max(variance, 0.0) ** 0.5)
