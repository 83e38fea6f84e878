from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.palette import segment_colours
from analysis.errors import AnalysisError, ChoiceError
from analysis.profiles.result import Profiles
from analysis.segments.hybrid import hybrid, hybrid_key, key_parts
from analysis.segments.names import result_names, segment_name
from analysis.segments.params import HybridParams
from analysis.segments.result import EditedSegmentation, segmentation_of
from tests.thorough import examples
from texts import Translator

FIRST, SECOND = ["loyal", "new", "at_risk"], ["cluster_1", "cluster_2", "cluster_3"]
# Rows and columns of customers; the limit of 10 is set by hand.
GRID = [[20, 4, 7], [3, 4, 2], [12, 5, 0]]


def crossed(first, second, params: HybridParams, spend=None, names=None):
    n = len(first)
    frame = pd.DataFrame({"customer_id": [f"c{i:05}" for i in range(n)]})
    if spend is not None:
        frame["spend"] = spend
    others = {
        "rfm": EditedSegmentation(segmentation_of(np.asarray(first), FIRST, method="rfm"), names=names or {}),
        "clusters": EditedSegmentation(segmentation_of(np.asarray(second), SECOND, method="clusters")),
    }
    return hybrid(Profiles(frame, (), date(2024, 1, 1)), others, params)


def from_grid(small: str):
    cells = [(i, j) for i, row in enumerate(GRID) for j, n in enumerate(row) for _ in range(n)]
    spend = [100.0 * (i + 1) + j for i, j in cells]
    params = HybridParams(least=10, smallest_share=0, small=small)
    return crossed([i for i, _ in cells], [j for _, j in cells], params, spend)


def sizes(result) -> dict[str, int]:
    table = result.segmentation.segments
    return dict(zip(table["segment"].str.removeprefix("hybrid:"), table["customers"].tolist(), strict=True))


def test_small_cells_of_a_row_become_its_rest_worked_by_hand():
    found = from_grid("rest")
    # loyal: 4 + 7 reach 10; new: no cell of 3, 4 and 2 does, so the row stays whole; at risk: 5 alone does not.
    assert sizes(found) == {"loyal|cluster_1": 20, "loyal|*": 11, "new|": 9, "at_risk|cluster_1": 17}
    assert found.n_small == 6
    assert [(note.code, note.facts["n"]) for note in found.notes] == [("hybrid_small_stays", 9)]


def test_small_cells_join_the_largest_of_their_row_or_are_kept_as_asked():
    assert sizes(from_grid("largest")) == {"loyal|cluster_1": 31, "new|": 9, "at_risk|cluster_1": 17}
    kept = from_grid("keep")
    assert sizes(kept) == {
        "loyal|cluster_1": 20, "loyal|cluster_2": 4, "loyal|cluster_3": 7, "new|cluster_1": 3, "new|cluster_2": 4,
        "new|cluster_3": 2, "at_risk|cluster_1": 12, "at_risk|cluster_2": 5,
    }  # fmt: skip
    assert kept.n_small == 0 and not kept.notes


def test_cells_hold_the_revenue_of_their_customers():
    found = from_grid("rest")
    assert found.cells["revenue"].sum() == found.segmentation.segments["revenue"].sum()
    rest = found.segmentation.segments.set_index("segment")["revenue"]["hybrid:loyal|*"]
    assert rest == 4 * 101 + 7 * 102


def in_a_plain_loop(first, second, limit: int, small: str) -> list[str | None]:
    """Put every customer into a segment, one at a time."""
    cell: dict[tuple[int, int], int] = {}
    for a, b in zip(first, second, strict=True):
        if a >= 0 and b >= 0:
            cell[a, b] = cell.get((a, b), 0) + 1
    labels: list[str | None] = []
    for a, b in zip(first, second, strict=True):
        if a < 0 or b < 0:
            labels.append(None)
            continue
        row = {j: n for (i, j), n in cell.items() if i == a}
        largest = min(j for j in row if row[j] == max(row.values()))
        if row[b] >= limit or small == "keep":
            labels.append(hybrid_key(FIRST[a], SECOND[b]))
        elif max(row.values()) < limit:
            labels.append(hybrid_key(FIRST[a], ""))
        elif small == "rest" and sum(n for n in row.values() if n < limit) >= limit:
            labels.append(hybrid_key(FIRST[a], "*"))
        else:
            labels.append(hybrid_key(FIRST[a], SECOND[largest]))
    return labels


@examples(60)
@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=1, max_size=80),
    st.integers(1, 12),
    st.floats(0, 0.5),
    st.sampled_from(["rest", "largest", "keep"]),
)
def test_every_customer_stands_where_a_plain_loop_puts_him(pairs, least, share, small):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    n_both = sum(a >= 0 and b >= 0 for a, b in pairs)
    params = HybridParams(least=least, smallest_share=share, small=small)
    if n_both == 0:
        with pytest.raises(AnalysisError, match="hybrid_nobody_in_both"):
            crossed(first, second, params)
        return
    found = crossed(first, second, params)
    limit = max(least, math.ceil(round(share * n_both, 9)))
    assert found.limit == limit
    labels = [None if pd.isna(label) else label for label in found.segmentation.labels]
    assert labels == in_a_plain_loop(first, second, limit, small)
    assert found.segmentation.n_outside == len(pairs) - n_both
    assert found.segmentation.segments["customers"].sum() == n_both


def test_crossing_something_that_is_not_there_is_refused():
    with pytest.raises(AnalysisError, match="hybrid_needs") as refused:
        hybrid(Profiles(pd.DataFrame({"customer_id": ["a"]}), (), date(2024, 1, 1)), {}, HybridParams())
    assert refused.value.facts == {"method": "rfm"}


def test_a_segmentation_is_not_crossed_with_itself():
    with pytest.raises(ChoiceError, match="hybrid_crosses_itself"):
        HybridParams(first="rfm", second="rfm")


def test_names_are_made_of_the_names_of_both():
    t = Translator("en")
    assert segment_name("hybrid:eight_a.develop|cluster_2", t) == "Develop · Group 2"
    assert segment_name("hybrid:loyal|*", t, names={"loyal": "Core"}) == "Core · the rest"
    assert segment_name("hybrid:loyal|", t) == "Loyal"
    assert segment_name("hybrid:loyal|*", t, names={"hybrid:loyal|*": "Mine"}) == "Mine"


def test_a_cell_that_others_joined_is_named_for_what_is_in_it():
    t = Translator("en")
    found = from_grid("largest")
    keys = found.segmentation.segments["segment"]
    names = result_names(found, keys, t)
    # Each row ended up in one cell, so its own name says all.
    assert names == {"hybrid:loyal|cluster_1": "Loyal", "hybrid:new|": "New", "hybrid:at_risk|cluster_1": "At risk"}
    part = {
        "hybrid:loyal|cluster_1": ["cluster_1", "cluster_2"],
        "hybrid:new|cluster_1": [f"cluster_{n}" for n in "123"],
    }
    assert [segment_name(key, t, held=part) for key in part] == [
        "Loyal · Group 1 and Group 2",
        "New · Group 1 and others",
    ]
    own = result_names(found, keys, t, names={"hybrid:loyal|cluster_1": "Core"})
    assert own["hybrid:loyal|cluster_1"] == "Core"


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=80),
    st.integers(1, 12),
    st.sampled_from(["rest", "largest", "keep"]),
    st.sampled_from([("en", "others", "the rest"), ("zh", "其他", "其余")]),
)
def test_nobody_stands_under_the_name_of_a_row_or_column_that_is_not_his(pairs, least, small, words):
    language, *other = words
    t = Translator(language)
    found = crossed(
        [a for a, _ in pairs], [b for _, b in pairs], HybridParams(least=least, smallest_share=0, small=small)
    )
    names = result_names(found, found.segmentation.segments["segment"], t)
    for (a, b), key in zip(pairs, found.segmentation.labels, strict=True):
        row, column, name = segment_name(FIRST[a], t), segment_name(SECOND[b], t), names[key]
        assert name.startswith(row)
        whole_row = key_parts(key) == (FIRST[a], "") or found.held.get(key) == ("",)
        if found.held.get(key) == ("",):  # then nobody of the row stands anywhere else
            assert {of for (other, _), of in zip(pairs, found.segmentation.labels, strict=True) if other == a} == {key}
        assert column in name or any(word in name for word in other) or whole_row, (name, row, column)


@pytest.mark.parametrize(("first", "second"), [("champions", "cluster_1"), ("box.lost", "*"), ("eight_b.new", "")])
def test_a_key_gives_back_what_it_was_made_of(first, second):
    assert key_parts(hybrid_key(first, second)) == (first, second)


def test_cells_of_a_row_have_tones_of_its_colour():
    keys = [hybrid_key("champions", second) for second in ("", "cluster_1", "cluster_2", "cluster_3")]
    colours = segment_colours(["champions", *keys])
    assert colours[keys[0]] == colours["champions"]
    assert len({colours[key] for key in keys[1:]}) == 3
