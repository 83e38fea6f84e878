"""Is the number of planted groups found? Sets of 2 to 8 groups on 2 to 8 columns, equal and unequal, of several shapes.

``main`` prints, by how far the nearest middles lie apart, in how many sets the number was right, then shapes that wind
and groups that are small and far off. The seeds are its own: nothing was tuned on these sets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.noise import found_in, members_right

SEED = 20261129
APART, REPEATS = (6.0, 4.0), 100
CUSTOMERS = (300, 400, 800)
SHAPES: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "normal": lambda random, n, columns: random.normal(size=(n, columns)),
    "ball": lambda random, n, columns: _ball(random, n, columns),
    "t, 5 degrees": lambda random, n, columns: random.standard_t(5, (n, columns)) * np.sqrt(3 / 5),
    "skewed": lambda random, n, columns: (random.gamma(4, 1, (n, columns)) - 4) / 2,
    "of other spreads": lambda random, n, columns: random.normal(size=(n, columns)) * random.uniform(0.6, 1.0),
}


def _ball(random: np.random.Generator, n: int, columns: int) -> np.ndarray:
    """Rows spread evenly in a ball, with deviation 1 on each column."""
    way = random.normal(size=(n, columns))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return way * random.random((n, 1)) ** (1 / columns) * np.sqrt(columns + 2)


def middles(random: np.random.Generator, k: int, columns: int, apart: float) -> np.ndarray:
    """Return middles of which the nearest two lie ``apart`` to 1.6 times as far, in deviations of a group."""
    wide = apart / 2
    while True:
        for _ in range(500):
            found = random.normal(size=(k, columns)) * wide
            between = np.linalg.norm(found[:, None] - found, axis=2)[np.triu_indices(k, 1)]
            if apart <= between.min() <= 1.6 * apart:
                return found
        wide *= 1.1


def drawn(random: np.random.Generator, apart: float, shape: str = "normal") -> tuple[np.ndarray, np.ndarray, int]:
    """Return customers, their groups, and how many groups there are: 2 to 8, equal or not, on 2 to 8 columns."""
    k, columns, n = int(random.integers(2, 9)), int(random.integers(2, 9)), int(random.choice(CUSTOMERS))
    weights = np.full(k, 1 / k) if random.integers(2) else random.dirichlet(np.full(k, 5.0))
    group = random.choice(k, n, p=weights)
    own = middles(random, k, columns, apart)
    points = np.empty((n, columns))
    for number in range(k):
        here = group == number
        points[here] = own[number] + SHAPES[shape](random, int(here.sum()), columns)
    return points, group, k


def k_right(seed: list[int], apart: float, shape: str = "normal") -> bool:
    """Whether groups are found, and as many as there are."""
    points, _, k = drawn(np.random.default_rng(seed), apart, shape)
    found = found_in(points)
    return found.verdict != "none" and found.k == k


def winding(random: np.random.Generator, kind: str) -> np.ndarray:
    """Return two moons, or two rings around one middle."""
    from sklearn.datasets import make_circles, make_moons

    state = int(random.integers(2**31))
    if kind == "moons":
        return np.asarray(make_moons(500, noise=0.06, random_state=state)[0])
    return np.asarray(make_circles(500, noise=0.04, factor=0.4, random_state=state)[0])


def far_group(random: np.random.Generator, share: float, apart: float) -> tuple[np.ndarray, np.ndarray]:
    """Return customers of whom a share stands far off on one of two features, and who does."""
    group = (random.random(1_000) < share).astype(int)
    return 100 + np.outer(group, [apart, 0.0]) + random.normal(size=(1_000, 2)), group


def main() -> None:
    """Print how many of each kind come out."""
    for place, shape in enumerate(SHAPES):
        for apart in APART:
            repeats = REPEATS if shape == "normal" else REPEATS // 5
            right = sum(k_right([SEED, place, int(apart), turn], apart, shape) for turn in range(repeats))
            print(f"{shape}, nearest middles {apart:g} apart: number right in {right} of {repeats}", flush=True)
    for kind in ("moons", "rings"):
        said = [found_in(winding(np.random.default_rng([SEED, 50, turn]), kind)).verdict for turn in range(10)]
        print(f"two {kind}: density suggested in {said.count('winding')} of {len(said)}", flush=True)
    for share in (0.05, 0.1, 0.2):
        right = sum(
            members_right(*far_group(np.random.default_rng([SEED, 60, turn]), share, 15.0)) for turn in range(20)
        )
        print(
            f"{share:.0%} at 15 deviations on one feature: found with their members in {right} of 20",
            flush=True,
        )
