"""What a person changes about segments: names, merges, hidden ones. Numbers are counted again, never patched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.methods import ALWAYS, METHODS, SEGMENT_COLUMNS
from analysis.segments.result import EditedSegmentation, Note, Segmentation, segmentation_of
from analysis.segments.scores.schemes import rules, scheme_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.segments.params import SegmentEdit


def labelled(customers: pd.DataFrame, edited: Mapping[str, EditedSegmentation]) -> pd.DataFrame:
    """Return customers with one column of segment keys per segmentation, missing for customers outside.

    Those that every study has get their column even when they could not be computed.
    """
    import pandas as pd

    labels = {
        SEGMENT_COLUMNS[kind]: edited[kind].segmentation.labels
        if kind in edited
        else pd.Series(pd.NA, index=customers.index, dtype="str")
        for kind in columns_of(edited)
    }
    return customers.assign(**labels)


def columns_of(edited: Mapping[str, EditedSegmentation]) -> list[str]:
    """Return the kinds of segmentations that are a column of customers, in their order."""
    return [kind for kind in SEGMENT_COLUMNS if kind in edited or kind in ALWAYS]


def standing(edits: Sequence[SegmentEdit], result: Any) -> tuple[tuple[SegmentEdit, ...], tuple[Note, ...]]:
    """Return the edits whose groups are still there, and what to say of the others.

    Parameters
    ----------
    edits : sequence of SegmentEdit
    result : result of a method
        Clusters say which groups of before nobody continues (``gone``), and whether names stand on numbers alone.

    Returns
    -------
    tuple of SegmentEdit, tuple of Note
        ``edit_group_gone`` (segment), ``edit_name_gone`` (segment, name), ``edit_by_number`` (n: names).
    """
    from analysis.segments.clustering.numbering import kept_edits

    gone: set[str] = set(getattr(result, "gone", ()))
    named = {edit.segment for edit in edits} | {edit.merge_into for edit in edits if edit.merge_into}
    kept = kept_edits(edits, named - gone) if gone else tuple(edits)
    notes = []
    for edit in edits:
        if edit.segment in gone and edit.name:
            notes.append(Note("edit_name_gone", {"segment": edit.segment, "name": edit.name}, "check"))
        elif edit.segment in gone or edit.merge_into in gone:
            notes.append(Note("edit_group_gone", {"segment": edit.segment}, "check"))
    n_names = sum(edit.name is not None for edit in kept)
    if n_names and getattr(result, "matched_by", "") == "number":
        notes.append(Note("edit_by_number", {"n": n_names}, "check"))
    return kept, tuple(notes)


def apply_edits(
    segmentation: Segmentation, edits: Sequence[SegmentEdit], *, spend: pd.Series | None = None
) -> EditedSegmentation:
    """Merge, name and hide segments.

    Parameters
    ----------
    segmentation : Segmentation
    edits : sequence of SegmentEdit
        The last one about a segment counts. An RFM segment that has no customers at present is known all the same.
    spend : Series, aligned with the labels, optional
        Currency. Without it the revenue of merged segments is the sum of their revenues.

    Raises
    ------
    AnalysisError
        ``edit_merge_into_itself`` (segment), ``edit_merge_chain`` (segment, target): the target is merged away too.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.segments.params import SegmentEdit
    >>> from analysis.segments.result import segmentation_of
    >>> three = segmentation_of(np.array([0, 1, 2, 2]), ["loyal", "new", "at_risk"], method="rfm")
    >>> edited = apply_edits(three, [SegmentEdit(segment="new", merge_into="loyal", name="Core")])
    >>> edited.segmentation.segments[["segment", "customers"]].values.tolist()
    [['loyal', 2], ['at_risk', 2]]
    """
    known = _known(segmentation)
    by_segment = {edit.segment: edit for edit in edits}
    notes = [Note("edit_unknown_segment", {"segment": key}) for key in by_segment if key not in known]
    usable = {key: edit for key, edit in by_segment.items() if key in known}
    merges: dict[str, str] = {}
    for key, edit in usable.items():
        if edit.merge_into is None:
            continue
        if edit.merge_into not in known:
            notes.append(Note("edit_unknown_segment", {"segment": edit.merge_into}))
        else:
            merges[key] = edit.merge_into
    for key, target in merges.items():
        if key == target:
            raise AnalysisError("edit_merge_into_itself", segment=key)
        if target in merges:
            raise AnalysisError("edit_merge_chain", segment=key, target=target)
    merged = _merge(segmentation, merges, known, spend) if merges else segmentation
    left = set(merged.segments["segment"])
    return EditedSegmentation(
        segmentation=merged,
        names={key: edit.name for key, edit in usable.items() if edit.name and key not in merges},
        hidden=tuple(key for key in known if key in usable and usable[key].hidden and key in left),
        notes=tuple(notes),
    )


def _known(segmentation: Segmentation) -> list[str]:
    present = segmentation.segments["segment"].tolist()
    scheme = scheme_of(present[0]) if present else None
    method = METHODS.get(segmentation.method)
    if scheme is not None:
        keys = [rule.segment for rule in rules(scheme)]
    else:
        keys = list(method.fixed) if method is not None else []
    return keys + [key for key in present if key not in keys]


def _merge(
    segmentation: Segmentation, merges: dict[str, str], known: list[str], spend: pd.Series | None
) -> Segmentation:
    import numpy as np

    position = {key: i for i, key in enumerate(known)}
    target = np.array([position[merges.get(key, key)] for key in known])
    codes = segmentation.labels.map(position).fillna(-1).astype(int).to_numpy()
    codes = np.where(codes >= 0, target[codes], -1)
    made_of = segmentation.made_of
    if spend is not None:
        values = spend.to_numpy(dtype=float, na_value=np.nan)
        return segmentation_of(codes, known, method=segmentation.method, spend=values, made_of=made_of)
    merged = segmentation_of(codes, known, method=segmentation.method)
    sums = segmentation.segments.assign(segment=segmentation.segments["segment"].replace(merges))
    sums = sums.groupby("segment")[["revenue", "revenue_share"]].sum(min_count=1)
    table = merged.segments.assign(
        revenue=merged.segments["segment"].map(sums["revenue"]),
        revenue_share=merged.segments["segment"].map(sums["revenue_share"]),
    )
    return Segmentation(segmentation.method, merged.labels, table, merged.n_outside, made_of)
