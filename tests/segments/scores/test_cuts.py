"""Own cuts: typed text, tidy numbers to start from, what each score means."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.profiles.result import Profiles
from analysis.segments.params import RfmParams
from analysis.segments.scores.cuts import own_params, read_cuts, thresholds, write_cuts
from analysis.segments.scores.rfm import rfm


def profiles(recency, orders, spend):
    frame = pd.DataFrame({"recency_days": recency, "n_orders": orders, "spend": spend})
    frame.insert(0, "customer_id", [f"c{i:04}" for i in range(len(frame))])
    return Profiles(frame, (), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("30, 90, 180", (30, 90, 180)),
        ("１．５，２", (1.5, 2)),
        ("1；2、3 4", (1, 2, 3, 4)),
        (" 7 ", (7,)),
        ("-5,0", (-5, 0)),
    ],
)
def test_cuts_are_read_with_the_marks_of_both_languages(text, cuts):
    assert read_cuts(text) == cuts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "cuts_missing"),
        (" , ", "cuts_missing"),
        ("30, soon", "cuts_not_a_number"),
        ("nan", "cuts_not_a_number"),
        ("inf", "cuts_not_a_number"),
        ("1,000", "cuts_not_increasing"),
        ("5, 5", "cuts_not_increasing"),
        ("1 2 3 4 5 6 7 8 9 10", "cuts_too_many"),
    ],
)
def test_text_that_holds_no_increasing_numbers_is_refused(text, code):
    with pytest.raises(AnalysisError) as raised:
        read_cuts(text)
    assert raised.value.code == code


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=9, unique=True))
def test_what_is_written_is_read_again(cuts):
    cuts = tuple(float(f"{cut:.12g}") for cut in sorted(cuts))
    if len(set(cuts)) == len(cuts):
        assert read_cuts(write_cuts(cuts)) == cuts


def test_whole_days_and_orders_keep_every_customer_in_his_score():
    rng = np.random.default_rng(1)
    base = profiles(rng.integers(0, 400, 500), rng.integers(1, 30, 500), rng.integers(100, 900, 500) * 1.0)
    found = rfm(base)
    own = rfm(base, own_params(base, found.params, found.cuts))
    assert own.customers[["r", "f"]].equals(found.customers[["r", "f"]])


@pytest.mark.parametrize("scheme", ["eight_a", "eight_b"])
def test_the_eight_classes_take_one_cut_and_keep_recency_and_frequency(scheme):
    rng = np.random.default_rng(2)
    base = profiles(rng.integers(0, 400, 300), rng.integers(1, 9, 300), rng.random(300) * 900)
    found = rfm(base, RfmParams(scheme=scheme, cuts="mean"))
    own = rfm(base, own_params(base, found.params, found.cuts))
    assert own.customers[["r", "f"]].equals(found.customers[["r", "f"]])


def test_cuts_that_collapsed_come_apart():
    base = profiles(range(100), [1] * 80 + [2] * 8 + [3] * 6 + [4] * 6, range(1, 101))
    found = rfm(base)
    assert found.cuts["f"] == (1, 1, 1, 1.2) or len(set(found.cuts["f"])) < 4
    params = own_params(base, found.params, found.cuts)
    assert params.own_frequency == (1, 2, 3)
    assert rfm(base, params).customers["f"].value_counts().to_dict() == {1: 80, 2: 8, 3: 6, 4: 6}


@given(st.lists(st.integers(1, 6), min_size=2, max_size=40), st.integers(2, 10))
def test_own_cuts_leave_no_score_empty(orders, n_scores):
    base = profiles(range(len(orders)), orders, [float(n) for n in orders])
    params = own_params(base, RfmParams(n_scores=n_scores))
    if min(orders) < max(orders):
        result = rfm(base, params)
        assert set(result.customers["f"]) == set(range(1, len(params.own_frequency) + 2))


def test_no_purchase_no_cuts():
    for base, code in (
        (profiles([np.nan], [0], [0.0]), "rfm_no_customers"),
        (Profiles(pd.DataFrame({"customer_id": ["a"]}), (), date(2024, 1, 1)), "rfm_needs_orders"),
    ):
        with pytest.raises(AnalysisError) as raised:
            own_params(base, RfmParams())
        assert raised.value.code == code


def test_thresholds_say_which_values_a_score_covers():
    base = profiles([5, 50, 500], [9, 3, 1], [90.0, 30.0, 10.0])
    result = rfm(base, RfmParams(cuts="own", own_recency=(30, 90), own_frequency=(1,), own_monetary=(20, 50)))
    table = thresholds(result)
    recency = table[table["measure"] == "r"]
    assert recency["score"].tolist() == [3, 2, 1]
    assert recency["up_to"].tolist()[:2] == [30, 90]
    assert recency["above"].tolist()[1:] == [30, 90]
    assert recency["customers"].tolist() == [1, 1, 1]
    assert table.groupby("measure")["customers"].sum().tolist() == [3, 3, 3]
