"""Bring features to one scale before clustering: logs, gaps, far-off values, weights, the map's axes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.clustering.features import chosen_features, column_of, no_features, values_inside
from analysis.segments.clustering.scale import Step, standardised
from analysis.segments.result import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.clustering.levels import Levels
    from analysis.segments.params import Preparation

MOSTLY = 0.5
IDENTICAL = 0.999
MIN_CUSTOMERS = 10
MAX_K = 20
SAMPLE_ROWS = 5_000
MAP_ROWS = 2_000


@dataclass(frozen=True)
class ClusterFeatures:
    """Everything about the clustering that does not depend on the number of clusters; kept between slider moves.

    Attributes
    ----------
    features : tuple of Feature
    n_customers : int
        Rows of the profiles.
    rows : int array
        Rows of the profiles that take part, in the order of ``customer_id``.
    matrix : float array, shape (rows, features)
        Logged where skewed, gaps filled, far-off values pulled in, mean 0 and standard deviation 1 (with n).
    original : float array, shape (rows, features)
        As in the profiles, missing values NaN.
    spend : float array or None
        Currency, of all rows of the profiles.
    logged : tuple of bool
        Features that were logged.
    sample : int array
        Rows of ``matrix`` on which the silhouette is measured: all, or 5,000 drawn with the seed.
    map_rows : int array
        Rows of ``matrix`` drawn on the map, at most 2,000, among ``sample``.
    map_points : float array, shape (map_rows, 2)
        First two principal components; the second is 0 with a single feature.
    map_shares : tuple of float
        Share of the variance that each axis of the map holds.
    n_distinct : int
        Different rows of ``matrix``, counted up to 21.
    notes : tuple of Note
        ``clusters_filled``, ``clusters_pulled_in``, ``clusters_constant_left_out``, ``clusters_left_out_missing``,
        ``clusters_identical``, ``clusters_mostly_missing``, ``clusters_many_levels`` (feature, n_levels, kept),
        ``clusters_correlated`` and ``clusters_correlated_left_out`` (feature, other, r).
    categories : tuple of Feature
        Their levels are further columns of ``matrix``, after those of ``features``.
    steps : tuple of Step
        What was done to each of ``features``.
    levels : tuple of Levels
        The columns of each of ``categories``.
    chosen : tuple of str
        Number features asked for; those that do not vary are among them, and not among ``features``.
    """

    features: tuple[Feature, ...]
    n_customers: int
    rows: np.ndarray = field(repr=False)
    matrix: np.ndarray = field(repr=False)
    original: np.ndarray = field(repr=False)
    spend: np.ndarray | None = field(repr=False)
    logged: tuple[bool, ...]
    sample: np.ndarray = field(repr=False)
    map_rows: np.ndarray = field(repr=False)
    map_points: np.ndarray = field(repr=False)
    map_shares: tuple[float, float]
    n_distinct: int
    notes: tuple[Note, ...]
    categories: tuple[Feature, ...] = ()
    steps: tuple[Step, ...] = ()
    levels: tuple[Levels, ...] = ()
    chosen: tuple[str, ...] = ()

    @cached_property
    def middles(self) -> tuple[tuple[float, float], ...]:
        """Mean and median of each of ``features`` over all rows, missing values left out."""
        import numpy as np

        known = (column[np.isfinite(column)] for column in self.original.T)
        return tuple((float(column.mean()), float(np.median(column))) for column in known)


def prepare(
    profiles: Profiles,
    features: Sequence[str] = (),
    *,
    preparation: Preparation | None = None,
    mixed: bool = False,
    seed: int = 0,
) -> ClusterFeatures:
    """Build the matrix that is clustered.

    Parameters
    ----------
    profiles : Profiles
    features : sequence of str, optional
        Number or flag features, and with ``mixed`` categories; the suggested ones when empty.
    preparation : Preparation, optional
        Skew, scale, far-off values, gaps and weights.
    mixed : bool
        Whether categories take part, as the coordinates of a factor analysis of mixed data.
    seed : int
        For the samples.

    Raises
    ------
    AnalysisError
        ``clusters_no_features`` (n_numbers, n_customers), ``clusters_unknown_feature`` (feature),
        ``clusters_not_a_number`` (feature),
        ``clusters_all_constant`` (n), ``clusters_too_few_customers`` (n_customers, minimum).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(10)], "x": [float(i) for i in range(10)]})
    >>> prepare(Profiles(base, (Feature("x", "basic", "number"),), date(2024, 1, 1))).matrix.shape
    (10, 1)
    """
    import numpy as np

    from analysis.segments.clustering.levels import MOST_LEVELS, chosen_categories, fit_levels, kept_levels
    from analysis.segments.params import Preparation

    preparation = preparation or Preparation()
    categories = chosen_categories(profiles, features) if mixed else ()
    by_category = {feature.key for feature in categories}
    numbers = [key for key in features if key not in by_category]
    chosen = [] if features and not numbers and categories else chosen_features(profiles, numbers)
    if not chosen:
        raise no_features(profiles)
    frame = profiles.customers
    values, takes_part, n_left = values_inside(profiles, chosen, preparation)
    rows = np.flatnonzero(takes_part)
    if len(rows) < MIN_CUSTOMERS:
        raise AnalysisError("clusters_too_few_customers", n_customers=len(rows), minimum=MIN_CUSTOMERS)
    ids = frame["customer_id"].iloc[rows]
    if not ids.is_monotonic_increasing:
        rows = rows[np.argsort(ids.to_numpy(dtype=object), kind="stable")]

    kept: list[int] = []
    columns: list[np.ndarray] = []
    steps: list[Step] = []
    notes: list[Note] = []
    if n_left and preparation.missing == "leave_out":
        notes.append(Note("clusters_left_out_missing", {"n": n_left}))
    for position, feature in enumerate(chosen):
        column, step = standardised(values[rows, position], feature, preparation)
        if column is None or step is None:
            notes.append(Note("clusters_constant_left_out", {"feature": feature.key}))
            continue
        twin, left_out = _twin(feature, column, columns, steps, preparation)
        notes.extend(twin)
        if left_out:
            continue
        kept.append(position)
        columns.append(column)
        steps.append(step)
        notes.extend(_step_notes(step, len(rows)))
    if not kept:
        raise AnalysisError("clusters_all_constant", n=len(chosen))
    steps = [
        _weighted(step, preparation.weights.get(step.feature, 1.0), alike, r)
        for step, (alike, r) in zip(steps, _most_alike(columns, steps), strict=True)
    ]
    columns = [
        column if step.weight == 1 else column * step.weight**0.5 for column, step in zip(columns, steps, strict=True)
    ]
    levels = []
    for feature in categories:
        values_of = frame[feature.key].iloc[rows]
        levels.append(fit_levels(feature.key, values_of, weight=preparation.weights.get(feature.key, 1.0)))
        columns.extend(levels[-1].columns(values_of))
        if (n_levels := values_of.nunique(dropna=False)) > MOST_LEVELS:
            facts = {"feature": feature.key, "n_levels": n_levels, "kept": kept_levels(values_of)}
            notes.append(Note("clusters_many_levels", facts))
    found = prepared_of(
        profiles, tuple(chosen[place] for place in kept), rows, columns, values[rows][:, kept], notes=notes, seed=seed
    )
    return replace(
        found,
        categories=categories,
        steps=tuple(steps),
        logged=tuple(step.treatment == "log" for step in steps),
        levels=tuple(levels),
        chosen=tuple(feature.key for feature in chosen),
    )


def prepared_of(
    profiles: Profiles,
    features: tuple[Feature, ...],
    rows: np.ndarray,
    columns: Sequence[np.ndarray],
    original: np.ndarray,
    *,
    notes: Sequence[Note] = (),
    seed: int = 0,
) -> ClusterFeatures:
    """Return columns that are on one scale as ``ClusterFeatures``: with its samples and its map."""
    import numpy as np

    frame = profiles.customers
    matrix = np.ascontiguousarray(np.column_stack(columns))
    random = np.random.default_rng(seed)
    n = len(rows)
    sample = np.arange(n) if n <= SAMPLE_ROWS else np.sort(random.choice(n, SAMPLE_ROWS, replace=False))
    map_rows = sample if len(sample) <= MAP_ROWS else np.sort(random.choice(sample, MAP_ROWS, replace=False))
    map_points, map_shares = _principal(matrix, map_rows)
    return ClusterFeatures(
        features=features,
        n_customers=len(frame),
        rows=rows,
        matrix=matrix,
        original=original,
        spend=column_of(frame, "spend") if "spend" in frame.columns else None,
        logged=(False,) * len(features),
        sample=sample,
        map_rows=map_rows,
        map_points=map_points,
        map_shares=map_shares,
        n_distinct=_count_distinct(matrix),
        notes=tuple(notes),
    )


def _weighted(step: Step, weight: float, alike: str, correlation: float) -> Step:
    scaling = step.scaling.model_copy(update={"weight": weight}) if step.scaling else None
    return replace(step, weight=weight, alike=alike, correlation=correlation, scaling=scaling)


def _twin(
    feature: Feature, column: np.ndarray, columns: list[np.ndarray], steps: list[Step], preparation: Preparation
) -> tuple[list[Note], bool]:
    """Say whether a feature repeats one before it, and whether it is left out for that."""
    import numpy as np

    for other, step in zip(columns, steps, strict=True):
        r = _correlation(column, other)
        if preparation.correlated == "keep" and r > IDENTICAL and np.allclose(column, other):
            return [Note("clusters_identical", {"feature": feature.key, "other": step.feature})], False
        if abs(r) >= preparation.alike:
            left_out = preparation.correlated == "leave_out"
            code = "clusters_correlated_left_out" if left_out else "clusters_correlated"
            return [Note(code, {"feature": feature.key, "other": step.feature, "r": r})], left_out
    return [], False


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    # Written out: np.corrcoef copies both columns, which a million customers wait for. A robust scale leaves a column
    # without mean 0 and standard deviation 1.
    covariance = float(one @ other) / len(one) - float(one.mean() * other.mean())
    return min(max(covariance / float(one.std() * other.std()), -1.0), 1.0)


def _most_alike(columns: list[np.ndarray], steps: list[Step]) -> list[tuple[str, float]]:
    """Return the other feature that each one is most correlated with, and the correlation."""
    import numpy as np

    if len(columns) < 2:
        return [("", float("nan"))] * len(columns)
    r = np.corrcoef(columns)
    np.fill_diagonal(r, 0.0)
    places = np.abs(r).argmax(axis=1)
    return [(steps[place].feature, float(r[i, place])) for i, place in enumerate(places.tolist())]


def _step_notes(step: Step, n: int) -> list[Note]:
    notes = []
    if step.n_missing:
        share = step.n_missing / n
        code = "clusters_mostly_missing" if share > MOSTLY else "clusters_filled"
        notes.append(Note(code, {"feature": step.feature, "n": step.n_missing, "share": share}))
    if step.n_capped:
        notes.append(Note("clusters_pulled_in", {"feature": step.feature, "n": step.n_capped}))
    return notes


def _principal(matrix: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    import numpy as np

    variances, axes = np.linalg.eigh(matrix.T @ matrix / len(matrix))
    axes = axes[:, ::-1][:, :2]
    # The sign of an axis is free: its largest weight points up.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    points = matrix[rows] @ axes
    shares = variances[::-1][:2] / variances.sum()
    if points.shape[1] == 1:
        return np.column_stack([points, np.zeros(len(points))]), (1.0, 0.0)
    return points, (float(shares[0]), float(max(shares[1], 0.0)))


def _count_distinct(matrix: np.ndarray) -> int:
    import numpy as np

    enough = MAX_K + 1
    for n_rows in (200, 5_000, len(matrix)):
        n_distinct = len(np.unique(matrix[:n_rows], axis=0))
        if n_distinct >= enough or n_rows >= len(matrix):
            break
    return min(n_distinct, enough)
