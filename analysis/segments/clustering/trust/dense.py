"""Groups by density, as a second opinion: small ones far off that k-means overlooks, and winding ones it cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.segments.clustering.kmeans import settled
from analysis.segments.clustering.trust.apart import FEWEST, pairs, rows_of, winding
from analysis.segments.clustering.trust.parallel import each

if TYPE_CHECKING:
    import numpy as np

    from analysis.segments.clustering.trust.apart import Rows

DENSE_ROWS = 1_500
LEAST_SHARES = (0.005, 0.02, 0.05)
WINDING_SHARES = (0.05, 0.1)
# Of the rows, in some group, before they are said to fall into winding ones.
COVERED = 0.95
MOST_GROUPS = 10


def dense_labels(points: np.ndarray, shares: tuple[float, ...] = LEAST_SHARES) -> list[np.ndarray]:
    """Return what HDBSCAN finds with each smallest share of a group: 2 to 10 groups, -1 for rows in none.

    References
    ----------
    Campello, Moulavi & Sander (2013), Density-based clustering based on hierarchical density estimates.
    """
    from sklearn.cluster import HDBSCAN

    # scikit-learn's own types say that copy is text.
    fitting: Any = HDBSCAN
    leasts = sorted({max(FEWEST, int(share * len(points))) for share in shares})
    found = each(
        lambda least: fitting(min_cluster_size=least, min_samples=FEWEST, copy=True).fit(points).labels_, leasts
    )
    return [labels for labels in found if 1 <= labels.max() < MOST_GROUPS]


def far_groups(rows: Rows) -> list[np.ndarray]:
    """Return divisions around the means of dense groups, those joined between which customers lie.

    Returns
    -------
    list of int arrays, shape (rows,)
        Every two groups of each are apart.
    """
    import numpy as np

    points, found = rows.points, []
    drawn = _drawn(points)
    for labels in dense_labels(points[drawn]):
        centres = np.array([points[drawn][labels == group].mean(axis=0) for group in range(labels.max() + 1)])
        division = _joined(rows, settled(points, centres).labels)
        if division is not None and not any(np.array_equal(division, other) for other in found):
            found.append(division)
    return found


def _joined(rows: Rows, labels: np.ndarray) -> np.ndarray | None:
    """Join the two groups that are least apart, group again from the means, until all are apart."""
    import numpy as np

    while True:
        looked = pairs(rows, labels)
        near = [pair for pair, found in looked.items() if not found.empty]
        if not near:
            return labels if looked else None
        i, j = max(near, key=lambda pair: (looked[pair].full, looked[pair].p))
        labels = np.unique(np.where(labels == j, i, labels), return_inverse=True)[1]
        if labels.max() == 0:
            return None
        centres = np.array([rows.points[labels == group].mean(axis=0) for group in range(labels.max() + 1)])
        labels = np.unique(settled(rows.points, centres).labels, return_inverse=True)[1]


def n_winding(rows: Rows) -> int:
    """Return into how many dense groups of any shape nearly all rows fall, or 0 when they do not."""
    if rows.points.shape[1] < 2:
        return 0
    points = rows.points[_drawn(rows.points)]
    for labels in dense_labels(points, WINDING_SHARES):
        if (labels >= 0).mean() >= COVERED and winding(pairs(rows_of(points), labels), points.shape[1]):
            return int(labels.max()) + 1
    return 0


def _drawn(points: np.ndarray) -> np.ndarray:
    import numpy as np

    if len(points) <= DENSE_ROWS:
        return np.arange(len(points))
    return np.sort(np.random.default_rng(0).choice(len(points), DENSE_ROWS, replace=False))
