"""Are groups apart: is there an almost empty stretch between every two of them?

Formulas, sources and limits: ``docs/methods/clusters.md``. No model of data without groups is needed: whatever the
shape of one cloud, a cut through it runs through customers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from scipy.spatial import KDTree

Verdict = Literal["clear", "weak", "winding", "none"]
FEWEST = 5
NEIGHBOURS = 8
# A step between values this much wider than those beside it is a gap, in which values could lie.
WIDE_STEP = 2.5
# The stretch is a quarter of the way between the middles of two groups, at the emptiest of nine places.
STRETCH, PLACES, MARGIN = 0.25, 9, 0.125
# How full it may be beside the sparser group, by how surely (p of a flat density), and how much sparser the densest
# crossing: in one cloud of any shape, seen from any side, a stretch holds a quarter or more of the density beside it.
EMPTY: tuple[tuple[float, float, float], ...] = ((0.12, 0.01, 0.0), (0.22, 0.001, 0.0), (0.35, 0.0005, 1.2))
SURE = EMPTY[1][0]
# Groups of a division are not one when the stretch is at least a quarter emptier.
NOT_ONE = 0.75
# Three groups and more are apart together when each stretch is so much emptier, and all of them so surely.
THINNER, TOGETHER = 0.6, 1e-6
# Groups of any shape are apart when the densest crossing is this much sparser than either.
SPARSE = 2.5
# Rows of a group that are asked first how near the other one is.
FIRST = 32


@dataclass(frozen=True)
class Rows:
    """Rows as densities are measured on: values that many share spread over their cells.

    Attributes
    ----------
    points : float array, shape (rows, columns)
    reach : float array, shape (rows,)
        Distance to the eighth neighbour.
    """

    points: np.ndarray = field(repr=False)
    reach: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Between:
    """What lies between two groups.

    Attributes
    ----------
    full : float
        Density of the emptiest stretch beside that of the sparser group, seen along the line through their means: 1 in
        a flat cloud.
    p : float
        Probability of so few in the stretch were it as dense as that group.
    crossing : float
        Distance over which the groups reach each other beside the median distance to the eighth neighbour of the
        sparser group: 1 or less in one cloud.
    """

    full: float
    p: float
    crossing: float

    @property
    def empty(self) -> bool:
        """Whether the groups are apart."""
        return any(self.full <= full and self.p <= p and self.crossing >= least for full, p, least in EMPTY)


def rows_of(points: np.ndarray, *, seed: int = 0) -> Rows:
    """Spread values that many rows share over half the step to the next values, and measure how dense rows lie."""
    import numpy as np
    from scipy.spatial import KDTree

    random = np.random.default_rng(seed)
    spread = np.column_stack([_spread(column, random) for column in points.T])
    k = min(NEIGHBOURS, len(points) - 1)
    return Rows(spread, KDTree(spread).query(spread, k + 1)[0][:, -1])


def _spread(column: np.ndarray, random: np.random.Generator) -> np.ndarray:
    import numpy as np

    values, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    if len(values) < 2:
        return column
    steps = np.diff(values)
    beside = np.maximum(np.append(steps[1:], 0.0), np.insert(steps[:-1], 0, 0.0))
    steps = np.where((beside > 0) & (steps > WIDE_STEP * beside), beside, steps)
    below, above = np.insert(steps, 0, steps[0]), np.append(steps, steps[-1])
    moved = (random.random(len(column)) * (below + above)[place] - below[place]) / 2
    return column + np.where(counts[place] > 1, moved, 0.0)


def between(rows: Rows, a: np.ndarray, b: np.ndarray, *, tree: KDTree | None = None) -> Between:
    """Look between two groups.

    Parameters
    ----------
    rows : Rows
    a, b : int array
        Rows of either group, at least 5.
    tree : KDTree, optional
        Of the points of ``a``.

    References
    ----------
    Pavlidis, Hofmeyr & Tasoulis (2016), Minimum density hyperplanes. Hennig (2010), Methods for merging Gaussian
    mixture components. The crossing is the mutual reachability of Campello, Moulavi & Sander (2013).

    Examples
    --------
    >>> import numpy as np
    >>> two = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat([[0, 0], [7, 0]], 50, axis=0)
    >>> between(rows_of(two), np.arange(50), np.arange(50, 100)).empty
    True
    >>> one = np.sort(np.random.default_rng(0).normal(size=(100, 1)), axis=0)
    >>> between(rows_of(one), np.arange(50), np.arange(50, 100)).empty
    False
    """
    import numpy as np
    from scipy.spatial import KDTree
    from scipy.stats import binom

    points = rows.points
    line = points[b].mean(axis=0) - points[a].mean(axis=0)
    sides = [points[a] @ line, points[b] @ line]
    low, high = (float(np.median(side)) for side in sides)
    usual = max(float(np.median(rows.reach[a])), float(np.median(rows.reach[b])))
    nearest = b[np.argsort(sides[1], kind="stable")]
    crossing = _crossing(rows, a, nearest, tree or KDTree(points[a])) / usual if usual > 0 else 0.0
    if high <= low:  # one around the other, such as rings: no line parts them
        return Between(float("inf"), 1.0, crossing)
    width = STRETCH * (high - low)
    starts = np.linspace(low + MARGIN * (high - low), high - MARGIN * (high - low) - width, PLACES)
    every = np.sort(np.concatenate(sides))
    n = int((np.searchsorted(every, starts + width) - np.searchsorted(every, starts)).min())
    middles = []
    for side in sides:
        quarter, three = np.quantile(side, [0.25, 0.75])
        middles.append((len(side) / 2 / max(float(three - quarter), 1e-12 * width), len(side) / 2))
    density, n_core = min(middles)
    p = float(binom.cdf(n, n + int(n_core), width / (width + n_core / density)))
    return Between(n / width / density, p, crossing)


def _crossing(rows: Rows, a: np.ndarray, b: np.ndarray, tree: KDTree) -> float:
    """Return the mean of the three shortest mutual reachabilities from ``b``, likely nearest first, to ``a``.

    The first few say how far to look at all: a row of the others counts only if it is nearer than the third of them.
    """
    import numpy as np

    def reached(some: np.ndarray, within: float) -> np.ndarray:
        found: Any = tree.query(rows.points[some], distance_upper_bound=within)
        distance, nearest = found
        near = np.isfinite(distance)
        some, distance, nearest = some[near], distance[near], nearest[near]
        return np.maximum(np.maximum(rows.reach[some], rows.reach[a][nearest]), distance)

    first = np.sort(reached(b[:FIRST], np.inf))[:3]
    others = b[FIRST:][rows.reach[b[FIRST:]] < first[-1]]
    if len(first) == 3 and len(others):
        first = np.sort(np.concatenate([first, reached(others, float(first[-1]))]))[:3]
    return float(first.mean())


def pairs(rows: Rows, labels: np.ndarray) -> dict[tuple[int, int], Between]:
    """Look between every two groups; one of fewer than 5 rows is apart from nothing."""
    import numpy as np
    from scipy.spatial import KDTree

    members = [np.flatnonzero(labels == group) for group in range(int(labels.max()) + 1)]
    nothing = Between(float("inf"), 1.0, 0.0)
    trees = [KDTree(rows.points[own]) if len(own) >= FEWEST else None for own in members]
    return {
        (i, j): between(rows, members[i], members[j], tree=trees[i])
        if min(len(members[i]), len(members[j])) >= FEWEST
        else nothing
        for i, j in combinations(range(len(members)), 2)
    }


def all_apart(found: dict[tuple[int, int], Between]) -> bool:
    """Whether an almost empty stretch lies between every two groups."""
    return bool(found) and all(pair.empty for pair in found.values())


def together_apart(found: dict[tuple[int, int], Between]) -> bool:
    """Whether three groups or more are surely apart seen together, though of small ones no two may be by themselves.

    Every stretch is clearly emptier than the sparser group beside it, and the fullest one of each group, put together,
    are far from a flat density. Asked of the division with the lowest information criterion alone: a cloud of another
    shape, such as a ring, is told by it as many pieces, between which nothing is empty.

    References
    ----------
    Fisher (1932), Statistical Methods for Research Workers, sec. 21.1, for p values put together.
    """
    import math

    from scipy.special import chdtrc

    if len(found) < 3 or any(pair.full > THINNER for pair in found.values()):
        return False
    fullest = {}
    for pair, between_them in found.items():
        for group in pair:
            if group not in fullest or between_them.full > found[fullest[group]].full:
                fullest[group] = pair
    logs = [math.log(max(found[pair].p, 1e-300)) for pair in set(fullest.values())]
    return float(chdtrc(2 * len(logs), -2 * sum(logs))) <= TOGETHER


def all_sure(found: dict[tuple[int, int], Between]) -> bool:
    """Whether the stretch between every two groups is as good as empty."""
    return bool(found) and all(pair.empty and pair.full <= SURE for pair in found.values())


def none_one(found: dict[tuple[int, int], Between]) -> bool:
    """Whether no two groups are halves of one."""
    return all(pair.empty or pair.full <= NOT_ONE for pair in found.values())


def verdict_of(points: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> Verdict:
    """Say how far apart the groups of any division are; rows in no group (-1) are left out.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat([[0, 0], [9, 0]], 50, axis=0)
    >>> verdict_of(points, np.repeat([0, 1], 50)), verdict_of(points, np.tile([0, 1], 50))
    ('clear', 'none')
    """
    inside = labels >= 0
    rows = rows_of(points[inside], seed=seed)
    found = pairs(rows, labels[inside])
    if all_sure(found) or winding(found, points.shape[1]):
        return "clear"
    return "weak" if any(pair.empty for pair in found.values()) else "none"


def winding(found: dict[tuple[int, int], Between], columns: int) -> bool:
    """Whether groups of any shape are apart; on a single column shapes do not wind."""
    return columns > 1 and bool(found) and all(pair.crossing >= SPARSE for pair in found.values())
