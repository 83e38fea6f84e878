"""Explain a segmentation: which features set its segments apart, and each segment against all and its neighbour.

Method, sources and limits: ``docs/methods/explain.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.compare.as_many import orders_beside, p_of_all, p_of_as_many, p_of_cells
from analysis.compare.compare import YES, Comparison, compare, levels_of
from analysis.compare.made_of import made_of
from analysis.compare.ranked import FEW, RANKS, differs, judged, size_of, without_ranks
from analysis.compare.sides import mean_differences
from analysis.errors import AnalysisError
from analysis.segments.result import groups_of
from analysis.stats.groups import association, kruskal_wallis, one_way
from analysis.stats.intervals import ALPHA
from analysis.stats.multiplicity import holm
from analysis.stats.ranks import MOSTLY, against_rest
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.result import Segmentation, Segmented

MAX_ROWS = 6_000
TREES = 40
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ZEROS_APART = 0.5


@dataclass(frozen=True)
class Separation(Tabular, rows="features"):
    """What sets the segments apart.

    Attributes
    ----------
    features : DataFrame, one row per feature that varies, strongest first
        ``feature``, ``dimension``, ``kind``, ``n`` (customers with a value), ``measure`` (``eta2`` or ``v``),
        ``effect`` (eta², or Cramér's V corrected for chance), ``strength`` (0..1, one scale for both: the root of
        epsilon², or V), ``p`` (``_p_of_ranks``, ``p_of_cells``), ``by_construction`` (the feature made the segments,
        or is computed from one that did: no test can say anything of it), ``p_holm`` (over the others),
        ``significant``, ``importance`` (permutation importance on held-out customers: the accuracy lost without the
        feature; missing when not asked).
    n : int
        Customers with one of the segments.
    n_sampled, n_tested : int
        Customers behind the importance, and those of them held out; 0 when not asked.
    accuracy, base_accuracy : float
        Share of held-out customers whose segment the forest names, and the share of the largest segment; NaN when not
        asked.
    """

    features: pd.DataFrame
    n: int
    n_sampled: int = 0
    n_tested: int = 0
    accuracy: float = float("nan")
    base_accuracy: float = float("nan")


@dataclass(frozen=True)
class Against(Tabular, rows="rows"):
    """One segment against others.

    Attributes
    ----------
    segment : str
    other : str
        Segment key of the other side, or ``"all"``: every other customer.
    rows : DataFrame, largest difference first
        ``feature``, ``level`` (empty for numbers), ``value``, ``other_value`` (mean or share), ``index`` (100 is as
        the other side; against all, as all customers; missing when there is nothing to divide by), ``effect`` (d or h;
        no d where neither side varies), ``difference``, ``low``, ``high`` (95 % interval of it), ``n``, ``n_other``,
        ``p``, ``delta``, ``delta_low``, ``delta_high`` (of numbers), ``convention`` (of the interval: ``welch``,
        ``skewed``, ``newcombe``), ``by_construction``, ``p_holm``, ``significant``, as ``Comparison.differences``.
    too_few : bool
        Fewer than 30 customers on a side: the rows are empty.
    """

    segment: str
    other: str
    rows: pd.DataFrame = field(repr=False)
    too_few: bool = False


def described(profiles: Profiles) -> list[Feature]:
    """Return the features that explain: numbers, categories and flags that are not personal."""
    return [
        feature
        for feature in profiles.features
        if feature.kind in ("number", "category", "flag")
        and not feature.personal
        and feature.key in profiles.customers.columns
    ]


def separation(
    profiles: Profiles, segmentation: Segmentation | Segmented, *, segments: tuple[str, ...] = (),
    importance: bool = True, seed: int = 0,
) -> Separation:  # fmt: skip
    """Rank the features by how far they set segments apart.

    Parameters
    ----------
    profiles : Profiles
    segmentation : Segmentation, or a result or edited segmentation that holds one
        Aligned with the profiles.
    segments : tuple of str, optional
        Only between these; all segments when left out.
    importance : bool
        Also ask a forest of trees, as a second opinion that sees features together.
    seed : int
        Of the sample, the forest and the permutations.

    Raises
    ------
    AnalysisError
        ``explain_one_segment`` (n): fewer than two segments have customers.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": list("abcdef"), "spend": [1.0, 2, 3, 7, 8, 9], "age": [20.0, 30] * 3})
    >>> known = (Feature("spend", "value", "number"), Feature("age", "basic", "number"))
    >>> groups = segmentation_of(np.array([0, 0, 0, 1, 1, 1]), ["low", "high"], method="rfm")
    >>> found = separation(Profiles(base, known, date(2024, 1, 1)), groups, importance=False)
    >>> found.features[["feature", "effect"]].round(2).values.tolist()
    [['spend', 0.93], ['age', 0.11]]
    """
    import numpy as np
    import pandas as pd

    segmentation = groups_of(segmentation)
    present = segmentation.segments["segment"].tolist()
    keys = [key for key in present if not segments or key in segments]
    if len(keys) < 2:
        raise AnalysisError("explain_one_segment", n=int(segmentation.labels.isin(keys).sum()))
    codes = pd.Index(keys).get_indexer(pd.Index(segmentation.labels))
    inside = codes >= 0
    frame, codes = profiles.customers[inside], codes[inside]
    asked = ((f, orders_beside(f, segmentation, frame)) for f in described(profiles))
    rows = [row for f, n in asked if (row := _separates(frame[f.key], codes, len(keys), f, n)) is not None]
    columns = ["feature", "dimension", "kind", "n", "measure", "effect", "strength", "p"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    made = table["feature"].isin(made_of(segmentation, table["feature"], profiles.features)).to_numpy(dtype=bool)
    table["by_construction"] = made
    table["p_holm"] = holm(np.where(made, np.nan, table["p"].to_numpy(dtype=float)))
    table["significant"] = table["p_holm"] < ALPHA
    table["importance"] = np.nan
    facts: dict[str, Any] = {}
    if importance and len(table):
        kept = [feature for feature in described(profiles) if feature.key in set(table["feature"])]
        lost, facts = _importance(frame, codes, kept, seed)
        table["importance"] = table["feature"].map(lost)
    order = np.lexsort([table["feature"], -table["strength"].round(12)])
    return Separation(table.iloc[order].reset_index(drop=True), n=len(frame), **facts)


def _separates(
    column: pd.Series, codes: np.ndarray, k: int, feature: Feature, orders: np.ndarray | None
) -> tuple[Any, ...] | None:
    """One row of the ranking; None where nothing varies or too few customers have a value."""
    import numpy as np
    import pandas as pd

    start = (feature.key, feature.dimension, feature.kind)
    try:
        if feature.kind == "number":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            known = np.isfinite(values)
            values, codes = values[known], codes[known]
            groups = pd.Series(values - (values.mean() if len(values) else 0)).groupby(codes)
            p = _p_of_ranks(values, codes, k)
            if (groups.max() == groups.min()).all():
                # Each segment has one value of its own: all of the variance lies between them.
                return (*start, int(known.sum()), "eta2", 1.0, 1.0, p)
            found = one_way(groups.size().to_numpy(), groups.mean().to_numpy(), groups.std().to_numpy())
            strength = float(np.sqrt(max(found.epsilon2, 0.0)))
            return (*start, int(known.sum()), "eta2", found.eta2, strength, p)
        known = column.notna().to_numpy()
        level_codes, levels = levels_of(column[known], feature)
        if feature.kind == "flag" and len(levels) < 2:
            return None
        cells = np.bincount(codes[known] * len(levels) + level_codes, minlength=k * len(levels))
        cells = cells.reshape(k, len(levels))
        bond = association(cells)
        if orders is None:
            p = p_of_cells(cells, bond.p)
        else:
            p = p_of_all(p_of_as_many(orders[known], codes[known], level_codes, cells.shape))
        return (*start, int(known.sum()), "v", bond.v_adjusted, bond.v_adjusted, p)
    except AnalysisError:
        return None  # a feature that is the same for all, or known of too few, separates nothing


def _p_of_ranks(values: np.ndarray, codes: np.ndarray, k: int) -> float:
    """Return the p value of a number: Kruskal–Wallis where its approximation holds, else by segments.

    It does not where a segment has few customers, or most values are the same: then each segment is tested against
    the others (``stats.ranks``), and the smallest p times their number holds for all together (Bonferroni).
    """
    import numpy as np

    p = kruskal_wallis(values, codes).p
    sizes = np.bincount(codes, minlength=k)
    median = np.partition(values, len(values) // 2)[len(values) // 2]
    if sizes[sizes > 0].min() >= FEW and (values == median).mean() < MOSTLY:
        return p
    each = against_rest(values, codes, k).p
    return min(float(np.nanmin(each)) * int((~np.isnan(each)).sum()), 1.0)


def encoded(frame: pd.DataFrame, features: list[Feature]) -> tuple[np.ndarray, list[tuple[Feature, str]]]:
    """Return features as columns of numbers: a column per number or flag and one per level of a category.

    Missing numbers take the median, so that a tree can be grown; a missing category is none of its levels. The second
    part names feature and level (empty for numbers) of each column.
    """
    import numpy as np

    columns, places = [], []
    for feature in features:
        column = frame[feature.key]
        if feature.kind == "number":
            values = column.to_numpy(dtype=float, na_value=np.nan)
            known = np.isfinite(values)
            if known.any():
                columns.append(np.where(known, values, np.median(values[known])))
                places.append((feature, ""))
            continue
        known = column.notna().to_numpy()
        if not known.any():
            continue
        codes, levels = levels_of(column[known], feature)
        for position, level in enumerate(levels):
            if feature.kind == "flag" and level != YES:
                continue
            cells = np.zeros(len(frame))
            cells[np.flatnonzero(known)[codes == position]] = 1
            columns.append(cells)
            places.append((feature, level))
    return (np.column_stack(columns) if columns else np.empty((len(frame), 0))), places


def _importance(
    frame: pd.DataFrame, codes: np.ndarray, features: list[Feature], seed: int
) -> tuple[dict[str, float], dict[str, Any]]:
    import numpy as np
    from sklearn.ensemble import ExtraTreesClassifier

    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(frame))[:MAX_ROWS])
    x, places = encoded(frame.iloc[chosen], features)
    y = codes[chosen]
    test = np.zeros(len(y), bool)
    test[rng.permutation(len(y))[: max(1, len(y) // 3)]] = True
    if len(np.unique(y[~test])) < 2:
        return {}, {}
    forest = ExtraTreesClassifier(TREES, max_depth=10, min_samples_leaf=3, random_state=seed, n_jobs=1)
    forest.fit(x[~test], y[~test])
    x, y = x[test], y[test]
    whole = float((forest.predict(x) == y).mean())
    lost = {}
    for feature in features:
        # All levels of a category are shuffled together: they are one feature.
        own = [i for i, (owner, _) in enumerate(places) if owner.key == feature.key]
        if not own:
            continue
        shuffled = x.copy()
        shuffled[:, own] = x[rng.permutation(len(x))][:, own]
        lost[feature.key] = whole - float((forest.predict(shuffled) == y).mean())
    facts = {
        "n_sampled": len(chosen),
        "n_tested": int(test.sum()),
        "accuracy": whole,
        "base_accuracy": float(np.bincount(y).max() / len(y)),
    }
    return lost, facts


def against(profiles: Profiles, segmentation: Segmentation | Segmented, segment: str, other: str = "all") -> Against:
    """Set one segment against every other customer, or against one other segment.

    Raises
    ------
    AnalysisError
        ``compare_no_segment``: a side has no customers.
    """
    segmentation = groups_of(segmentation)
    labels = segmentation.labels
    if other != "all":
        if not labels.eq(other).any():
            raise AnalysisError("compare_no_segment", segment=other, known=tuple(segmentation.segments["segment"]))
        table = segmentation.segments
        segmentation = replace(
            segmentation,
            labels=labels.where(labels.isin([segment, other])),
            segments=table[table["segment"].isin([segment, other])].reset_index(drop=True),
        )
    found = compare(profiles, segmentation, [segment])
    n = int(labels.eq(segment).sum())
    n_other = int(segmentation.labels.notna().sum()) - n
    rows = _rows(found, to_all=other == "all")
    too_few = min(n, n_other) < FEW
    return Against(segment, other, rows.head(0) if too_few else rows, too_few)


def _rows(found: Comparison, *, to_all: bool) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from analysis.stats.intervals import difference_of_shares

    numbers, shares = found.numbers, found.shares
    low, high, convention = mean_differences(numbers)
    base = (numbers["all_mean"] if to_all else numbers["rest_mean"]).to_numpy(dtype=float)
    mean = numbers["mean"].to_numpy(dtype=float)
    one = numbers.assign(
        level="", value=mean, other_value=numbers["rest_mean"], effect=numbers["d"],
        difference=mean - numbers["rest_mean"], low=low, high=high, n_other=numbers["rest_n"], convention=convention,
        index=np.divide(100 * mean, base, out=np.full(len(base), np.nan), where=base > 0),
    )  # fmt: skip
    rest_n = shares["rest_n"].to_numpy(dtype=float)
    low, high = difference_of_shares(
        shares["count"].to_numpy(dtype=float),
        shares["n"].to_numpy(dtype=float),
        np.rint(shares["rest_share"].to_numpy(dtype=float) * rest_n),
        rest_n,
    )
    base = (shares["all_share"] if to_all else shares["rest_share"]).to_numpy(dtype=float)
    share = shares["share"].to_numpy(dtype=float)
    two = without_ranks(shares, shares["h"]).assign(
        value=share, other_value=shares["rest_share"], effect=shares["h"], difference=share - shares["rest_share"],
        low=low, high=high, n_other=rest_n, convention="newcombe",
        index=np.divide(100 * share, base, out=np.full(len(base), np.nan), where=base > 0),
    )  # fmt: skip
    columns = ["feature", "level", "value", "other_value", "index", "effect", "difference", "low", "high"]
    columns += ["n", "n_other", "p", *RANKS, "towards", "convention"]
    rows = pd.concat([part[columns] for part in (one, two) if len(part)] or [one[columns]], ignore_index=True)
    rows = rows[differs(rows["effect"], rows["value"], rows["other_value"])]
    rows = judged(rows, found.made_of, rows["difference"])
    order = np.lexsort([rows["level"], rows["feature"], -size_of(rows["effect"]).round(12), rows["by_construction"]])
    return rows.iloc[order].reset_index(drop=True)


def quantile_table(
    profiles: Profiles, segmentation: Segmentation, feature: str, segments: tuple[str, ...]
) -> pd.DataFrame:
    """Return the 5, 25, 50, 75 and 95 % quantiles of a number in some segments.

    Where at least half of all values are 0, a box of them all would be a line: the quantiles are then those of the
    other values, and the share of zeros stands beside them.

    Returns
    -------
    DataFrame, one row per segment
        ``segment``, ``n`` (customers with a value), ``zeros`` (0..1 of them, NaN where zeros count as any value),
        ``n_drawn`` (values that the quantiles are of), ``q05``, ``q25``, ``q50``, ``q75``, ``q95`` (missing without).
    """
    import numpy as np
    import pandas as pd

    values = profiles.customers[feature].to_numpy(dtype=float, na_value=np.nan)
    parts = [values[segmentation.labels.eq(key).fillna(False).to_numpy(dtype=bool)] for key in segments]
    parts = [part[np.isfinite(part)] for part in parts]
    n = sum(len(part) for part in parts)
    apart = n > 0 and sum((part == 0).sum() for part in parts) >= ZEROS_APART * n
    rows = []
    for key, own in zip(segments, parts, strict=True):
        zeros = (own == 0).mean() if apart and len(own) else np.nan
        drawn = own[own != 0] if apart else own
        quantiles = np.quantile(drawn, QUANTILES) if len(drawn) else [np.nan] * len(QUANTILES)
        rows.append((key, len(own), zeros, len(drawn), *quantiles))
    columns = ["segment", "n", "zeros", "n_drawn", *(f"q{round(100 * q):02}" for q in QUANTILES)]
    return pd.DataFrame(rows, columns=pd.Index(columns))
