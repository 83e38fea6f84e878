from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from analysis.segments.match import align, keep_slots, match


def labels(codes, letters="abcdef"):
    return pd.Series([letters[code] if code >= 0 else None for code in codes], dtype="str")


@pytest.mark.parametrize("seed", range(6))
def test_renumbered_groups_are_matched_though_some_customers_moved(seed):
    random = np.random.default_rng(seed)
    before = random.integers(0, 5, 400)
    turned = random.permutation(5)
    after = turned[before]
    after[random.choice(400, 30, replace=False)] = random.integers(0, 5, 30)
    found = match(labels(before), labels(after, "vwxyz"))
    assert found == {"abcde"[old]: "vwxyz"[new] for old, new in enumerate(turned)}


@pytest.mark.parametrize("seed", range(6))
def test_the_sum_of_overlaps_is_the_largest_of_all_pairings(seed):
    random = np.random.default_rng(seed)
    before, after = random.integers(-1, 4, 60), random.integers(-1, 4, 60)
    after[:30] = before[:30]

    def overlap(one, two):
        a, b = set(np.flatnonzero(before == one)), set(np.flatnonzero(after == two))
        return len(a & b) / len(a | b) if a | b else 0.0

    best = max(sum(overlap(i, p[i]) for i in range(4)) for p in permutations(range(4)))
    found = match(labels(before), labels(after), least=0.0)
    assert sum(overlap("abcd".index(old), "abcd".index(new)) for old, new in found.items()) == pytest.approx(best)


def test_a_group_that_fell_to_pieces_continues_in_none():
    before = labels([0] * 9 + [1] * 9)
    after = labels([0, 1, 2] * 3 + [3] * 9)
    assert match(before, after) == {"b": "d"}


def test_customers_in_no_group_do_not_count_and_none_at_all_match_nothing():
    assert match(labels([-1, -1]), labels([0, 1])) == {}


def test_runs_with_other_customers_are_compared_on_those_they_share():
    old, new = align(pd.Series([1, 2, 3]), labels([0, 1, 1]), pd.Series([4, 3, 2]), labels([2, 0, 0]))
    assert match(old, new) == {"b": "a"}


def test_colours_stay_and_newcomers_take_free_ones():
    slots = keep_slots({"a": 0, "b": 1, "c": 2}, {"a": "y", "c": "x"}, ["x", "y", "z", "w"])
    assert slots == {"x": 2, "y": 0, "z": 1, "w": 3}
