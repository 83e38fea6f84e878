"""How many groups, and can they be trusted: every number tried is measured, one is recommended, with the reasons.

Formulas, sources and limits: ``docs/methods/clusters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.segments.clustering.kmeans import kmeans, refit, separation, silhouettes
from analysis.segments.clustering.trust.parallel import each
from analysis.segments.clustering.trust.stability import DOUBTFUL, STABLE, stability
from analysis.segments.clustering.trust.tendency import Gap, gap, gap_to_one_peak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd

    from analysis.segments.clustering.kmeans import Grouping

K_RANGE = (2, 10)
SMALLEST_SHARE = 0.01
GAP_ROWS, LEAST_GAP_ROWS, GAP_CELLS = 1_500, 500, 30_000
N_STARTS = 20
WEAK_SILHOUETTE = 0.25


@dataclass(frozen=True)
class Limits:
    """What a person can work with.

    Attributes
    ----------
    smallest_share : float
        0..1, of the customers, that every group holds at least.
    most : int
        Groups at most.
    """

    smallest_share: float = SMALLEST_SHARE
    most: int = K_RANGE[1]


USUAL_LIMITS = Limits()


@dataclass(frozen=True)
class Recommendation:
    """One number of groups, how far it can be trusted, and why.

    Attributes
    ----------
    k : int
    verdict : str
        ``"clear"``; ``"weak"`` (they overlap, or come out otherwise from other customers); ``"none"`` (the data falls
        apart no more than data without groups, or what was found is neither apart nor stable).
    silhouette : float
    stability : float array, shape (k,)
        Mean bootstrap Jaccard of each group, in the order of the grouping's labels.
    n_rows : int
        Rows that were measured.
    reasons : tuple of Note
        ``k_no_groups``, then one of ``k_highest``, ``k_within_limits``, ``k_stable``, ``k_none_stable``,
        ``k_none_within_limits``, then ``k_agrees``.
    """

    k: int
    verdict: str
    silhouette: float
    stability: np.ndarray = field(repr=False)
    n_rows: int
    reasons: tuple[Note, ...]

    @property
    def mean_stability(self) -> float:
        """Mean bootstrap Jaccard over the groups."""
        import numpy as np

        return float(np.nanmean(self.stability))


@dataclass(frozen=True)
class Sweep:
    """Every number of groups tried.

    Attributes
    ----------
    table : DataFrame, one row per number of groups
        ``k``, ``silhouette`` (-1..1), ``calinski_harabasz`` (NaN when nothing varies within the groups),
        ``davies_bouldin``, ``gap``, ``gap_s``, ``inertia``, ``smallest_share`` (0..1), ``stability`` (mean bootstrap
        Jaccard, 0..1), ``least_stability`` (of the least stable group); both are NaN where they were not needed,
        ``chosen`` (bool).
    recommended : Recommendation
    groupings : tuple of Grouping
        One per row of the table.
    n_rows, n_silhouette, n_gap : int
        Rows that were grouped, and those on which the silhouette and the gap were measured.
    """

    table: pd.DataFrame = field(repr=False)
    recommended: Recommendation
    groupings: tuple[Grouping, ...] = field(repr=False)
    n_rows: int
    n_silhouette: int
    n_gap: int


def sweep(
    points: np.ndarray,
    *,
    sample: np.ndarray | None = None,
    limits: Limits = USUAL_LIMITS,
    every_stability: bool = True,
    seed: int = 0,
) -> Sweep:
    """Group the rows into 2 to 10 groups, measure each grouping and recommend one.

    Among the numbers within the limits, the one with the highest silhouette whose groups come out again from other
    customers (mean bootstrap Jaccard of .75 or more).

    Parameters
    ----------
    points : float array, shape (rows, columns)
        Prepared, no missing values.
    sample : int array, optional
        Rows on which the silhouette and the gap are measured; all when left out.
    limits : Limits
    every_stability : bool
        False measures the stability only of the numbers that the recommendation asks about; it stays the same.
    seed : int

    Raises
    ------
    AnalysisError
        ``clusters_too_few_distinct`` (n_distinct, k).

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(120, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 40, axis=0)
    >>> found = sweep(points).recommended
    >>> found.k, found.verdict
    (3, 'clear')
    """
    from threadpoolctl import threadpool_limits

    # Many small products: more threads wait for each other longer than they work, and sums would vary between machines.
    with threadpool_limits(limits=1):
        return _sweep(points, sample, limits, every_stability, seed)


def _sweep(points: np.ndarray, sample: np.ndarray | None, limits: Limits, every_stability: bool, seed: int) -> Sweep:
    import numpy as np
    import pandas as pd

    measured = points if sample is None else points[sample]
    n_distinct = _distinct(measured)
    ks = list(range(K_RANGE[0], min(K_RANGE[1], n_distinct, len(measured) - 1) + 1))
    if not ks:
        raise AnalysisError("clusters_too_few_distinct", n_distinct=n_distinct, k=K_RANGE[0])
    groupings = each(lambda k: kmeans(points, k, n_starts=N_STARTS, seed=seed), ks)
    labels = [grouping.labels if sample is None else grouping.labels[sample] for grouping in groupings]
    measures: list[Callable[[], Any]] = [
        lambda: _gap(measured, ks, seed),
        lambda: silhouettes(measured, labels),
        lambda: [separation(points, grouping.labels) for grouping in groupings],
    ]
    spread, widths, separations = each(lambda measure: measure(), measures)
    table = pd.DataFrame(
        {
            "k": ks,
            "silhouette": widths,
            "calinski_harabasz": [apart[0] for apart in separations],
            "davies_bouldin": [apart[1] for apart in separations],
            "gap": spread.gap[1:],
            "gap_s": spread.s[1:],
            "inertia": [grouping.inertia for grouping in groupings],
            "smallest_share": [np.bincount(g.labels).min() / len(points) for g in groupings],
        }
    )
    found: dict[int, np.ndarray] = {}

    def stable(row: int) -> np.ndarray:
        if row not in found:
            found[row] = kmeans_stability(points, groupings[row].labels, seed=seed)
        return found[row]

    def apart(row: int) -> bool:
        return _gap(measured, [ks[row]], seed, against=gap_to_one_peak).groups

    row, reasons, groups = _choose(table, stable, apart, limits)
    if every_stability:
        each(stable, range(len(ks)))
    table["stability"] = [float(np.nanmean(found[i])) if i in found else np.nan for i in range(len(ks))]
    table["least_stability"] = [float(np.nanmin(found[i])) if i in found else np.nan for i in range(len(ks))]
    silhouette = float(table["silhouette"].iloc[row])
    verdict = _verdict(groups, silhouette, float(np.nanmean(found[row])))
    if verdict == "none":
        reasons = [Note("k_no_groups", {"n": len(measured)}), *reasons]
    recommended = Recommendation(
        k=ks[row],
        verdict=verdict,
        silhouette=silhouette,
        stability=found[row],
        n_rows=len(points),
        reasons=(*reasons, _agreement(table, row, spread)),
    )
    return Sweep(
        table=table.assign(chosen=table.index == row),
        recommended=recommended,
        groupings=tuple(groupings),
        n_rows=len(points),
        n_silhouette=len(measured),
        n_gap=_gap_rows(measured),
    )


def kmeans_stability(points: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Return the mean bootstrap Jaccard of each group of a k-means solution, shape (k,); see ``stability``."""
    k = int(labels.max()) + 1
    return stability(points, labels, lambda drawn, turn: refit(drawn, k, seed=seed + turn), seed=seed)


def _verdict(groups: bool, silhouette: float, mean_stability: float) -> str:
    if not groups or (silhouette < WEAK_SILHOUETTE and mean_stability < DOUBTFUL):
        return "none"
    return "weak" if silhouette < WEAK_SILHOUETTE or mean_stability < STABLE else "clear"


def _distinct(points: np.ndarray) -> int:
    import numpy as np

    few = len(np.unique(points[:500], axis=0))
    return few if few > K_RANGE[1] else len(np.unique(points, axis=0))


def _gap(points: np.ndarray, ks: Sequence[int], seed: int, *, against: Callable[..., Gap] = gap) -> Gap:
    import numpy as np

    n_rows = _gap_rows(points)
    if len(points) > n_rows:
        points = points[np.random.default_rng(seed).choice(len(points), n_rows, replace=False)]
    return against(points, ks, lambda data, k: refit(data, k, seed=seed), seed=seed)


def _gap_rows(points: np.ndarray) -> int:
    """Return on how many rows the gap is measured: many columns, as levels of categories make, take fewer rows."""
    return min(len(points), GAP_ROWS, max(GAP_CELLS // points.shape[1], LEAST_GAP_ROWS))


def _choose(
    table: pd.DataFrame, stable: Callable[[int], np.ndarray], apart: Callable[[int], bool], limits: Limits
) -> tuple[int, list[Note], bool]:
    """Return the row that is recommended, why, and whether the clearest division holds groups."""
    import numpy as np

    order = table.sort_values("silhouette", ascending=False, kind="stable")
    best = int(order["k"].iloc[0])
    inside = order[(order["smallest_share"] >= limits.smallest_share) & (order["k"] <= limits.most)]
    facts: dict[str, Any] = {"best": best, "low": int(table["k"].min()), "high": int(table["k"].max())}
    facts |= {"smallest_share": limits.smallest_share, "most": limits.most}
    if inside.empty:
        few = order[order["k"] <= limits.most]
        row = (few if len(few) else table[table["k"] == table["k"].min()]).index.to_list()[0]
        stable(row)
        return row, [_reason("k_none_within_limits", table, row, facts)], apart(row)
    rows: list[int] = inside.index.to_list()
    groups = apart(rows[0])
    if not groups:
        # Stability tells groups that are there from each other; a division of one cloud can be stable or not.
        rows = rows[:1]
    means = []
    for row in rows:
        means.append(float(np.nanmean(stable(row))))
        if means[-1] >= STABLE:
            if len(means) > 1:
                least = means[0]
                facts |= {"clearer": int(table["k"].iloc[rows[0]]), "clearer_stability": least}
                return row, [_reason("k_stable", table, row, facts)], groups
            code = "k_highest" if table["k"].iloc[row] == best else "k_within_limits"
            return row, [_reason(code, table, row, facts)], groups
    row = rows[0]
    if not groups:
        code = "k_highest" if table["k"].iloc[row] == best else "k_within_limits"
        return row, [_reason(code, table, row, facts)], groups
    return row, [_reason("k_none_stable", table, row, facts | {"stability": means[0]})], groups


def _reason(code: str, table: pd.DataFrame, row: int, facts: dict[str, Any]) -> Note:
    chosen = {"k": int(table["k"].iloc[row]), "silhouette": float(table["silhouette"].iloc[row])}
    return Note(code, {**facts, **chosen})


def _agreement(table: pd.DataFrame, row: int, spread: Gap) -> Note:
    """Say which of the other three measures would choose the same number."""
    import numpy as np

    ks = table["k"].tolist()
    rule = [i for i in range(len(ks) - 1) if table["gap"][i] >= table["gap"][i + 1] - table["gap_s"][i + 1]]
    votes = {
        "calinski_harabasz": ks[int(table["calinski_harabasz"].fillna(-np.inf).to_numpy().argmax())],
        "davies_bouldin": ks[int(table["davies_bouldin"].to_numpy().argmin())],
        "gap": ks[rule[0]] if rule else ks[-1],
    }
    agree = [name for name, k in votes.items() if k == ks[row]]
    return Note("k_agrees", {"k": ks[row], "n_agree": len(agree), "n_measures": len(votes), **votes})
