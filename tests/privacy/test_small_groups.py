"""Groups of fewer than five are withheld, with what would give them away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.privacy.small_groups import OUTSIDE, together, withheld

COUNTS = st.lists(st.integers(0, 14), min_size=2, max_size=9)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([5, 9], []),  # five are enough
        ([4, 9, 6], [0, 2]),  # the smallest other goes with the only small one
        ([1, 2, 9, 6], [0, 1, 3]),  # 1 and 2 together are small as well
        ([3, 2, 9], [0, 1]),  # 5 together
        ([0, 3, 9], [1, 2]),  # nobody is no group
        ([2, 1], [0, 1]),  # nothing can be shown
    ],
)
def test_by_hand(counts: list[int], hidden: list[int]) -> None:
    assert np.flatnonzero(withheld(np.array(counts))).tolist() == hidden


def test_a_cell_of_a_crossed_table_does_not_follow_from_its_row_or_column() -> None:
    # 2 is small; its row (2, 30) and its column (2, 40) are known, and so are the others' totals.
    counts, rows, columns = np.array([2, 30, 40, 50]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert withheld(counts, [rows, columns]).all()


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.data())
def test_no_small_group_nor_total_can_be_worked_out(numbers: list[int], data: st.DataObject) -> None:
    counts = np.array(numbers)
    within = [
        np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(counts), max_size=len(counts)))) for _ in range(2)
    ]
    # A coarser group that is itself small would not be shown.
    within = [codes for codes in within if all(counts[codes == c].sum() >= 5 for c in set(codes.tolist()))]
    hidden = withheld(counts, within)
    assert hidden[(counts > 0) & (counts < 5)].all()
    if not hidden.any() or hidden[counts > 0].all():
        return
    not_told_apart(counts, within, hidden)


def not_told_apart(counts: np.ndarray, within: list[np.ndarray], hidden: np.ndarray) -> None:
    """Find another way the least and the most that each small group can hold, for whoever knows what is shown."""
    places = np.flatnonzero(hidden)
    sums = [np.ones(len(counts), bool), *(codes == c for codes in within for c in set(codes.tolist()))]
    known = np.array([[float(part[place]) for place in places] for part in sums])
    totals = np.array([counts[part & hidden].sum() for part in sums])
    assert not any(0 < total < 5 for total in totals)
    for column, place in enumerate(places):
        if counts[place] < 5:
            aim = np.eye(len(places))[column]
            ends = [linprog(sign * aim, A_eq=known, b_eq=totals, bounds=(0, None)).fun * sign for sign in (1, -1)]
            assert ends[1] - ends[0] > 1e-6


def test_groups_that_lie_within_those_of_another_grouping_do_not_give_them_away() -> None:
    tiers = np.array(["heavy"] * 3 + ["medium"] * 20 + ["light"] * 30)
    crossed = np.array(["heavy a"] * 2 + ["heavy b"] + ["medium a"] * 9 + ["medium b"] * 11 + ["light a"] * 30)
    found = together({"crossed": crossed, "tiers": tiers})
    assert list(found) == ["crossed", "tiers"]
    assert found["tiers"] == {"heavy", "medium"}
    assert found["crossed"] >= {"heavy a", "heavy b"}
    shown = {key: int((crossed == key).sum()) for key in set(crossed.tolist()) - found["crossed"]}
    assert 53 - sum(shown.values()) >= 5  # what is left of everybody
    assert "light a" in shown  # and no more is withheld than needed


def test_the_few_outside_are_a_group_too_and_a_grouping_without_small_ones_stays_whole() -> None:
    labels = {"rfm": np.array(["a"] * 9 + ["b"] * 7 + [OUTSIDE] * 2), "halves": np.array(["x"] * 9 + ["y"] * 9)}
    assert together(labels) == {"rfm": {OUTSIDE, "b"}, "halves": frozenset()}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 9)), min_size=1, max_size=9))
def test_neither_a_crossed_grouping_nor_those_it_crosses_tell_of_a_few(cells: list[tuple[str, str, int]]) -> None:
    one, other = (np.array([cell[side] for cell in cells for _ in range(cell[2])]) for side in (0, 1))
    labels = {"one": one, "other": other, "crossed": np.char.add(one, other)}
    found = together(labels)
    if len(one) < 5:
        return
    shown = {name: np.where(np.isin(of_each, list(found[name])), "pool", of_each) for name, of_each in labels.items()}
    for of_each in shown.values():
        assert np.unique(of_each, return_counts=True)[1].min() >= 5
    keys, first, counts = np.unique(labels["crossed"], return_index=True, return_counts=True)
    within = [np.unique(shown[name][first], return_inverse=True)[1] for name in ("one", "other")]
    whole = [codes for codes, name in zip(within, ("one", "other"), strict=True) if len(set(shown[name])) > 0]
    not_told_apart(counts, whole, np.isin(keys, list(found["crossed"])))
