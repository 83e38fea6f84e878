"""Numbers of clusters that stay: a group that holds most of the same customers keeps its number, name and colour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.segments.match import match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import pandas as pd

    from analysis.segments.clustering.fitted import FittedClusters
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.params import ClusterParams, GroupAnchor, SegmentEdit

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
    matched = {old: new for old, new in match(before, after).items() if old.startswith(_START)}
    return _numbers(matched, {str(key) for key in before.dropna().unique() if str(key).startswith(_START)}, keys)


def _numbers(matched: Mapping[str, str], olds: set[str], keys: Sequence[str]) -> tuple[int, ...]:
    kept = {new: _number(old) for old, new in matched.items()}
    # The number of a group that is gone is free for nobody: what was said of it may stand elsewhere under its key.
    free = _free({_number(old) for old in olds})
    numbers = tuple(kept[key] if key in kept else next(free) for key in keys)
    return () if numbers == tuple(range(1, len(keys) + 1)) else numbers


def numbered(result: ClusterResult, params: ClusterParams) -> ClusterResult:
    """Return a result, numbered by value, whose groups bear the numbers that the params give them."""
    if params.anchors:
        return replace(follow(result, params.anchors), matched_by="place")
    return renumbered(result, params.numbers)


def anchors_of(fitted: FittedClusters | None) -> tuple[GroupAnchor, ...]:
    """Return where the groups lie (``ClusterResult.fitted``), for a person's names to stand on."""
    from analysis.segments.params import GroupAnchor

    if fitted is None:
        return ()
    anchors = []
    for key, centre in zip(fitted.keys, fitted.centres, strict=True):
        place, levels = len(fitted.scalings), {}
        for each in fitted.levels:
            n_columns = sum(0 < share < 1 for share in each.shares)
            levels[each.feature] = each.group_shares(centre[place : place + n_columns])
            place += n_columns
        values = {
            scaling.feature: _short(scaling.own_unit(at)) for scaling, at in zip(fitted.scalings, centre, strict=False)
        }
        anchors.append(GroupAnchor(number=_number(key), values=values, levels=levels))
    return tuple(anchors)


def _short(value: float) -> float:
    """Six figures: a place among customers, which recipes and code show to people."""
    return float(f"{value:.6g}")


def follow(result: ClusterResult, anchors: Sequence[GroupAnchor]) -> ClusterResult:
    """Return a result whose groups bear the numbers of the anchors that lie where they lie.

    A group and an anchor belong together when each is the other's nearest, and nearer than the next anchor was to
    this one. The keys of anchors that no group is at are in ``gone``.
    """
    import numpy as np

    fitted = result.fitted
    if fitted is None or not anchors:
        return result
    used, points = _places(fitted, anchors)
    matched: dict[str, str] = {}
    if used:
        from analysis.segments.clustering.fitted import squared_distances

        centres = np.array(fitted.centres)[:, used]
        apart = squared_distances(centres, points).T  # one row per group
        between = squared_distances(points, points)
        np.fill_diagonal(between, np.inf)
        for anchor in range(len(anchors)):
            group = int(apart[:, anchor].argmin())
            mutual = int(apart[group].argmin()) == anchor
            if mutual and apart[group, anchor] < between[anchor].min():
                matched[f"{_START}{anchors[anchor].number}"] = fitted.keys[group]
    return bear(result, matched, {f"{_START}{anchor.number}" for anchor in anchors})


def bear(result: ClusterResult, matched: Mapping[str, str], olds: set[str]) -> ClusterResult:
    """Return a result whose groups bear the keys of the old ones that they continue.

    Parameters
    ----------
    result : ClusterResult
    matched : mapping of str
        Old key to the key of the result that continues it.
    olds : set of str
        Every old key; those that nothing continues are in ``gone``.
    """
    keys = result.segmentation.segments["segment"].tolist()
    numbers = _numbers(matched, olds, keys) or tuple(range(1, len(keys) + 1))
    return replace(renumbered(result, numbers), gone=tuple(sorted(olds - set(matched), key=_number)))


def _places(fitted: FittedClusters, anchors: Sequence[GroupAnchor]) -> tuple[list[int], np.ndarray]:
    """Return the columns that anchors have a place on, and their places on these."""
    import numpy as np

    used: list[int] = []
    columns: list[np.ndarray] = []
    for place, scaling in enumerate(fitted.scalings):
        if all(scaling.feature in anchor.values for anchor in anchors):
            used.append(place)
            columns.append(scaling.apply(np.array([anchor.values[scaling.feature] for anchor in anchors])))
    place = len(fitted.scalings)
    for each in fitted.levels:
        for position, share in enumerate(each.shares):
            if not 0 < share < 1:
                continue
            level = each.levels[position] if position < len(each.levels) else None
            if level is not None and all(each.feature in anchor.levels for anchor in anchors):
                parts = np.array([anchor.levels[each.feature].get(level, 0.0) for anchor in anchors])
                used.append(place)
                columns.append(each.weight**0.5 * (parts - share) / share**0.5)
            place += 1
    return used, np.column_stack(columns) if columns else np.empty((len(anchors), 0))


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
        fitted=_renamed(result.fitted, renamed, order.tolist()),
    )


def _renamed(fitted: FittedClusters | None, renamed: Mapping[str, str], order: Sequence[int]) -> FittedClusters | None:
    if fitted is None:
        return None
    place = {old: new for new, old in enumerate(order)}
    mixture = fitted.mixture
    if mixture is not None:
        groups = tuple(place.get(group, -1) for group in mixture.groups)
        mixture = mixture.model_copy(update={"groups": groups})
    changes = {
        "keys": tuple(renamed[fitted.keys[i]] for i in order),
        "centres": tuple(fitted.centres[i] for i in order),
        "mixture": mixture,
    }
    return fitted.model_copy(update=changes)


def _number(key: str) -> int:
    return int(key.removeprefix(_START))


def _free(taken: set[int]) -> Iterator[int]:
    from itertools import count

    return (number for number in count(1) if number not in taken)
