"""Frozen clusters: the stored centres with the customers of another day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.clustering.fitted import FittedClusters, mixture_chances
from analysis.segments.clustering.groupers import Found
from analysis.segments.clustering.kmeans import Grouping
from analysis.segments.clustering.prepare import MIN_CUSTOMERS, prepared_of, values_inside
from analysis.segments.clustering.scale import steps_of
from analysis.segments.result import labels_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.clustering.prepare import ClusterFeatures
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.method import Basis
    from analysis.segments.params import ClusterParams


def keep(result: ClusterResult, params: ClusterParams, profiles: Profiles, kept: Mapping[str, Any]) -> FittedClusters:
    """Return where the groups lie; ``freeze_no_rule`` (method) where that does not say who is in them."""
    fitted = result.fitted
    if fitted is None or not fitted.by_centre or not _of(profiles, fitted).equals(result.segmentation.labels):
        raise AnalysisError("freeze_no_rule", method=params.method)
    return fitted.model_copy(update=dict(kept))


def labels(basis: Basis, fitted: FittedClusters, others: Mapping[str, pd.Series]) -> pd.Series:
    """Return the stored group of each customer, missing outside."""
    return _of(basis.profiles, fitted)


def _of(profiles: Profiles, fitted: FittedClusters) -> pd.Series:
    import numpy as np

    if not fitted.by_centre:
        raise AnalysisError("freeze_no_rule", method=fitted.params.method)
    rows, places = _positions(profiles, fitted)
    codes = np.full(len(profiles.customers), -1)
    codes[rows] = places
    return labels_at(codes, fitted.keys)


def apply(basis: Basis, fitted: FittedClusters, params: ClusterParams) -> ClusterResult:
    """Return the stored groups with the customers of today, described as groups that were just found are."""
    import numpy as np

    from analysis.segments.clustering.clusters import described

    if not fitted.by_centre:
        raise AnalysisError("freeze_no_rule", method=fitted.params.method)
    profiles = basis.profiles
    rows, places = _positions(profiles, fitted)
    if len(rows) < MIN_CUSTOMERS:
        raise AnalysisError("clusters_too_few_customers", n_customers=len(rows), minimum=MIN_CUSTOMERS)
    used = np.unique(places)
    if len(used) < 2:
        raise AnalysisError("frozen_one_group", n=len(rows))
    prepared = _prepared(profiles, fitted, rows, params)
    centres = np.array(fitted.centres)
    grouping = Grouping(
        labels=np.searchsorted(used, places),
        centres=centres[used],
        inertia=float(((prepared.matrix - centres[places]) ** 2).sum()),
    )
    chances = mixture_chances(prepared.matrix, fitted.mixture).max(axis=1) if fitted.mixture else None
    # Groups that nobody is in today are not shown, and are there again when somebody is.
    shown = fitted.model_copy(update={"keys": tuple(fitted.keys[place] for place in used)})
    found = described(prepared, Found(grouping, len(rows), probability=chances), grouping, shown)
    return replace(found, fitted=fitted, matched_by="stored")


def prepared_by(profiles: Profiles, fitted: FittedClusters, params: ClusterParams) -> ClusterFeatures:
    """Return the customers that take part on the scale the groups were stored on, to measure frozen groups by."""
    return _prepared(profiles, fitted, _positions(profiles, fitted)[0], params)


def _prepared(profiles: Profiles, fitted: FittedClusters, rows: np.ndarray, params: ClusterParams) -> ClusterFeatures:
    import numpy as np

    inside = profiles.customers.iloc[rows]
    original = np.column_stack(
        [inside[each.feature].to_numpy(dtype=float, na_value=np.nan) for each in fitted.scalings]
    )
    features = tuple(feature for each in fitted.scalings if (feature := profiles.feature(each.feature)))
    matrix = fitted.matrix(inside)
    return replace(
        prepared_of(profiles, features, rows, list(matrix.T), original, seed=params.seed),
        categories=tuple(feature for each in fitted.levels if (feature := profiles.feature(each.feature))),
        steps=steps_of(fitted.scalings, original),
        levels=fitted.levels,
        chosen=fitted.chosen,
    )


def _positions(profiles: Profiles, fitted: FittedClusters) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that take part, and the position of the group of each."""
    import numpy as np

    _, inside, _ = values_inside(profiles, _features(profiles, fitted), fitted.params.preparation)
    rows = np.flatnonzero(inside)
    if len(rows) == 0:
        return rows, rows
    return rows, fitted.positions(fitted.matrix(profiles.customers.iloc[rows]))


def _features(profiles: Profiles, fitted: FittedClusters) -> list[Feature]:
    """Return the number features that were chosen and are there; what the groups are by has to be there."""
    needed = [each.feature for each in (*fitted.scalings, *fitted.levels)]
    columns = profiles.customers.columns
    missing = [key for key in needed if profiles.feature(key) is None or key not in columns]
    if missing:
        raise AnalysisError("frozen_needs_features", columns=", ".join(missing))
    return [feature for key in fitted.chosen if key in columns and (feature := profiles.feature(key)) is not None]
