"""Two arms at a time: shares, means, ratios and what is sharpened by what was known before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.experiments.arms.bayes import believe_proportions
from analysis.experiments.arms.differences import difference_interval
from analysis.experiments.arms.means import bootstrap_means, cap_values, compare_means, compare_ratios, mann_whitney
from analysis.experiments.arms.one_share import clopper_pearson
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.result import Estimate, Reading
from analysis.experiments.arms.score import difference_of_proportions, ratio_of_proportions
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.stats.intervals import mean_interval
from benchmarks.calibration.kept import ALPHA, Draw

N, SHARE = 1000, 0.2


def a_share(rng: np.random.Generator) -> ProportionStatistic:
    """An arm of N customers of whom a fifth convert."""
    return ProportionStatistic(N, int(rng.binomial(N, SHARE)))


def spends(rng: np.random.Generator) -> np.ndarray:
    """Return the spend of N customers, skewed and with two thirds who buy nothing."""
    return np.where(rng.random(N) < 1 / 3, rng.lognormal(3.0, 0.8, N), 0.0)


def covers(estimate: Estimate | None, value: float = 0.0) -> bool:
    """Whether an interval with two ends holds a value."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low <= value <= estimate.high


def said(reading: Reading) -> dict[str, bool]:
    """What a reading of two arms without an effect says."""
    return {"rejects": reading.test.p < ALPHA, "covers": covers(reading.absolute)}


def shares(**choice: Any) -> Draw:
    """Two shares by the test chosen."""
    return lambda rng: said(compare_proportions(a_share(rng), a_share(rng), **choice))


def lift(convention: str) -> Draw:
    """The interval of the lift of two shares."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        return {"covers": covers(compare_proportions(a_share(rng), a_share(rng), ratio=convention).relative)}  # type: ignore[arg-type]

    return draw


def interval(convention: str) -> Draw:
    """The interval of the difference of two shares."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        return {"covers": covers(difference_interval(a_share(rng), a_share(rng), convention=convention))}  # type: ignore[arg-type]

    return draw


def means(test: str) -> Draw:
    """Two means of skewed amounts by the test named."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        arms = [MeanStatistic.from_values(spends(rng)) for _ in range(2)]
        reading = compare_means(*arms, test=test)  # type: ignore[arg-type]
        return {**said(reading), "covers the lift": covers(reading.relative)}

    return draw


def capped(rng: np.random.Generator) -> dict[str, bool]:
    """Two means of amounts cut off at the 95th percentile."""
    a, b, _ = cap_values(spends(rng), spends(rng), quantile=0.95)
    return said(compare_means(MeanStatistic.from_values(a), MeanStatistic.from_values(b)))


def ranks(rng: np.random.Generator) -> dict[str, bool]:
    """Skewed amounts by their ranks."""
    return {"rejects": mann_whitney(spends(rng), spends(rng)).p < ALPHA}


def bootstrap(rng: np.random.Generator) -> dict[str, bool]:
    """Two means by the bootstrap."""
    return said(bootstrap_means(spends(rng), spends(rng), seed=int(rng.integers(2**31)), rounds=1000))


def ratio(rng: np.random.Generator) -> dict[str, bool]:
    """Conversions over visits, several visits a customer."""
    arms = []
    for _ in range(2):
        visits = rng.poisson(3, N) + 1.0
        arms.append(RatioStatistic.from_values(rng.binomial(visits.astype(int), rng.beta(2, 8, N)), visits))
    return said(compare_ratios(*arms))


def sharpened(compare: Callable[[RatioStatistic, RatioStatistic], Reading]) -> Draw:
    """Amounts that follow those of before in part."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        arms = []
        for _ in range(2):
            past = rng.gamma(2, 10, N)
            arms.append(RatioStatistic.from_values(0.7 * past + rng.gamma(2, 8, N), past))
        return said(compare(*arms))

    return draw


def believed(rng: np.random.Generator) -> dict[str, bool]:
    """Draw the shares from the prior: the credible interval holds them as often as it says."""
    shares = rng.random(2)
    arms = [ProportionStatistic(N, int(rng.binomial(N, share))) for share in shares]
    beliefs = believe_proportions(arms)
    return {"covers": covers(beliefs[1].share, shares[1])}


def rare(rng: np.random.Generator) -> dict[str, bool]:
    """Half a percent of 1,800 and 200 customers, and half as much again in the smaller arm."""
    arms = [ProportionStatistic(n, int(rng.binomial(n, p))) for n, p in ((1800, 0.005), (200, 0.0075))]
    found = ratio_of_proportions(*arms)
    inside = found is None or ((found.low or 0.0) <= 0.5 and (found.high is None or found.high >= 0.5))
    return {"covers the lift": inside, "covers": covers(difference_of_proportions(*arms), 0.0025)}


def anywhere(rng: np.random.Generator) -> dict[str, bool]:
    """A cell by lot of 0.2 to 50 %, 100 to 10,000 customers in all, splits from 1/1 to 1/19 and back, no effect."""
    share, n = rng.choice([0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]), rng.choice([100, 300, 1000, 3000, 10_000])
    part = rng.choice([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
    sizes = (round(n * part), n - round(n * part))
    pair = [ProportionStatistic(size, int(rng.binomial(size, share))) for size in sizes]
    found = ratio_of_proportions(*pair)
    inside = found is None or ((found.low or -1.0) <= 0.0 and (found.high is None or found.high >= 0.0))
    return {"covers the lift": inside, "covers": covers(difference_of_proportions(*pair))}


def revenue(rng: np.random.Generator) -> dict[str, bool]:
    """One in twenty buys, 1,800 and 200 customers."""
    arms = [
        MeanStatistic.from_values(np.where(rng.random(n) < 0.05, rng.lognormal(3.0, 1.2, n), 0.0)) for n in (1800, 200)
    ]
    return said(compare_means(*arms))


def few_buyers(rng: np.random.Generator) -> dict[str, bool]:
    """One in twenty buys, 200 customers in each arm: some ten buyers each."""
    arms = [
        MeanStatistic.from_values(np.where(rng.random(200) < 0.05, rng.lognormal(3.0, 1.2, 200), 0.0)) for _ in range(2)
    ]
    lift = compare_means(*arms).relative
    # Without an end the interval says that nothing can be told, which is no claim.
    inside = lift is None or ((lift.low or -1.0) <= 0.0 and (lift.high is None or lift.high >= 0.0))
    return {"covers the lift": inside}


def exact(rng: np.random.Generator) -> dict[str, bool]:
    """The exact interval of one share."""
    return {"covers": covers(clopper_pearson(a_share(rng)), SHARE)}


def lognormal_mean(rng: np.random.Generator) -> dict[str, bool]:
    """Thirty skewed amounts: Hall's interval of their mean, and Student's."""
    values, true = np.exp(rng.normal(0, 1.5, 30)), float(np.exp(1.5**2 / 2))
    mean, sd = values.mean(), values.std(ddof=1)
    told = {}
    for what, skewness in (("covers", ((values - mean) ** 3).mean() / sd**3), ("Student's covers", None)):
        own = None if skewness is None else np.array([skewness])
        low, high = mean_interval(np.array([mean]), np.array([sd]), np.array([30]), own)
        told[what] = bool(low[0] <= true <= high[0])
    return told
