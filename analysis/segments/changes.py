"""Changes that a person makes to segments, one at a time, and what then is drawn: names, merges, hidden ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.match import merged_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.profiles.result import Profiles
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.params import SegmentEdit
    from analysis.segments.result import EditedSegmentation
    from analysis.segments.scores.rfm import RfmResult


def change_edit(
    edits: Sequence[SegmentEdit], segment: str, *, name: str | None, merge_into: str | None, hidden: bool
) -> tuple[SegmentEdit, ...]:
    """Return the edits with one segment changed; merges never form a chain.

    Parameters
    ----------
    edits : sequence of SegmentEdit
        Without chains.
    segment : str
    name : str or None
        None takes the segment's own words.
    merge_into : str or None
        A segment that is itself merged stands for the one it is merged into; segments that were merged into
        ``segment`` move along.
    hidden : bool

    Raises
    ------
    AnalysisError
        ``edit_merge_into_itself`` (segment).

    Examples
    --------
    >>> edits = change_edit((), "new", name=None, merge_into="promising", hidden=False)
    >>> edits = change_edit(edits, "promising", name=None, merge_into="loyal", hidden=False)
    >>> [(edit.segment, edit.merge_into) for edit in edits]
    [('new', 'loyal'), ('promising', 'loyal')]
    """
    from analysis.segments.params import SegmentEdit

    by_segment = {edit.segment: edit for edit in edits}
    if merge_into is not None and merge_into in by_segment:
        merge_into = by_segment[merge_into].merge_into or merge_into
    if merge_into == segment:
        raise AnalysisError("edit_merge_into_itself", segment=segment)
    by_segment[segment] = SegmentEdit(segment=segment, name=name, merge_into=merge_into, hidden=hidden)
    if merge_into is not None:
        for key, edit in by_segment.items():
            if edit.merge_into == segment:
                by_segment[key] = edit.model_copy(update={"merge_into": merge_into})
    return tuple(edit for edit in by_segment.values() if edit.name or edit.merge_into or edit.hidden)


def shown_grid(result: RfmResult, edited: EditedSegmentation) -> RfmResult:
    """Return an RFM result whose cells carry the segments they were merged into, for drawing."""
    merges = merged_keys(result.segmentation.labels, edited.segmentation.labels)
    return replace(result, grid=result.grid.assign(segment=result.grid["segment"].replace(merges)))


def shown_clusters(result: ClusterResult, edited: EditedSegmentation, profiles: Profiles) -> ClusterResult:
    """Return a cluster result after merges and without hidden clusters, for drawing.

    Means and medians of merged clusters are computed again from the profiles; ``z`` is the mean of theirs, weighted
    by customers, which is exact.
    """
    import pandas as pd

    merges = merged_keys(result.segmentation.labels, edited.segmentation.labels)
    if not merges and not edited.hidden:
        return result
    table = edited.segmentation.segments
    table = table[~table["segment"].isin(edited.hidden)].reset_index(drop=True)
    sizes = result.segmentation.segments.set_index("segment")["customers"]
    centres = result.centres.assign(
        weight=result.centres["segment"].map(sizes), goal=result.centres["segment"].replace(merges)
    )
    centres = centres.assign(weighted=centres["z"] * centres["weight"])
    groups = centres.groupby(["goal", "feature"], sort=False)
    z = groups["weighted"].sum() / groups["weight"].sum()
    labels = edited.segmentation.labels
    numbers = pd.DataFrame({f.key: profiles.customers[f.key].astype("float64") for f in result.features})
    means, medians = numbers.groupby(labels).mean(), numbers.groupby(labels).median()
    kept = centres[(centres["segment"] == centres["goal"]) & centres["segment"].isin(table["segment"])]
    pairs = list(zip(kept["segment"], kept["feature"], strict=True))
    drawn: dict[str, Any] = {
        "mean": [means.at[segment, feature] for segment, feature in pairs],
        "median": [medians.at[segment, feature] for segment, feature in pairs],
        "z": [z[pair] for pair in pairs],
    }
    kept = kept.assign(**drawn)
    points = result.map.assign(segment=result.map["segment"].replace(merges))
    return replace(
        result,
        segmentation=replace(edited.segmentation, segments=table),
        centres=kept[result.centres.columns].reset_index(drop=True),
        map=points[points["segment"].isin(table["segment"])].reset_index(drop=True),
    )
