"""The dictionary of tags: each with what it is, how many have it, how good it is, how old, and what uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from analysis.tabular import Tabular
from analysis.tags.health import Weak, association_of, weak_tags
from analysis.tags.measure import TagEffect, tag_effects

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.tags.apply import Tagged
    from analysis.tags.params import Tag
    from analysis.tags.values import TagValues

MOST_LIKE = 0.8  # Cramér's V from which two tags are not both offered to start with


@dataclass(frozen=True)
class Use:
    """Something that a tag is used by: a ``segmentation`` (its method), another ``tag`` (its key), or a ``list``."""

    kind: Literal["segmentation", "tag", "list"]
    name: str


@dataclass(frozen=True)
class TagEntry(
    Tabular,
    columns=("key=tag.key", "type=tag.type", "version=tag.version", "retired=tag.retired", "n", "coverage", "due"),
):
    """One tag of the dictionary.

    Attributes
    ----------
    tag : Tag
    values : TagValues, optional
        Who has which value; None for a tag that is retired or cannot be computed.
    problem : AnalysisError, optional
        Why it cannot be computed.
    effect : TagEffect, optional
        What it says about the measure of the goal.
    weak : tuple of Weak
        Why it does not earn its place.
    used_by : tuple of Use
    computed_as_of : date, optional
        The day that the data says.
    due : date, optional
        When it is to be computed again.
    """

    tag: Tag
    values: TagValues | None
    problem: AnalysisError | None
    effect: TagEffect | None
    weak: tuple[Weak, ...]
    used_by: tuple[Use, ...]
    computed_as_of: date | None
    due: date | None

    @property
    def n(self) -> int | None:
        """How many customers have it."""
        return None if self.values is None else self.values.n

    @property
    def coverage(self) -> float | None:
        """Share 0..1 of the customers who have it."""
        return None if self.values is None else self.values.coverage


def dictionary(
    tags: Sequence[Tag],
    tagged: Tagged,
    *,
    goal: str | None = None,
    segmentations: Sequence[Any] = (),
    lists: Mapping[str, Iterable[str]] | None = None,
    unused_for: Mapping[str, int] | None = None,
    before: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[TagEntry, ...]:
    """Return every tag of a study: those that say most about the goal first, retired ones last.

    Parameters
    ----------
    tags : sequence of Tag
        Of the recipe, retired ones as well.
    tagged : Tagged
    goal : str, optional
        The goal of the recipe.
    segmentations : sequence of SegmentationPlan
        Of the recipe: what uses a tag.
    lists : mapping of str to iterable of str, optional
        Features that lists to be sent ask for, by the name of the list.
    unused_for, before
        As ``health.weak_tags`` takes them.
    """
    effects = {effect.key: effect for effect in tag_effects(tagged, goal)}
    weak: dict[str, list[Weak]] = {}
    for one in weak_tags(tagged, goal=goal, unused_for=unused_for, before=before):
        weak.setdefault(one.key, []).append(one)
    order = {key: place for place, key in enumerate(effects)}
    entries = []
    for tag in sorted(tags, key=lambda tag: (tag.retired, order.get(tag.key, len(order)))):
        values = tagged.values.get(tag.key)
        day = None if values is None else values.as_of
        entries.append(
            TagEntry(
                tag, values, tagged.problems.get(tag.key), effects.get(tag.key), tuple(weak.get(tag.key, ())),
                used_by(tag, tags, segmentations, lists or {}), day,
                None if day is None or tag.refresh_days is None else day + timedelta(days=tag.refresh_days),
            )
        )  # fmt: skip
    return tuple(entries)


def used_by(
    tag: Tag,
    tags: Sequence[Tag],
    segmentations: Sequence[Any],
    lists: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> tuple[Use, ...]:
    """Return what names a tag: segmentations by rules or features, other tags, and lists by the features they ask for.

    Examples
    --------
    >>> from analysis.conditions import Condition
    >>> from analysis.tags.params import Rule, Tag, Top
    >>> big = Tag(key="big", type="value", source=Top(feature="spend", share=0.2))
    >>> both = Tag(key="both", type="value", source=Rule(when=Condition(feature="tag_big", op="yes")))
    >>> used_by(big, [big, both], [])
    (Use(kind='tag', name='both'),)
    """
    found = [Use("segmentation", plan.params.kind) for plan in segmentations if names_tag(plan.params, tag)]
    found += [
        Use("tag", other.key)
        for other in tags
        if other.key != tag.key and any(tag.gives(asked) for asked in other.asks)
    ]
    found += [Use("list", name) for name, asked in lists.items() if any(tag.gives(column) for column in asked)]
    return tuple(found)


def names_tag(params: Any, tag: Tag) -> bool:
    """Say whether params name a tag anywhere: in a condition, or in a list of features."""

    def inside(value: Any) -> bool:
        if isinstance(value, dict):
            return any(inside(one) for one in value.values())
        if isinstance(value, (list, tuple)):
            return any(inside(one) for one in value)
        return isinstance(value, str) and tag.gives(value)

    return inside(params.model_dump())


def suggested(tagged: Tagged, goal: str | None, *, most: int = 6) -> tuple[str, ...]:
    """Return the keys of the tags to start with: a few that serve the goal, say most about it, each something else.

    Parameters
    ----------
    tagged : Tagged
        Profiles with every tag of ``library.ready_tags``.
    goal : str, optional
    most : int
        At most this many.
    """
    from analysis.tags.library import serves

    weak = {one.key for one in weak_tags(tagged) if one.why in ("failed", "rare", "constant", "double")}
    effects = tag_effects(tagged, goal)
    serving = {key for key in tagged.values if serves(key, goal)}
    # First what serves the goal and is no finding by itself, then what is made from its measure, then the rest.
    telling = [one.key for one in effects if one.effect > 0]
    order = [key for key in telling if key in serving]
    order += [key for key in telling if key not in serving]
    order += [key for key in tagged.values if key in serving]
    order += list(tagged.values)
    found: list[str] = []
    for key in dict.fromkeys(order):
        one = tagged.values[key]
        if key not in weak and all((association_of(one, tagged.values[other]) or 0.0) < MOST_LIKE for other in found):
            found.append(key)
        if len(found) == most:
            break
    return tuple(found)
