from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.segments.edit import apply_edits
from analysis.segments.params import SegmentEdit
from analysis.segments.result import segmentation_of

SPEND = np.array([10.0, 20.0, 30.0, 40.0, np.nan])


def three():
    return segmentation_of(np.array([0, 1, 2, 2, -1]), ["loyal", "new", "at_risk"], method="rfm", spend=SPEND)


@pytest.mark.parametrize("spend", [None, pd.Series(SPEND)])
def test_a_merge_counts_customers_and_revenue_again(spend):
    edited = apply_edits(three(), [SegmentEdit(segment="new", merge_into="at_risk")], spend=spend)
    table = edited.segmentation.segments.set_index("segment")
    assert table.loc["at_risk", ["customers", "revenue"]].tolist() == [3, 90.0]
    assert table["share"].tolist() == [0.25, 0.75]
    assert table["revenue_share"].tolist() == pytest.approx([0.1, 0.9])
    assert edited.segmentation.labels.tolist()[:4] == ["loyal", "at_risk", "at_risk", "at_risk"]
    assert edited.segmentation.n_outside == 1


def test_a_hidden_segment_still_counts_in_the_shares():
    edited = apply_edits(three(), [SegmentEdit(segment="new", hidden=True, name="Fresh")])
    assert edited.hidden == ("new",)
    assert edited.shown == ("loyal", "at_risk")
    assert edited.names == {"new": "Fresh"}
    assert edited.segmentation.segments["customers"].sum() == 4


def test_merges_in_a_chain_a_circle_or_into_itself_are_refused():
    for edits, code in (
        ([("new", "loyal"), ("loyal", "at_risk")], "edit_merge_chain"),
        ([("new", "loyal"), ("loyal", "new")], "edit_merge_chain"),
        ([("new", "new")], "edit_merge_into_itself"),
    ):
        with pytest.raises(AnalysisError) as raised:
            apply_edits(three(), [SegmentEdit(segment=a, merge_into=b) for a, b in edits])
        assert raised.value.code == code


def test_a_change_to_a_segment_that_is_gone_is_left_out_and_noted():
    edits = [SegmentEdit(segment="cluster_9", name="Old"), SegmentEdit(segment="new", merge_into="vip")]
    edited = apply_edits(three(), edits)
    assert [note.facts["segment"] for note in edited.notes] == ["cluster_9", "vip"]
    assert edited.segmentation.segments["segment"].tolist() == ["loyal", "new", "at_risk"]
    assert edited.names == {}


def test_an_rfm_segment_without_customers_today_can_still_be_merged_into():
    edited = apply_edits(three(), [SegmentEdit(segment="loyal", merge_into="champions", name="Best")])
    assert edited.notes == ()
    assert edited.segmentation.segments["segment"].tolist() == ["champions", "new", "at_risk"]


def test_no_edits_change_nothing():
    base = three()
    assert apply_edits(base, []).segmentation is base
