"""How many groups, and can they be trusted: every number tried is measured, one is recommended, with the reasons.

Formulas, sources and limits: ``docs/methods/clusters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.segments.clustering.kmeans import (
    classification_bic,
    kmeans,
    one_thread,
    refit,
    separation,
    settled,
    silhouettes,
)
from analysis.segments.clustering.trust.apart import all_apart, all_sure, none_one, pairs, rows_of, together_apart
from analysis.segments.clustering.trust.dense import far_groups, n_winding
from analysis.segments.clustering.trust.parallel import each
from analysis.segments.clustering.trust.tendency import Gap, dispersion, gap
from analysis.stats.stability import STABLE, stability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd

    from analysis.segments.clustering.kmeans import Grouping
    from analysis.segments.clustering.trust.apart import Between, Rows, Verdict

K_RANGE = (2, 10)
SMALLEST_SHARE = 0.01
GAP_ROWS, LEAST_GAP_ROWS, GAP_CELLS = 1_500, 500, 30_000
N_STARTS = 20
TOUCHING = 0.05
# On so many rows, and by so much more dispersion, groups are seen to be others than k-means finds by itself.
CHECK_ROWS, OTHER_SOLUTION = 3_000, 1.01


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
        ``"clear"`` (an almost empty stretch lies between every two groups, and they come out of other customers too);
        ``"weak"`` (groups are apart, these less surely); ``"winding"`` (dense groups of a shape that k-means cuts
        through); ``"none"`` (no division has an empty stretch between its groups).
    silhouette : float
    stability : float array, shape (k,)
        Mean bootstrap Jaccard of each group, in the order of the grouping's labels.
    n_rows : int
        Rows that were measured.
    reasons : tuple of Note
        ``k_no_groups``, then one of ``k_apart``, ``k_apart_within_limits``, ``k_winding``, ``k_highest``,
        ``k_within_limits``, ``k_none_within_limits``, then ``k_agrees``.
    n_winding : int
        Dense groups of a winding shape; 0 unless the verdict is ``"winding"``.
    """

    k: int
    verdict: Verdict
    silhouette: float
    stability: np.ndarray = field(repr=False)
    n_rows: int
    reasons: tuple[Note, ...]
    n_winding: int = 0

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
        ``davies_bouldin``, ``gap``, ``gap_s``, ``inertia``, ``smallest_share`` (0..1), ``bic`` (of groups normal on
        each column), ``apart`` (bool, every two groups, or all together), ``stability`` (mean bootstrap Jaccard,
        0..1), ``least_stability`` (of the least stable group); both are NaN where they were not needed,
        ``chosen`` (bool).
    recommended : Recommendation
    groupings : tuple of Grouping
        One per row of the table.
    n_rows, n_silhouette, n_gap : int
        Rows that were grouped, and those on which the silhouette and the gap were measured.
    far : bool
        Whether the recommended groups are some that lie far off, and not those of the least inertia.
    """

    table: pd.DataFrame = field(repr=False)
    recommended: Recommendation
    groupings: tuple[Grouping, ...] = field(repr=False)
    n_rows: int
    n_silhouette: int
    n_gap: int
    far: bool = False


def sweep(
    points: np.ndarray,
    *,
    sample: np.ndarray | None = None,
    limits: Limits = USUAL_LIMITS,
    every_stability: bool = True,
    seed: int = 0,
) -> Sweep:
    """Group the rows into 2 to 10 groups, measure each grouping and recommend one.

    When some division has an almost empty stretch between every two of its groups, the number within the limits with
    the lowest information criterion, of those that divide no group in two; else the one with the highest silhouette.

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
    # Many small products: more threads wait for each other longer than they work, and sums would vary between machines.
    with one_thread():
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
    rows = rows_of(measured, seed=seed)
    looked = each(lambda own: pairs(rows, own), labels)
    far = _with_far_groups(points, sample, rows, groupings, labels, looked)
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
            "bic": [classification_bic(rows.points, own) for own in labels],
            "apart": [all_apart(found) for found in looked],
        }
    )
    lowest = int(table["bic"].to_numpy().argmin())
    # A criterion that still falls at the last number tried says of no number that it is the right one.
    if lowest < len(ks) - 1 and together_apart(looked[lowest]):
        table.loc[lowest, "apart"] = True
    found: dict[int, np.ndarray] = {}

    def stable(row: int) -> np.ndarray:
        if row not in found:
            found[row] = kmeans_stability(points, groupings[row].labels, seed=seed)
        return found[row]

    winding = 0 if table["apart"].any() else n_winding(rows)
    row, reasons = _choose(table, [none_one(found) for found in looked], winding, limits, len(measured))
    stable(row)
    if every_stability:
        each(stable, range(len(ks)))
    table["stability"] = [float(np.nanmean(found[i])) if i in found else np.nan for i in range(len(ks))]
    table["least_stability"] = [float(np.nanmin(found[i])) if i in found else np.nan for i in range(len(ks))]
    sure = table["apart"].any() and all_sure(looked[row]) and float(np.nanmean(found[row])) >= STABLE
    verdict = "clear" if sure else "weak" if table["apart"].any() else "winding" if winding else "none"
    recommended = Recommendation(
        k=ks[row],
        verdict=verdict,
        silhouette=float(table["silhouette"].iloc[row]),
        stability=found[row],
        n_rows=len(points),
        reasons=(*reasons, _agreement(table, row, spread)),
        n_winding=winding,
    )
    return Sweep(
        table=table.assign(chosen=table.index == row),
        recommended=recommended,
        groupings=tuple(groupings),
        n_rows=len(points),
        n_silhouette=len(measured),
        n_gap=_gap_rows(measured),
        far=row in far,
    )


def _with_far_groups(
    points: np.ndarray,
    sample: np.ndarray | None,
    rows: Rows,
    groupings: list[Grouping],
    labels: list[np.ndarray],
    looked: list[dict[tuple[int, int], Between]],
) -> set[int]:
    """Put divisions into small groups far off where those of k-means are not apart; return the places."""
    import numpy as np

    far = set()
    for division in far_groups(rows):
        k = int(division.max()) + 1
        place = k - K_RANGE[0]
        if place >= len(groupings) or all_apart(looked[place]):
            continue
        measured = points if sample is None else points[sample]
        grouping = settled(points, np.array([measured[division == group].mean(axis=0) for group in range(k)]))
        own = grouping.labels if sample is None else grouping.labels[sample]
        found = pairs(rows, own) if len(np.unique(own)) == k else {}
        if all_apart(found):
            groupings[place], labels[place], looked[place] = grouping, own, found
            far.add(place)
    return far


def kmeans_stability(points: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Return the mean bootstrap Jaccard of each group of a k-means solution, shape (k,); see ``stability``.

    Groups that k-means gives up for others from starts of its own are found again from their means.
    """
    import numpy as np

    k = int(labels.max()) + 1
    few = np.random.default_rng(seed).permutation(len(points))[:CHECK_ROWS]
    own, best = points[few][labels[few] >= 0], refit(points[few], k, seed=seed)
    given_up = dispersion(own, labels[few][labels[few] >= 0]) > OTHER_SOLUTION * dispersion(points[few], best)
    if not given_up:
        return stability(points, labels, lambda drawn, turn: refit(drawn, k, seed=seed + turn), seed=seed)
    centres = np.array([points[labels == group].mean(axis=0) for group in range(k)])
    return stability(points, labels, lambda drawn, turn: settled(drawn, centres).labels, seed=seed)


def _distinct(points: np.ndarray) -> int:
    import numpy as np

    few = len(np.unique(points[:500], axis=0))
    return few if few > K_RANGE[1] else len(np.unique(points, axis=0))


def _gap(points: np.ndarray, ks: Sequence[int], seed: int) -> Gap:
    import numpy as np

    n_rows = _gap_rows(points)
    if len(points) > n_rows:
        points = points[np.random.default_rng(seed).choice(len(points), n_rows, replace=False)]
    return gap(points, ks, lambda data, k: refit(data, k, seed=seed), seed=seed)


def _gap_rows(points: np.ndarray) -> int:
    """Return on how many rows the gap is measured: many columns, as levels of categories make, take fewer rows."""
    return min(len(points), GAP_ROWS, max(GAP_CELLS // points.shape[1], LEAST_GAP_ROWS))


def _choose(table: pd.DataFrame, not_one: list[bool], winding: int, limits: Limits, n: int) -> tuple[int, list[Note]]:
    """Return the row that is recommended, and why."""
    import numpy as np

    apart = bool(table["apart"].any())
    order = table.sort_values("silhouette", ascending=False, kind="stable")
    if apart:
        # Groups that touch are counted too, unless the division becomes much less clear than one of groups apart.
        clear = table["silhouette"] >= table.loc[table["apart"], "silhouette"].max() - TOUCHING
        order = table[table["apart"] | (clear & np.array(not_one))].sort_values("bic", kind="stable")
    elif winding:
        order = order.sort_values("k", key=lambda ks: ks != winding, kind="stable")
    best = int(order["k"].iloc[0])
    # A share is kept to the whole percent, as it is chosen.
    enough = (order["smallest_share"] * 100).round() >= limits.smallest_share * 100
    inside = order[enough & (order["k"] <= limits.most)]
    facts: dict[str, Any] = {"best": best, "low": int(table["k"].min()), "high": int(table["k"].max())}
    facts |= {"smallest_share": limits.smallest_share, "most": limits.most}
    if inside.empty:
        few = order[order["k"] <= limits.most]
        row = (few if len(few) else table[table["k"] == table["k"].min()]).index.to_list()[0]
        reason = _reason("k_none_within_limits", table, row, facts)
    else:
        row = inside.index.to_list()[0]
        code = "k_apart" if apart else "k_highest"
        if table["k"].iloc[row] != best:
            code = "k_apart_within_limits" if apart else "k_within_limits"
        reason = _reason("k_winding" if winding == table["k"].iloc[row] else code, table, row, facts)
    none = [] if apart or winding else [Note("k_no_groups", {"n": n})]
    return row, [*none, reason]


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
