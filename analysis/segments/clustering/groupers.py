"""The other ways to cluster prepared rows: bisecting k-means, Ward, Gaussian mixture, HDBSCAN.

Formulas, sources and limits: ``docs/methods/clusters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.clustering.fitted import Mixture, mixture_chances, nearest_centre
from analysis.segments.clustering.kmeans import Grouping, kmeans, one_thread

if TYPE_CHECKING:
    import numpy as np

    from analysis.segments.params import ClusterMethod

WARD_ROWS = 3_000
MIXTURE_ROWS = 20_000
DENSITY_ROWS = 5_000
LEAST_DENSE = 5
# A component thinner than this in some direction sits on tied values; its likelihood grows without end.
THINNEST = 1e-3


@dataclass(frozen=True)
class Found:
    """What a method found.

    Attributes
    ----------
    grouping : Grouping
        Labels of all rows, -1 for rows in no group; centres are means.
    n_fitted : int
        Rows that the method itself saw; the others were assigned.
    probability : float array, shape (rows,), or None
        0..1, of belonging to the own group (Gaussian mixture).
    bic : float or None
        Of the fitted rows; lower is better (Gaussian mixture).
    tree : float array, shape (merges, 4), or None
        The merges of the hierarchy of the fitted rows as SciPy writes them (Ward).
    rows : int array or None
        Rows that the hierarchy is about.
    mixture : Mixture or None
        What a Gaussian mixture learned.
    """

    grouping: Grouping
    n_fitted: int
    probability: np.ndarray | None = field(default=None, repr=False)
    bic: float | None = None
    tree: np.ndarray | None = field(default=None, repr=False)
    rows: np.ndarray | None = field(default=None, repr=False)
    mixture: Mixture | None = field(default=None, repr=False)


def group_rows(
    points: np.ndarray, method: ClusterMethod, k: int, *, smallest_share: float = 0.01, seed: int = 0
) -> Found:
    """Group prepared rows by a method.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    method : str
        ``"mixed"`` differs from ``"kmeans"`` only in how the rows are prepared.
    k : int
        HDBSCAN finds its own number.
    smallest_share : float
        0..1; the smallest group that HDBSCAN forms, at least 5 rows.
    seed : int

    Raises
    ------
    AnalysisError
        ``clusters_all_outside`` (n, least): HDBSCAN finds no group.

    References
    ----------
    Steinbach, Karypis & Kumar (2000); Ward (1963); Dempster, Laird & Rubin (1977); Campello, Moulavi & Sander (2013).

    Examples
    --------
    >>> import numpy as np
    >>> points = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.3]])
    >>> np.bincount(group_rows(points, "ward", 2).grouping.labels).tolist()
    [3, 3]
    """
    if method in ("kmeans", "mixed"):
        return Found(by_centre(points, kmeans(points, k, seed=seed)), len(points))
    with one_thread():
        if method == "bisecting":
            return _bisecting(points, k, seed)
        if method == "ward":
            return _ward(points, k, seed)
        if method == "gaussian":
            return _gaussian(points, k, seed)
        return _hdbscan(points, smallest_share, seed)


def by_centre(points: np.ndarray, grouping: Grouping) -> Grouping:
    """Return a grouping of k-means in which rows equally near to two centres go where they would go alone."""
    import numpy as np

    labels = nearest_centre(points, grouping.centres)
    every = len(np.unique(labels)) == len(grouping.centres)
    return replace(grouping, labels=labels) if every else grouping


def mixture_bics(points: np.ndarray, ks: list[int], *, seed: int = 0) -> list[float]:
    """Return the Bayesian information criterion of a Gaussian mixture for each number of groups; lower is better."""
    return [float(_mixture(points, k, seed).bic(points)) for k in ks]


def _sample(points: np.ndarray, most: int, seed: int) -> np.ndarray:
    import numpy as np

    if len(points) <= most:
        return np.arange(len(points))
    return np.sort(np.random.default_rng(seed).choice(len(points), most, replace=False))


def _bisecting(points: np.ndarray, k: int, seed: int) -> Found:
    from sklearn.cluster import BisectingKMeans

    labels = BisectingKMeans(k, n_init=3, random_state=seed).fit(points).labels_
    return Found(_grouping(points, labels), len(points))


def _ward(points: np.ndarray, k: int, seed: int) -> Found:
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    rows = _sample(points, WARD_ROWS, seed)
    tree = linkage(points[rows], "ward")
    labels = fcluster(tree, k, "maxclust") - 1
    if len(rows) < len(points):
        centres = _grouping(points[rows], labels).centres
        every = nearest_centre(points, centres)
        every[rows] = labels
        labels = every
    return Found(_grouping(points, labels), len(rows), tree=np.asarray(tree), rows=rows)


def _mixture(points: np.ndarray, k: int, seed: int) -> Any:
    import warnings

    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    with warnings.catch_warnings():
        # A mixture that still moves a little after 200 steps is good enough to say who belongs where.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model: Any = GaussianMixture(k, n_init=2, max_iter=200, random_state=seed).fit(points)
        if np.linalg.eigvalsh(model.covariances_).min() >= THINNEST:
            return model
        return GaussianMixture(k, n_init=2, reg_covar=THINNEST, max_iter=200, random_state=seed).fit(points)


def _gaussian(points: np.ndarray, k: int, seed: int) -> Found:
    import numpy as np

    rows = _sample(points, MIXTURE_ROWS, seed)
    model = _mixture(points[rows], k, seed)
    learned = Mixture(
        log_weights=tuple(np.log(model.weights_).tolist()),
        means=tuple(map(tuple, model.means_.tolist())),
        factors=tuple(tuple(map(tuple, factor)) for factor in model.precisions_cholesky_.tolist()),
        groups=tuple(range(k)),
    )
    chances = mixture_chances(points, learned)
    used, labels = np.unique(chances.argmax(axis=1), return_inverse=True)
    # A component that is nobody's most probable one makes no group.
    places = {component: place for place, component in enumerate(used.tolist())}
    return Found(
        _grouping(points, labels),
        len(rows),
        probability=chances.max(axis=1),
        bic=float(model.bic(points[rows])),
        mixture=learned.model_copy(update={"groups": tuple(places.get(i, -1) for i in range(k))}),
    )


def _hdbscan(points: np.ndarray, smallest_share: float, seed: int) -> Found:
    from scipy.spatial import KDTree
    from sklearn.cluster import HDBSCAN

    rows = _sample(points, DENSITY_ROWS, seed)
    least = max(LEAST_DENSE, round(smallest_share * len(rows)))
    # scikit-learn's own types say that copy is text.
    fitting: Any = HDBSCAN
    labels = fitting(min_cluster_size=least, copy=True).fit(points[rows]).labels_
    if labels.max() < 0:
        raise AnalysisError("clusters_all_outside", n=len(rows), least=least)
    if len(rows) < len(points):
        labels = labels[KDTree(points[rows]).query(points)[1]]
    return Found(_grouping(points, labels), len(rows))


def _grouping(points: np.ndarray, labels: np.ndarray) -> Grouping:
    import numpy as np

    labels = labels.astype(int)
    inside = labels >= 0
    sizes = np.bincount(labels[inside])
    centres = np.column_stack([np.bincount(labels[inside], column[inside]) / sizes for column in points.T])
    inertia = float(((points[inside] - centres[labels[inside]]) ** 2).sum())
    return Grouping(labels=labels, centres=centres, inertia=inertia)
