"""Counts over time or customers: complaints a week, orders a customer; also those that vary more than Poisson's.

Method, sources and limits: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import ALPHA, LARGEST, Estimate, Significance, check_alpha

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

MOST_EVENTS = 10**9
# Jeffreys' prior of a rate: half an event in no time.
_PRIOR = 0.5


@dataclass(frozen=True)
class RateStatistic:
    """Events and over what they were counted: days, customers, visits.

    Raises ``experiment_not_a_number``, ``experiment_negative_count``, ``experiment_not_whole`` and
    ``experiment_no_exposure`` (over nothing).

    Examples
    --------
    >>> RateStatistic(30, 60.0).rate
    0.5
    """

    events: int
    exposure: float

    def __post_init__(self) -> None:
        for name in ("events", "exposure"):
            value = getattr(self, name)
            if isinstance(value, str | bytes | bool) or value is None or not math.isfinite(value):
                raise AnalysisError("experiment_not_a_number", field=name)
        if self.events < 0:
            raise AnalysisError("experiment_negative_count", field="events", value=self.events)
        if self.events != int(self.events):
            raise AnalysisError("experiment_not_whole", field="events", value=self.events)
        if self.exposure <= 0:
            raise AnalysisError("experiment_no_exposure")
        if not 1 / LARGEST < self.exposure < LARGEST or self.events > MOST_EVENTS:
            raise AnalysisError("experiment_too_extreme")

    @property
    def rate(self) -> float:
        """Events per unit of what they were counted over."""
        return self.events / self.exposure


@dataclass(frozen=True)
class RateReading:
    """Two rates: treatment less control, treatment over control less one, and the test that they are the same.

    ``relative`` is None where control has no event; its ``high`` is None where there is no upper end.
    """

    control: float
    treatment: float
    absolute: Estimate
    relative: Estimate | None
    test: Significance


def compare_rates(control: RateStatistic, treatment: RateStatistic, *, alpha: float = ALPHA) -> RateReading:
    """Compare two Poisson rates: exact conditional test and interval of the ratio, score interval of the difference.

    Given all events, those of treatment are binomial with the share of the exposure that the ratio implies: the test
    is the binomial one with mid-p, and the interval of the ratio holds every ratio that it does not reject.

    Parameters
    ----------
    control, treatment : RateStatistic
        Events that come one by one and independently; several of one customer do not (``compare_counts``).

    Raises
    ------
    AnalysisError
        ``experiment_no_variation`` (no event at all), ``experiment_bad_alpha``.

    References
    ----------
    Przyborowski, Wilenski (1940), Biometrika 31; Lancaster (1961), JASA 56, for mid-p; Fay (2010), Biostatistics 11;
    Ng, Tang (2005), Statistica Neerlandica 59, for the difference.

    Examples
    --------
    >>> found = compare_rates(RateStatistic(60, 51477.5), RateStatistic(30, 54308.7))
    >>> round(found.relative.value, 3), round(found.test.p, 4)
    (-0.526, 0.0006)
    """
    import numpy as np
    from scipy.stats import binom
    from statsmodels.stats.rates import confint_poisson_2indep

    check_alpha(alpha)
    total, share = control.events + treatment.events, treatment.exposure / (control.exposure + treatment.exposure)
    if total == 0:
        raise AnalysisError("experiment_no_variation")
    seen = treatment.events
    half = 0.5 * float(binom.pmf(seen, total, share))
    below, above = float(binom.cdf(seen - 1, total, share)) + half, float(binom.sf(seen, total, share)) + half
    p = min(2 * min(below, above), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # it divides by the rate of control, and does not need to
        ends: Any = confint_poisson_2indep(
            seen, treatment.exposure, control.events, control.exposure, method="score", compare="diff", alpha=alpha
        )
    difference = treatment.rate - control.rate
    absolute = Estimate(difference, float(ends[0]), float(ends[1]), 1 - alpha, "poisson_score")
    relative = None
    if control.events:
        low, high = _ratio_ends(seen, total, alpha)
        over = control.exposure / treatment.exposure
        upper = None if high is None else high * over - 1
        relative = Estimate(treatment.rate / control.rate - 1, low * over - 1, upper, 1 - alpha, "poisson_exact_midp")
    return RateReading(
        control.rate, treatment.rate, absolute, relative, Significance(p, "poisson_exact_midp", "two_sided")
    )


def _ratio_ends(seen: int, total: int, alpha: float) -> tuple[float, float | None]:
    """Return the odds of an event being treatment's that the mid-p test just does not reject."""
    from scipy.optimize import brentq
    from scipy.stats import binom

    def tail(share: float, side: int) -> float:
        half = 0.5 * float(binom.pmf(seen, total, share))
        return (float(binom.cdf(seen - 1, total, share)) if side > 0 else float(binom.sf(seen, total, share))) + half

    # Far below one event in all of them is nothing; a logarithm keeps the digits of either side.
    def at(side: int) -> float:
        found: Any = brentq(lambda logit: tail(1 / (1 + math.exp(-logit)), side) - alpha / 2, -40, 40, xtol=1e-12)
        return math.exp(found)

    return 0.0 if seen == 0 else at(-1), None if seen == total else at(1)


def chance_of_more(control: RateStatistic, treatment: RateStatistic) -> float:
    """Return how likely treatment's rate is the higher one (Gamma–Poisson, Jeffreys' prior).

    References
    ----------
    Gelman et al. (2013), Bayesian data analysis, sec. 2.6 and 2.8.

    Examples
    --------
    >>> round(chance_of_more(RateStatistic(10, 10), RateStatistic(20, 10)), 3)
    0.967
    """
    from scipy.special import betainc

    share = control.exposure / (control.exposure + treatment.exposure)
    return float(betainc(control.events + _PRIOR, treatment.events + _PRIOR, share))


@dataclass(frozen=True)
class CountReading:
    """Counts of customers in two arms, by negative binomial regression.

    ``relative`` is the ratio of the means less one; ``dispersion`` how much more counts vary than Poisson's (variance =
    mean + dispersion · mean²), 0 where they do not.
    """

    control: float
    treatment: float
    n_control: int
    n_treatment: int
    relative: Estimate
    dispersion: float
    test: Significance


def compare_counts(control: ArrayLike, treatment: ArrayLike, *, alpha: float = ALPHA) -> CountReading:
    """Compare counts of customers (orders, complaints, visits), which vary more than Poisson's: few have most.

    Parameters
    ----------
    control, treatment : arrays, shape (customers,)
        Whole numbers of 0 and more.

    Raises
    ------
    AnalysisError
        ``experiment_not_a_count`` (value), ``experiment_not_a_number``, ``experiment_empty_arm``,
        ``experiment_no_variation`` (an arm without any), ``experiment_bad_alpha``.

    References
    ----------
    Hilbe (2011), Negative binomial regression, ch. 8 (NB2).

    Examples
    --------
    >>> found = compare_counts([0, 0, 1, 5, 0, 2, 0, 0, 9, 1] * 20, [0, 1, 1, 6, 0, 3, 0, 2, 12, 1] * 20)
    >>> round(found.relative.value, 3), found.dispersion > 1, found.test.p < 0.05
    (0.444, True, True)
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    check_alpha(alpha)
    arms = [_counts(values) for values in (control, treatment)]
    (mean_a, mean_b), (n_a, n_b) = (float(arm.mean()) for arm in arms), (len(arm) for arm in arms)
    if min(mean_a, mean_b) == 0:
        raise AnalysisError("experiment_no_variation")
    dispersion = _dispersion(arms)
    # The mean of an arm is its estimate whatever the dispersion; so the variance of its logarithm.
    se = math.sqrt((1 / mean_a + dispersion) / n_a + (1 / mean_b + dispersion) / n_b)
    log = math.log(mean_b / mean_a)
    half, z = float(ndtri(1 - alpha / 2)) * se, log / se
    name = "negative_binomial" if dispersion > 0 else "poisson_wald"
    ratio, low, high = (float(np.expm1(one)) for one in (log, log - half, log + half))
    test = Significance(float(2 * ndtr(-abs(z))), name, statistic=z)
    return CountReading(mean_a, mean_b, n_a, n_b, Estimate(ratio, low, high, 1 - alpha, name), dispersion, test)


def _dispersion(arms: list[np.ndarray]) -> float:
    """Return the dispersion most likely for both arms, 0 where they vary no more than Poisson's counts."""
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.stats import nbinom, poisson

    tables = [(*np.unique(arm, return_counts=True), float(arm.mean())) for arm in arms]

    def missed(log: float) -> float:
        size = math.exp(-log)
        return -sum(float(times @ nbinom.logpmf(seen, size, size / (size + mean))) for seen, times, mean in tables)

    found: Any = minimize_scalar(missed, bounds=(-12, 8), method="bounded", options={"xatol": 1e-8})
    plain = -sum(float(times @ poisson.logpmf(seen, mean)) for seen, times, mean in tables)
    return math.exp(float(found.x)) if found.fun < plain - 1e-9 else 0.0


def _counts(values: ArrayLike) -> np.ndarray:
    import numpy as np

    from analysis.experiments.arms.statistics import MeanStatistic

    MeanStatistic.from_values(values)  # refuses what is no number, and none at all
    array = np.asarray(values, dtype=float)
    wrong = (array < 0) | (array != np.floor(array)) | (array > MOST_EVENTS)
    if wrong.any():
        raise AnalysisError("experiment_not_a_count", value=float(array[wrong][0]))
    return array
