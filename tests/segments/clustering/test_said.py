"""Which sentence of clusters may be said: a table with the condition on data and numbers, held by simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import silhouette_score

from analysis.segments.clustering.clusters import clusters
from analysis.segments.clustering.result import ClusterResult
from analysis.segments.clustering.words import answer, trust
from analysis.segments.edit import apply_edits
from analysis.segments.params import ClusterParams
from benchmarks.chance import profiles
from benchmarks.noise import shop
from benchmarks.planted import winding
from tests.compare.test_said import Heard
from texts import catalogue

# How well each group is found again, as the page measures it.
AGAIN = ((0.95, 0.8), (0.9, 0.55), (0.7, 0.65), (0.5, 0.3), (float("nan"), float("nan")))


@dataclass(frozen=True)
class Told:
    """A sentence that was said, with the rows it was said of; ``planted`` is how many groups were put there."""

    facts: dict[str, Any]
    points: np.ndarray
    planted: int
    result: ClusterResult
    again: tuple[float, ...]

    @property
    def labels(self) -> np.ndarray:
        return self.result.segmentation.labels.astype(str).to_numpy()

    @property
    def silhouette(self) -> float:
        return float(silhouette_score((self.points - self.points.mean(axis=0)) / self.points.std(axis=0), self.labels))

    @property
    def valleys(self) -> list[float]:
        """How many customers lie at the emptiest place between two groups, over those in the middle of the emptier."""
        points = (self.points - self.points.mean(axis=0)) / self.points.std(axis=0)
        found = []
        for one, other in combinations(np.unique(self.labels), 2):
            sides = points[self.labels == one], points[self.labels == other]
            line = sides[1].mean(axis=0) - sides[0].mean(axis=0)
            low, high = (float(np.median(side @ line)) for side in sides)
            every = np.concatenate([side @ line for side in sides])

            def about(share: float, low: float = low, high: float = high, every: np.ndarray = every) -> float:
                return float((np.abs(every - low - share * (high - low)) < 0.1 * (high - low)).mean())

            found.append(min(about(share) for share in np.linspace(0.25, 0.75, 11)) / min(about(0), about(1)))
        return sorted(found)


def suggested(told: Told) -> bool:
    return told.result.recommended is not None


# When each degree of being apart may be said, as a condition on plain figures of the rows.
APART: dict[str, Callable[[Told], bool]] = {
    "strong": lambda told: told.planted == told.facts["k"] and told.silhouette >= 0.7 and max(told.valleys) <= 0.25,
    "clear": lambda told: told.planted == told.facts["k"] and max(told.valleys) <= 0.35,
    "weak": lambda told: min(told.valleys) < 0.35 < max(told.valleys),
    "none": lambda told: told.planted == 0 and not suggested(told) and min(told.valleys) > 0.35,
    "no_groups": lambda told: told.planted == 0 and suggested(told),
    "winding": lambda told: (
        told.facts["n_winding"] == told.planted == len({*HDBSCAN(20, copy=True).fit_predict(told.points)} - {-1})
    ),
}
FOUND_AGAIN: dict[str, Callable[[Told], bool]] = {
    "stable": lambda told: fmean(told.again) >= 0.75 and min(told.again) >= 0.6,
    "partly": lambda told: fmean(told.again) >= 0.6 and (fmean(told.again) < 0.75 or min(told.again) < 0.6),
    "unstable": lambda told: fmean(told.again) < 0.6,
}
MAY_BE_SAID: dict[str, Callable[[Told], bool]] = {
    **{f"clusters.answer_{apart}": condition for apart, condition in APART.items()},
    **{
        f"clusters.verdict_{apart}_{again}": lambda told, one=one, two=two: one(told) and two(told)
        for apart, one in APART.items()
        for again, two in FOUND_AGAIN.items()
        if apart != "winding"
    },
    "clusters.stability_stable": FOUND_AGAIN["stable"],
    "clusters.stability_partly": lambda told: FOUND_AGAIN["partly"](told) and told.facts["n"] > 0,
    "clusters.stability_partly_all": lambda told: FOUND_AGAIN["partly"](told) and min(told.again) >= 0.6,
    "clusters.stability_unstable": FOUND_AGAIN["unstable"],
}
# Said of what brings money and of customers without a value, which the rows here have not.
ELSEWHERE = {"clusters.answer_top", "clusters.answer_outside"}


def spots(random: np.random.Generator, k: int, apart: float, n: int = 300) -> np.ndarray:
    group = np.arange(n) % k
    return np.column_stack([apart * group, apart * (group % 2)]) + random.normal(size=(n, 2))


@cache
def simulated() -> tuple[tuple[str, Told], ...]:
    """Return what is said of groups near and far, of one cloud, of a shop's customers, and of moons."""
    random, heard = np.random.default_rng(5), []
    cases: list[tuple[np.ndarray, int, int | None]] = [
        (spots(random, 2, 15), 2, None),
        (spots(random, 2, 3.1), 2, 2),
        (spots(random, 3, 8), 3, 5),
        (random.normal(size=(300, 3)), 0, None),
        (random.normal(size=(300, 3)), 0, 3),
        (shop(random, 400), 0, None),
        (winding(random, "moons"), 2, None),
    ]
    for points, planted, k in cases:
        columns = {f"x{i}": column for i, column in enumerate(points.T)}
        result = clusters(profiles(columns), ClusterParams(features=tuple(columns), k=k))
        edited = apply_edits(result.segmentation, ())
        for again in (None, *AGAIN):
            t = Heard()
            stable = None if again is None else {f"cluster_{i}": value for i, value in enumerate(again)}
            answer(result, edited, {}, t, stable=stable)
            if stable is not None:
                trust(result, stable, t)
            heard += [(key, Told(facts, points, planted, result, again or ())) for key, facts in t.keys]
    return tuple(heard)


def test_every_sentence_on_how_far_groups_are_apart_has_a_condition():
    known = {
        key for key in catalogue() if key.startswith(("clusters.answer_", "clusters.verdict_", "clusters.stability_"))
    }
    assert {key for key in known if not key.endswith("_alt")} - ELSEWHERE == set(MAY_BE_SAID)


@pytest.mark.parametrize("key", MAY_BE_SAID)
def test_a_sentence_is_said_only_where_its_condition_holds(key: str):
    of_key = [told for other, told in simulated() if other == key]
    assert of_key, "the simulation never comes to say it"
    wrong = [told for told in of_key if not MAY_BE_SAID[key](told)]
    assert [(told.facts, told.planted, told.silhouette, told.valleys, told.again) for told in wrong] == []
