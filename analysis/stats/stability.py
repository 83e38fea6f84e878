"""Would the same groups come out of other customers: bootstrap Jaccard of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

N_REFITS = 20
REFIT_ROWS = 3_000
# Hennig (2007) and the help of fpc::clusterboot.
STABLE = 0.75
DOUBTFUL = 0.6


def stability(
    points: np.ndarray,
    labels: np.ndarray,
    refit: Callable[[np.ndarray, int], np.ndarray],
    *,
    n_refits: int = N_REFITS,
    n_rows: int = REFIT_ROWS,
    seed: int = 0,
) -> np.ndarray:
    """Return how well each group is found again in customers drawn with replacement.

    Each turn draws rows with replacement (as many as there are, at most ``n_rows``), groups the different ones anew and
    takes, for every group, the highest Jaccard coefficient with a new group on the drawn rows.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    labels : int array, shape (rows,)
        0 to k - 1; -1 for rows in no group.
    refit : callable of (points, turn)
        Groups rows anew and returns their labels; -1 for rows in no group.
    n_refits, n_rows, seed : int

    Returns
    -------
    float array, shape (k,)
        Mean over the turns, 0..1; from .75 up a group is stable, below .6 it should not be trusted. NaN for a group so
        small that no turn drew it.

    References
    ----------
    Hennig (2007), Cluster-wise assessment of cluster stability.

    Examples
    --------
    >>> import numpy as np
    >>> points, labels = np.array([[0.0], [0.1], [9.0], [9.1]] * 5), np.array([0, 0, 1, 1] * 5)
    >>> stability(points, labels, lambda drawn, turn: (drawn[:, 0] > 4).astype(int)).tolist()
    [1.0, 1.0]
    """
    import numpy as np

    n, k = len(points), int(labels.max()) + 1
    sums, turns = np.zeros(k), np.zeros(k)
    random = np.random.default_rng(seed)
    for turn in range(n_refits):
        drawn = np.unique(random.integers(0, n, min(n, n_rows)))
        overlap = jaccard(labels[drawn], refit(points[drawn], turn), k)
        there = np.isfinite(overlap)
        sums[there] += overlap[there]
        turns += there
    return np.divide(sums, turns, out=np.full(k, np.nan), where=turns > 0)


def jaccard(before: np.ndarray, after: np.ndarray, k: int) -> np.ndarray:
    """Return for each of the k groups the highest Jaccard coefficient with a group of ``after``; NaN for empty ones.

    Examples
    --------
    >>> import numpy as np
    >>> jaccard(np.array([0, 0, 0, 1]), np.array([5, 5, 2, 2]), 2).round(3).tolist()
    [0.667, 0.5]
    """
    import numpy as np

    inside = after >= 0
    n_after = int(after.max(initial=-1)) + 1
    sizes = np.bincount(before[before >= 0], minlength=k)
    if n_after == 0:
        return np.where(sizes > 0, 0.0, np.nan)
    both = inside & (before >= 0)
    shared = np.bincount(before[both] * n_after + after[both], minlength=k * n_after).reshape(k, n_after)
    union = sizes[:, None] + np.bincount(after[inside], minlength=n_after) - shared
    return np.where(sizes > 0, (shared / np.maximum(union, 1)).max(axis=1), np.nan)
