"""How far data falls apart: the gap statistic against uniform data.

Formulas, sources and limits: ``docs/methods/clusters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.segments.clustering.trust.parallel import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

N_REFERENCES = 12


@dataclass(frozen=True)
class Gap:
    """The gap statistic for each number of groups.

    Attributes
    ----------
    ks : tuple of int
        Starts with 1.
    log_w : float array, shape (ks,)
        Logarithm of the pooled dispersion within the groups.
    expected : float array, shape (ks,)
        Its mean over the references.
    s : float array, shape (ks,)
        Standard deviation over the references (with n - 1) times sqrt(1 + 1 / n).
    """

    ks: tuple[int, ...]
    log_w: np.ndarray = field(repr=False)
    expected: np.ndarray = field(repr=False)
    s: np.ndarray = field(repr=False)

    @property
    def gap(self) -> np.ndarray:
        """Expected less observed log W, shape (ks,)."""
        return self.expected - self.log_w

    @property
    def best(self) -> int:
        """The smallest k whose gap reaches that of k + 1 less its s (Tibshirani et al. 2001)."""
        for i in range(len(self.ks) - 1):
            if self.gap[i] >= self.gap[i + 1] - self.s[i + 1]:
                return self.ks[i]
        return self.ks[-1]


def dispersion(points: np.ndarray, labels: np.ndarray, *, power: int = 2) -> float:
    """Return the pooled dispersion within the groups.

    Half the sum over groups of the pairwise distances to ``power`` divided by the group's size, each pair counted once.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    labels : int array, shape (rows,)
    power : 1 or 2
        2 is Tibshirani's definition, 1 the default of R's ``cluster::clusGap``.

    Examples
    --------
    >>> import numpy as np
    >>> dispersion(np.array([[0.0], [2.0]]), np.array([0, 0])), dispersion(np.array([[0.0], [2.0]]), np.array([0, 1]))
    (1.0, 0.0)
    """
    from scipy.spatial.distance import pdist

    total = 0.0
    for label in set(labels.tolist()):
        group = points[labels == label]
        if power == 2:
            total += float(((group - group.mean(axis=0)) ** 2).sum())
        else:
            total += float(pdist(group).sum()) / len(group)
    return total / 2


def gap(
    points: np.ndarray,
    ks: Sequence[int],
    group: Callable[[np.ndarray, int], np.ndarray],
    *,
    n_references: int = N_REFERENCES,
    power: int = 2,
    seed: int = 0,
) -> Gap:
    """Compare the dispersion of each grouping with that of uniform data in the same box.

    Parameters
    ----------
    points : float array, shape (rows, columns)
        More distinct rows than the largest k.
    ks : sequence of int
        Numbers of groups above 1; 1 is put before them.
    group : callable of (points, k)
        Returns the labels; called on the data and on every reference.
    n_references : int
        References drawn, uniform in the box around the data along its principal axes.
    power : 1 or 2
    seed : int

    References
    ----------
    Tibshirani, Walther & Hastie (2001), Estimating the number of clusters in a data set via the gap statistic.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> gap(points, [2], lambda x, k: (x[:, 0] > x.mean()).astype(int)).best
    2
    """
    import numpy as np

    middle = points.mean(axis=0)
    axes = np.linalg.svd(points - middle, full_matrices=False)[2]
    turned = (points - middle) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    random = np.random.default_rng(seed)
    draws = [random.uniform(low, high, turned.shape) @ axes + middle for _ in range(n_references)]
    every = (1, *ks)

    def logs(data: np.ndarray) -> list[float]:
        one = np.zeros(len(data), dtype=int)
        found = [dispersion(data, one if k == 1 else group(data, k), power=power) for k in every]
        # Identical rows in every group leave no dispersion; the smallest number keeps the logarithm finite.
        return np.log(np.maximum(found, np.finfo(float).tiny)).tolist()

    references = np.array(each(logs, draws))
    return Gap(
        ks=every,
        log_w=np.array(logs(points)),
        expected=references.mean(axis=0),
        s=references.std(axis=0, ddof=1) * np.sqrt(1 + 1 / len(draws)),
    )
