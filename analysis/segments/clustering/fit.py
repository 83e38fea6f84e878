"""How well each customer fits the own cluster: silhouette, place between two groups, and who stands on an edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.segments.match import merged_keys

if TYPE_CHECKING:
    import pandas as pd

    from analysis.segments.clustering.prepare import ClusterFeatures
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.result import Segmentation


def customer_silhouettes(prepared: ClusterFeatures, result: ClusterResult) -> pd.DataFrame:
    """Return the silhouette of each customer of the sample.

    Returns
    -------
    DataFrame, one row per customer of the sample who is in a group
        ``row`` (of the profiles), ``segment``, ``silhouette`` (-1..1, Euclidean on the prepared features).

    References
    ----------
    Rousseeuw (1987), Silhouettes.
    """
    import numpy as np
    import pandas as pd
    from sklearn.metrics import silhouette_samples

    rows = prepared.rows[prepared.sample]
    labels = result.segmentation.labels.iloc[rows].reset_index(drop=True)
    inside = labels.notna().to_numpy()
    codes, keys = pd.factorize(labels[inside], sort=True)
    found = pd.DataFrame({"row": rows[inside], "segment": labels[inside].to_numpy()})
    if not 1 < len(keys) < len(codes):
        return found.assign(silhouette=np.nan)
    return found.assign(silhouette=silhouette_samples(prepared.matrix[prepared.sample[inside]], codes))


def group_silhouettes(found: pd.DataFrame) -> pd.DataFrame:
    """Return how clear each group is: the mean silhouette of its customers.

    Parameters
    ----------
    found : DataFrame
        As ``customer_silhouettes``, its ``segment`` after a person's merges or before; customers without a silhouette
        or a segment are left out.

    Returns
    -------
    DataFrame, one row per group, the least clear first
        ``segment``, ``n`` (customers measured), ``silhouette`` (their mean, -1..1), ``n_nearer_to_another`` (those
        below 0).

    References
    ----------
    Rousseeuw (1987), Silhouettes.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame({"segment": ["a", "a", "b"], "silhouette": [0.5, 0.7, -0.1]})
    >>> group_silhouettes(found).round(3).to_numpy().tolist()
    [['b', 1, -0.1, 1], ['a', 2, 0.6, 0]]
    """
    known = found[found["segment"].notna() & found["silhouette"].notna()]
    groups = known.assign(below=known["silhouette"] < 0).groupby("segment", sort=True)
    table = groups.agg(n=("below", "size"), silhouette=("silhouette", "mean"), n_nearer_to_another=("below", "sum"))
    return table.reset_index().sort_values("silhouette", kind="stable", ignore_index=True)


def fit_columns(result: ClusterResult, shown: Segmentation) -> pd.DataFrame:
    """Return how each customer fits, as lists and exports hold it.

    Parameters
    ----------
    result : ClusterResult
    shown : Segmentation
        After a person's merges: a neighbour that was merged stands for the segment it was merged into.

    Returns
    -------
    DataFrame, aligned with the profiles
        ``nearest`` (key of the nearest other group, missing outside), ``margin`` (how much nearer the own centre is
        than that one: 0 on the edge, 1 in the middle, below 0 nearer to the other), ``probability`` (0..1, of
        belonging to the own group; only of a Gaussian mixture).
    """
    import pandas as pd

    keys = pd.array(result.segmentation.segments["segment"].tolist(), dtype="str")
    nearest = pd.Series(keys.take(result.nearest, allow_fill=True), name="nearest")
    merges = merged_keys(result.segmentation.labels, shown.labels)
    columns = {"nearest": nearest.replace(dict(merges)), "margin": pd.Series(result.margin)}
    if result.probability is not None:
        columns["probability"] = pd.Series(result.probability)
    return pd.DataFrame(columns)


def edge_rows(result: ClusterResult, most: int) -> list[int]:
    """Return the rows of the customers nearest to another group, the most doubtful first."""
    import numpy as np

    doubt = np.where(np.isfinite(result.margin), result.margin, np.inf)
    order = np.argsort(doubt, kind="stable")[:most]
    return [int(row) for row in order if np.isfinite(doubt[row])]
