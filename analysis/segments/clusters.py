"""Clusters: find groups of customers who are alike on several features at once (k-means).

Method, sources and limits: ``docs/methods/clusters.md``. ``prepare`` is the slow part that a slider does not touch,
``fit`` the part it does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.kmeans import Grouping, kmeans, silhouettes
from analysis.segments.params import ClusterParams
from analysis.segments.prepare import Prepared, prepare
from analysis.segments.result import Note, Segmentation, segmentation_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

K_RANGE = (2, 10)
SMALLEST_SHARE = 0.01
WEAK_SILHOUETTE = 0.25
TRAIT_SIZE = 0.5
MAX_TRAITS = 2


@dataclass(frozen=True)
class ClusterResult:
    """Groups, how far apart they are, and what marks each of them.

    Attributes
    ----------
    segmentation : Segmentation
        Keys ``cluster_1``, ``cluster_2``, …: the first has the highest mean spend (of the first feature when the
        profiles hold no spend).
    features : tuple of Feature
        What was clustered by.
    k : int
    suggested : bool
        Whether ``k`` was chosen here.
    inertia : float
        Sum of squared distances to the centres, in standard deviations.
    silhouette : float
        -1..1, on ``n_silhouette`` customers.
    n_silhouette : int
    sweep : DataFrame, one row per number of clusters tried, None when ``k`` was given
        ``k``, ``silhouette``, ``inertia`` (both on the sample), ``smallest_share`` (0..1), ``chosen`` (bool).
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
    notes : tuple of Note
        Those of ``Prepared``, ``clusters_weak`` (silhouette), ``clusters_tiny`` (segment, n).
    """

    segmentation: Segmentation
    features: tuple[Feature, ...]
    k: int
    suggested: bool
    inertia: float
    silhouette: float
    n_silhouette: int
    sweep: pd.DataFrame | None = field(repr=False)
    centres: pd.DataFrame = field(repr=False)
    map: pd.DataFrame = field(repr=False)
    map_shares: tuple[float, float]
    traits: dict[str, tuple[tuple[str, str], ...]]
    notes: tuple[Note, ...]


def clusters(profiles: Profiles, params: ClusterParams | None = None) -> ClusterResult:
    """Prepare the features, suggest the number of clusters when it is left open, and group the customers.

    Parameters
    ----------
    profiles : Profiles
    params : ClusterParams, optional

    Raises
    ------
    AnalysisError
        The codes of ``prepare`` and ``fit``.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> x = [float(i) for i in [*range(10), *range(100, 110)]]
    >>> base = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(20)], "x": x})
    >>> result = clusters(Profiles(base, (Feature("x", "basic", "number"),), date(2024, 1, 1)))
    >>> result.segmentation.segments["customers"].tolist()
    [10, 10]
    """
    params = params or ClusterParams()
    return fit(prepare(profiles, params.features, seed=params.seed), k=params.k, seed=params.seed)


def fit(prepared: Prepared, *, k: int | None = None, seed: int = 0) -> ClusterResult:
    """Group prepared customers; this is what a move of the slider costs.

    Parameters
    ----------
    prepared : Prepared
    k : int, optional
        2 to 20; suggested when left out.
    seed : int

    Raises
    ------
    AnalysisError
        ``clusters_too_few_distinct`` (n_distinct, k): fewer different customers than clusters.
    """
    wanted = k or K_RANGE[0]
    if prepared.n_distinct < wanted or len(prepared.rows) <= wanted:
        raise AnalysisError("clusters_too_few_distinct", n_distinct=prepared.n_distinct, k=wanted)
    sweep = None
    if k is None:
        sweep = suggest_k(prepared, seed=seed)
        k = int(sweep.loc[sweep["chosen"], "k"].iloc[0])
    grouping = _by_value(kmeans(prepared.matrix, k, seed=seed), prepared)
    keys = [f"cluster_{i + 1}" for i in range(k)]
    codes = _positions(grouping.labels, prepared)
    segmentation = segmentation_of(codes, keys, method="clusters", spend=prepared.spend)
    silhouette = silhouettes(prepared.matrix[prepared.sample], [grouping.labels[prepared.sample]])[0]
    return ClusterResult(
        segmentation=segmentation,
        features=prepared.features,
        k=k,
        suggested=sweep is not None,
        inertia=grouping.inertia,
        silhouette=silhouette,
        n_silhouette=len(prepared.sample),
        sweep=sweep,
        centres=_centres(grouping, prepared, keys),
        map=_map(grouping, prepared, keys),
        map_shares=prepared.map_shares,
        traits=_traits(grouping, prepared, keys),
        notes=(*prepared.notes, *_notes(segmentation, silhouette)),
    )


def suggest_k(prepared: Prepared, *, seed: int = 0) -> pd.DataFrame:
    """Try 2 to 10 clusters on the sample and mark the one with the highest silhouette.

    A number that leaves a group of less than 1 % of the customers is chosen only when every number does.

    Returns
    -------
    DataFrame
        ``ClusterResult.sweep``.
    """
    import numpy as np
    import pandas as pd

    points = prepared.matrix[prepared.sample]
    n_distinct = len(np.unique(points, axis=0))
    ks = list(range(K_RANGE[0], min(K_RANGE[1], n_distinct, len(points) - 1) + 1))
    if not ks:
        raise AnalysisError("clusters_too_few_distinct", n_distinct=n_distinct, k=K_RANGE[0])
    groupings = [kmeans(points, k, seed=seed) for k in ks]
    table = pd.DataFrame(
        {
            "k": ks,
            "silhouette": silhouettes(points, [grouping.labels for grouping in groupings]),
            "inertia": [grouping.inertia for grouping in groupings],
            "smallest_share": [np.bincount(grouping.labels).min() / len(points) for grouping in groupings],
        }
    )
    fair = table[table["smallest_share"] >= SMALLEST_SHARE]
    best = (fair if len(fair) else table)["silhouette"].idxmax()
    return table.assign(chosen=table.index == best)


def _by_value(grouping: Grouping, prepared: Prepared) -> Grouping:
    """Number the groups from the highest mean spend to the lowest."""
    import numpy as np

    k = len(grouping.centres)
    sizes = np.bincount(grouping.labels, minlength=k)
    value = prepared.original[:, 0] if prepared.spend is None else prepared.spend[prepared.rows]
    means = np.bincount(grouping.labels, np.nan_to_num(value), minlength=k) / sizes
    # Equal means (no spend anywhere) fall back on the centres, so that the numbering never depends on the starts.
    order = np.lexsort([*(-grouping.centres.T[::-1]), -means])
    rank = np.empty(k, dtype=int)
    rank[order] = np.arange(k)
    return Grouping(labels=rank[grouping.labels], centres=grouping.centres[order], inertia=grouping.inertia)


def _positions(labels: np.ndarray, prepared: Prepared) -> np.ndarray:
    import numpy as np

    codes = np.full(prepared.n_customers, -1)
    codes[prepared.rows] = labels
    return codes


def _centres(grouping: Grouping, prepared: Prepared, keys: list[str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    order = np.argsort(grouping.labels, kind="stable")
    ends = np.cumsum(np.bincount(grouping.labels, minlength=len(keys)))[:-1]
    rows = []
    for position, feature in enumerate(prepared.features):
        column = prepared.original[:, position]
        known = column[np.isfinite(column)]
        overall = {"all_mean": known.mean(), "all_median": np.median(known)}
        for number, values in enumerate(np.split(column[order], ends)):
            filled = values[np.isfinite(values)]
            rows.append(
                {
                    "segment": keys[number],
                    "feature": feature.key,
                    "mean": filled.mean() if len(filled) else np.nan,
                    "median": np.median(filled) if len(filled) else np.nan,
                    **overall,
                    "z": grouping.centres[number, position],
                }
            )
    return pd.DataFrame(rows).sort_values("segment", key=lambda s: s.map(keys.index), kind="stable", ignore_index=True)


def _map(grouping: Grouping, prepared: Prepared, keys: list[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "x": prepared.map_points[:, 0],
            "y": prepared.map_points[:, 1],
            "segment": pd.array(keys, dtype="str").take(grouping.labels[prepared.map_rows]),
        }
    )


def _traits(grouping: Grouping, prepared: Prepared, keys: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    traits = {}
    for key, centre in zip(keys, grouping.centres, strict=True):
        strongest = sorted(zip(prepared.features, centre, strict=True), key=lambda pair: -abs(pair[1]))
        marked = [(feature.key, "high" if z > 0 else "low") for feature, z in strongest if abs(z) >= TRAIT_SIZE]
        traits[key] = tuple(marked[:MAX_TRAITS])
    return traits


def _notes(segmentation: Segmentation, silhouette: float) -> list[Note]:
    notes = [Note("clusters_weak", {"silhouette": silhouette})] if silhouette < WEAK_SILHOUETTE else []
    tiny = segmentation.segments[segmentation.segments["share"] < SMALLEST_SHARE]
    return notes + [
        Note("clusters_tiny", {"segment": segment, "n": int(n)})
        for segment, n in zip(tiny["segment"], tiny["customers"], strict=True)
    ]
