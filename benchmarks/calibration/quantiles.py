"""Quantiles of amounts where shops live: skewed, with many who buy nothing, rounded, unequal arms, looked at daily."""

from __future__ import annotations

import numpy as np

from analysis.experiments.arms.quantiles import QuantileStatistic, compare_quantiles
from analysis.experiments.arms.sequential import always_valid_arms
from benchmarks.calibration.kept import ALPHA, Draw

DAYS, PER_DAY = 28, 60


def quantile(which: float, n_control: int, n_treatment: int, *, buyers: float = 1.0, rounded: bool = False) -> Draw:
    """Lognormal amounts of those who buy, 0 of the others, in whole units where they are rounded."""

    def arm(rng: np.random.Generator, n: int) -> QuantileStatistic:
        return QuantileStatistic.from_values(_amounts(rng, n, buyers, rounded=rounded), which)

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        reading = compare_quantiles(arm(rng, n_control), arm(rng, n_treatment), alpha=ALPHA)
        around, lift = reading.absolute, reading.relative
        told = {"rejects": reading.test.p < ALPHA, "covers": _holds(around.low, around.high)}
        return told | {"covers the lift": lift is None or _holds(lift.low, lift.high)}

    return draw


def looked_at(rng: np.random.Generator) -> dict[str, bool]:
    """The median of skewed amounts, looked at on each of 28 days, one in ten in treatment."""
    n = DAYS * PER_DAY
    values = _amounts(rng, n, 1.0, rounded=False)
    for day in range(4, DAYS + 1):  # before, fewer than twenty are in treatment
        now = values[: day * PER_DAY]
        treated = np.arange(len(now)) % 10 == 0
        pair = (QuantileStatistic.from_values(now[mask], 0.5) for mask in (~treated, treated))
        around, _ = always_valid_arms(*pair, alpha=ALPHA)
        if not _holds(around.low, around.high):
            return {"rejects": True}
    return {"rejects": False}


def _amounts(rng: np.random.Generator, n: int, buyers: float, *, rounded: bool) -> np.ndarray:
    values = np.where(rng.random(n) < buyers, rng.lognormal(4.0, 1.2, n), 0.0)
    return np.round(values) if rounded else values


def _holds(low: float | None, high: float | None) -> bool:
    """Whether an interval holds no difference; without an end nothing is claimed on that side."""
    return (low is None or low <= 0) and (high is None or high >= 0)
