"""Compare segments: size, means and shares per feature, the index against all customers, what differs most.

Method, sources and limits: ``docs/methods/compare.md``. "All" is every customer with a segment, "the rest" is all
without the segment in question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.compare.as_many import orders_beside, p_of_as_many
from analysis.compare.made_of import made_of
from analysis.compare.ranked import FEW, RANKS, ranked_differences
from analysis.errors import AnalysisError
from analysis.segments.result import Note, groups_of
from analysis.stats.effects import cohen_d, cohen_h, d_interval, h_interval
from analysis.stats.exact import fisher_p
from analysis.stats.intervals import index_interval, mean_interval, wilson
from analysis.stats.ranks import MOST_RANKED, against_rest
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.result import Segmentation, Segmented

# With fewer customers than so many times the squared skewness the interval of a mean is too narrow (measured).
FEW_FOR_SKEWNESS = 5
MAX_LEVELS = 20
OTHER = "__other__"
YES = "__yes__"


@dataclass(frozen=True)
class Comparison(Tabular, rows="differences"):
    """Segments side by side.

    Attributes
    ----------
    segments : DataFrame, one row per segment compared
        As in ``Segmentation.segments``, and ``too_few`` (bool, fewer than 30 customers).
    numbers : DataFrame, one row per segment and number feature
        ``segment``, ``feature``, ``dimension``, ``n`` (customers with a value), ``mean``, ``low``, ``high`` (95 %
        interval of the mean, missing when n < 2), ``median``, ``sd`` (the feature's unit), ``skewness``, ``rest_mean``,
        ``rest_sd``, ``rest_skewness``, ``rest_n``, ``all_mean``, ``d`` (Cohen's d against the rest, missing where
        neither side varies), ``d_low``, ``d_high`` (95 %, of the means: it may leave out 0 where the ranks do not),
        ``d_all`` (mean less the mean of all, in standard deviations of all), ``p`` (ranks:
        ``stats.ranks.against_rest``), ``delta``, ``delta_low``, ``delta_high`` (Cliff's delta, the effect size of that
        test, -1..1, and its 95 % interval), ``towards`` (1 where the values of the segment tend to be larger by it, -1
        smaller), ``skewed`` (fewer than 5 × skewness² customers: the interval may be too narrow),
        ``too_few``.
    shares : DataFrame, one row per segment, category or flag feature and level
        ``segment``, ``feature``, ``dimension``, ``level`` (``OTHER`` beyond the 20 most frequent, ``YES`` for flags),
        ``n`` (customers with a value), ``count``, ``share``, ``low``, ``high`` (Wilson 95 %), ``all_share``,
        ``rest_share``, ``rest_n``, ``tgi`` (100 is as all customers), ``tgi_low``, ``tgi_high`` (95 %:
        ``stats.intervals.index_interval``), ``h`` (Cohen's h against the rest), ``h_low``, ``h_high`` (95 %), ``p``
        (Fisher's exact test), ``too_few``.
    differences : DataFrame, ranked by size
        ``segment``, ``feature``, ``level`` (empty for numbers), ``effect`` (d or h), ``value`` (mean or share),
        ``rest_value``, ``n``, ``p``, ``delta``, ``delta_low``, ``delta_high`` (of numbers), ``by_construction`` (the
        feature made the segments, or is computed from one that did: no test can say anything of it, and it comes after
        all others), ``p_holm`` (over all other rows with a p value), ``significant`` (p_holm < 0.05, and the test
        points to the same side as the mean). Segments too few are left out.
    features : tuple of Feature
        What was compared.
    n_all : int
        Customers with a segment.
    notes : tuple of Note
        ``compare_unknown_segment`` (segment), ``compare_too_few`` (segment, n), ``compare_no_rest`` (segment, n),
        ``compare_few_others`` (segment, n): of the others; ``compare_sampled`` (n): of more customers the test of
        numbers ranks a sample of this size; ``compare_skewed`` (n): so many intervals of a mean may be too narrow.
    made_of : tuple of str
        Keys of the features compared that made the segments, or are computed from one that did.
    """

    segments: pd.DataFrame
    numbers: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame = field(repr=False)
    features: tuple[Feature, ...]
    n_all: int
    notes: tuple[Note, ...]
    made_of: tuple[str, ...] = ()


def compare(profiles: Profiles, segmentation: Segmentation | Segmented, segments: Sequence[str]) -> Comparison:
    """Set segments side by side.

    Parameters
    ----------
    profiles : Profiles
        Numbers, categories and flags are compared; dates, free text and personal data are not.
    segmentation : Segmentation, or a result or edited segmentation that holds one
        Aligned with the profiles.
    segments : sequence of str
        Keys, in the order wanted.

    Raises
    ------
    AnalysisError
        ``compare_no_segment``: none of the keys has customers.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "city": ["x", "x", "y", "y"]})
    >>> profiles = Profiles(base, (Feature("city", "basic", "category"),), date(2024, 1, 1))
    >>> groups = segmentation_of(np.array([0, 0, 0, 1]), ["big", "small"], method="rfm")
    >>> compare(profiles, groups, ["big"]).shares[["level", "share", "tgi"]].round(2).values.tolist()
    [['x', 0.67, 133.33], ['y', 0.33, 66.67]]
    """
    import numpy as np
    import pandas as pd

    segmentation = groups_of(segmentation)
    present = segmentation.segments["segment"].tolist()
    wanted = [key for key in dict.fromkeys(segments) if key in present]
    if not wanted:
        raise AnalysisError("compare_no_segment", segment=", ".join(segments), known=tuple(present))
    notes = [Note("compare_unknown_segment", {"segment": key}) for key in dict.fromkeys(segments) if key not in present]
    inside = segmentation.labels.notna().to_numpy()
    codes = pd.Index(wanted).get_indexer(pd.Index(segmentation.labels[inside]))
    frame = profiles.customers[inside]
    sizes = np.bincount(codes[codes >= 0], minlength=len(wanted))
    table = segmentation.segments.set_index("segment").loc[wanted].reset_index().assign(too_few=sizes < FEW)
    notes += [
        Note("compare_too_few", {"segment": key, "n": int(n)}) for key, n in zip(wanted, sizes, strict=True) if n < FEW
    ]
    notes += [
        Note("compare_no_rest", {"segment": key, "n": int(n)})
        for key, n in zip(wanted, sizes, strict=True)
        if n == len(codes)
    ]
    notes += [
        Note("compare_few_others", {"segment": key, "n": len(codes) - int(n)})
        for key, n in zip(wanted, sizes, strict=True)
        if n >= FEW and 0 < len(codes) - n < FEW
    ]

    features = tuple(
        feature
        for feature in profiles.features
        if feature.kind in ("number", "category", "flag") and not feature.personal and feature.key in frame.columns
    )
    numbers = [_numbers(frame[f.key], codes, wanted, f) for f in features if f.kind == "number"]
    shares = [
        _shares(frame[f.key], codes, wanted, f, orders_beside(f, segmentation, frame))
        for f in features
        if f.kind != "number"
    ]
    few = set(table.loc[table["too_few"], "segment"])
    number_table = _joined(numbers, few, _NUMBER_COLUMNS)
    share_table = _joined(shares, few, _SHARE_COLUMNS)
    made = made_of(segmentation, [feature.key for feature in features], features)
    skewed = int((number_table["skewed"] & ~number_table["too_few"]).sum()) if len(number_table) else 0
    if skewed:
        notes.append(Note("compare_skewed", {"n": skewed}, "check"))
    if len(codes) > MOST_RANKED and len(number_table):
        notes.append(Note("compare_sampled", {"n": MOST_RANKED}))
    return Comparison(
        segments=table,
        numbers=number_table,
        shares=share_table,
        differences=ranked_differences(number_table, share_table, made),
        features=features,
        n_all=int(inside.sum()),
        notes=tuple(notes),
        made_of=made,
    )


_START = ["segment", "feature", "dimension"]
_NUMBER_COLUMNS = [
    *_START,
    *("n", "mean", "low", "high", "median", "sd", "skewness", "rest_mean", "rest_sd", "rest_skewness", "rest_n"),
    *("all_mean", "d", "d_low", "d_high", "d_all", "p", *RANKS, "towards", "skewed", "too_few"),
]
_SHARE_COLUMNS = [
    *_START,
    *("level", "n", "count", "share", "low", "high", "all_share", "rest_share", "rest_n", "tgi", "tgi_low", "tgi_high"),
    *("h", "h_low", "h_high", "p", "too_few"),
]


def _joined(tables: list[dict[str, Any]], few: set[str], columns: list[str]) -> pd.DataFrame:
    """Put the columns of all features below each other, but for segments in which nobody has a value."""
    import numpy as np
    import pandas as pd

    tables = [table for table in tables if table]
    if not tables:
        return pd.DataFrame(columns=columns)
    filled = [np.asarray(table["n"]) > 0 for table in tables]

    def whole(name: str) -> np.ndarray:
        words = isinstance(tables[0][name], str) or name in ("segment", "level")
        parts = [np.asarray(table[name], dtype=object if words else None) for table in tables]
        return np.concatenate(
            [np.broadcast_to(part, rows.shape)[rows] for part, rows in zip(parts, filled, strict=True)]
        )

    joined = pd.DataFrame({name: whole(name) for name in columns if name != "too_few"})
    return joined.assign(too_few=joined["segment"].isin(few))[columns]


def _numbers(column: pd.Series, codes: np.ndarray, segments: list[str], feature: Feature) -> dict[str, Any]:
    import numpy as np

    values = column.to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(values)
    if not known.all():
        values, codes = values[known], codes[known]
    if len(values) == 0:
        return {}
    k = len(segments)
    # Around the mean of all, so that the sums of squares keep their digits.
    all_mean = values.mean()
    centred = values - all_mean
    squares = centred * centred
    # One place more than segments holds the customers of none of them.
    own = np.where(codes < 0, k, codes)
    n = np.bincount(own, minlength=k + 1)[:k]
    first, second, third = (
        np.bincount(own, sums, minlength=k + 1)[:k] for sums in (centred, squares, squares * centred)
    )
    mean, sd = _moments(n, first, second)
    rest_n = len(values) - n
    rest_mean, rest_sd = _moments(rest_n, centred.sum() - first, squares.sum() - second)
    all_sd = centred.std(ddof=1) if len(values) > 1 else 0.0
    skewness = _skewness(n, first, second, third, sd)
    rest = centred.sum() - first, squares.sum() - second, (squares * centred).sum() - third
    low, high = mean_interval(mean, sd, n, skewness)
    sides = (mean, sd, n, rest_mean, rest_sd, rest_n)
    ranks = against_rest(values, codes, k)
    d = cohen_d(*sides)
    d_low, d_high = d_interval(d, n, rest_n)
    return {
        "segment": segments,
        "feature": feature.key,
        "dimension": feature.dimension,
        "n": n,
        "mean": mean + all_mean,
        "low": low + all_mean,
        "high": high + all_mean,
        "median": _medians(values, codes, k),
        "sd": sd,
        "skewness": skewness,
        "rest_mean": rest_mean + all_mean,
        "rest_sd": rest_sd,
        "rest_skewness": _skewness(rest_n, *rest, rest_sd),
        "rest_n": rest_n,
        "all_mean": all_mean,
        "d": d,
        "d_low": d_low,
        "d_high": d_high,
        "d_all": mean / all_sd if all_sd > 0 else np.full(k, np.nan),
        "p": ranks.p,
        **{name: getattr(ranks, name) for name in RANKS},
        "towards": ranks.towards,
        "skewed": n < FEW_FOR_SKEWNESS * skewness**2,
    }


def _skewness(n: np.ndarray, first: np.ndarray, second: np.ndarray, third: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Return how far the values of each segment lean to the large ones, from the sums of powers; 0 where none vary."""
    import numpy as np

    size = np.maximum(n, 1)
    mean = first / size
    about = third / size - 3 * mean * second / size + 2 * mean**3
    return np.divide(about, sd**3, out=np.zeros(len(n)), where=np.nan_to_num(sd) > 0)


def _medians(values: np.ndarray, codes: np.ndarray, k: int) -> list[float]:
    """Return the median of each segment, missing where it has no value."""
    import numpy as np

    # Few different codes in two bytes sort by counting.
    grouped = values[np.argsort(codes.astype(np.int16), kind="stable")]
    ends = np.cumsum(np.bincount(codes + 1, minlength=k + 1))
    # NumPy sorts several times as fast as it looks for the middle.
    parts = [np.sort(part) for part in np.split(grouped, ends[:-1])[1:]]
    return [float(part[[(len(part) - 1) // 2, len(part) // 2]].mean()) if len(part) else np.nan for part in parts]


def _moments(n: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n - 1) from counts and sums; missing where they do not exist."""
    import numpy as np

    mean = np.divide(first, n, out=np.full(len(n), np.nan), where=n > 0)
    squares = np.maximum(second - n * np.nan_to_num(mean) ** 2, 0)
    # What rounding leaves of a spread of nothing is nothing.
    squares[squares <= 1e-12 * second] = 0
    variance = np.divide(squares, n - 1, out=np.full(len(n), np.nan), where=n > 1)
    return mean, np.sqrt(variance)


def _shares(
    column: pd.Series, codes: np.ndarray, segments: list[str], feature: Feature, orders: np.ndarray | None
) -> dict[str, Any]:
    import numpy as np

    known = column.notna().to_numpy()
    codes = codes[known]
    if len(codes) == 0:
        return {}
    k = len(segments)
    level_codes, levels = levels_of(column[known], feature)
    # One extra row holds the customers of the segments that are not compared.
    cells = np.bincount((codes + 1) * len(levels) + level_codes, minlength=(k + 1) * len(levels))
    cells = cells.reshape(k + 1, len(levels))
    count, n = cells[1:], cells[1:].sum(axis=1)[:, None]
    total, n_all = cells.sum(axis=0), len(codes)
    if feature.kind == "flag":
        position = levels.index(YES) if YES in levels else None
        if position is None:
            return {}
        count, total, levels = count[:, [position]], total[[position]], [YES]
    n = np.broadcast_to(n, count.shape)
    rest_count, rest_n = total - count, n_all - n
    all_share = np.broadcast_to(total / n_all, count.shape)
    share = count / np.maximum(n, 1)
    rest_share = np.divide(rest_count, rest_n, out=np.full(count.shape, np.nan), where=rest_n > 0)
    low, high = wilson(count, np.maximum(n, 1))
    tgi_low, tgi_high = index_interval(count, n, rest_count, rest_n)
    h = cohen_h(share, rest_share)
    h_low, h_high = h_interval(h, n, rest_n)
    if orders is None:
        p = fisher_p(count, n, rest_count, rest_n)
    else:
        p = p_of_as_many(orders[known], codes + 1, level_codes, cells.shape)[1:]
    return {
        "segment": np.repeat(segments, len(levels)),
        "feature": feature.key,
        "dimension": feature.dimension,
        "level": np.tile(np.array(levels, dtype=object), k),
        "n": n.ravel(),
        "count": count.ravel(),
        "share": share.ravel(),
        "low": low.ravel(),
        "high": high.ravel(),
        "all_share": all_share.ravel(),
        "rest_share": rest_share.ravel(),
        "rest_n": rest_n.ravel(),
        "tgi": (100 * share / all_share).ravel(),
        "tgi_low": tgi_low.ravel(),
        "tgi_high": tgi_high.ravel(),
        "h": h.ravel(),
        "h_low": h_low.ravel(),
        "h_high": h_high.ravel(),
        "p": p.ravel(),
    }


def levels_of(column: pd.Series, feature: Feature) -> tuple[np.ndarray, list[str]]:
    """Give every customer a level: the 20 most frequent, then ``OTHER``; yes or no for flags."""
    import numpy as np
    import pandas as pd

    if feature.kind == "flag":
        flags = column.astype("boolean").to_numpy(dtype=bool)
        return flags.astype(int), ["__no__", YES] if flags.any() else ["__no__"]
    codes, names = pd.factorize(column.astype(str), sort=True)
    counts = np.bincount(codes, minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(names), dtype=int)
    rank[order] = np.arange(len(names))
    levels = [str(names[i]) for i in order[:MAX_LEVELS]]
    if len(names) > MAX_LEVELS:
        levels.append(OTHER)
    return np.minimum(rank, MAX_LEVELS)[codes], levels
