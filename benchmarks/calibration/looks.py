"""Tests that are looked at while they run: bounds, always-valid intervals, guardrails, several arms."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.sequential import always_valid_arms, day_by_day, group_design
from analysis.experiments.arms.spending import spending_bounds
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic
from analysis.experiments.reading.decide import Rule, decide
from benchmarks.calibration.arms import SHARE, N
from benchmarks.calibration.kept import ALPHA, Draw

LOOKS = 20


def peeking(rng: np.random.Generator) -> dict[str, bool]:
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


def bounds(kind: Literal["obrien_fleming", "pocock"]) -> Draw:
    """Twenty looks at a group-sequential test."""
    bounds = np.array(group_design(kind, LOOKS).bounds)

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        step = N // LOOKS
        sums = rng.normal(0, 1, (2, LOOKS, step)).sum(axis=2).cumsum(axis=1)
        sizes = step * np.arange(1, LOOKS + 1)
        # Known spread: the bounds are those of normal theory, and 50 customers at the first look are few.
        z = (sums[1] - sums[0]) / np.sqrt(2 * sizes)
        return {"rejects": bool((np.abs(z) >= bounds).any())}

    return draw


def guarded(rng: np.random.Generator) -> dict[str, bool]:
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


def eight_arms(rng: np.random.Generator) -> dict[str, bool]:
    """Eight treatments without an effect, looked at on each of 14 days: the best of them shipped."""
    n = 500 * np.arange(1, 15)
    control, *others = (rng.binomial(500, 0.1, 14).cumsum().tolist() for _ in range(9))
    for day, size in enumerate(n.tolist()):
        best = max(other[day] for other in others)
        pair = ProportionStatistic(size, control[day]), ProportionStatistic(size, best)
        if (always_valid_arms(*pair, alpha=ALPHA / 8)[0].low or 0.0) > 0:
            return {"ships one": True}
    return {"ships one": False}


def peeking_unequal(rng: np.random.Generator) -> dict[str, bool]:
    """Half a percent of 900 and 100 customers a day, looked at seven times in 28 days."""
    daily, days = (900, 100), np.arange(4, 29, 4)
    hits = [rng.binomial(n * 4, 0.005, len(days)).cumsum().tolist() for n in daily]
    looks = [
        [ProportionStatistic(int(n * day), x[i]) for n, x in zip(daily, hits, strict=True)]
        for i, day in enumerate(days)
    ]
    return {"rejects": any(always_valid_arms(*arms)[1].p < ALPHA for arms in looks)}


def unplanned(kind: Literal["obrien_fleming", "pocock"]) -> Draw:
    """Five looks at odd times (Lan, DeMets)."""
    sizes = [90, 130, 400, 770, 1000]
    bounds = [look.bound for look in spending_bounds([size / sizes[-1] for size in sizes], kind=kind)]
    steps = np.diff([0, *sizes])

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        # Known spread, as of the planned bounds.
        sums = (rng.normal(0, 1, len(steps)) * np.sqrt(steps)).cumsum()
        return {"rejects": bool((np.abs(sums / np.sqrt(sizes)) >= bounds).any())}

    return draw
