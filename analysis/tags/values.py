"""The values of a tag: which customer has which, by the tag's definition and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.tabular import Tabular
from analysis.tags.asking import asked_feature, masked_values, who_holds
from analysis.tags.params import MOST_VALUES, Bands, Cases, FromColumn, LookAlike, OfSegment, Rule, Score, Tag, Top

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.result import EditedSegmentation
    from analysis.tags.imported import ImportedValues

YES = "yes"


@dataclass(frozen=True)
class Basis:
    """What tags are computed from.

    Attributes
    ----------
    profiles : Profiles
        With the tags that others ask about already in it.
    standard : StandardTables, optional
        For tags that read order lines.
    segmentations : mapping of method to EditedSegmentation
        For tags that name segments.
    imported : mapping of tag key to ImportedValues
        For tags whose values came from a file.
    merges : Merges, optional
        Which ids are one customer; values that came from a file follow them.
    """

    profiles: Profiles
    standard: StandardTables | None = field(default=None, repr=False)
    segmentations: Mapping[str, EditedSegmentation] = field(default_factory=dict, repr=False)
    imported: Mapping[str, ImportedValues] = field(default_factory=dict, repr=False)
    merges: Merges | None = field(default=None, repr=False)


@dataclass(frozen=True)
class TagValues(Tabular, rows="counts"):
    """Who has a tag.

    Attributes
    ----------
    tag : Tag
    values : tuple of str
        What customers can have, in order; ``("yes",)`` for a tag that is had or not.
    codes : int array, shape (customers,)
        Position in ``values``; -1 without. Of a tag with several values, the first that the customer has.
    held : bool array, shape (values, customers), optional
        Who has which value, for a tag with several.
    counts : DataFrame, one row per value
        ``value``, ``customers`` (count), ``share`` (of all customers, 0..1), ``revenue`` (their net spend, currency;
        NaN without money).
    cuts : tuple of float
        Where the bands of a number begin, as found now.
    as_of : date
        The day that the data says; values that were worked out were set on it.
    n_expired : int
        Customers whose value is older than the tag's values live; dropped or not is the tag's choice.
    set_on : datetime64[D] array, shape (customers,), optional
        The day of each value where they differ (of values from a file); NaT without one.
    n_disputed : int
        Customers who were given two values on the day that counts, as ids that became one later; the last row counts.
    """

    tag: Tag = field(repr=False)
    values: tuple[str, ...] = field(repr=False)
    codes: np.ndarray = field(repr=False)
    held: np.ndarray | None = field(repr=False)
    counts: pd.DataFrame = field(repr=False)
    cuts: tuple[float, ...]
    as_of: date
    n_expired: int = 0
    set_on: np.ndarray | None = field(default=None, repr=False)
    n_disputed: int = 0

    @property
    def is_flag(self) -> bool:
        """Whether the tag is had or not, without a value."""
        return self.values == (YES,)

    @property
    def has(self) -> np.ndarray:
        """Who has the tag at all: bool array, shape (customers,)."""
        return self.codes >= 0

    @property
    def n(self) -> int:
        """How many customers have it."""
        return int(self.has.sum())

    @property
    def coverage(self) -> float:
        """Share 0..1 of the customers who have it."""
        return self.n / len(self.codes) if len(self.codes) else 0.0

    def who(self, value: str | None = None) -> np.ndarray:
        """Return who has a value, or the tag at all: bool array, shape (customers,)."""
        if value is None:
            return self.has
        if value not in self.values:
            raise AnalysisError("tag_value_unknown", tag=self.tag.key, value=value, known=self.values)
        place = self.values.index(value)
        return self.held[place] if self.held is not None else self.codes == place


@dataclass(frozen=True)
class _Found:
    """What a way of making tags finds, before it is counted."""

    values: tuple[str, ...]
    codes: Any
    held: Any = None
    cuts: tuple[float, ...] = ()
    set_on: Any = None
    n_disputed: int = 0


def tag_values(tag: Tag, basis: Basis) -> TagValues:
    """Return who has a tag; the count while it is edited, in the dictionary, in lists and exports all come from here.

    Raises
    ------
    AnalysisError
        ``tag_retired`` (tag), ``tag_feature_gone`` (tag, feature), ``tag_personal`` (tag, feature), ``tag_wrong_kind``
        (tag, feature): a number is needed and it is none, ``tag_too_many_values`` (tag, n, most),
        ``tag_needs_orders`` (tag), ``tag_order_column_gone`` (tag, column), ``tag_segmentation_gone`` (tag, method),
        ``tag_segment_gone`` (tag, segment), ``tag_nothing_imported`` (tag), ``tag_values_personal`` (tag, n): most
        values are phone numbers, e-mails or the like (single ones are masked), and what conditions and look-alikes
        refuse.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abc"), "spend": [9.0, 5.0, 1.0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> found = tag_values(Tag(key="big", type="value", source=Top(feature="spend", n=1)), Basis(base))
    >>> found.n, found.counts.to_dict("records")[0]["revenue"]
    (1, 9.0)
    """
    import numpy as np

    if tag.retired:
        raise AnalysisError("tag_retired", tag=tag.key)
    found = _MAKERS[tag.source.kind](tag, basis)
    profiles = basis.profiles
    n_expired, dropped = 0, None
    if found.set_on is not None and tag.lives_days is not None:
        age = np.datetime64(profiles.as_of, "D") - found.set_on
        old = (found.codes >= 0) & (age > np.timedelta64(tag.lives_days, "D"))
        n_expired = int(old.sum())
        if tag.expired == "drop":
            dropped = old
    codes, held = found.codes, found.held
    if dropped is not None and n_expired:
        codes = np.where(dropped, -1, codes)
        held = None if held is None else held & ~dropped
    counts = _counted(found.values, codes, held, profiles)
    return TagValues(
        tag, found.values, codes, held, counts, found.cuts, profiles.as_of, n_expired, found.set_on, found.n_disputed
    )


def _counted(values: tuple[str, ...], codes: np.ndarray, held: np.ndarray | None, profiles: Profiles) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    n = len(codes)
    spend = None
    if "spend" in profiles.customers.columns:
        spend = np.nan_to_num(profiles.customers["spend"].to_numpy(dtype=float, na_value=np.nan))
    if held is not None:
        customers = held.sum(axis=1)
        revenue = held @ spend if spend is not None else None
    else:
        customers = np.bincount(codes[codes >= 0], minlength=len(values))
        revenue = None if spend is None else np.bincount(codes[codes >= 0], spend[codes >= 0], minlength=len(values))
    return pd.DataFrame(
        {
            "value": pd.array(list(values), dtype="str"),
            "customers": customers.astype("int64"),
            "share": customers / n if n else np.zeros(len(values)),
            "revenue": np.full(len(values), np.nan) if revenue is None else revenue,
        }
    )


def _flag(has: np.ndarray) -> _Found:
    import numpy as np

    return _Found((YES,), np.where(has, 0, -1))


def _column(tag: Tag, basis: Basis) -> _Found:
    import pandas as pd

    source: Any = tag.source
    assert isinstance(source, FromColumn)
    profiles = basis.profiles
    feature = asked_feature(tag, source.feature, profiles)
    column = profiles.customers[source.feature]
    if feature.kind == "flag":
        return _flag(column.astype("boolean").fillna(False).to_numpy(dtype=bool))
    if feature.kind == "date":
        raise AnalysisError("tag_of_dates", tag=tag.key, feature=source.feature)
    codes, found = pd.factorize(column, sort=True)
    if len(found) > MOST_VALUES:
        raise AnalysisError("tag_too_many_values", tag=tag.key, n=len(found), most=MOST_VALUES)
    values = tuple(plain_number(one) if feature.kind == "number" else str(one) for one in found)
    return _Found(*masked_values(tag, values, codes))


def _bands(tag: Tag, basis: Basis) -> _Found:
    import numpy as np

    source: Any = tag.source
    assert isinstance(source, Bands)
    asked_feature(tag, source.feature, basis.profiles, number=True)
    numbers = basis.profiles.customers[source.feature].to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(numbers)
    if source.quantiles is None:
        cuts = np.array(source.cuts)
    elif known.any():
        # Customers with equal values stay together, so that cuts can meet: the bands between them have nobody.
        cuts = np.quantile(numbers[known], np.arange(1, source.quantiles) / source.quantiles)
    else:
        cuts = np.full(source.quantiles - 1, np.nan)
    # A cut of one's own begins its band; a quantile ends the band below it, as scores are given.
    side = "right" if source.quantiles is None else "left"
    codes = np.where(known, np.searchsorted(cuts, numbers, side=side), -1)
    return _Found(source.names or band_names(source), codes, cuts=tuple(float(cut) for cut in cuts))


def band_names(source: Bands) -> tuple[str, ...]:
    """Return the values of bands that nobody named: by their borders, or of equal parts by their place.

    Examples
    --------
    >>> band_names(Bands(feature="spend", cuts=(100, 500)))
    ('<100', '100–500', '≥500')
    >>> band_names(Bands(feature="spend", cuts=(1234567, 1234568)))[1]
    '1234567–1234568'
    >>> band_names(Bands(feature="spend", quantiles=4))
    ('1/4', '2/4', '3/4', '4/4')
    """
    if source.quantiles:
        return tuple(f"{place}/{source.quantiles}" for place in range(1, source.quantiles + 1))
    written = [plain_number(cut) for cut in source.cuts]
    inner = [f"{low}–{high}" for low, high in pairwise(written)]
    return (f"<{written[0]}", *inner, f"≥{written[-1]}")


def plain_number(number: float) -> str:
    """Write a number with all its digits, so that two numbers never look alike.

    Examples
    --------
    >>> plain_number(100.0), plain_number(1234567.5), plain_number(0.1), plain_number(-0.0)
    ('100', '1234567.5', '0.1', '0')
    """
    return f"{Decimal(repr(float(number) + 0.0)).normalize():f}"


def _rule(tag: Tag, basis: Basis) -> _Found:
    source: Any = tag.source
    assert isinstance(source, Rule)
    return _flag(who_holds(tag, source.when, basis.profiles))


def _cases(tag: Tag, basis: Basis) -> _Found:
    import numpy as np

    source: Any = tag.source
    assert isinstance(source, Cases)
    held = np.array([who_holds(tag, case.when, basis.profiles) for case in source.cases])
    codes = np.where(held.any(axis=0), held.argmax(axis=0), -1)
    return _Found(tuple(case.value for case in source.cases), codes, held if tag.several else None)


def _top(tag: Tag, basis: Basis) -> _Found:
    import numpy as np

    source: Any = tag.source
    assert isinstance(source, Top)
    asked_feature(tag, source.feature, basis.profiles, number=True)
    numbers = basis.profiles.customers[source.feature].to_numpy(dtype=float, na_value=np.nan)
    numbers = -numbers if source.lowest else numbers
    known = np.flatnonzero(~np.isnan(numbers))
    wanted = min(source.n or int(np.ceil((source.share or 0) * len(known) - 1e-9)), len(known))
    if not wanted:
        return _flag(np.zeros(len(numbers), dtype=bool))
    border = np.partition(numbers[known], len(known) - wanted)[len(known) - wanted]
    with np.errstate(invalid="ignore"):
        return _flag(numbers >= border)


def _segment(tag: Tag, basis: Basis) -> _Found:
    import pandas as pd

    source: Any = tag.source
    assert isinstance(source, OfSegment)
    edited = basis.segmentations.get(source.method)
    if edited is None:
        raise AnalysisError("tag_segmentation_gone", tag=tag.key, method=source.method, known=(*basis.segmentations,))
    labels = edited.segmentation.labels
    known = tuple(edited.segmentation.segments["segment"])
    if source.segments:
        for segment in source.segments:
            if segment not in known:
                raise AnalysisError("tag_segment_gone", tag=tag.key, segment=segment, known=known)
        return _flag(labels.isin(source.segments).to_numpy(dtype=bool))
    return _Found(known, pd.Categorical(labels, categories=list(known)).codes.astype("int64"))


def _score(tag: Tag, basis: Basis) -> _Found:
    import numpy as np

    source: Any = tag.source
    assert isinstance(source, Score)
    asked_feature(tag, source.feature, basis.profiles, number=True)
    numbers = basis.profiles.customers[source.feature].to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        return _flag(numbers <= source.threshold if source.below else numbers >= source.threshold)


def _of_lines(tag: Tag, basis: Basis) -> _Found:
    from analysis.tags.lines import from_lines

    return _Found(*masked_values(tag, *from_lines(tag, basis.profiles, basis.standard)))


def _imported(tag: Tag, basis: Basis) -> _Found:
    kept = basis.imported.get(tag.key)
    if kept is None:
        raise AnalysisError("tag_nothing_imported", tag=tag.key)
    values, codes, held, set_on, n_disputed = kept.of(basis.profiles, several=tag.several, merges=basis.merges)
    return _Found(values, codes, held, set_on=set_on, n_disputed=n_disputed)


def _look_alike(tag: Tag, basis: Basis) -> _Found:
    import numpy as np

    from analysis.privacy.consent import may_be_contacted
    from analysis.tags.look_alike import look_alike

    source: Any = tag.source
    assert isinstance(source, LookAlike)
    seeds = who_holds(tag, source.seeds, basis.profiles)
    # Nobody who may not be contacted is worth finding.
    allowed = may_be_contacted(basis.profiles.customers)
    found = look_alike(basis.profiles, seeds, source.features, n=source.n, allowed=allowed, code=tag.key)
    has = np.zeros(len(seeds), dtype=bool)
    has[found.rows] = True
    return _flag(has)


_MAKERS = {
    "column": _column,
    "bands": _bands,
    "rule": _rule,
    "cases": _cases,
    "top": _top,
    "edge": _of_lines,
    "favourite": _of_lines,
    "activity": _of_lines,
    "segment": _segment,
    "imported": _imported,
    "look_alike": _look_alike,
    "score": _score,
}
