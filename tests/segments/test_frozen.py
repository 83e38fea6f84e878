"""Frozen segmentations: the same data gives the same labels, other customers are judged one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.assign import assign, labels_of
from analysis.segments.clustering.clusters import clusters
from analysis.segments.fitted_study import FittedStudy
from analysis.segments.frozen import Before, apply, freeze_method
from analysis.segments.hybrid import hybrid
from analysis.segments.params import (
    ClusterParams,
    HybridParams,
    MovementParams,
    Preparation,
    RfmParams,
    SegmentEdit,
    Tier,
    TierParams,
)
from analysis.segments.result import EditedSegmentation
from analysis.segments.scores.rfm import rfm
from analysis.segments.scores.tiers import tiers
from tests.thorough import examples

DAY = date(2024, 6, 30)
FEATURES = (
    Feature("recency_days", "value", "number", unit="days"),
    Feature("n_orders", "value", "number", unit="count"),
    Feature("spend", "value", "number", unit="money"),
    Feature("city", "basic", "category"),
)


def profiles_of(recency, n_orders, spend, city=None) -> Profiles:
    n = len(recency)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:04}" for i in range(n)],
            "recency_days": pd.array(recency, dtype="Float64"),
            "n_orders": n_orders,
            "spend": pd.array(spend, dtype="Float64"),
            "city": pd.array(["a"] * n if city is None else city, dtype="str"),
        }
    )
    return Profiles(frame, FEATURES, DAY)


def shop(n=150, seed=0, *, gaps=True) -> Profiles:
    """Return a shop with many ties: most customers bought once, at a few prices; some never, some without an amount."""
    random = np.random.default_rng(seed)
    n_orders = random.choice([0, 1, 1, 1, 1, 2, 3, 9, 30], n)
    spend = n_orders * random.choice([9.9, 19.9, 19.9, 250.0], n)
    recency = random.choice([1, 5, 5, 30, 90, 91, 365], n).astype(object)
    spend = spend.astype(object)
    if gaps:
        recency[::41], spend[7::37] = None, None
    return profiles_of(
        recency, n_orders, spend, random.choice(["Wien", "Graz", "Linz", None], n, p=[0.6, 0.2, 0.1, 0.1])
    )


def stored(result, params, profiles, edits=()) -> Before:
    """Return the fit after it went through JSON, as next month finds it."""
    fitted = freeze_method(result, params, profiles, edits=edits)
    text = FittedStudy(as_of=DAY, methods=(fitted,)).model_dump_json()
    return Before(FittedStudy.model_validate_json(text))


def part(profiles: Profiles, rows) -> Profiles:
    return Profiles(profiles.customers.iloc[rows].reset_index(drop=True), profiles.features, profiles.as_of)


def check(result, params, profiles) -> None:
    """The frozen run and the customers one by one and in parts have the labels of the run."""
    before = stored(result, params, profiles)
    labels = result.segmentation.labels
    pd.testing.assert_series_equal(apply(before, params, profiles).segmentation.labels, labels)
    column = assign(profiles, before.fitted).iloc[:, 1]
    pd.testing.assert_series_equal(column, labels, check_names=False)
    n = len(labels)
    for rows in (*([i] for i in range(0, n, max(n // 4, 1))), range(n // 2), range(n // 2, n)):
        alone = assign(part(profiles, list(rows)), before.fitted).iloc[:, 1]
        assert alone.fillna("").tolist() == labels.iloc[list(rows)].fillna("").tolist()


customers = st.lists(
    st.tuples(st.sampled_from([0.0, 1, 1, 2, 30, 90, 365]), st.sampled_from([0, 1, 1, 1, 2, 5]),
              st.sampled_from([None, -5.0, 0.0, 9.9, 9.9, 20.0, 500.0])),
    min_size=3, max_size=60,
)  # fmt: skip
rfm_params = st.one_of(
    st.builds(RfmParams, cuts=st.just("quantile"), n_scores=st.integers(2, 10), one_time_apart=st.booleans()),
    st.builds(RfmParams, cuts=st.sampled_from(["mean", "median"]),
              scheme=st.sampled_from(["two_digit", "eight_a", "eight_b", "boxes"])),
    st.builds(RfmParams, scheme=st.just("boxes"), n_scores=st.integers(2, 6)),
    st.just(RfmParams(cuts="own", own_recency=(30, 90), own_frequency=(1, 4), own_monetary=(10, 20, 400))),
)  # fmt: skip


@examples(25, suppress_health_check=[HealthCheck.too_slow])
@given(customers, rfm_params)
def test_frozen_rfm_gives_the_same_labels_on_the_same_data(rows, params):
    profiles = profiles_of(*zip(*rows, strict=True))
    try:
        result = rfm(profiles, params)
    except AnalysisError:
        assume(False)
    check(result, params, profiles)


tier_params = st.one_of(
    st.just(TierParams()),
    st.builds(
        lambda by, *shares: TierParams(
            by=by, tiers=(*(Tier(key=f"t{i}", share=share) for i, share in enumerate(shares)), Tier(key="rest"))
        ),
        st.sampled_from(["customers", "revenue"]), st.floats(0.01, 0.5), st.floats(0.01, 0.4),
    ),
    st.just(TierParams(by="amount", tiers=(Tier(key="a", at_least=20), Tier(key="b", at_least=9.9), Tier(key="c")))),
)  # fmt: skip


@examples(25)
@given(customers, tier_params)
def test_frozen_tiers_give_the_same_labels_on_the_same_data(rows, params):
    profiles = profiles_of(*zip(*rows, strict=True))
    try:
        result = tiers(profiles, params)
    except AnalysisError:
        assume(False)
    check(result, params, profiles)


PREPARATIONS = (
    Preparation(),
    Preparation(skew="yeo_johnson", scale="robust"),
    Preparation(skew="none", cap=False, missing="leave_out", weights={"spend": 3.0, "city": 0.5}),
    Preparation(correlated="leave_out", alike=0.5),
)


@pytest.mark.parametrize("preparation", PREPARATIONS)
@pytest.mark.parametrize("method", ["kmeans", "mixed", "gaussian"])
def test_frozen_clusters_give_the_same_labels_on_the_same_data(method, preparation):
    profiles = shop(seed=len(method))
    features = ("recency_days", "n_orders", "spend") + (("city",) if method == "mixed" else ())
    params = ClusterParams(method=method, k=4, features=features, preparation=preparation)
    check(clusters(profiles, params), params, profiles)


@examples(8, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(2, 6), st.sampled_from(["kmeans", "mixed"]))
def test_frozen_clusters_give_the_same_labels_whatever_the_ties(seed, k, method):
    profiles = shop(n=60, seed=seed)
    params = ClusterParams(method=method, k=k)
    try:
        result = clusters(profiles, params)
    except AnalysisError:
        assume(False)
    check(result, params, profiles)


def test_a_frozen_run_describes_the_stored_groups_with_the_customers_of_today():
    profiles = shop(gaps=False)
    params = ClusterParams(k=3)
    result = clusters(profiles, params)
    again = apply(stored(result, params, profiles), params, profiles)
    assert again.matched_by == "stored"
    assert again.silhouette == pytest.approx(result.silhouette)
    pd.testing.assert_frame_equal(again.segmentation.segments, result.segmentation.segments)
    pd.testing.assert_frame_equal(again.centres, result.centres)
    assert again.traits == result.traits
    assert again.notes[0].code == "segments_frozen" and again.notes[0].facts == {"as_of": DAY}


def test_a_group_that_nobody_is_in_today_is_not_shown_and_comes_back():
    profiles = shop(gaps=False)
    params = ClusterParams(k=4)
    result = clusters(profiles, params)
    labels = result.segmentation.labels
    before = stored(result, params, profiles)
    away = part(profiles, np.flatnonzero((labels != "cluster_2").to_numpy()))
    found = apply(before, params, away)
    assert "cluster_2" not in set(found.segmentation.segments["segment"])
    assert found.segmentation.labels.tolist() == labels[labels != "cluster_2"].tolist()
    keys = found.segmentation.segments["segment"].tolist()
    assert found.nearest.max() < len(keys)
    again = apply(stored(found, params, away), params, profiles)
    pd.testing.assert_series_equal(again.segmentation.labels, labels)


def test_frozen_groups_do_not_move_when_the_others_do():
    profiles = shop(gaps=False)
    params = ClusterParams(k=3)
    before = stored(clusters(profiles, params), params, profiles)
    richer = profiles.customers.assign(spend=profiles.customers["spend"].where(profiles.customers.index >= 50, 5000.0))
    found = apply(before, params, Profiles(richer, profiles.features, DAY)).segmentation.labels
    assert found[50:].fillna("").tolist() == labels_of(profiles, before.fitted.of("clusters"))[50:].fillna("").tolist()


def test_frozen_hybrid_keeps_its_cells_together():
    profiles = shop(300, gaps=False)
    others = {
        "rfm": EditedSegmentation(rfm(profiles, RfmParams()).segmentation),
        "tiers": EditedSegmentation(tiers(profiles).segmentation),
    }
    params = HybridParams(first="rfm", second="tiers", least=20)
    result = hybrid(profiles, others, params)
    fitted = freeze_method(result, params, profiles)
    before = Before(FittedStudy(as_of=DAY, methods=(fitted,)))
    again = apply(before, params, profiles, others=others)
    pd.testing.assert_series_equal(again.segmentation.labels, result.segmentation.labels)
    pd.testing.assert_frame_equal(again.segmentation.segments, result.segmentation.segments)
    half = part(profiles, range(0, 300, 9))
    smaller = {}
    for kind, asked, found in (("rfm", RfmParams(), rfm(profiles)), ("tiers", TierParams(), tiers(profiles))):
        smaller[kind] = EditedSegmentation(apply(stored(found, asked, profiles), asked, half).segmentation)
    found = apply(before, params, half, others=smaller).segmentation.labels
    assert found.fillna("").tolist() == result.segmentation.labels[::9].fillna("").tolist()


def test_what_was_stored_stays_the_same_from_one_frozen_run_to_the_next():
    profiles = shop(gaps=False)
    half = part(profiles, range(0, 150, 3))
    others = {
        "rfm": EditedSegmentation(rfm(profiles).segmentation),
        "tiers": EditedSegmentation(tiers(profiles).segmentation),
    }
    kept = {"labels": "", "learned_on": None}
    for params, result in (
        (RfmParams(), rfm(profiles)),
        (TierParams(by="revenue"), tiers(profiles, TierParams(by="revenue"))),
        (ClusterParams(k=3), clusters(profiles, ClusterParams(k=3))),
        (
            HybridParams(first="rfm", second="tiers"),
            hybrid(profiles, others, HybridParams(first="rfm", second="tiers")),
        ),
    ):
        first = freeze_method(result, params, profiles)
        before = Before(FittedStudy(as_of=DAY, methods=(first,)))
        next_month = replace(half, as_of=date(2024, 7, 31))
        shown = {}
        for kind, side in others.items():
            third = side.segmentation.labels[::3].reset_index(drop=True)
            shown[kind] = EditedSegmentation(replace(side.segmentation, labels=third))
        again = freeze_method(apply(before, params, next_month, others=shown), params, next_month)
        assert again.learned_on == first.learned_on == DAY
        assert again.model_copy(update=kept) == first.model_copy(update=kept)


def test_assign_puts_customers_under_the_segments_they_were_merged_into():
    profiles = shop(gaps=False)
    result = tiers(profiles)
    edits = (SegmentEdit(segment="tier_light", merge_into="tier_medium"),)
    found = assign(profiles, stored(result, TierParams(), profiles, edits).fitted)
    assert list(found.columns) == ["customer_id", "segment_tiers"]
    assert set(found["segment_tiers"]) == {"tier_heavy", "tier_medium", "tier_zero"}


def test_a_level_nobody_had_pulls_its_customer_nowhere():
    profiles = shop(gaps=False)
    params = ClusterParams(method="mixed", k=3, features=("spend", "city"))
    fitted = clusters(profiles, params).fitted
    strange = profiles.customers.assign(city="Atlantis")
    matrix = fitted.matrix(strange)
    assert (matrix[:, 1:] == 0).all()


@pytest.mark.parametrize("method", ["ward", "bisecting", "hdbscan"])
def test_groups_without_a_rule_for_others_are_refused(method):
    profiles = shop(gaps=False)
    params = ClusterParams(method=method, k=3)
    result = clusters(profiles, params)
    with pytest.raises(AnalysisError) as refusal:
        freeze_method(result, params, profiles)
    assert refusal.value.code == "freeze_no_rule"
    with pytest.raises(AnalysisError, match="freeze_no_rule"):
        labels_of(profiles, result.fitted)


def test_what_a_frozen_run_refuses():
    profiles = shop(gaps=False)
    params = ClusterParams(k=3, features=("recency_days", "spend"))
    before = stored(clusters(profiles, params), params, profiles)
    for wanted, code in (
        (RfmParams(), "frozen_without_fit"),
        (params.model_copy(update={"k": 4}), "frozen_other_choices"),
    ):
        for run_before in (before,) if code == "frozen_other_choices" else (before, None):
            with pytest.raises(AnalysisError) as refusal:
                apply(run_before, wanted, profiles)
            assert refusal.value.code == code
    bare = Profiles(profiles.customers.drop(columns="spend"), FEATURES[:2], DAY)
    with pytest.raises(AnalysisError) as refusal:
        apply(before, params, bare)
    assert (refusal.value.code, refusal.value.facts) == ("frozen_needs_features", {"columns": "spend"})
    one = part(profiles, np.flatnonzero((labels_of(profiles, before.fitted.of("clusters")) == "cluster_2").to_numpy()))
    with pytest.raises(AnalysisError) as refusal:
        apply(before, params, one)
    assert refusal.value.code == "frozen_one_group"
    movement = freeze_method(replace_segmentation(tiers(profiles)), MovementParams(), profiles)
    with pytest.raises(AnalysisError) as refusal:
        labels_of(profiles, movement)
    assert refusal.value.code == "assign_needs_orders"


def replace_segmentation(result):
    return replace(result, names={})


def test_a_name_given_to_a_tier_later_is_no_other_choice():
    profiles = shop(gaps=False)
    before = stored(tiers(profiles), TierParams(), profiles)
    named = TierParams(tiers=(Tier(key="heavy", name="Top", share=0.2), *TierParams().tiers[1:]))
    assert apply(before, named, profiles).names == {"tier_heavy": "Top"}


def test_the_fit_holds_no_customer():
    profiles = shop(gaps=False)
    params = ClusterParams(k=3)
    text = stored(clusters(profiles, params), params, profiles).fitted.model_dump_json()
    assert not any(customer in text for customer in profiles.customers["customer_id"])
