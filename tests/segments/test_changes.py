"""Changes to segments one at a time: merges never chain, names follow their customers, pictures add up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.changes import change_edit, shown_clusters, shown_grid
from analysis.segments.clustering.clusters import clusters
from analysis.segments.edit import apply_edits
from analysis.segments.params import ClusterParams, SegmentEdit
from analysis.segments.scores.rfm import rfm

KEYS = ["champions", "loyal", "new", "at_risk"]


def blobs():
    rng = np.random.default_rng(3)
    middle = np.repeat([[0, 0], [10, 0], [0, 10]], [60, 50, 40], axis=0)
    points = middle + rng.normal(size=middle.shape)
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(150)], "x": points[:, 0], "y": points[:, 1]})
    return Profiles(frame, tuple(Feature(key, "basic", "number") for key in "xy"), date(2024, 1, 1))


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from([None, *KEYS])), max_size=12))
def test_any_order_of_merges_leaves_no_chain(steps):
    edits: tuple[SegmentEdit, ...] = ()
    for segment, target in steps:
        try:
            edits = change_edit(edits, segment, name=None, merge_into=target, hidden=False)
        except AnalysisError as problem:
            assert problem.code == "edit_merge_into_itself"
    merged = {edit.segment: edit.merge_into for edit in edits}
    assert not set(merged) & set(merged.values())


def test_taking_everything_back_leaves_no_edit():
    edits = change_edit((), "new", name="Fresh", merge_into=None, hidden=True)
    assert change_edit(edits, "new", name=None, merge_into=None, hidden=False) == ()


def test_merged_clusters_are_drawn_with_their_own_means():
    profiles = blobs()
    result = clusters(profiles, ClusterParams(k=3))
    edited = apply_edits(result.segmentation, [SegmentEdit(segment="cluster_2", merge_into="cluster_1")])
    drawn = shown_clusters(result, edited, profiles)
    assert set(drawn.map["segment"]) == {"cluster_1", "cluster_3"}
    assert len(drawn.map) == len(result.map)
    inside = profiles.customers[edited.segmentation.labels == "cluster_1"]
    row = drawn.centres.set_index(["segment", "feature"]).loc[("cluster_1", "x")]
    assert row["mean"] == pytest.approx(inside["x"].mean())
    assert row["median"] == pytest.approx(inside["x"].median())
    # Two features, standardised over all: the weighted sum of z over the groups is nothing.
    sizes = drawn.segmentation.segments.set_index("segment")["customers"]
    x = drawn.centres[drawn.centres["feature"] == "x"].set_index("segment")["z"]
    assert float((x * sizes).sum()) == pytest.approx(0, abs=1e-9)


def test_hidden_clusters_are_not_drawn_and_nothing_else_changes():
    profiles = blobs()
    result = clusters(profiles, ClusterParams(k=3))
    same = shown_clusters(result, apply_edits(result.segmentation, ()), profiles)
    assert same is result
    edited = apply_edits(result.segmentation, [SegmentEdit(segment="cluster_3", hidden=True)])
    drawn = shown_clusters(result, edited, profiles)
    assert set(drawn.centres["segment"]) == set(drawn.map["segment"]) == {"cluster_1", "cluster_2"}


def test_cells_of_the_grid_carry_the_segment_they_were_merged_into():
    base = pd.DataFrame({"customer_id": list("abcde"), "recency_days": [1, 2, 3, 4, 5], "n_orders": [5, 4, 3, 2, 1]})
    profiles = Profiles(base.assign(spend=[50.0, 40, 30, 20, 10]), (), date(2024, 1, 1))
    result = rfm(profiles)
    first, second = result.segmentation.segments["segment"].tolist()[:2]
    edited = apply_edits(result.segmentation, [SegmentEdit(segment=second, merge_into=first)])
    drawn = shown_grid(result, edited)
    assert second not in set(drawn.grid["segment"])
    assert drawn.grid["customers"].sum() == 5
