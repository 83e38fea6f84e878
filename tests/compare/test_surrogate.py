from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.compare import YES
from analysis.compare.surrogate import SurrogateCondition, meets, segment_rules
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from tests.thorough import examples

FEATURES = (
    Feature("days", "value", "number", "days"),
    Feature("spend", "value", "number", "money"),
    Feature("city", "basic", "category"),
    Feature("member", "basic", "flag"),
)


def case(n=900, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(n)]})
    frame["days"] = rng.integers(0, 400, n).astype(float)
    frame["spend"] = rng.normal(100, 30, n)
    frame["city"] = rng.choice(["Oslo", "Rome"], n)
    frame["member"] = rng.random(n) < 0.5
    recent = frame["days"] <= 90
    codes = np.where(recent & (frame["city"] == "Oslo"), 0, np.where(recent, 1, 2))
    return Profiles(frame, FEATURES, date(2024, 1, 1)), segmentation_of(codes, ["oslo", "rome", "gone"], method="rfm")


def test_planted_rule_is_found_with_full_precision_on_held_out_customers():
    profiles, groups = case()
    rules = segment_rules(profiles, groups)
    assert set(rules["oslo"].conditions) in (
        {SurrogateCondition("days", "<=", 90.0), SurrogateCondition("city", "is", "Oslo")},
        {SurrogateCondition("days", "<=", 90.0), SurrogateCondition("city", "is_not", "Rome")},
    )
    assert rules["gone"].conditions == (SurrogateCondition("days", ">", 90.0),)
    for rule in rules.values():
        assert (rule.precision, rule.coverage, rule.n_tested) == (1, 1, 300)
        assert rule.precision_low < 1
        assert rule.precision_high == pytest.approx(1)


@examples(5)
@given(st.integers(0, 99))
def test_rules_are_short_and_never_better_than_a_count_of_all_customers_allows(seed):
    rng = np.random.default_rng(seed + 1000)
    profiles, _ = case(300, seed)
    groups = segmentation_of(rng.integers(0, 3, 300), ["x", "y", "z"], method="rfm")
    for key, rule in segment_rules(profiles, groups, seed=seed).items():
        assert 1 <= len(rule.conditions) <= 3
        assert 0 <= rule.coverage <= 1
        assert rule.n_met <= rule.n_tested == 100
        # Groups without sense cannot be told apart on customers the tree has not seen.
        if rule.n_met >= 20:
            assert rule.precision < 0.75, key


def test_small_segment_gets_no_rule_and_one_segment_is_refused():
    profiles, _ = case(100)
    rules = segment_rules(profiles, segmentation_of(np.array([0] * 10 + [1] * 90), ["few", "many"], method="rfm"))
    assert set(rules) <= {"many"}
    with pytest.raises(AnalysisError) as raised:
        segment_rules(profiles, segmentation_of(np.zeros(100, int), ["all"], method="rfm"))
    assert raised.value.code == "explain_one_segment"


def test_a_missing_value_meets_only_is_not():
    member = pd.array([True, None], "boolean")
    customers = pd.DataFrame({"days": [1.0, np.nan], "city": ["Oslo", None], "member": member})
    for condition, expected in (
        (SurrogateCondition("days", "<=", 5.0), [True, False]),
        (SurrogateCondition("days", ">", 5.0), [False, False]),
        (SurrogateCondition("city", "is", "Oslo"), [True, False]),
        (SurrogateCondition("city", "is_not", "Oslo"), [False, True]),
        (SurrogateCondition("member", "is", YES), [True, False]),
    ):
        assert meets(customers, (condition,)).tolist() == expected
    with pytest.raises(AnalysisError) as raised:
        meets(customers, (SurrogateCondition("gone", "is", "x"),))
    assert raised.value.code == "rule_feature_gone"
