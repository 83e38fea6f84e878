"""k-means on a matrix, and the silhouette of a grouping: the arithmetic under the clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import numpy as np

N_STARTS = 8
START_ROWS = 8_000
EXTREME_ROWS = 50
CHUNK_ROWS = 500
COST_ROWS = 20_000
# A variance below this is that of tied values; the likelihood of a group on them would grow without end.
THINNEST = 1e-4
SAME_SOLUTION = 5e-4
REFIT_STARTS, REFIT_STEPS, REFIT_STEP = 4, 40, 1e-4


@dataclass(frozen=True)
class Grouping:
    """A k-means solution.

    Attributes
    ----------
    labels : int array, shape (rows,)
    centres : float array, shape (k, columns)
    inertia : float
        Sum of squared distances to the centre of the own group.
    """

    labels: np.ndarray = field(repr=False)
    centres: np.ndarray = field(repr=False)
    inertia: float


def one_thread() -> AbstractContextManager[Any]:
    """Let products of matrices run in one thread: their sums are then added in one order on every machine."""
    return _libraries().limit(limits=1)


@cache
def _libraries() -> Any:
    # To look which libraries are there takes longer than k-means on a few hundred rows, and is done dozens of times
    # for one number of groups: once they are loaded it is enough.
    from threadpoolctl import ThreadpoolController

    import_module("sklearn.cluster")
    return ThreadpoolController()


def kmeans(points: np.ndarray, k: int, *, n_starts: int = N_STARTS, seed: int = 0) -> Grouping:
    """Group rows around ``k`` centres.

    Several k-means++ starts run on a sample that always holds the rows farthest from the middle; what each found is
    measured on all rows, and the best refined there: on the sample alone, solutions that lie close together change
    places. One thread, so that sums are added in one order and every run gives the same result.

    Parameters
    ----------
    points : float array, shape (rows, columns)
        No missing values, at least ``k`` distinct rows.
    k : int
    n_starts, seed : int

    References
    ----------
    Lloyd (1982), Least squares quantization in PCM; Arthur & Vassilvitskii (2007), k-means++.

    Examples
    --------
    >>> import numpy as np
    >>> kmeans(np.array([[0.0], [0.2], [9.0], [9.4]]), 2).inertia.__round__(6)
    0.1
    """
    from sklearn.cluster import KMeans

    rows, weights = _start_sample(points, seed)
    # scikit-learn's own types say that n_init is text.
    fitting: Any = KMeans
    with one_thread():
        if rows is None:
            best = fitting(k, n_init=n_starts, random_state=seed).fit(points)
        else:
            starts = points[rows]
            turns = range(seed, seed + n_starts)
            found = [fitting(k, n_init=1, random_state=turn).fit(starts, sample_weight=weights) for turn in turns]
            centres = _best_on_all(points, [(fit.inertia_, fit.cluster_centers_) for fit in found])
            best = fitting(k, init=centres, n_init=1, tol=1e-6).fit(points)
    return Grouping(labels=best.labels_.astype(int), centres=best.cluster_centers_, inertia=float(best.inertia_))


def settled(points: np.ndarray, centres: np.ndarray) -> Grouping:
    """Return the k-means solution that given centres lead to: it may keep a small group that the best one gives up.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    centres : float array, shape (k, columns)

    Examples
    --------
    >>> import numpy as np
    >>> settled(np.array([[0.0], [0.2], [9.0], [9.4]]), np.array([[1.0], [5.0]])).inertia.__round__(6)
    0.1
    """
    from sklearn.cluster import KMeans

    fitting: Any = KMeans
    with one_thread():
        found = fitting(len(centres), init=centres, n_init=1, tol=1e-6).fit(points)
    return Grouping(labels=found.labels_.astype(int), centres=found.cluster_centers_, inertia=float(found.inertia_))


def classification_bic(points: np.ndarray, labels: np.ndarray) -> float:
    """Return the information criterion of groups that are normal on each column by itself; lower is better.

    Every row counts for its own group alone.

    References
    ----------
    Fraley & Raftery (1998), How many clusters? Which clustering method? Pelleg & Moore (2000), X-means.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.array([[0.0], [0.2], [0.4], [9.0], [9.2], [9.4]])
    >>> one, two = (classification_bic(points, np.array(labels)) for labels in ([0] * 6, [0, 0, 0, 1, 1, 1]))
    >>> two < one
    True
    """
    import numpy as np

    n, columns = points.shape
    k, total = int(labels.max()) + 1, 0.0
    for group in range(k):
        rows = points[labels == group]
        spread = np.maximum(rows.var(axis=0), THINNEST)
        total += len(rows) * np.log(len(rows) / n) - len(rows) / 2 * float((np.log(2 * np.pi * spread) + 1).sum())
    return float(-2 * total + (k - 1 + 2 * columns * k) * np.log(n))


def _best_on_all(points: np.ndarray, found: list[tuple[float, np.ndarray]]) -> np.ndarray:
    """Return the centres with the smallest inertia on all rows; solutions as good on the sample count as one."""
    distinct: list[tuple[float, np.ndarray]] = []
    for inertia, centres in sorted(found, key=lambda pair: pair[0]):
        if not distinct or inertia > distinct[-1][0] * (1 + SAME_SOLUTION):
            distinct.append((inertia, centres))
    if len(distinct) == 1:
        return distinct[0][1]
    return min((centres for _, centres in distinct), key=lambda centres: _cost(points, centres))


def _cost(points: np.ndarray, centres: np.ndarray) -> float:
    """Return the inertia around the nearest centres, less the squares of the points, which are the same for all."""
    halves = (centres**2).sum(axis=1) / 2
    parts = range(0, len(points), COST_ROWS)
    return -2 * sum(float((points[i : i + COST_ROWS] @ centres.T - halves).max(axis=1).sum()) for i in parts)


def refit(points: np.ndarray, k: int, *, seed: int) -> np.ndarray:
    """Return the labels of a quick k-means on a few thousand rows, for measures that group again and again.

    The starts run together as one matrix product, which on so few rows takes a third of the time of scikit-learn's.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    k : int
        Lowered to the number of rows.
    seed : int

    Examples
    --------
    >>> import numpy as np
    >>> labels = refit(np.array([[0.0], [0.2], [9.0], [9.4]]), 2, seed=0)
    >>> bool(labels[0] == labels[1] and labels[2] == labels[3] and labels[0] != labels[2])
    True
    """
    import numpy as np

    points = points - points.mean(axis=0)
    n, k = len(points), min(k, len(points))
    centres = _spread_starts(points, k, np.random.default_rng(seed))
    # A column of ones carries the half squares of the centres in one product and counts the members in the other.
    rows = np.column_stack([points, np.ones(n)])
    columns = np.ascontiguousarray(rows.T)
    closeness, moving, still = np.zeros(len(centres)), np.arange(len(centres)), REFIT_STEP * points.var()
    for _ in range(REFIT_STEPS):
        at = centres[moving]
        near = (_with_half_squares(at).reshape(-1, rows.shape[1]) @ columns).reshape(len(at), k, n)
        best = near.max(axis=1)
        closeness[moving] = best.sum(axis=1)
        member = (near == best[:, None, :]).reshape(-1, n).astype(float)
        sums = (member @ rows).reshape(len(at), k, -1)
        sizes = sums[:, :, -1:]
        # A centre that nobody is nearest to stays where it is.
        centres[moving] = np.where(sizes > 0, sums[:, :, :-1] / np.maximum(sizes, 1), at)
        moving = moving[((centres[moving] - at) ** 2).sum(axis=(1, 2)) > still]
        if len(moving) == 0:
            break
    # The sum of squared distances is that of the points less twice the closeness.
    return (_with_half_squares(centres[int(closeness.argmax())]) @ columns).argmax(axis=0)


def _with_half_squares(centres: np.ndarray) -> np.ndarray:
    """Append a last column so that the product with (point, 1) is largest for the nearest centre."""
    import numpy as np

    return np.concatenate([centres, -(centres * centres).sum(axis=-1, keepdims=True) / 2], axis=-1)


def _spread_starts(points: np.ndarray, k: int, random: np.random.Generator) -> np.ndarray:
    """k-means++ for all starts at once, shape (starts, k, columns)."""
    import numpy as np

    chosen = [random.integers(0, len(points), REFIT_STARTS)]
    squares = (points * points).sum(axis=1)[:, None]
    nearest = np.full((len(points), REFIT_STARTS), np.inf)
    for _ in range(k - 1):
        last = points[chosen[-1]]
        distance = squares - 2 * points @ last.T + (last * last).sum(axis=1)
        nearest = np.minimum(nearest, np.maximum(distance, 0))
        cumulated = nearest.cumsum(axis=0)
        drawn = random.random(REFIT_STARTS) * cumulated[-1]
        chosen.append(np.minimum((cumulated < drawn).sum(axis=0), len(points) - 1))
    return points[np.stack(chosen, axis=1)]


def _start_sample(points: np.ndarray, seed: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    import numpy as np

    n = len(points)
    if n <= START_ROWS:
        return None, None
    middle, distance = points.mean(axis=0), np.empty(n)
    for start in range(0, n, COST_ROWS):
        part = slice(start, start + COST_ROWS)
        distance[part] = ((points[part] - middle) ** 2).sum(axis=1)
    extreme = np.argpartition(distance, n - EXTREME_ROWS)[n - EXTREME_ROWS :]
    inner = np.ones(n, dtype=bool)
    inner[extreme] = False
    others = np.flatnonzero(inner)
    drawn = np.random.default_rng(seed).choice(others, START_ROWS - EXTREME_ROWS, replace=False)
    weights = np.full(START_ROWS, len(others) / len(drawn))
    weights[:EXTREME_ROWS] = 1.0
    return np.concatenate([np.sort(extreme), np.sort(drawn)]), weights


def silhouettes(points: np.ndarray, groupings: Sequence[np.ndarray]) -> list[float]:
    """Return the mean silhouette of each grouping of the same rows, measuring every distance once.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    groupings : sequence of int arrays, shape (rows,)
        Labels from 0, each with 2 to rows - 1 different labels.

    Returns
    -------
    list of float
        -1..1; a row alone in its group counts 0.

    References
    ----------
    Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.

    Examples
    --------
    >>> import numpy as np
    >>> silhouettes(np.array([[0.0], [1.0], [10.0], [11.0]]), [np.array([0, 0, 1, 1])])[0].__round__(4)
    0.8997
    """
    import numpy as np

    groupings = [np.unique(labels, return_inverse=True)[1] for labels in groupings]
    members = [np.eye(labels.max() + 1)[labels] for labels in groupings]
    member_matrix = np.concatenate(members, axis=1)
    ends = np.cumsum([member.shape[1] for member in members])
    points = np.ascontiguousarray(points, dtype=float)
    points = points - points.mean(axis=0)
    squares = (points * points).sum(axis=1)
    totals = [0.0] * len(groupings)
    for start in range(0, len(points), CHUNK_ROWS):
        chunk = slice(start, min(start + CHUNK_ROWS, len(points)))
        distance = points[chunk] @ points.T
        distance *= -2
        distance += squares
        distance += squares[chunk, None]
        np.maximum(distance, 0, out=distance)
        np.sqrt(distance, out=distance)
        distance[np.arange(chunk.stop - chunk.start), np.arange(chunk.start, chunk.stop)] = 0
        sums = distance @ member_matrix
        for i, (labels, member) in enumerate(zip(groupings, members, strict=True)):
            totals[i] += _chunk_silhouette(
                sums[:, ends[i] - member.shape[1] : ends[i]], labels[chunk], member.sum(axis=0)
            )
    return [total / len(points) for total in totals]


def _chunk_silhouette(sums: np.ndarray, own: np.ndarray, sizes: np.ndarray) -> float:
    import numpy as np

    rows = np.arange(len(own))
    within = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    nearest = means.min(axis=1)
    largest = np.maximum(within, nearest)
    values = np.divide(nearest - within, largest, out=np.zeros(len(own)), where=(largest > 0) & (sizes[own] > 1))
    return float(values.sum())


def separation(points: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the indices of Calinski and Harabasz and of Davies and Bouldin.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    labels : int array, shape (rows,)
        From 0, each used, 2 to rows - 1 different ones.

    Returns
    -------
    tuple of float
        Calinski–Harabasz: variance between the groups over that within, higher is better; NaN when nothing varies
        within. Davies–Bouldin: how wide groups are beside how far apart their centres lie, lower is better, from 0.

    References
    ----------
    Caliński & Harabasz (1974), A dendrite method for cluster analysis; Davies & Bouldin (1979), A cluster separation
    measure.

    Examples
    --------
    >>> import numpy as np
    >>> separation(np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1]))
    (50.0, 0.2)
    """
    import numpy as np

    sizes = np.bincount(labels)
    n, k = len(points), len(sizes)
    points = points - points.mean(axis=0)
    centres = np.column_stack([np.bincount(labels, column) for column in points.T]) / sizes[:, None]
    squares = ((points - centres[labels]) ** 2).sum(axis=1)
    within, between = float(squares.sum()), float(sizes @ (centres**2).sum(axis=1))
    # What rounding leaves of a spread of nothing is nothing.
    varies = within > 1e-15 * (within + between)
    width = np.bincount(labels, np.sqrt(squares)) / sizes if varies else np.zeros(k)
    apart = np.sqrt(((centres[:, None, :] - centres) ** 2).sum(axis=2))
    # Groups with one centre, and a group beside itself, are not compared.
    overlap = np.divide(width[:, None] + width, apart, out=np.zeros((k, k)), where=apart > 0)
    ratio = between * (n - k) / (within * (k - 1)) if varies else float("nan")
    return ratio, float(overlap.max(axis=1).mean())
