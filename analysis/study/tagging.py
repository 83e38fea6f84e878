"""Tags in a study: those of the profiles come before the segments, those of segments after them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.study.prepared import Prepared
from analysis.tags.apply import Tagged, of_segments, with_tags, with_those_on
from analysis.tags.change import looked_at
from analysis.tags.dictionary import names_tag
from analysis.tags.params import OfSegment, Tag
from analysis.tags.values import Basis

if TYPE_CHECKING:
    import pandas as pd

    from analysis.conditions import Expression
    from analysis.segments.result import EditedSegmentation
    from analysis.study.kept import Steps
    from analysis.tags.imported import ImportedValues


def state_of(version: str, tags: Iterable[Tag], imported: Mapping[str, ImportedValues]) -> str:
    """Name the state of the profiles with their tags: that of the data, and what the tags say."""
    said = [tag.model_dump_json() for tag in tags]
    said += [f"{key} {values.model_dump_json()}" for key, values in sorted(imported.items())]
    told = hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
    return f"{version} {told}"


def with_early_tags(run: Steps, found: Prepared) -> Prepared:
    """Return the profiles with the tags that rest on no segmentation, so that segments can be made of them."""
    late = of_segments(run.recipe.tags)
    tags = [tag for tag in run.recipe.tags if tag.key not in late]

    def compute() -> Tagged:
        return with_tags(found.profiles, tags, standard=found.standard, imported=run.imported, merges=run.merges)

    return Prepared(found.standard, run.kept("tagged", "early", compute).profiles)


def with_all_tags(run: Steps, found: Prepared) -> Tagged:
    """Return the profiles with every tag of the recipe."""
    tags = run.recipe.tags
    if not tags:
        return Tagged(found.profiles)

    def compute() -> Tagged:
        named = _segmentations(run, tags)
        return with_tags(
            found.profiles, tags, standard=found.standard, segmentations=named, imported=run.imported, merges=run.merges
        )

    return run.kept("tagged", "all", compute)


def basis_of(run: Steps, tag: Tag) -> Basis:
    """Return what a tag of this study is computed from: the profiles with the tags that it may ask about."""
    others = tuple(one for one in run.recipe.tags if one.key != tag.key)
    found = run.prepared()
    late = tag.key in of_segments((*others, tag))
    return Basis(
        run.tagged().profiles if late else found.profiles,
        found.standard,
        _segmentations(run, (tag,)),
        run.imported,
        run.merges,
    )


def segments_moved(run: Steps, tag: Tag, only: Expression | float | None = None) -> dict[str, int]:
    """Return how many customers stand in another segment with another definition of a tag, by kind of segmentation.

    Parameters
    ----------
    run : Steps
        Whose recipe holds the tag as it was.
    tag : Tag
        The definition to be tried.
    only : Expression or float, optional
        A pilot: the customers that are counted (``tags.change.looked_at``).

    Returns
    -------
    dict of int
        Of each segmentation of the recipe that rests on the tag; one that cannot be made with it is left out. Clusters
        have other numbers each time, so that each is called as the one that it continues (``segments.match``).
    """
    from dataclasses import replace

    changed: Any = replace(run, recipe=run.recipe.with_tag(tag))  # type: ignore[type-var]
    tags: tuple[Tag, ...] = changed.recipe.tags
    keys = with_those_on([tag.key], tags)
    told = [one for one in tags if one.key in keys]
    looked = looked_at(tag, run.prepared().profiles, only)
    found = {}
    for plan in run.recipe.segmentations:
        if any(names_tag(plan.params, one) for one in told):
            with suppress(AnalysisError):
                before, after = (one.segmentation(plan)[1].segmentation.labels for one in (run, changed))
                after = _called(before, after) if plan.params.kind == "clusters" else after
                here, there = (labels.fillna("").to_numpy(dtype=object) for labels in (before, after))
                found[plan.params.kind] = int((here != there)[looked].sum())
    return found


def _called(before: pd.Series, after: pd.Series) -> pd.Series:
    """Return labels called as the groups of before that they continue."""
    from analysis.segments.match import match

    names = {new: old for old, new in match(before, after).items()}
    return after.map(lambda key: names.get(key, f"new {key}"), na_action="ignore")


def _segmentations(run: Steps, tags: Iterable[Tag]) -> dict[str, EditedSegmentation]:
    """Return the segmentations that tags name; one that the data cannot carry is left out, and the tag says so."""
    found = {}
    for tag in tags:
        if isinstance(tag.source, OfSegment) and not tag.retired:
            with suppress(AnalysisError):
                found[tag.source.method] = run.segmentation(tag.source.method)[1]
    return found
