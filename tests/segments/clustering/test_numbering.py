"""Groups keep their numbers: by overlap, whatever the order of their value."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.palette import segment_colours
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters
from analysis.segments.clustering.numbering import continued, kept_edits, numbers_after, renumbered
from analysis.segments.params import ClusterParams, SegmentEdit


def shop(spends=(100.0, 50.0, 10.0), seed: int = 3) -> Profiles:
    """Three groups that lie apart, with a mean spend each that says which one is first."""
    rng = np.random.default_rng(seed)
    middle = np.repeat([[0, 0], [10, 0], [0, 10]], [60, 50, 40], axis=0)
    points = middle + rng.normal(size=middle.shape)
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(150)], "x": points[:, 0], "y": points[:, 1]})
    frame["spend"] = np.repeat(spends, [60, 50, 40])
    features = (Feature("x", "basic", "number"), Feature("y", "basic", "number"), Feature("spend", "value", "number"))
    return Profiles(frame, features, date(2024, 1, 1))


PARAMS = ClusterParams(features=("x", "y"), k=3)


def test_groups_keep_number_and_colour_when_the_order_of_their_value_turns_round():
    before = clusters(shop(), PARAMS)
    turned = shop(spends=(10.0, 50.0, 100.0))
    plain = clusters(turned, PARAMS)
    assert plain.segmentation.labels.iloc[0] == "cluster_3"  # the first customers now spend least
    keys = plain.segmentation.segments["segment"].tolist()
    numbers = numbers_after(before.segmentation.labels, plain.segmentation.labels, keys)
    assert numbers == (3, 2, 1)
    kept = clusters(turned, PARAMS.model_copy(update={"numbers": numbers}))
    assert kept.segmentation.labels.tolist() == before.segmentation.labels.tolist()
    colour = segment_colours([kept.segmentation.labels.iloc[0]])
    assert colour == segment_colours([before.segmentation.labels.iloc[0]])


def test_everything_about_a_group_moves_with_its_number():
    plain = clusters(shop(), PARAMS)
    numbers = (7, 1, 4)
    found = renumbered(plain, numbers)
    new = dict(zip(plain.segmentation.segments["segment"], (f"cluster_{n}" for n in numbers), strict=True))
    assert found.segmentation.segments["segment"].tolist() == ["cluster_1", "cluster_4", "cluster_7"]
    sizes = dict(plain.segmentation.segments[["segment", "customers"]].values)
    assert dict(found.segmentation.segments[["segment", "customers"]].values) == {new[k]: n for k, n in sizes.items()}
    assert found.segmentation.labels.tolist() == plain.segmentation.labels.map(new).tolist()
    assert found.traits == {new[key]: traits for key, traits in plain.traits.items()}
    keys = {
        False: plain.segmentation.segments["segment"].tolist(),
        True: found.segmentation.segments["segment"].tolist(),
    }
    assert [keys[True][i] for i in found.nearest] == [new[keys[False][i]] for i in plain.nearest]
    means = plain.centres.assign(segment=plain.centres["segment"].map(new)).set_index(["segment", "feature"])["mean"]
    assert found.centres.set_index(["segment", "feature"])["mean"].to_dict() == means.to_dict()
    assert found.map["segment"].tolist() == plain.map["segment"].map(new).tolist()


def test_numbers_for_another_number_of_groups_are_left_alone():
    plain = clusters(shop(), PARAMS)
    assert renumbered(plain, (2, 1)) is plain


def test_a_group_that_splits_gives_its_number_to_the_larger_half_and_the_other_takes_a_free_one():
    before = pd.Series(["cluster_1"] * 10 + ["cluster_2"] * 10)
    after = pd.Series(["cluster_2"] * 10 + ["cluster_3"] * 7 + ["cluster_1"] * 3)
    assert numbers_after(before, after, ["cluster_1", "cluster_2", "cluster_3"]) == (3, 1, 2)


def test_numbers_as_they_stand_are_nothing_to_keep():
    same = pd.Series(["cluster_1", "cluster_2"])
    assert numbers_after(same, same, ["cluster_1", "cluster_2"]) == ()


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=60))
def test_every_group_gets_a_number_of_its_own(pairs):
    before, after = (pd.Series([f"cluster_{pair[i]}" for pair in pairs]) for i in (0, 1))
    keys = sorted(after.unique())
    numbers = numbers_after(before, after, keys) or tuple(range(1, len(keys) + 1))
    assert len(set(numbers)) == len(keys)
    assert min(numbers) >= 1


def test_edits_of_groups_that_continue_stay_and_the_others_go():
    before = pd.Series(["cluster_1"] * 10 + ["cluster_2"] * 10 + ["cluster_3"] * 4 + [None])
    after = pd.Series(["cluster_1"] * 9 + ["cluster_2"] * 11 + ["cluster_1"] * 4 + [None])
    continuing = continued(before, after)
    assert continuing == {"cluster_1", "cluster_2"}
    edits = [
        SegmentEdit(segment="cluster_1", name="A"),
        SegmentEdit(segment="cluster_2", merge_into="cluster_3", hidden=True),
        SegmentEdit(segment="cluster_3", name="Gone"),
    ]
    kept = kept_edits(edits, continuing)
    assert [(edit.segment, edit.name, edit.merge_into, edit.hidden) for edit in kept] == [
        ("cluster_1", "A", None, False),
        ("cluster_2", None, None, True),
    ]
