"""What cannot be segmented is refused with its numbers, and what is odd is said: one test for each case."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.compare.compare import compare
from analysis.compare.explain import against, separation
from analysis.compare.nearest import neighbours
from analysis.compare.surrogate import segment_rules
from analysis.conditions import AllOf, Condition
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.by_rule.rules import rules
from analysis.segments.clustering.clusters import clusters
from analysis.segments.params import ClusterParams, Preparation, RfmParams, RulesParams, SegmentRule
from analysis.segments.result import segmentation_of
from analysis.segments.scores.rfm import rfm
from analysis.segments.scores.tiers import tiers
from texts import LANGUAGES, Translator

NUMBERED = ("kmeans", "bisecting", "ward", "gaussian", "mixed")


def profiles(n=60, *, groups=3, seed=0, **columns):
    random = np.random.default_rng(seed)
    truth = np.arange(n) % groups
    frame = {"customer_id": [f"c{i:04}" for i in range(n)], "x": 10.0 * truth + random.normal(size=n)}
    frame = pd.DataFrame(frame | columns)
    kinds = {True: "number", False: "category"}
    features = tuple(
        Feature(key, "basic", kinds[pd.api.types.is_numeric_dtype(frame[key])]) for key in frame.columns[1:]
    )
    return Profiles(frame, features, date(2024, 1, 1)), truth


def refused(call, *given, **more):
    with pytest.raises(AnalysisError) as raised:
        call(*given, **more)
    for language in LANGUAGES:
        sentence = Translator(language)(f"error.{raised.value.code}", **raised.value.facts)
        for fact in raised.value.facts.values():
            assert str(fact) in sentence.replace(",", "")
    return raised.value.code, raised.value.facts


def noted(result):
    return {note.code: note.facts for note in result.notes}


@pytest.mark.parametrize("method", [*NUMBERED, "hdbscan"])
def test_features_that_are_all_constant_are_refused_with_their_number(method):
    base, _ = profiles(x=5.0, y=1.0)
    found = refused(clusters, base, ClusterParams(method=method, features=("x", "y")))
    assert found == ("clusters_all_constant", {"n": 2})


def test_nothing_that_varies_leaves_no_feature_to_suggest():
    assert refused(clusters, profiles(x=5.0)[0])[0] == "clusters_no_features"


def test_of_two_identical_features_the_second_is_named_and_the_groups_stay():
    base, truth = profiles()
    twice = profiles(y=base.customers["x"])[0]
    result = clusters(twice, ClusterParams(features=("x", "y")))
    assert noted(result)["clusters_identical"] == {"feature": "y", "other": "x"}
    assert adjusted_rand_score(truth, result.segmentation.labels) == 1
    assert clusters(twice).features == (twice.feature("x"),)


@pytest.mark.parametrize("method", NUMBERED)
def test_more_groups_than_different_customers_are_refused_with_both_numbers(method):
    base, _ = profiles(x=np.arange(60) % 3 * 1.0)
    found = refused(clusters, base, ClusterParams(method=method, features=("x",), k=7))
    assert found == ("clusters_too_few_distinct", {"n_distinct": 3, "k": 7})


def test_a_suggested_number_never_exceeds_the_different_customers():
    base, truth = profiles(x=np.arange(60) % 3 * 1.0)
    result = clusters(base, ClusterParams(features=("x",)))
    assert result.sweep["k"].tolist() == [2, 3]
    assert adjusted_rand_score(truth, result.segmentation.labels) == 1


def test_a_feature_with_95_percent_missing_is_said_with_its_share_and_never_suggested():
    rare = np.where(np.arange(60) % 20 == 0, np.arange(60.0), np.nan)
    base, _ = profiles(rare=rare)
    result = clusters(base, ClusterParams(features=("x", "rare")))
    assert noted(result)["clusters_mostly_missing"] == {"feature": "rare", "n": 57, "share": 0.95}
    assert [feature.key for feature in clusters(base).features] == ["x"]


def test_leaving_out_who_lacks_it_refuses_when_too_few_are_left():
    rare = np.where(np.arange(60) % 20 == 0, np.arange(60.0), np.nan)
    params = ClusterParams(features=("x", "rare"), preparation=Preparation(missing="leave_out"))
    found = refused(clusters, profiles(rare=rare)[0], params)
    assert found == ("clusters_too_few_customers", {"n_customers": 3, "minimum": 10})


@pytest.mark.parametrize("giant", [1e3, 1e6, 1e12, -1e6])
def test_one_giant_outlier_is_pulled_in_with_a_note_and_is_no_group(giant):
    base, truth = profiles()
    base.customers.loc[0, "x"] = giant
    result = clusters(base)
    assert result.k == 3
    assert adjusted_rand_score(truth[1:], result.segmentation.labels[1:]) == 1
    assert noted(result)["clusters_pulled_in"] == {"feature": "x", "n": 1}


@pytest.mark.parametrize("method", [*NUMBERED, "hdbscan"])
def test_three_customers_are_too_few_for_clusters(method):
    found = refused(clusters, profiles(3)[0], ClusterParams(method=method, features=("x",)))
    assert found == ("clusters_too_few_customers", {"n_customers": 3, "minimum": 10})


def test_three_customers_are_too_few_for_scores_and_tiers():
    orders = {"recency_days": [1, 2, 3], "n_orders": [3, 2, 1], "spend": [30.0, 20, 10]}
    base, _ = profiles(3, **orders)
    assert refused(rfm, base) == ("rfm_too_few_customers", {"n_customers": 3, "n_scores": 5})
    assert tiers(base).segmentation.segments["customers"].sum() == 3
    assert rfm(base, RfmParams(n_scores=3)).segmentation.segments["customers"].sum() == 3


def test_5000_categories_count_as_twenty_and_this_is_said():
    n = 6_000
    sides = np.arange(n) % 2
    plan = np.where(sides == 1, "basic", "pro").astype(object)
    plan[:4_999] = [f"own plan {i}" for i in range(4_999)]
    base, _ = profiles(n, groups=2, plan=plan)
    result = clusters(base, ClusterParams(method="mixed", features=("x", "plan"), k=2))
    assert noted(result)["clusters_many_levels"] == {"feature": "plan", "n_levels": 5_001, "kept": 2}
    assert clusters(base, ClusterParams(method="mixed", k=2)).categories == ()
    shares = compare(base, result.segmentation, ["cluster_1"]).shares
    assert len(shares) == 21
    assert shares["count"].sum() == result.segmentation.segments["customers"].iloc[0]
    held = separation(base, result.segmentation, importance=False).features.set_index("feature")
    assert held.loc["plan", "n"] == n


def in_one(base):
    return segmentation_of(np.zeros(len(base.customers), int), ["rule_all"], method="rules")


def test_everyone_in_one_segment_has_nobody_to_differ_from():
    base, _ = profiles()
    everyone = RulesParams(
        rules=(SegmentRule(key="all", when=Condition(feature="x", op="is_known")),
               SegmentRule(key="none", when=Condition(feature="x", op="gt", values=(1e9,)))),
    )  # fmt: skip
    result = rules(base, everyone)
    assert result.segmentation.segments["customers"].tolist() == [60]
    assert noted(result) == {"rules_nobody": {"segment": "rule_none"}}
    whole = result.segmentation
    for call in (separation, neighbours):
        assert refused(call, base, whole) == ("explain_one_segment", {"n": 60})
    assert refused(segment_rules, base, whole) == ("explain_one_segment", {"n": 60})
    found = compare(base, whole, ["rule_all"])
    assert noted(found) == {"compare_no_rest": {"segment": "rule_all", "n": 60}}
    assert len(found.differences) == 0
    assert against(base, whole, "rule_all").too_few


def test_a_rule_on_a_feature_that_is_gone_is_refused_with_both_names():
    known, gone = Condition(feature="x", op="is_known"), Condition(feature="points", op="ge", values=(5,))
    gone = RulesParams(rules=(SegmentRule(key="a", when=known), SegmentRule(key="b", when=gone)))
    assert refused(rules, profiles()[0], gone) == ("rules_feature_gone", {"rule": 2, "feature": "points"})


@pytest.mark.parametrize(
    "parts",
    [
        [("x", "gt", 10), ("x", "lt", 5)],
        [("x", "is_missing"), ("x", "ge", 1)],
        [("x", "eq", 3), ("x", "ne", 3)],
        [("city", "in", "York"), ("city", "not_in", "York")],
    ],
)
def test_conditions_that_rule_each_other_out_are_refused_with_the_rule_and_the_feature(parts):
    base, _ = profiles(city="York")
    conditions = tuple(Condition(feature=feature, op=op, values=tuple(values)) for feature, op, *values in parts)
    params = RulesParams(rules=(SegmentRule(key="a", when=AllOf(parts=conditions)),))
    found = refused(rules, base, params)
    assert found == ("rules_contradiction", {"rule": 1, "feature": parts[0][0]})


def test_a_segment_of_almost_everyone_has_too_few_others_to_differ_from():
    base, _ = profiles(100)
    almost = segmentation_of(np.array([1] * 3 + [0] * 97), ["rule_all", "rule_few"], method="rules")
    found = compare(base, almost, ["rule_all", "rule_few"])
    assert len(found.differences) == 0
    assert noted(found) == {
        "compare_few_others": {"segment": "rule_all", "n": 3},
        "compare_too_few": {"segment": "rule_few", "n": 3},
    }


def test_levels_of_a_few_customers_each_make_no_group_of_their_own():
    n = 5_000
    base, truth = profiles(n, groups=2, plan=[f"own plan {i % 2_000}" for i in range(n)])
    result = clusters(base, ClusterParams(method="mixed", features=("x", "plan"), k=2))
    assert adjusted_rand_score(truth, result.segmentation.labels) == 1
    assert noted(result)["clusters_many_levels"] == {"feature": "plan", "n_levels": 2_000, "kept": 0}
