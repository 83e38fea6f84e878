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
from analysis.segments.scores.rfm import rfm, score
from tests.thorough import examples


def profiles(recency, orders, spend) -> Profiles:
    ids = [f"c{i:05}" for i in range(len(recency))]
    frame = pd.DataFrame({"customer_id": ids, "recency_days": recency, "n_orders": orders, "spend": spend})
    return Profiles(frame, (), date(2024, 1, 1))


def code(profiles: Profiles, **params) -> str:
    with pytest.raises(AnalysisError) as raised:
        rfm(profiles, RfmParams(**params))
    return raised.value.code


def test_a_case_worked_by_hand():
    # Type-7 quintile cuts of 1..6 are 2, 3, 4, 5: counts strictly below give 1, 1, 2, 3, 4, 5.
    values = [1, 2, 3, 4, 5, 6]
    result = rfm(profiles(values, values, [float(v) for v in values]))
    assert result.cuts["f"] == (2.0, 3.0, 4.0, 5.0)
    assert result.customers["f"].tolist() == [1, 1, 2, 3, 4, 5]
    assert result.customers["r"].tolist() == [5, 5, 4, 3, 2, 1]
    assert result.customers["m"].tolist() == [1, 1, 2, 3, 4, 5]
    assert result.customers["segment"].tolist() == [
        "new", "new", "potential_loyalists", "needs_attention", "at_risk", "cant_lose",
    ]  # fmt: skip
    assert result.segmentation.segments["revenue"].sum() == 21


def test_own_cuts_are_days_orders_and_money():
    result = rfm(
        profiles([30, 31, 90, 91], [1, 2, 4, 5], [10, 10.5, 99, 100]),
        RfmParams(cuts="own", own_recency=(30, 90), own_frequency=(1, 4), own_monetary=(10,)),
    )
    assert result.customers["r"].tolist() == [3, 2, 2, 1]
    assert result.customers["f"].tolist() == [1, 2, 2, 3]
    assert result.customers["m"].tolist() == [1, 2, 2, 2]
    assert result.n_scores == {"r": 3, "f": 3, "m": 2}


def test_the_eight_classes_compare_strictly_with_the_mean():
    # Means are 20 days, 2 orders, 20; equal to the mean is not above it, on any measure.
    result = rfm(profiles([10, 20, 30], [3, 2, 1], [30.0, 20.0, 10.0]), RfmParams(scheme="eight_a", cuts="mean"))
    assert result.customers["segment"].tolist() == ["eight_a.high_value", "eight_a.lost", "eight_a.lost"]


@pytest.mark.parametrize("school", ["eight_a", "eight_b"])
def test_both_schools_put_the_same_customers_together(school):
    rng = np.random.default_rng(1)
    base = profiles(rng.integers(1, 99, 200), rng.integers(1, 9, 200), rng.normal(50, 9, 200))
    result = rfm(base, RfmParams(scheme=school, cuts="median"))
    oracle = {
        (True, True, True): "high_value", (True, False, True): "develop", (False, True, True): "keep",
        (False, False, True): "win_back", (True, True, False): "regular", (True, False, False): "new",
        (False, True, False): "routine", (False, False, False): "lost",
    }  # fmt: skip
    frame = base.customers
    middle = frame[["recency_days", "n_orders", "spend"]].median()
    for row, segment in zip(frame.itertuples(), result.customers["segment"], strict=True):
        above = (row.recency_days < middle.iloc[0], row.n_orders > middle.iloc[1], row.spend > middle.iloc[2])
        assert segment == f"{school}.{oracle[tuple(bool(x) for x in above)]}"


def test_customers_without_a_positive_order_are_outside():
    result = rfm(profiles([1, 2, np.nan, 4, 5, 6], [1, 2, 0, 4, 5, 6], [1.0, 2, 0, 4, 5, 6]))
    assert result.n_outside == 1
    assert pd.isna(result.segmentation.labels[2])
    assert len(result.customers) == 5


def test_the_grid_holds_every_cell_and_adds_up():
    rng = np.random.default_rng(0)
    result = rfm(profiles(rng.integers(1, 400, 500), rng.integers(1, 12, 500), rng.lognormal(3, 1, 500)))
    assert len(result.grid) == 25
    assert result.grid["customers"].sum() == 500
    assert result.grid["revenue"].sum() == pytest.approx(result.customers["spend"].sum())
    by_cell = result.customers.groupby("segment").size()
    assert result.grid.groupby("segment")["customers"].sum()[by_cell.index].tolist() == by_cell.tolist()


def test_one_time_buyers_collapse_the_cuts_and_the_result_says_so():
    rng = np.random.default_rng(0)
    result = rfm(profiles(rng.integers(1, 400, 100), [1] * 85 + [2] * 10 + [7] * 5, rng.lognormal(3, 1, 100)))
    assert [(n.code, n.facts) for n in result.notes] == [("rfm_f_cuts_collapse", {"n_scores": 5, "n_used": 2})]


def test_equal_amounts_are_a_note_and_equal_everything_a_refusal():
    same = profiles([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [9.0] * 5)
    assert [n.code for n in rfm(same).notes] == ["rfm_m_constant"]
    assert code(profiles([3] * 5, [2] * 5, [1.0, 2, 3, 4, 5])) == "rfm_all_equal"
    assert code(profiles([3] * 5, [2] * 5, [1.0] * 5), scheme="eight_a", cuts="mean") == "rfm_all_equal"


def test_returns_above_purchases_count_as_negative_spend():
    result = rfm(profiles([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [-50.0, -10, -5, -4, -1]))
    assert [n.code for n in result.notes] == ["rfm_negative_spend"]
    assert result.customers["m"].tolist() == [1, 2, 3, 4, 5]
    assert result.segmentation.segments["revenue_share"].isna().all()


def test_what_cannot_be_scored_is_refused():
    assert code(profiles([], [], [])) == "rfm_no_customers"
    assert code(profiles([np.nan, np.nan], [0, 0], [0.0, 0])) == "rfm_no_customers"
    assert code(profiles([1], [1], [1.0])) == "rfm_one_customer"
    assert code(profiles([1, 2, 3], [1, 2, 3], [1.0, 2, 3])) == "rfm_too_few_customers"
    members = Profiles(pd.DataFrame({"customer_id": ["a"]}), (), date(2024, 1, 1))
    assert code(members) == "rfm_needs_orders"


def test_own_cuts_work_for_one_customer():
    params = RfmParams(cuts="own", own_recency=(30,), own_frequency=(1,), own_monetary=(10,))
    assert rfm(profiles([3], [5], [90.0]), params).customers["segment"].tolist() == ["champions"]


numbers = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 20), st.integers(-100, 1000)), min_size=5, max_size=60
).filter(lambda rows: len({row[0] for row in rows}) > 1)


@examples(60)
@given(numbers, st.integers(2, 5))
def test_scores_equal_a_plain_loop_and_are_monotone(rows, n_scores):
    recency, orders, spend = (list(column) for column in zip(*rows, strict=True))
    result = rfm(profiles(recency, orders, [float(s) for s in spend]), RfmParams(n_scores=n_scores))
    cuts = [np.quantile(spend, i / n_scores) for i in range(1, n_scores)]
    days = [np.quantile(recency, i / n_scores) for i in range(1, n_scores)]
    assert result.customers["m"].tolist() == [1 + sum(cut < value for cut in cuts) for value in spend]
    assert result.customers["r"].tolist() == [n_scores - sum(cut < value for cut in days) for value in recency]
    by_spend = result.customers.sort_values("spend")
    assert by_spend["m"].is_monotonic_increasing
    assert (result.customers.groupby("n_orders")["f"].nunique() == 1).all()


@examples(30)
@given(numbers, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows, random):
    base = profiles(*(list(map(float, column)) for column in zip(*rows, strict=True))).customers
    shuffled = base.iloc[random.sample(range(len(base)), len(base))].reset_index(drop=True)
    one = rfm(Profiles(base, (), date(2024, 1, 1))).customers
    two = rfm(Profiles(shuffled, (), date(2024, 1, 1))).customers
    pd.testing.assert_frame_equal(one, two.sort_values("customer_id").reset_index(drop=True))


def test_score_counts_cuts_strictly_below():
    assert score(np.array([1.0, 1.0, 2.0]), (1.0, 1.0, 1.0)).tolist() == [1, 1, 4]


@pytest.mark.parametrize("cuts", ["mean", "median"])
def test_one_cut_on_each_measure_names_the_four_corners(cuts):
    frame = {
        "customer_id": list("abcd"),
        "recency_days": [1.0, 1.0, 99.0, 99.0],
        "n_orders": [9, 1, 9, 1],
        "spend": [90.0, 10.0, 90.0, 10.0],
    }
    found = rfm(Profiles(pd.DataFrame(frame), (), date(2024, 1, 1)), RfmParams(cuts=cuts))
    assert found.customers["segment"].tolist() == ["champions", "new", "cant_lose", "hibernating"]
