"""All tags of a study at once: in the order in which they ask for one another, as features of the profiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.profiles.result import Dimension, Feature, Profiles
from analysis.tabular import Tabular
from analysis.tags.params import Activity, Edge, Favourite, OfSegment, Tag, TagType
from analysis.tags.values import Basis, TagValues, tag_values

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import StandardTables
    from analysis.segments.result import EditedSegmentation
    from analysis.tags.imported import ImportedValues

DIMENSION_OF: dict[TagType, Dimension] = {
    "static": "basic",
    "behaviour": "behaviour",
    "preference": "preference",
    "value": "value",
    "lifecycle": "risk",
    "social": "social",
    "predictive": "risk",
}


@dataclass(frozen=True)
class Tagged(Tabular, rows="profiles.customers"):
    """Profiles with their tags.

    Attributes
    ----------
    profiles : Profiles
        Each tag is a feature ``tag_<key>``: yes or no for a tag that is had or not, else its value; a tag with several
        values is a yes/no feature for each, numbered as its values are.
    values : mapping of tag key to TagValues
    problems : mapping of tag key to AnalysisError
        Why a tag could not be computed; the others are.
    """

    profiles: Profiles
    values: Mapping[str, TagValues] = field(default_factory=dict, repr=False)
    problems: Mapping[str, AnalysisError] = field(default_factory=dict, repr=False)

    def shown_frame(self) -> pd.DataFrame:
        """Return the profiles, masked."""
        return self.profiles.shown_frame()


def with_tags(
    profiles: Profiles,
    tags: Sequence[Tag],
    *,
    standard: StandardTables | None = None,
    segmentations: Mapping[str, EditedSegmentation] | None = None,
    imported: Mapping[str, ImportedValues] | None = None,
    merges: Merges | None = None,
) -> Tagged:
    """Return the profiles with every tag that is not retired; one that cannot be computed stops no other.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> from analysis.tags.params import Top
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abc"), "spend": [9.0, 5.0, 1.0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> tagged = with_tags(base, [Tag(key="big", type="value", source=Top(feature="spend", n=1))])
    >>> tagged.profiles.customers["tag_big"].tolist()
    [True, False, False]
    """
    values: dict[str, TagValues] = {}
    problems: dict[str, AnalysisError] = {}
    retired = [tag for tag in tags if tag.retired]
    grown = profiles
    for tag in in_order(tags):
        if tag.retired:
            continue
        try:
            for asked in tag.asks:
                _refuse_missing(tag, asked, retired, [one for one in tags if one.key in problems])
            found = tag_values(tag, Basis(grown, standard, segmentations or {}, imported or {}, merges))
        except AnalysisError as problem:
            problems[tag.key] = problem.with_traceback(None)  # whose frames would keep the tables alive
            continue
        values[tag.key] = found
        grown = _with(grown, found, _made_of(tag, segmentations or {}))
    return Tagged(grown, values, problems)


def _refuse_missing(tag: Tag, asked: str, retired: Iterable[Tag], failed: Iterable[Tag]) -> None:
    for code, others in (("tag_asks_retired", retired), ("tag_asks_failed", failed)):
        for other in others:
            if other.gives(asked):
                raise AnalysisError(code, tag=tag.key, other=other.key)


def in_order(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return tags so that each stands after those it asks about.

    Raises
    ------
    AnalysisError
        ``tag_circle`` (keys): some ask for one another in a circle.
    """
    left = list(tags)
    done: list[Tag] = []
    while left:
        ready = [tag for tag in left if not _rests_on(tag, (other for other in left if other is not tag))]
        if not ready:
            raise AnalysisError("tag_circle", keys=", ".join(tag.key for tag in left))
        done += ready
        left = [tag for tag in left if tag not in ready]
    return tuple(done)


def _rests_on(tag: Tag, others: Iterable[Tag]) -> bool:
    """Say whether a tag asks about one of the others, or about a value of one."""
    return any(other.gives(asked) for other in others for asked in tag.asks)


def of_segments(tags: Sequence[Tag]) -> frozenset[str]:
    """Return the keys of tags that rest on a segmentation, also by way of another tag: they come after segments."""
    return with_those_on((tag.key for tag in tags if isinstance(tag.source, OfSegment)), tags)


def with_those_on(keys: Iterable[str], tags: Sequence[Tag]) -> frozenset[str]:
    """Return the keys of some tags and of all that rest on them, also by way of another tag."""
    found = set(keys)
    while True:
        known = [tag for tag in tags if tag.key in found]
        more = {tag.key for tag in tags if tag.key not in found and _rests_on(tag, known)}
        if not more:
            return frozenset(found)
        found |= more


def _with(profiles: Profiles, found: TagValues, made_of: tuple[str, ...]) -> Profiles:
    import pandas as pd

    columns = {}
    features = []
    for column, named, held in _columns(found):
        flag = held is not None
        if flag:
            columns[column] = pd.array(held, dtype="boolean")
        else:
            columns[column] = pd.array(list(found.values), dtype="str").take(found.codes, allow_fill=True)
        features.append(
            Feature(
                column, DIMENSION_OF[found.tag.type], "flag" if flag else "category", named=named, origin="tag",
                as_of=profiles.as_of, made_of=made_of,
            )
        )  # fmt: skip
    return replace(profiles, customers=profiles.customers.assign(**columns), features=(*profiles.features, *features))


def _made_of(tag: Tag, segmentations: Mapping[str, EditedSegmentation]) -> tuple[str, ...]:
    """Return the features that decide a tag: those it asks about, and those that say the same of order lines."""
    source = tag.source
    if isinstance(source, Activity):
        return ("recency_days", "n_orders")
    if isinstance(source, (Edge, Favourite)):
        return (f"favourite_{source.of}", "n_orders")
    if isinstance(source, OfSegment):
        edited = segmentations.get(source.method)
        return edited.segmentation.made_of if edited else ()
    return tag.asks


def _columns(found: TagValues) -> Iterator[tuple[str, tuple[str, str] | None, np.ndarray | None]]:
    """Yield each column of a tag: its key, its names, and who has it where it is of yes or no."""
    tag = found.tag
    named = names_of(tag)
    if found.held is not None:
        for place, value in enumerate(found.values):
            both = (f"{named[0]}: {value}", f"{named[1]}：{value}") if named else (value, value)
            yield f"{tag.column}__{place + 1}", both, found.held[place]
    else:
        yield tag.column, named, found.has if found.is_flag else None


def names_of(tag: Tag) -> tuple[str, str] | None:
    """Return the names that a person gave, English and Chinese; None where the library's stand."""
    if not tag.name_en and not tag.name_zh:
        return None
    return tag.name_en or tag.name_zh, tag.name_zh or tag.name_en
