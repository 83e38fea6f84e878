"""Does the verdict "no clear groups" keep its word? Data without groups and with planted ones, through the engine.

``main`` prints, for ten kinds of noise and for 2 to 5 planted groups, how often the data was said to hold groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters
from analysis.segments.clustering.result import ClusterResult
from analysis.segments.params import ClusterParams

SEED, APART = 20240305, 5.0
CUSTOMERS, COLUMNS, REPEATS = (100, 300, 1_000), (1, 2, 4, 8), 1
GROUPS = (2, 3, 4, 5)
# Columns on which all groups lie apart, and columns of noise beside them.
PLANTED: dict[str, tuple[tuple[int, ...], int]] = {
    "apart on every column": ((1, 2, 4), 0),
    "apart on 2 or 4 columns beside one of noise": ((2, 4), 1),
    "apart on one of two columns": ((1,), 1),
}
FAR: tuple[tuple[tuple[float, ...], float], ...] = (
    ((0.95, 0.04, 0.01), 8.0),
    ((0.9, 0.07, 0.03), 8.0),
    ((0.95, 0.05), 15.0),
    ((0.8, 0.2), 15.0),
)
Shape = tuple[int, int]
NOISE: dict[str, Callable[[np.random.Generator, Shape], np.ndarray]] = {
    "uniform": lambda random, shape: random.random(shape),
    "normal": lambda random, shape: random.normal(size=shape),
    "correlated normal": lambda random, shape: random.normal(size=(shape[0], 1)) + random.normal(size=shape),
    "exponential": lambda random, shape: random.exponential(size=shape),
    "lognormal": lambda random, shape: np.exp(random.normal(size=shape)),
    "Pareto": lambda random, shape: random.pareto(1.5, size=shape),
    "t, 3 degrees": lambda random, shape: random.standard_t(3, size=shape),
    "gamma": lambda random, shape: random.gamma(0.5, size=shape),
    "triangular": lambda random, shape: random.triangular(0, 0.2, 1, size=shape),
    "counts": lambda random, shape: random.poisson(1.0, size=shape).astype(float),
}
# Clouds whose features go together in a way that no correlation tells.
CLOUDS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "curved": lambda random, n: (lambda u: np.c_[u, u * u + 0.2 * random.normal(size=n)])(random.normal(size=n)),
    "crescent": lambda random, n: _arc(random.uniform(0, np.pi, n)) + 0.08 * random.normal(size=(n, 2)),
    "ring": lambda random, n: _arc(random.uniform(0, 2 * np.pi, n)) + 0.08 * random.normal(size=(n, 2)),
    "fan": lambda random, n: (lambda u: np.c_[u, u * random.normal(size=n)])(random.uniform(0, 3, n)),
    "triangle": lambda random, n: random.dirichlet([1, 1, 1], n)[:, :2],
    "a shop by recency, tenure and orders": lambda random, n: shop(random, n),
}


@dataclass(frozen=True)
class Count:
    """How many of the data sets of one kind were said to hold groups (``clear`` or ``weak``), and ``clear`` ones."""

    kind: str
    n: int
    groups: int
    clear: int


def found_in(points: np.ndarray) -> ClusterResult:
    """Return what the engine finds in the rows."""
    keys = [f"x{i}" for i in range(points.shape[1])]
    frame = pd.DataFrame(points, columns=pd.Index(keys))
    frame.insert(0, "customer_id", [f"c{i:05d}" for i in range(len(points))])
    profiles = Profiles(frame, tuple(Feature(key, "behaviour", "number") for key in keys), date(2024, 1, 1))
    return clusters(profiles, ClusterParams(features=tuple(keys)))


def members_right(points: np.ndarray, truth: np.ndarray) -> bool:
    """Whether the groups found are the true ones but for few customers (adjusted Rand index of .9 or more)."""
    from sklearn.metrics import adjusted_rand_score

    found = found_in(points)
    return found.verdict != "none" and adjusted_rand_score(truth, found.segmentation.labels.astype(str)) >= 0.9


def verdict(points: np.ndarray) -> str:
    """Return what the engine says of the rows: ``clear``, ``weak`` or ``none``."""
    return found_in(points).verdict


def counted(kind: str, draws: list[np.ndarray]) -> Count:
    """Return the verdicts on data sets of one kind."""
    said = [verdict(points) for points in draws]
    return Count(kind, len(said), sum(one != "none" for one in said), sum(one == "clear" for one in said))


def _arc(angle: np.ndarray) -> np.ndarray:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def shop(random: np.random.Generator, n: int) -> np.ndarray:
    """Return days since the last order, days since the first, and orders of customers who differ only in their rate."""
    rate, tenure = random.gamma(1.2, 1 / 60, n), random.uniform(1, 730, n)
    repeats = random.poisson(rate * tenure)
    # Given their number, the orders of a Poisson process lie evenly: the last one is the largest of so many.
    last = np.where(repeats > 0, random.random(n) ** (1 / np.maximum(repeats, 1)), 0.0)
    return np.column_stack([np.round(tenure * (1 - last)), np.round(tenure), repeats + 1.0])


def far(
    random: np.random.Generator, shares: tuple[float, ...], apart: float, n: int = 1_000
) -> tuple[np.ndarray, np.ndarray]:
    """Return customers of a large group and of small ones, each far off on a feature of its own, and their groups."""
    group = random.choice(len(shares), n, p=shares)
    columns = max(len(shares), 2)
    middles = 100 + apart * np.vstack([np.zeros(columns), np.eye(columns)])[: len(shares)]
    return middles[group] + random.normal(size=(n, columns)), group


def noise(kind: str, repeats: int = REPEATS) -> list[np.ndarray]:
    """Return data without groups, for each number of customers and columns."""
    random = np.random.default_rng([SEED, list(NOISE).index(kind)])
    return [NOISE[kind](random, shape) for shape in product(CUSTOMERS, COLUMNS) for _ in range(repeats)]


def planted(kind: str, repeats: int = REPEATS) -> list[np.ndarray]:
    """Return data of 2 to 5 groups whose middles lie at least five deviations apart on every column that parts them."""
    random = np.random.default_rng([SEED, 100 + list(PLANTED).index(kind)])
    parting, others = PLANTED[kind]
    found = []
    for n, k, columns in product(CUSTOMERS, GROUPS, parting):
        for _ in range(repeats):
            group = random.integers(0, k, n)
            middles = APART * np.column_stack([random.permutation(k) for _ in range(columns)])
            found.append(
                np.column_stack([middles[group], np.zeros((n, others))]) + random.normal(size=(n, columns + others))
            )
    return found


def main() -> None:
    """Print the counts of every kind."""
    for place, (kind, cloud) in enumerate(CLOUDS.items()):
        random = np.random.default_rng([SEED, 200 + place])
        said = counted(kind, [cloud(random, n) for n in (200, 400, 800) for _ in range(4)])
        print(f"cloud: {kind}: {said.groups} of {said.n} said to hold groups", flush=True)
    for shares, apart in FAR:
        right = sum(members_right(*far(np.random.default_rng([SEED, turn]), shares, apart)) for turn in range(20))
        print(f"far: {shares} at {apart} deviations: {right} of 20 found with their members", flush=True)
    for name, of, kinds in (("noise", noise, list(NOISE)), ("planted", planted, list(PLANTED))):
        found = []
        for kind in kinds:
            found.append(counted(kind, of(kind)))
            said = found[-1]
            print(f"{name}: {kind}: {said.groups} of {said.n} said to hold groups, {said.clear} clear", flush=True)
        groups, n, clear = (sum(getattr(one, key) for one in found) for key in ("groups", "n", "clear"))
        print(f"{name}: in all {groups} of {n} said to hold groups, {clear} clear")
