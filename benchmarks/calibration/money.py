"""The money of what was picked for looking good: what is said of it over what it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.experiments.reading.segments import read_segments
from analysis.experiments.reading.selected import expected_when_picked
from analysis.experiments.reading.targets import whom_to_send
from benchmarks.calibration.readings import as_data

SEGMENTS, PER_ARM, BASE, EFFECT = 8, 1000, 0.1, 0.015
CRITICAL = 1.959964


def shipped(power: float) -> Callable[[np.random.Generator, int], tuple[float, float]]:
    """Tests of one power, of which those are shipped that are clear at 5 %; drawn from equal slices of what is seen."""
    from scipy.special import ndtri

    effect = CRITICAL + float(ndtri(power))

    def run(rng: np.random.Generator, draws: int) -> tuple[float, float]:
        seen = effect + ndtri((np.arange(draws) + rng.random(draws)) / draws)
        clear = seen[seen > CRITICAL].tolist()
        return sum(expected_when_picked(value, 1.0, CRITICAL) for value in clear), effect * len(clear)

    return run


def picked_segments(rng: np.random.Generator, draws: int) -> tuple[float, float]:
    """Eight segments with the same effect, of which those are picked that are surely worth it."""
    said, n = 0.0, 0.0
    for _ in range(draws):
        rows = [
            (f"s{i}", arm, PER_ARM, float(rng.binomial(PER_ARM, share)))
            for i in range(SEGMENTS)
            for arm, share in (("A", BASE), ("B", BASE + EFFECT))
        ]
        found = whom_to_send(read_segments(as_data(rows), metric="bought", treatment="B"), value_per_unit=1.0)
        for target in found.targets:
            if target.advice == "send":
                said, n = said + target.money.value, n + target.customers
    return said, n * EFFECT
