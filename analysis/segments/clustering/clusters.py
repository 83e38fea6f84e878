"""Clusters: find groups of customers who are alike on several features at once .

Method, sources and limits: ``docs/methods/clusters.md``. ``prepare`` is the slow part that a slider does not touch,
``fit`` the part it does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.clustering.fitted import FittedClusters
from analysis.segments.clustering.group_tables import (
    centres,
    edges,
    map_rows,
    numbered_by_value,
    on_all_rows,
    positions,
    traits,
)
from analysis.segments.clustering.groupers import Found, by_centre, group_rows, mixture_bics
from analysis.segments.clustering.kmeans import Grouping, settled, silhouettes
from analysis.segments.clustering.numbering import numbered
from analysis.segments.clustering.prepare import ClusterFeatures, prepare
from analysis.segments.clustering.result import ClusterResult
from analysis.segments.clustering.trust.apart import all_apart, pairs, rows_of, verdict_of
from analysis.segments.clustering.trust.dense import far_groups
from analysis.segments.clustering.trust.howmany import (
    SMALLEST_SHARE,
    USUAL_LIMITS,
    Limits,
    Sweep,
    kmeans_stability,
    sweep,
)
from analysis.segments.params import ClusterParams
from analysis.segments.result import Note, Segmentation, segmentation_of
from analysis.stats.stability import stability

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.clustering.fitted import Mixture
    from analysis.segments.clustering.trust.apart import Verdict
    from analysis.segments.params import ClusterMethod

METHOD_ROWS = 1_000


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
    return numbered(group(prepare_for(profiles, params), params), params)


def prepare_for(profiles: Profiles, params: ClusterParams) -> ClusterFeatures:
    """Prepare the features as the params say; the codes of ``prepare``."""
    mixed = params.method == "mixed"
    return prepare(profiles, params.features, preparation=params.preparation, mixed=mixed, seed=params.seed)


def group(prepared: ClusterFeatures, params: ClusterParams) -> ClusterResult:
    """Group prepared customers as the params say, numbered by value; the codes of ``fit``."""
    limits = Limits(smallest_share=params.smallest_share, most=params.most_segments)
    found = fit(prepared, k=params.k, method=params.method, limits=limits, seed=params.seed)
    assert found.fitted is not None
    return replace(found, fitted=found.fitted.model_copy(update={"params": choices(params)}))


def fit(
    prepared: ClusterFeatures,
    *,
    k: int | None = None,
    method: ClusterMethod = "kmeans",
    limits: Limits = USUAL_LIMITS,
    seed: int = 0,
) -> ClusterResult:
    """Group prepared customers; this is what a move of the slider costs.

    Parameters
    ----------
    prepared : ClusterFeatures
    k : int, optional
        2 to 20; suggested when left out. HDBSCAN finds its own number.
    method : str
    limits : Limits
        For the suggestion.
    seed : int

    Raises
    ------
    AnalysisError
        ``clusters_too_few_distinct`` (n_distinct, k): fewer different customers than clusters;
        ``clusters_all_outside`` (n, least).
    """
    wanted = k or 2
    if prepared.n_distinct < wanted or len(prepared.rows) <= wanted:
        raise AnalysisError("clusters_too_few_distinct", n_distinct=prepared.n_distinct, k=wanted)
    found = table = None
    if k is None and method == "gaussian":
        table = _by_bic(prepared, limits, seed)
        k = int(table.loc[table["chosen"], "k"].iloc[0])
    elif k is None and method != "hdbscan":
        found = measure(prepared, limits=limits, every_stability=False, seed=seed)
        table, k = found.table, found.recommended.k
    whole = len(prepared.sample) == len(prepared.matrix)
    if found is not None and method in ("kmeans", "mixed") and (found.far or whole):
        measured = found.groupings[int(found.table["chosen"].to_numpy().argmax())]
        if not whole:
            measured = settled(prepared.matrix, measured.centres)
        made = Found(by_centre(prepared.matrix, measured), len(prepared.matrix))
    else:
        share = limits.smallest_share
        made = group_rows(prepared.matrix, method, k or wanted, smallest_share=share, seed=seed)
        if found is None and method in ("kmeans", "mixed"):
            made = _with_far_groups(prepared, made, seed)
    grouping, order = numbered_by_value(made.grouping, prepared)
    keys = tuple(f"cluster_{i + 1}" for i in range(len(grouping.centres)))
    fitted = FittedClusters(
        params=ClusterParams(method=method),
        chosen=prepared.chosen,
        scalings=tuple(step.scaling for step in prepared.steps if step.scaling),
        levels=prepared.levels,
        keys=keys,
        centres=tuple(map(tuple, grouping.centres.tolist())),
        mixture=_in_order(made.mixture, order),
        by_centre=method in ("kmeans", "mixed", "gaussian"),
    )
    return described(prepared, made, grouping, fitted, tried=found, table=table)


def _with_far_groups(prepared: ClusterFeatures, made: Found, seed: int) -> Found:
    """Return as many groups that lie far off where those of the least inertia are not apart, as a suggestion would."""
    import numpy as np

    k, points = len(made.grouping.centres), prepared.matrix[prepared.sample]
    rows = rows_of(points, seed=seed)
    if all_apart(pairs(rows, made.grouping.labels[prepared.sample])):
        return made
    for division in far_groups(rows):
        if int(division.max()) + 1 == k:
            means = np.array([points[division == group].mean(axis=0) for group in range(k)])
            return replace(made, grouping=by_centre(prepared.matrix, settled(prepared.matrix, means)))
    return made


def _measured(tried: Sweep, labels: np.ndarray) -> float | None:
    """Return the silhouette of the suggested groups where these are the same ones, whatever their numbers."""
    import numpy as np

    own = tried.groupings[int(tried.table["chosen"].to_numpy().argmax())].labels
    if not len(own) == len(labels) == tried.n_silhouette:
        return None
    k = tried.recommended.k
    same = len(np.unique(own * k + labels)) == len(np.unique(labels)) == k
    return tried.recommended.silhouette if same else None


def _in_order(mixture: Mixture | None, order: np.ndarray) -> Mixture | None:
    if mixture is None:
        return None
    place = {old: new for new, old in enumerate(order.tolist())}
    return mixture.model_copy(update={"groups": tuple(place.get(group, -1) for group in mixture.groups)})


def described(
    prepared: ClusterFeatures,
    made: Found,
    grouping: Grouping,
    fitted: FittedClusters,
    *,
    tried: Sweep | None = None,
    table: pd.DataFrame | None = None,
) -> ClusterResult:
    """Return groups with all that is told of them.

    Parameters
    ----------
    prepared : ClusterFeatures
    made : Found
        What the method found.
    grouping : Grouping
        The same in the order of ``fitted.keys``.
    fitted : FittedClusters
    tried : Sweep, optional
        The numbers of groups that were tried.
    table : DataFrame, optional
        What was measured of each number.
    """
    method = fitted.params.method
    k, keys = len(fitted.keys), list(fitted.keys)
    codes = positions(grouping.labels, prepared)
    segmentation = segmentation_of(codes, keys, method="clusters", spend=prepared.spend, made_of=prepared.chosen)
    sample = prepared.sample[grouping.labels[prepared.sample] >= 0]
    silhouette = (
        _measured(tried, grouping.labels) if tried is not None and len(sample) == len(grouping.labels) else None
    )
    if silhouette is None:
        silhouette = silhouettes(prepared.matrix[sample], [grouping.labels[sample]])[0]
    nearest, margin = edges(grouping, prepared)
    # What was measured are groups of k-means; another method's groups are measured when they are asked for.
    same = tried is not None and method in ("kmeans", "mixed")
    verdict = tried.recommended.verdict if tried is not None and same else None
    verdict = verdict or verdict_of(prepared.matrix[sample], grouping.labels[sample])
    return ClusterResult(
        segmentation=segmentation,
        features=prepared.features,
        k=k,
        suggested=table is not None,
        inertia=grouping.inertia,
        verdict=verdict,
        silhouette=silhouette,
        n_silhouette=len(sample),
        sweep=table,
        recommended=tried.recommended if tried is not None else None,
        stability=_stability(tried, grouping, prepared, keys) if tried is not None and same else None,
        nearest=nearest,
        margin=margin,
        centres=centres(grouping, prepared, keys),
        map=map_rows(grouping, prepared, keys),
        map_shares=prepared.map_shares,
        traits=traits(grouping, prepared, keys),
        notes=(
            *prepared.notes,
            *_sample_notes(prepared),
            *_method_notes(made, grouping),
            *_notes(segmentation, silhouette, verdict, tried, len(prepared.sample)),
        ),
        method=method,
        n_fitted=made.n_fitted,
        categories=prepared.categories,
        probability=on_all_rows(made.probability, prepared) if made.probability is not None else None,
        bic=made.bic,
        tree=made.tree,
        tree_rows=prepared.rows[made.rows] if made.rows is not None else None,
        steps=prepared.steps,
        fitted=fitted,
    )


def _by_bic(prepared: ClusterFeatures, limits: Limits, seed: int) -> pd.DataFrame:
    """Return the information criterion of 2 to 10 groups on the sample, the lowest within the limits chosen."""
    import numpy as np
    import pandas as pd

    points = prepared.matrix[prepared.sample]
    ks = list(range(2, min(limits.most, prepared.n_distinct, len(points) - 1) + 1))
    bics = mixture_bics(points, ks, seed=seed)
    return pd.DataFrame({"k": ks, "bic": bics, "chosen": np.arange(len(ks)) == int(np.argmin(bics))})


def _sample_notes(prepared: ClusterFeatures) -> list[Note]:
    n, n_all = len(prepared.sample), len(prepared.matrix)
    return [Note("clusters_measured", {"n": n, "n_all": n_all})] if n < n_all else []


def _method_notes(made: Found, grouping: Grouping) -> list[Note]:
    notes, n = [], len(grouping.labels)
    if made.n_fitted < n:
        notes.append(Note("clusters_sampled", {"n_fitted": made.n_fitted, "n": n}))
    n_outside = int((grouping.labels < 0).sum())
    if n_outside:
        notes.append(Note("clusters_no_group", {"n": n_outside, "share": n_outside / n}))
    return notes


def measure(
    prepared: ClusterFeatures, *, limits: Limits = USUAL_LIMITS, every_stability: bool = True, seed: int = 0
) -> Sweep:
    """Try 2 to 10 clusters on the sample and recommend one; see ``howmany.sweep``."""
    return sweep(prepared.matrix[prepared.sample], limits=limits, every_stability=every_stability, seed=seed)


def segment_stability(prepared: ClusterFeatures, result: ClusterResult, *, seed: int = 0) -> dict[str, float]:
    """Return the mean bootstrap Jaccard (0..1) of each segment; kept apart from ``fit``, which a slider waits for."""
    keys = result.segmentation.segments["segment"].tolist()
    codes = {key: i for i, key in enumerate(keys)}
    labels = result.segmentation.labels.iloc[prepared.rows].map(codes).fillna(-1).to_numpy(int)
    if result.method in ("kmeans", "mixed"):
        found = kmeans_stability(prepared.matrix, labels, seed=seed)
    else:

        def refit(drawn: np.ndarray, turn: int) -> np.ndarray:
            try:
                return group_rows(drawn, result.method, result.k, seed=seed + turn).grouping.labels
            except AnalysisError:
                # A drawn sample in which HDBSCAN finds nothing finds none of the groups again.
                return _no_group(len(drawn))

        found = stability(prepared.matrix, labels, refit, n_rows=METHOD_ROWS, seed=seed)
    return dict(zip(keys, found.tolist(), strict=True))


def _no_group(n: int) -> np.ndarray:
    import numpy as np

    return np.full(n, -1)


def _stability(found: Sweep, grouping: Grouping, prepared: ClusterFeatures, keys: list[str]) -> dict[str, float]:
    """Carry the stability of the groups on the sample over to the groups of all customers."""
    import pandas as pd

    from analysis.segments.match import match

    measured = found.groupings[int(found.table["chosen"].to_numpy().argmax())].labels
    pairs = match(pd.Series(measured).astype(str), pd.Series(grouping.labels[prepared.sample]).astype(str), least=0.0)
    by_new = {int(new): float(found.recommended.stability[int(old)]) for old, new in pairs.items()}
    return {key: by_new.get(i, float("nan")) for i, key in enumerate(keys)}


def _notes(segmentation: Segmentation, silhouette: float, verdict: Verdict, found: Sweep | None, n: int) -> list[Note]:
    notes = []
    if found is not None and verdict in ("none", "winding"):
        facts = {"k": found.recommended.k, "n": n, "n_winding": found.recommended.n_winding}
        notes.append(Note("clusters_no_groups" if verdict == "none" else "clusters_winding", facts))
    elif verdict in ("weak", "none"):
        notes.append(Note("clusters_weak", {"silhouette": silhouette}))
    tiny = segmentation.segments[segmentation.segments["share"] < SMALLEST_SHARE]
    return notes + [
        Note("clusters_tiny", {"segment": segment, "n": int(n)})
        for segment, n in zip(tiny["segment"], tiny["customers"], strict=True)
    ]


def choices(params: ClusterParams) -> ClusterParams:
    """Return the choices that decide who is with whom: not the numbers that groups bear."""
    return params.model_copy(update={"numbers": (), "anchors": ()})
