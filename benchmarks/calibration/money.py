"""The money of what was picked for looking good: what is said of it over what it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.experiments.reading.segments import read_segments
from analysis.experiments.reading.selected import expected_when_picked
from analysis.experiments.reading.targets import whom_to_send
from benchmarks.calibration.readings import as_data

PER_ARM, BASE = 1000, 0.1
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


def picked_segments(*effects: float) -> Callable[[np.random.Generator, int], tuple[float, float]]:
    """Segments with these effects, of which those are picked that are surely worth it."""
    truth = {f"s{i}": effect for i, effect in enumerate(effects)}

    def run(rng: np.random.Generator, draws: int) -> tuple[float, float]:
        said = true = 0.0
        for _ in range(draws):
            rows = [
                (segment, arm, PER_ARM, float(rng.binomial(PER_ARM, share)))
                for segment, effect in truth.items()
                for arm, share in (("A", BASE), ("B", BASE + effect))
            ]
            found = whom_to_send(read_segments(as_data(rows), metric="bought", treatment="B"), value_per_unit=1.0)
            for target in found.targets:
                if target.advice == "send":
                    said, true = said + target.money.value, true + target.customers * truth[target.segment]
        return said, true

    return run
