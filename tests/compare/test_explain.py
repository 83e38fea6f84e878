from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.compare.explain import against, separation
from analysis.compare.nearest import nearest_other, neighbours
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from analysis.stats.groups import association

FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("noise", "basic", "number"),
    Feature("flat", "basic", "number"),
    Feature("city", "basic", "category"),
    Feature("member", "basic", "flag"),
    Feature("phone", "basic", "category", personal="phone"),
)


def case(n=600, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    frame = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(n)]})
    # b lies near a, c far off.
    frame["spend"] = rng.normal(100, 10, n) + np.array([0, 10, 80])[codes]
    frame.loc[rng.random(n) < 0.1, "spend"] = np.nan
    frame["noise"] = rng.normal(size=n)
    frame["flat"] = 5.0
    frame["city"] = np.where((codes == 1) & (rng.random(n) < 0.5), "Oslo", rng.choice(["Rome", "Paris"], n))
    frame["member"] = rng.random(n) < 0.5
    frame["phone"] = [str(i) for i in codes]
    return Profiles(frame, FEATURES, date(2024, 1, 1)), segmentation_of(codes, ["a", "b", "c"], method="rfm")


def test_a_number_that_is_the_same_within_each_segment_separates_completely():
    profiles, groups = case()
    fixed = profiles.customers.assign(noise=groups.labels.map({"a": 1.0, "b": 5.0, "c": 2.0}))
    found = separation(Profiles(fixed, FEATURES, profiles.as_of), groups).features
    first = found.iloc[0]
    assert (first["feature"], first["effect"], first["strength"], first["significant"]) == ("noise", 1, 1, True)
    assert "flat" not in set(found["feature"])


def test_features_are_ranked_by_effect_with_the_tests_of_scipy():
    profiles, groups = case(seed=1)
    found = separation(profiles, groups)
    table = found.features.set_index("feature")
    assert found.features["feature"].tolist()[:2] == ["spend", "city"]
    assert "flat" not in table.index
    assert "phone" not in table.index
    spend = profiles.customers.assign(s=groups.labels).dropna(subset=["spend"])
    parts = [part["spend"].to_numpy() for _, part in spend.groupby("s")]
    assert table.loc["spend", "p"] == pytest.approx(stats.kruskal(*parts).pvalue)
    grand = spend["spend"].mean()
    between = sum(len(p) * (p.mean() - grand) ** 2 for p in parts)
    assert table.loc["spend", "effect"] == pytest.approx(between / ((spend["spend"] - grand) ** 2).sum())
    cells = pd.crosstab(groups.labels, profiles.customers["city"]).to_numpy()
    assert table.loc["city", "effect"] == pytest.approx(association(cells).v_adjusted)
    assert table.loc["spend", "significant"]
    assert not table.loc["noise", "significant"]
    assert (table["p_holm"] >= table["p"]).all()


def test_second_opinion_agrees_on_what_carries_and_says_on_how_many():
    profiles, groups = case()
    found = separation(profiles, groups)
    table = found.features.set_index("feature")["importance"]
    assert table.idxmax() == "spend"
    assert abs(table["noise"]) < 0.05
    assert (found.n_sampled, found.n_tested) == (600, 200)
    assert found.accuracy > found.base_accuracy + 0.2
    again = separation(profiles, groups)
    pd.testing.assert_frame_equal(found.features, again.features)


def test_only_the_chosen_segments_count():
    profiles, groups = case()
    close = separation(profiles, groups, segments=("a", "b"), importance=False).features.set_index("feature")
    wide = separation(profiles, groups, importance=False).features.set_index("feature")
    assert close.loc["spend", "effect"] < wide.loc["spend", "effect"]
    assert close["importance"].isna().all()


def test_neighbour_is_the_segment_with_the_nearest_mean_customer():
    profiles, groups = case()
    assert neighbours(profiles, groups) == {"a": "b", "b": "a", "c": "b"}
    row = int(np.flatnonzero(groups.labels == "a")[0])
    assert nearest_other(profiles, groups, row) == "b"


def test_the_nearest_of_tiers_is_the_one_above_or_below_whatever_else_is_alike():
    # Customers of the lowest tier look like the highest in everything but spend.
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1, 2, 3], 50)
    frame = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(200)]})
    frame["spend"] = np.array([90.0, 60, 30, 0])[codes] + rng.normal(0, 1, 200)
    for key in ("age", "visits", "items"):
        frame[key] = np.array([10.0, 5, 5, 10])[codes] + rng.normal(0, 0.1, 200)
    features = (
        Feature("spend", "value", "number", "money"),
        *(Feature(k, "basic", "number") for k in frame.columns[2:]),
    )
    profiles = Profiles(frame, features, date(2024, 1, 1))
    keys = ["tier_heavy", "tier_medium", "tier_light", "tier_zero"]
    mixed, tiers = (segmentation_of(codes, keys, method=method) for method in ("rules", "tiers"))
    assert (neighbours(profiles, mixed)["tier_zero"], nearest_other(profiles, mixed, 199)) == ("tier_heavy",) * 2
    assert neighbours(profiles, tiers) == {
        "tier_heavy": "tier_medium", "tier_medium": "tier_light", "tier_light": "tier_medium",
        "tier_zero": "tier_light",
    }  # fmt: skip
    assert nearest_other(profiles, tiers, 199) == "tier_light"
    assert nearest_other(profiles, tiers, 0) == "tier_medium"


def test_against_the_neighbour_numbers_equal_a_welch_test_of_the_two():
    profiles, groups = case()
    found = against(profiles, groups, "a", "b")
    row = found.rows.set_index(["feature", "level"]).loc[("spend", "")]
    a, b = (profiles.customers["spend"][groups.labels == key].dropna() for key in "ab")
    oracle = stats.ttest_ind(a, b, equal_var=False)
    interval = oracle.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["p"] == pytest.approx(oracle.pvalue)
    assert row["index"] == pytest.approx(100 * a.mean() / b.mean())
    assert (row["n"], row["n_other"]) == (len(a), len(b))
    assert found.rows["effect"].abs().is_monotonic_decreasing


def test_against_all_the_index_is_that_of_the_comparison():
    profiles, groups = case()
    rows = against(profiles, groups, "b").rows.set_index(["feature", "level"])
    city = profiles.customers["city"]
    own = (city[groups.labels == "b"] == "Oslo").mean()
    assert rows.loc[("city", "Oslo"), "index"] == pytest.approx(100 * own / (city == "Oslo").mean())
    assert rows.loc[("city", "Oslo"), "low"] > 0
    assert (rows["low"] <= rows["difference"] + 1e-12).all()
    assert (rows["difference"] <= rows["high"] + 1e-12).all()


def test_a_small_side_is_not_described():
    frame = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(60)], "spend": np.arange(60.0)})
    groups = segmentation_of(np.array([0] * 5 + [1] * 55), ["few", "many"], method="rfm")
    found = against(Profiles(frame, FEATURES[:1], date(2024, 1, 1)), groups, "few")
    assert found.too_few
    assert len(found.rows) == 0


def test_one_segment_has_nothing_to_set_it_apart():
    profiles, _ = case(40)
    groups = segmentation_of(np.zeros(40, int), ["all"], method="rfm")
    for call in (separation, neighbours):
        with pytest.raises(AnalysisError) as raised:
            call(profiles, groups)
        assert raised.value.code == "explain_one_segment"
    with pytest.raises(AnalysisError) as raised:
        against(profiles, groups, "all", "gone")
    assert raised.value.code == "compare_no_segment"
