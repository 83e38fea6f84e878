"""Assignment can be repeated, stays when customers are added, and is balanced."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.reading.health import check_sample_ratio
from analysis.experiments.record import KeptPlan
from analysis.experiments.split_experiment import fills_plan
from analysis.experiments.splitting.split import HOLD_OUT, assign, assign_stratified, balance
from tests.thorough import examples

HALVES = {"A": 1, "B": 1}
IDS = [str(i) for i in range(5000)]


def test_nobody_moves_when_customers_are_added_or_turned():
    before = dict(zip(IDS[:3000], assign(IDS[:3000], HALVES, seed="x"), strict=True))
    after = dict(zip(reversed(IDS), assign(IDS[::-1], HALVES, seed="x"), strict=True))
    assert all(after[customer] == arm for customer, arm in before.items())
    assert assign(IDS, HALVES, seed="y") != assign(IDS, HALVES, seed="x")


def test_shares_are_the_planned_ones_and_two_experiments_are_independent():
    weights = {"A": 0.45, "B": 0.45, HOLD_OUT: 0.1}
    arms = assign(IDS, weights, seed="spring")
    assert check_sample_ratio(Counter(arms), weights) == ()
    pairs = Counter(zip(assign(IDS, HALVES, seed="x"), assign(IDS, HALVES, seed="y"), strict=True))
    assert check_sample_ratio({str(key): n for key, n in pairs.items()}) == ()


@examples(40)
@given(st.lists(st.sampled_from("pqr"), min_size=1, max_size=60), st.integers(0, 5))
def test_every_stratum_is_split_to_within_one_customer(strata, seed):
    arms = assign_stratified(IDS[: len(strata)], strata, HALVES, seed=str(seed))
    for stratum in set(strata):
        counts = Counter(arm for arm, where in zip(arms, strata, strict=True) if where == stratum)
        assert abs(counts["A"] - counts["B"]) <= 1


def test_stratified_assignment_keeps_what_was_sent_and_fills_up():
    strata = ["p", "q"] * 500
    old = dict(zip(IDS[:400], assign_stratified(IDS[:400], strata[:400], HALVES, seed="x"), strict=True))
    new = assign_stratified(IDS[:1000], strata, HALVES, seed="x", kept=old)
    assert new[:400] == list(old.values())
    assert Counter(zip(strata, new, strict=True)) == dict.fromkeys([(s, a) for s in "pq" for a in "AB"], 250)


def test_standardised_differences_by_hand():
    features = pd.DataFrame({"spend": [1.0, 3, 2, 4], "city": ["x", "y", "x", "x"], "flat": [1, 1, 1, 1]})
    table = balance(features, ["A", "A", "B", "B"], control="A").set_index(["feature", "level"])
    # Means 2 and 3, both variances 1; shares of x 0.5 and 1, variances 0.25 and 0.
    assert table.loc[("spend", ""), "difference"] == pytest.approx(1.0)
    assert table.loc[("city", "x"), "difference"] == pytest.approx(0.5 / 0.125**0.5)
    assert table.loc[("flat", ""), "difference"] == 0
    assert table["imbalanced"].tolist() == [True, True, True, False]


def test_means_that_differ_while_nothing_varies_are_marked_and_no_number_is_made_up():
    table = balance(pd.DataFrame({"x": [1.0, 1.0, 2.0, 2.0]}), ["A", "A", "B", "B"], control="A")
    assert table["difference"].isna().tolist() == [True]
    assert table["imbalanced"].tolist() == [True]


def test_a_large_random_split_is_balanced():
    features = pd.DataFrame({"spend": np.random.default_rng(1).gamma(2, 5, 5000)})
    assert not balance(features, assign(IDS, HALVES, seed="z"), control="A")["imbalanced"].any()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: assign(["1"], {"A": 1}, seed=""), "experiment_one_arm"),
        (lambda: assign(["1"], {"A": 1, "B": 0}, seed=""), "experiment_bad_weights"),
        (lambda: assign([], HALVES, seed=""), "experiment_no_customers"),
        (lambda: assign(["1", "1"], HALVES, seed=""), "experiment_repeated_customer"),
        (lambda: assign_stratified(["1"], [], HALVES, seed=""), "experiment_unequal_lengths"),
        (lambda: balance(pd.DataFrame({"x": [1]}), [], control="A"), "experiment_unequal_lengths"),
        (lambda: balance(pd.DataFrame({"x": [1]}), ["B"], control="A"), "experiment_unknown_control"),
    ],
)
def test_what_cannot_be_split_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("sizes", "fills"),
    [
        ((1094, 1094), True),  # as planned
        ((1060, 1128), True),  # all are there; chance made the arms unequal, and the difference is as sure
        ((1060, 1094), False),  # fewer in all
        ((900, 2000), False),  # no chance does that
        ((1000, 1188), False),  # nor that
    ],
)
def test_arms_that_chance_made_unequal_fill_a_plan_when_all_are_there(sizes, fills):
    plan = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05))
    found = fills_plan(dict(zip(("Control", "Treatment"), sizes, strict=True)), plan)
    assert found is not None
    assert (found[0], found[1].n_control) == (fills, 1094)
