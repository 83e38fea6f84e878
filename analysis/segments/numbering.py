"""Numbers of clusters that stay: a group that holds most of the same customers keeps its number, name and colour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.segments.match import match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from analysis.segments.clusters import ClusterResult
    from analysis.segments.params import SegmentEdit

_START = "cluster_"


def numbers_after(before: pd.Series, after: pd.Series, keys: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers that new groups bear: that of the old group each continues, else the lowest free one.

    Parameters
    ----------
    before : Series of str
        Keys that the customers had, missing outside.
    after : Series of str, aligned
        Keys that they have now, numbered by value.
    keys : sequence of str
        The keys of now, in order.

    Returns
    -------
    tuple of int
        One per key; empty when they are 1, 2, 3, … as they stand.

    Examples
    --------
    >>> import pandas as pd
    >>> old = pd.Series(["cluster_1", "cluster_1", "cluster_2", "cluster_2"])
    >>> new = pd.Series(["cluster_2", "cluster_2", "cluster_1", "cluster_3"])
    >>> numbers_after(old, new, ["cluster_1", "cluster_2", "cluster_3"])
    (2, 1, 3)
    """
    kept = {new: _number(old) for old, new in match(before, after).items() if old.startswith(_START)}
    free = _free(set(kept.values()))
    numbers = tuple(kept[key] if key in kept else next(free) for key in keys)
    return () if numbers == tuple(range(1, len(keys) + 1)) else numbers


def continued(before: pd.Series, after: pd.Series) -> set[str]:
    """Return the keys that mean the same group in two runs: most of its customers bear the key in both."""
    return {old for old, new in match(before, after).items() if old == new}


def kept_edits(edits: Sequence[SegmentEdit], continuing: set[str]) -> tuple[SegmentEdit, ...]:
    """Return the edits of groups that continue; one merged into a group that is gone stands alone again.

    Examples
    --------
    >>> from analysis.segments.params import SegmentEdit
    >>> edits = [SegmentEdit(segment="cluster_1", name="Core"), SegmentEdit(segment="cluster_2", name="Gone")]
    >>> [edit.name for edit in kept_edits(edits, {"cluster_1"})]
    ['Core']
    """
    kept = []
    for edit in edits:
        if edit.segment not in continuing:
            continue
        if edit.merge_into is not None and edit.merge_into not in continuing:
            edit = edit.model_copy(update={"merge_into": None})
        if edit.name or edit.merge_into or edit.hidden:
            kept.append(edit)
    return tuple(kept)


def renumbered(result: ClusterResult, numbers: Sequence[int]) -> ClusterResult:
    """Return a result whose groups bear other numbers, in the order of these.

    Parameters
    ----------
    result : ClusterResult
        Numbered by value.
    numbers : sequence of int
        One per group; with another number of groups the result stays as it is.
    """
    import numpy as np

    old = result.segmentation.segments["segment"].tolist()
    if len(numbers) != len(old):
        return result
    renamed = {key: f"{_START}{number}" for key, number in zip(old, numbers, strict=True)}
    order = np.argsort(np.array(numbers), kind="stable")
    place = np.append(np.argsort(order), -1)  # the last stands for customers outside
    keys = [renamed[old[i]] for i in order]
    table = result.segmentation.segments.iloc[order].reset_index(drop=True)
    segmentation = replace(
        result.segmentation,
        labels=result.segmentation.labels.map(renamed).astype("str"),
        segments=table.assign(segment=table["segment"].map(renamed)),
    )
    centres = result.centres.assign(segment=result.centres["segment"].map(renamed))
    notes = tuple(
        replace(note, facts={**note.facts, "segment": renamed.get(note.facts["segment"], note.facts["segment"])})
        if "segment" in note.facts
        else note
        for note in result.notes
    )
    back = {new: before for before, new in renamed.items()}
    return replace(
        result,
        segmentation=segmentation,
        stability=None if result.stability is None else {key: result.stability[back[key]] for key in keys},
        nearest=place[result.nearest],
        centres=centres.sort_values("segment", key=lambda s: s.map(keys.index), kind="stable", ignore_index=True),
        map=result.map.assign(segment=result.map["segment"].map(renamed)),
        traits={key: result.traits[back[key]] for key in keys},
        notes=notes,
    )


def _number(key: str) -> int:
    return int(key.removeprefix(_START))


def _free(taken: set[int]) -> Iterator[int]:
    from itertools import count

    return (number for number in count(1) if number not in taken)
