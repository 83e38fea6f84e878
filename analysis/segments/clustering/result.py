"""What clustering finds: the groups, how far apart they are, and what marks each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analysis.segments.clustering.fitted import FittedClusters
from analysis.segments.clustering.scale import Step
from analysis.segments.params import ClusterMethod
from analysis.segments.result import Note, Segmentation
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature
    from analysis.segments.clustering.trust.apart import Verdict
    from analysis.segments.clustering.trust.howmany import Recommendation

MatchedBy = Literal["number", "place", "customers", "stored"]


@dataclass(frozen=True)
class ClusterResult(Tabular, rows="segmentation.segments"):
    """Groups, how far apart they are, and what marks each of them.

    Attributes
    ----------
    segmentation : Segmentation
        Keys ``cluster_1``, ``cluster_2``, …: the first has the highest mean spend (of the first feature when the
        profiles hold no spend).
    method : str
        ``ClusterParams.method``.
    n_fitted : int
        Customers that the method itself saw; the others were assigned to what it found.
    features : tuple of Feature
        What was clustered by.
    categories : tuple of Feature
        Categories that were clustered by too (mixed data).
    k : int
    suggested : bool
        Whether ``k`` was chosen here.
    inertia : float
        Sum of squared distances to the centres, in standard deviations.
    verdict : "clear", "weak", "winding" or "none"
        Whether these groups are apart: ``trust.apart``; of a suggested number, whether the data holds groups at all.
    silhouette : float
        -1..1, on ``n_silhouette`` customers.
    n_silhouette : int
    sweep : DataFrame, one row per number of clusters tried, None when ``k`` was given
        ``howmany.Sweep.table``, measured on the sample.
    recommended : Recommendation, None when ``k`` was given
        Why this number, and whether the data holds groups at all.
    stability : dict of float, None when ``k`` was given
        Mean bootstrap Jaccard (0..1) of each segment; ``segment_stability`` gives it for a given number.
    nearest : int array, aligned with the profiles
        Position in ``segmentation.segments`` of the nearest other segment; -1 outside.
    margin : float array, aligned with the profiles
        How much nearer each customer is to the own centre than to the nearest other, as a share of the latter:
        0 on the edge, 1 in the middle; NaN outside.
    centres : DataFrame, one row per segment and feature
        ``segment``, ``feature``, ``mean``, ``median`` (in the feature's own unit, missing values left out),
        ``all_mean``, ``all_median`` (of all customers inside), ``z`` (mean of the prepared feature, in standard
        deviations from all).
    map : DataFrame, one row per drawn customer, at most 2,000
        ``x``, ``y`` (principal components), ``segment``.
    map_shares : tuple of float
        Share of the variance along x and y.
    traits : dict of tuple of (feature key, "high" or "low")
        What marks each segment, the strongest first, for a suggested name; may be empty.
    probability : float array, aligned with the profiles, or None
        0..1, of belonging to the own segment (Gaussian mixture); NaN outside.
    bic : float or None
        Gaussian mixture; lower is better.
    tree : float array, shape (merges, 4), or None
        The hierarchy of the fitted customers as SciPy writes it (Ward).
    tree_rows : int array or None
        Rows of the profiles that the hierarchy is about.
    steps : tuple of Step
        What was done to each feature before.
    fitted : FittedClusters or None
        What the groups are by: scaling, levels, centres.
    gone : tuple of str
        Keys of groups of before that no group continues: what was said of them holds for nobody.
    matched_by : "number", "place", "customers" or "stored"
        Why the groups bear their keys: by their value or the numbers in the params, by where they lie, by the customers
        they hold most of, or because they are those of a stored run.
    notes : tuple of Note
        ``clusters_measured`` (n, n_all), ``clusters_sampled`` (n_fitted, n), ``clusters_no_group`` (n, share).
        Those of ``Prepared``, ``clusters_no_groups`` or ``clusters_winding`` (k, n, n_winding), or ``clusters_weak``
        (silhouette), ``clusters_tiny`` (segment, n).
    """

    segmentation: Segmentation
    features: tuple[Feature, ...]
    k: int
    suggested: bool
    inertia: float
    verdict: Verdict
    silhouette: float
    n_silhouette: int
    sweep: pd.DataFrame | None = field(repr=False)
    recommended: Recommendation | None = field(repr=False)
    stability: dict[str, float] | None
    nearest: np.ndarray = field(repr=False)
    margin: np.ndarray = field(repr=False)
    centres: pd.DataFrame = field(repr=False)
    map: pd.DataFrame = field(repr=False)
    map_shares: tuple[float, float]
    traits: dict[str, tuple[tuple[str, str], ...]]
    notes: tuple[Note, ...]
    method: ClusterMethod = "kmeans"
    n_fitted: int = 0
    categories: tuple[Feature, ...] = ()
    probability: np.ndarray | None = field(default=None, repr=False)
    bic: float | None = None
    tree: np.ndarray | None = field(default=None, repr=False)
    tree_rows: np.ndarray | None = field(default=None, repr=False)
    steps: tuple[Step, ...] = ()
    fitted: FittedClusters | None = field(default=None, repr=False)
    gone: tuple[str, ...] = ()
    matched_by: MatchedBy = "number"

    @property
    def names(self) -> dict[str, str]:
        """Groups are named by edits alone; nobody names them in the params."""
        return {}
