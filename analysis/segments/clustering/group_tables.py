"""What is told of groups once they are found: their number, who stands on an edge, centres, traits, the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.segments.clustering.kmeans import Grouping

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.segments.clustering.prepare import ClusterFeatures

TRAIT_SIZE = 0.5
MAX_TRAITS = 2
EDGE_ROWS = 10_000


def numbered_by_value(grouping: Grouping, prepared: ClusterFeatures) -> tuple[Grouping, np.ndarray]:
    """Number the groups from the highest mean spend to the lowest; return the old number of each, too."""
    import numpy as np

    k = len(grouping.centres)
    inside = grouping.labels >= 0
    sizes = np.bincount(grouping.labels[inside], minlength=k)
    value = prepared.original[:, 0] if prepared.spend is None else prepared.spend[prepared.rows]
    means = np.bincount(grouping.labels[inside], np.nan_to_num(value)[inside], minlength=k) / sizes
    # Equal means (no spend anywhere) fall back on the centres, so that the numbering never depends on the starts.
    order = np.lexsort([*(-grouping.centres.T[::-1]), -means])
    # The last place is where rows in no group look.
    rank = np.full(k + 1, -1)
    rank[order] = np.arange(k)
    return Grouping(labels=rank[grouping.labels], centres=grouping.centres[order], inertia=grouping.inertia), order


def positions(labels: np.ndarray, prepared: ClusterFeatures) -> np.ndarray:
    """Return labels of the rows of the matrix as labels of all profiles; -1 outside."""
    import numpy as np

    codes = np.full(prepared.n_customers, -1)
    codes[prepared.rows] = labels
    return codes


def on_all_rows(values: np.ndarray, prepared: ClusterFeatures) -> np.ndarray:
    """Return values of the rows of the matrix as values of all profiles; NaN outside."""
    import numpy as np

    every = np.full(prepared.n_customers, np.nan)
    every[prepared.rows] = values
    return every


def edges(grouping: Grouping, prepared: ClusterFeatures) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest other centre of each customer and the simplified silhouette."""
    import numpy as np

    n = len(prepared.matrix)
    near, share = np.empty(n, dtype=int), np.empty(n)
    halves = (grouping.centres**2).sum(axis=1)
    for start in range(0, n, EDGE_ROWS):
        part = slice(start, start + EDGE_ROWS)
        points, own = prepared.matrix[part], grouping.labels[part]
        squares = points @ (-2 * grouping.centres.T)
        squares += halves
        squares += np.einsum("ij,ij->i", points, points)[:, None]
        np.maximum(squares, 0, out=squares)
        rows = np.arange(len(points))
        within = squares[rows, own].copy()
        squares[rows, own] = np.inf
        near[part] = squares.argmin(axis=1)
        other = squares[rows, near[part]]
        share[part] = 1 - np.sqrt(np.divide(within, other, out=np.ones(len(points)), where=other > 0))
    nearest, margin = np.full(prepared.n_customers, -1), np.full(prepared.n_customers, np.nan)
    inside = grouping.labels >= 0
    nearest[prepared.rows[inside]], margin[prepared.rows[inside]] = near[inside], share[inside]
    return nearest, margin


def centres(grouping: Grouping, prepared: ClusterFeatures, keys: list[str]) -> pd.DataFrame:
    """Return ``ClusterResult.centres``."""
    import numpy as np
    import pandas as pd

    # Short integers are sorted in one pass, which a million customers notice.
    order = np.argsort(grouping.labels.astype(np.int16), kind="stable")
    order = order[grouping.labels[order] >= 0]
    ends = np.cumsum(np.bincount(grouping.labels[order], minlength=len(keys)))[:-1]
    rows = []
    for position, feature in enumerate(prepared.features):
        column = prepared.original[:, position]
        all_mean, all_median = prepared.middles[position]
        for number, values in enumerate(np.split(column[order], ends)):
            filled = values[known] if not (known := np.isfinite(values)).all() else values
            rows.append(
                {
                    "segment": keys[number],
                    "feature": feature.key,
                    "mean": filled.mean() if len(filled) else np.nan,
                    "median": np.median(filled) if len(filled) else np.nan,
                    "all_mean": all_mean,
                    "all_median": all_median,
                    "z": grouping.centres[number, position],
                }
            )
    return pd.DataFrame(rows).sort_values("segment", key=lambda s: s.map(keys.index), kind="stable", ignore_index=True)


def map_rows(grouping: Grouping, prepared: ClusterFeatures, keys: list[str]) -> pd.DataFrame:
    """Return ``ClusterResult.map``."""
    import pandas as pd

    labels = grouping.labels[prepared.map_rows]
    inside = labels >= 0
    return pd.DataFrame(
        {
            "x": prepared.map_points[inside, 0],
            "y": prepared.map_points[inside, 1],
            "segment": pd.array(keys, dtype="str").take(labels[inside]),
        }
    )


def traits(grouping: Grouping, prepared: ClusterFeatures, keys: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return ``ClusterResult.traits``."""
    traits = {}
    for key, centre in zip(keys, grouping.centres, strict=True):
        strongest = sorted(
            zip(prepared.features, centre[: len(prepared.features)], strict=True), key=lambda pair: -abs(pair[1])
        )
        marked = [(feature.key, "high" if z > 0 else "low") for feature, z in strongest if abs(z) >= TRAIT_SIZE]
        traits[key] = tuple(marked[:MAX_TRAITS])
    return traits
