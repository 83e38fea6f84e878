"""Do the tests of the experiment lab keep their word? A/A tests by the thousand, through the engine's own functions.

``main`` runs 10,000 per method (1,000 for the bootstrap) with at least 1,000 customers in each arm; the tests run a
bounded version of the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.experiments.arms.bayes import believe_proportions
from analysis.experiments.arms.cuped import compare_adjusted, compare_regressed
from analysis.experiments.arms.differences import difference_interval
from analysis.experiments.arms.means import bootstrap_means, cap_values, compare_means, compare_ratios, mann_whitney
from analysis.experiments.arms.one_share import clopper_pearson
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.result import Estimate, Reading
from analysis.experiments.arms.score import difference_of_proportions, ratio_of_proportions
from analysis.experiments.arms.sequential import always_valid_arms, day_by_day, group_design
from analysis.experiments.arms.statistics import SUMS, MeanStatistic, ProportionStatistic, RatioStatistic, Statistic
from analysis.experiments.reading.decide import Rule, decide
from analysis.experiments.reading.margins import read_margin
from analysis.experiments.reading.results import read_results
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.rows.read import ExperimentData, Metric, ReadParams, RowCounts, read_experiment

N, ALPHA, SHARE, LOOKS, SEGMENTS, SEED = 1000, 0.05, 0.2, 20, 10, 20240305
Draw = Callable[[np.random.Generator], dict[str, bool]]


@dataclass(frozen=True)
class Kept:
    """How often something happened in ``draws`` simulated tests.

    ``promise`` is ``about`` (the rate is ``target``), ``at_most`` or ``at_least``; ``shown`` promises nothing.
    """

    name: str
    hits: int
    draws: int
    target: float
    promise: Literal["about", "at_most", "at_least", "shown"]

    @property
    def rate(self) -> float:
        """0..1."""
        return self.hits / self.draws

    @property
    def limits(self) -> tuple[float, float]:
        """Return the rates that 99.9 % of such runs would stay within, were the promise kept to the letter."""
        from scipy.stats import binom

        low, high = binom.ppf([0.0005, 0.9995], self.draws, self.target) / self.draws
        if self.promise == "shown":
            return 0.0, 1.0
        return (0.0, high) if self.promise == "at_most" else (low, 1.0) if self.promise == "at_least" else (low, high)

    @property
    def holds(self) -> bool:
        """Whether the rate lies within the limits."""
        return self.limits[0] <= self.rate <= self.limits[1]


def calibrate(*, draws: int = 10_000, bootstrap_draws: int = 1000, only: str | None = None) -> list[Kept]:
    """Run every method; ``only`` keeps those whose name contains it."""
    found = []
    for index, (name, (draw, promises)) in enumerate(METHODS.items()):
        if only is not None and only not in name:
            continue
        rng, count = (
            np.random.default_rng([SEED, index]),
            bootstrap_draws if "bootstrap" in name or "slow" in name else draws,
        )
        hits = dict.fromkeys(promises, 0)
        for _ in range(count):
            for what, happened in draw(rng).items():
                hits[what] += happened
        for what, (target, promise) in promises.items():
            found.append(Kept(f"{name}: {what}", hits[what], count, target, promise))
    return found


def _share(rng: np.random.Generator) -> ProportionStatistic:
    return ProportionStatistic(N, int(rng.binomial(N, SHARE)))


def _spend(rng: np.random.Generator) -> np.ndarray:
    """Return the spend of N customers, skewed and with two thirds who buy nothing."""
    return np.where(rng.random(N) < 1 / 3, rng.lognormal(3.0, 0.8, N), 0.0)


def _covers(estimate: Estimate | None, value: float = 0.0) -> bool:
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low <= value <= estimate.high


def _said(reading: Reading) -> dict[str, bool]:
    return {"rejects": reading.test.p < ALPHA, "covers": _covers(reading.absolute)}


def _shares(**choice: Any) -> Draw:
    return lambda rng: _said(compare_proportions(_share(rng), _share(rng), **choice))


def _lift(convention: str) -> Draw:
    def draw(rng: np.random.Generator) -> dict[str, bool]:
        return {"covers": _covers(compare_proportions(_share(rng), _share(rng), ratio=convention).relative)}  # type: ignore[arg-type]

    return draw


def _interval(convention: str) -> Draw:
    def draw(rng: np.random.Generator) -> dict[str, bool]:
        return {"covers": _covers(difference_interval(_share(rng), _share(rng), convention=convention))}  # type: ignore[arg-type]

    return draw


def _means(test: str) -> Draw:
    def draw(rng: np.random.Generator) -> dict[str, bool]:
        arms = [MeanStatistic.from_values(_spend(rng)) for _ in range(2)]
        reading = compare_means(*arms, test=test)  # type: ignore[arg-type]
        return {**_said(reading), "covers the lift": _covers(reading.relative)}

    return draw


def _capped(rng: np.random.Generator) -> dict[str, bool]:
    a, b, _ = cap_values(_spend(rng), _spend(rng), quantile=0.95)
    return _said(compare_means(MeanStatistic.from_values(a), MeanStatistic.from_values(b)))


def _ranks(rng: np.random.Generator) -> dict[str, bool]:
    return {"rejects": mann_whitney(_spend(rng), _spend(rng)).p < ALPHA}


def _bootstrap(rng: np.random.Generator) -> dict[str, bool]:
    return _said(bootstrap_means(_spend(rng), _spend(rng), seed=int(rng.integers(2**31)), rounds=1000))


def _ratio(rng: np.random.Generator) -> dict[str, bool]:
    arms = []
    for _ in range(2):
        visits = rng.poisson(3, N) + 1.0
        arms.append(RatioStatistic.from_values(rng.binomial(visits.astype(int), rng.beta(2, 8, N)), visits))
    return _said(compare_ratios(*arms))


def _sharpened(compare: Callable[[RatioStatistic, RatioStatistic], Reading]) -> Draw:
    def draw(rng: np.random.Generator) -> dict[str, bool]:
        arms = []
        for _ in range(2):
            past = rng.gamma(2, 10, N)
            arms.append(RatioStatistic.from_values(0.7 * past + rng.gamma(2, 8, N), past))
        return _said(compare(*arms))

    return draw


def _known_before(rng: np.random.Generator) -> dict[str, bool]:
    """Two numbers of before, one of them missing for a fifth of 400 customers, from the rows."""
    n = 400
    before, age = rng.normal(100, 10, n), rng.normal(40, 5, n)
    spend = 0.8 * before + 0.5 * age + rng.normal(0, 6, n)
    before[rng.random(n) < 0.2] = np.nan
    rows = pd.DataFrame({"arm": rng.choice(["A", "B"], n), "spend": spend, "before": before, "age": age})
    metrics = (Metric(column="spend", kind="mean"),)
    params = ReadParams(arm="arm", metrics=metrics, covariates=("before", "age"))
    return _said(read_results(read_experiment(rows, params)).results[0].reading)


def _peeking(rng: np.random.Generator) -> dict[str, bool]:
    """Look 20 times on the way to N customers in each arm, at a share."""
    step = N // LOOKS
    hits = rng.binomial(step, SHARE, (2, LOOKS)).cumsum(axis=1).tolist()
    totals: list[tuple[Statistic, Statistic]] = [
        (ProportionStatistic(step * i, a), ProportionStatistic(step * i, b))
        for i, (a, b) in enumerate(zip(*hits, strict=True), 1)
    ]
    days = day_by_day(totals, alpha=ALPHA, tuning=N)
    last = min(day.always_p for day in days) < ALPHA
    return {"rejects": last, "rejects as a fixed test looked at": any(day.naive_p < ALPHA for day in days)}


def _bounds(kind: Literal["obrien_fleming", "pocock"]) -> Draw:
    bounds = np.array(group_design(kind, LOOKS).bounds)

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        step = N // LOOKS
        sums = rng.normal(0, 1, (2, LOOKS, step)).sum(axis=2).cumsum(axis=1)
        sizes = step * np.arange(1, LOOKS + 1)
        # Known spread: the bounds are those of normal theory, and 50 customers at the first look are few.
        z = (sums[1] - sums[0]) / np.sqrt(2 * sizes)
        return {"rejects": bool((np.abs(z) >= bounds).any())}

    return draw


def _segments(rng: np.random.Generator) -> dict[str, bool]:
    """Ten segments without an effect but one: of the others none should be called."""
    size, rows = 200, []
    for i in range(SEGMENTS):
        for arm in "AB":
            share = 0.45 if arm == "B" and i == 0 else 0.3
            hits = float(rng.binomial(size, share))
            rows.append((f"s{i}", arm, size, hits))
    found = read_segments(as_data(rows), metric="bought", treatment="B")
    others = [effect for effect in found.effects if effect.segment != "s0"]
    outside = [not _covers(effect.absolute, 0.15 if effect.segment == "s0" else 0.0) for effect in found.effects]
    return {
        "calls one without an effect": any(effect.significant for effect in others),
        "one interval or more misses": any(outside),
    }


def _alike(rng: np.random.Generator) -> dict[str, bool]:
    """Ten segments with the same effect: they do not differ."""
    rows = [
        (f"s{i}", arm, 200, float(rng.binomial(200, 0.3 + 0.05 * (arm == "B"))))
        for i in range(SEGMENTS)
        for arm in "AB"
    ]
    found = read_segments(as_data(rows), metric="bought", treatment="B").interaction
    return {"finds an interaction": found is not None and found.p < ALPHA}


def as_data(rows: list[tuple[str, str, int, float]]) -> ExperimentData:
    """Return an experiment from (segment, arm, customers, conversions)."""
    cells = pd.DataFrame(rows, columns=["segment", "arm", "n", "top"])
    sums = {"bottom": cells["n"].astype(float), "bottom_squares": cells["n"].astype(float)}
    rest = dict.fromkeys(
        ("away", "about", "third", *(name for name in SUMS if name.startswith("adjusted"))), float("nan")
    )
    cells = cells.assign(
        metric="bought", top_squares=cells["top"], products=cells["top"], largest=1.0, missing=0.0, **sums, **rest
    )
    n = int(cells["n"].sum())
    days = cells.iloc[:0].rename(columns={"segment": "day"})
    return ExperimentData(("A", "B"), {}, (Metric(column="bought"),), cells, days, RowCounts(n, n, 0, 0, 0, 0, 0))


def _believed(rng: np.random.Generator) -> dict[str, bool]:
    """Draw the shares from the prior: the credible interval holds them as often as it says."""
    shares = rng.random(2)
    arms = [ProportionStatistic(N, int(rng.binomial(N, share))) for share in shares]
    beliefs = believe_proportions(arms)
    return {"covers": _covers(beliefs[1].share, shares[1])}


def _rare(rng: np.random.Generator) -> dict[str, bool]:
    """Half a percent of 1,800 and 200 customers, and half as much again in the smaller arm."""
    arms = [ProportionStatistic(n, int(rng.binomial(n, p))) for n, p in ((1800, 0.005), (200, 0.0075))]
    found = ratio_of_proportions(*arms)
    inside = found is None or ((found.low or 0.0) <= 0.5 and (found.high is None or found.high >= 0.5))
    return {"covers the lift": inside, "covers": _covers(difference_of_proportions(*arms), 0.0025)}


def _revenue(rng: np.random.Generator) -> dict[str, bool]:
    """One in twenty buys, 1,800 and 200 customers."""
    arms = [
        MeanStatistic.from_values(np.where(rng.random(n) < 0.05, rng.lognormal(3.0, 1.2, n), 0.0)) for n in (1800, 200)
    ]
    return _said(compare_means(*arms))


def _few_buyers(rng: np.random.Generator) -> dict[str, bool]:
    """One in twenty buys, 200 customers in each arm: some ten buyers each."""
    arms = [
        MeanStatistic.from_values(np.where(rng.random(200) < 0.05, rng.lognormal(3.0, 1.2, 200), 0.0)) for _ in range(2)
    ]
    lift = compare_means(*arms).relative
    # Without an end the interval says that nothing can be told, which is no claim.
    inside = lift is None or ((lift.low or -1.0) <= 0.0 and (lift.high is None or lift.high >= 0.0))
    return {"covers the lift": inside}


def _guarded(rng: np.random.Generator) -> dict[str, bool]:
    """Three guardrails of a harmless treatment, looked at on each of 28 days, with nothing that they may lose."""
    rule, days, per = Rule(target=0.01, guardrail_share=0.0), 28, 500
    sizes = per * np.arange(1, days + 1)
    hits = rng.binomial(per, 0.1, (3, 2, days)).cumsum(axis=2).tolist()
    goal = Estimate(0.0, -1.0, 1.0, 1 - ALPHA, "always_valid_mixture")
    for day, n in enumerate(sizes.tolist()):
        arms = [[ProportionStatistic(n, side[day]) for side in guard] for guard in hits]
        effects = [always_valid_arms(*pair, alpha=ALPHA / 3)[0] for pair in arms]
        levels = [control.mean for control, _ in arms]
        if decide(goal, rule, days=day + 1, guardrails=effects, guardrail_levels=levels).verdict == "stop":
            return {"stops": True}
    return {"stops": False}


def _eight_arms(rng: np.random.Generator) -> dict[str, bool]:
    """Eight treatments without an effect, looked at on each of 14 days: the best of them shipped."""
    n = 500 * np.arange(1, 15)
    control, *others = (rng.binomial(500, 0.1, 14).cumsum().tolist() for _ in range(9))
    for day, size in enumerate(n.tolist()):
        best = max(other[day] for other in others)
        pair = ProportionStatistic(size, control[day]), ProportionStatistic(size, best)
        if (always_valid_arms(*pair, alpha=ALPHA / 8)[0].low or 0.0) > 0:
            return {"ships one": True}
    return {"ships one": False}


def _peeking_unequal(rng: np.random.Generator) -> dict[str, bool]:
    """Half a percent of 900 and 100 customers a day, looked at seven times in 28 days."""
    daily, days = (900, 100), np.arange(4, 29, 4)
    hits = [rng.binomial(n * 4, 0.005, len(days)).cumsum().tolist() for n in daily]
    looks = [
        [ProportionStatistic(int(n * day), x[i]) for n, x in zip(daily, hits, strict=True)]
        for i, day in enumerate(days)
    ]
    return {"rejects": any(always_valid_arms(*arms)[1].p < ALPHA for arms in looks)}


def _at_the_margin(rng: np.random.Generator) -> dict[str, bool]:
    arms = [ProportionStatistic(3000, int(rng.binomial(3000, p))) for p in (0.2, 0.18)]
    return {"calls it not worse": read_margin(*arms, margin=0.02).shown}


def _exact(rng: np.random.Generator) -> dict[str, bool]:
    return {"covers": _covers(clopper_pearson(_share(rng)), SHARE)}


_Promises = dict[str, tuple[float, Literal["about", "at_most", "at_least", "shown"]]]
_BOTH: _Promises = {"rejects": (ALPHA, "about"), "covers": (1 - ALPHA, "about")}
_COVERS: _Promises = {"covers": (1 - ALPHA, "about")}
_SAFE: _Promises = {"rejects": (ALPHA, "at_most")}
_LIFT: _Promises = {"covers the lift": (1 - ALPHA, "about")}
_LOOKED: _Promises = {"rejects as a fixed test looked at": (ALPHA, "shown")}
_AT_LEAST: _Promises = {"covers": (1 - ALPHA, "at_least")}
METHODS: dict[str, tuple[Draw, _Promises]] = {
    "z, pooled": (_shares(test="z_pooled"), _BOTH),
    "z, unpooled": (_shares(test="z_unpooled"), _BOTH),
    "chi-square": (_shares(test="chi_square"), _BOTH),
    "chi-square, Yates": (_shares(test="chi_square_yates"), _SAFE | _COVERS),
    "Fisher": (_shares(test="fisher"), _SAFE | _COVERS),
    "lift, delta": (_lift("delta"), _COVERS),
    "lift, Katz": (_lift("katz"), _COVERS),
    "lift, Fieller": (_lift("fieller"), _COVERS),
    "difference, Agresti-Caffo": (_interval("agresti_caffo"), _COVERS),
    "difference, Miettinen-Nurminen": (_interval("miettinen_nurminen"), _COVERS),
    "one share, Clopper-Pearson": (_exact, {"covers": (1 - ALPHA, "at_least")}),
    "Welch": (_means("welch_t"), _BOTH | _LIFT),
    "Student": (_means("student_pooled_t"), _BOTH | _LIFT),
    "capped mean": (_capped, _BOTH),
    "Mann-Whitney": (_ranks, {"rejects": (ALPHA, "about")}),
    "bootstrap": (_bootstrap, _BOTH),
    "ratio, delta": (_ratio, _BOTH),
    "CUPED": (_sharpened(lambda a, b: compare_adjusted(a, b).adjusted), _BOTH),
    "CUPED, two covariates, one with gaps (slow)": (_known_before, _BOTH),
    "regression on the covariate": (_sharpened(compare_regressed), _BOTH),
    "always valid, 20 looks": (_peeking, _SAFE | _LOOKED),
    "O'Brien-Fleming, 20 looks": (_bounds("obrien_fleming"), {"rejects": (ALPHA, "about")}),
    "Pocock, 20 looks": (_bounds("pocock"), {"rejects": (ALPHA, "about")}),
    "ten segments, Holm": (
        _segments,
        {"calls one without an effect": (ALPHA, "at_most"), "one interval or more misses": (ALPHA, "at_most")},
    ),
    "ten segments alike": (_alike, {"finds an interaction": (ALPHA, "about")}),
    "belief, credible interval": (_believed, _COVERS),
    "rare, unequal": (_rare, {"covers the lift": (1 - ALPHA, "at_least"), "covers": (1 - ALPHA, "at_least")}),
    "revenue, unequal": (_revenue, _SAFE | _AT_LEAST),
    "revenue, few buyers": (_few_buyers, {"covers the lift": (1 - ALPHA, "at_least")}),
    "three guardrails, 28 looks (slow)": (_guarded, {"stops": (ALPHA, "at_most")}),
    "eight arms, 14 looks": (_eight_arms, {"ships one": (ALPHA / 2, "at_most")}),
    "always valid, rare, unequal": (_peeking_unequal, _SAFE),
    "not worse by a margin": (_at_the_margin, {"calls it not worse": (ALPHA / 2, "about")}),
}


def main() -> None:
    """Print every rate with its promise."""
    found = calibrate()
    for kept in found:
        low, high = kept.limits
        word = "" if kept.promise == "shown" else "kept" if kept.holds else "NOT KEPT"
        print(f"{kept.name:<62} {kept.rate:8.4f}  ({low:.4f} to {high:.4f}, n = {kept.draws:,})  {word}")
    broken = [kept for kept in found if not kept.holds]
    print(f"{len(found) - len(broken)} of {len(found)} within their limits")


if __name__ == "__main__":
    main()
