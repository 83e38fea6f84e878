from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.compare.compare import OTHER, YES, compare
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of

FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("flat", "basic", "number"),
    Feature("city", "basic", "category"),
    Feature("member", "basic", "flag"),
    Feature("phone", "basic", "category", personal="phone"),
    Feature("note", "basic", "text"),
)


def case(n=400, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, 3, n)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:04}" for i in range(n)],
            "spend": np.where(rng.random(n) < 0.1, np.nan, rng.normal(100, 20, n) + 30 * (codes == 0)),
            "flat": 5.0,
            "city": pd.Series(np.where(codes == 1, "Oslo", rng.choice(["Oslo", "Rome", "Paris"], n))).where(
                rng.random(n) > 0.05
            ),
            "member": rng.random(n) < 0.4,
            "phone": "139",
            "note": "x",
        }
    )
    return Profiles(frame, FEATURES, date(2024, 1, 1)), segmentation_of(
        codes, ["a", "b", "c"], method="rfm", spend=frame["spend"].to_numpy()
    )


def test_numbers_equal_pandas_and_scipy_on_the_raw_rows():
    profiles, segmentation = case()
    result = compare(profiles, segmentation, ["c", "a"])
    assert result.segments["segment"].tolist() == ["c", "a"]
    inside = segmentation.labels.notna()
    spend = profiles.customers["spend"][inside]
    for row in result.numbers[result.numbers["feature"] == "spend"].itertuples():
        own, rest = (spend[segmentation.labels[inside].eq(row.segment) == side].dropna() for side in (True, False))
        assert (row.n, row.rest_n) == (len(own), len(rest))
        assert (row.mean, row.median, row.sd) == pytest.approx((own.mean(), own.median(), own.std()))
        assert (row.low, row.high) == pytest.approx(stats.t.interval(0.95, len(own) - 1, own.mean(), stats.sem(own)))
        assert (row.rest_mean, row.all_mean) == pytest.approx((rest.mean(), spend.mean()))
        pooled = np.sqrt(((len(own) - 1) * own.var() + (len(rest) - 1) * rest.var()) / (len(own) + len(rest) - 2))
        assert row.d == pytest.approx((own.mean() - rest.mean()) / pooled)
        assert row.d_all == pytest.approx((own.mean() - spend.mean()) / spend.std())
        assert row.p == pytest.approx(stats.ttest_ind(own, rest, equal_var=False).pvalue)


def test_shares_and_index_equal_a_plain_count():
    profiles, segmentation = case()
    result = compare(profiles, segmentation, ["a", "b", "c"])
    frame = profiles.customers.assign(segment=segmentation.labels).dropna(subset=["segment", "city"])
    for row in result.shares[result.shares["feature"] == "city"].itertuples():
        own = frame[frame["segment"] == row.segment]
        share, overall = (own["city"] == row.level).mean(), (frame["city"] == row.level).mean()
        rest = (frame[frame["segment"] != row.segment]["city"] == row.level).mean()
        assert (row.share, row.all_share, row.rest_share) == pytest.approx((share, overall, rest))
        assert row.tgi == pytest.approx(share / overall * 100)
        assert row.low <= row.share <= row.high
        assert row.low < row.high


def test_the_index_weighted_by_size_is_exactly_one_hundred():
    profiles, segmentation = case()
    shares = compare(profiles, segmentation, ["a", "b", "c"]).shares
    for _, group in shares.groupby(["feature", "level"]):
        assert np.average(group["tgi"], weights=group["n"]) == pytest.approx(100)


def test_personal_columns_and_free_text_are_not_compared():
    profiles, segmentation = case()
    result = compare(profiles, segmentation, ["a"])
    assert {feature.key for feature in result.features} == {"spend", "flat", "city", "member"}
    assert set(result.shares["level"]) == {"Oslo", "Rome", "Paris", YES}


def test_what_differs_most_is_ranked_with_holms_correction_and_constants_are_left_out():
    profiles, segmentation = case()
    differences = compare(profiles, segmentation, ["a", "b", "c"]).differences
    assert differences["effect"].abs().is_monotonic_decreasing
    assert tuple(differences.loc[0, ["segment", "feature", "level"]]) == ("b", "city", "Oslo")
    assert "flat" not in set(differences["feature"])
    assert (differences["p_holm"] >= differences["p"]).all()
    assert differences.set_index(["segment", "feature", "level"]).loc[("a", "spend", ""), "significant"]


def test_beyond_twenty_levels_the_rest_is_other():
    n = 2600
    codes = np.arange(n) % 2
    city = [f"city{i:02}" for i in range(26) for _ in range(100)]
    city[:50] = ["city25"] * 50
    frame = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(n)], "city": city})
    profiles = Profiles(frame, (Feature("city", "basic", "category"),), date(2024, 1, 1))
    shares = compare(profiles, segmentation_of(codes, ["a", "b"], method="rfm"), ["a"]).shares
    assert len(shares) == 21
    assert shares["level"].iloc[0] == "city25"
    assert shares.set_index("level").loc[OTHER, "count"] == 275
    assert shares["share"].sum() == pytest.approx(1)


def test_a_small_segment_is_flagged_and_not_ranked():
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(103)], "spend": np.arange(103.0)})
    profiles = Profiles(frame, FEATURES[:1], date(2024, 1, 1))
    segmentation = segmentation_of(np.array([0] * 3 + [1] * 60 + [2] * 40), ["few", "many", "rest"], method="rfm")
    result = compare(profiles, segmentation, ["few", "many", "gone"])
    assert result.numbers["too_few"].tolist() == [True, False]
    assert set(result.differences["segment"]) == {"many"}
    assert [(n.code, n.facts) for n in result.notes] == [
        ("compare_unknown_segment", {"segment": "gone"}),
        ("compare_too_few", {"segment": "few", "n": 3}),
    ]


def test_a_segment_of_everyone_has_nobody_to_differ_from():
    frame = pd.DataFrame(
        {"customer_id": [f"c{i:03}" for i in range(40)], "spend": np.arange(40.0), "city": ["x", "y"] * 20}
    )
    profiles = Profiles(frame, (FEATURES[0], FEATURES[2]), date(2024, 1, 1))
    result = compare(profiles, segmentation_of(np.zeros(40, int), ["all"], method="rfm"), ["all"])
    assert [n.code for n in result.notes] == ["compare_no_rest"]
    assert len(result.differences) == 0
    assert result.shares["tgi"].tolist() == [100, 100]


def test_no_known_segment_is_refused():
    profiles, segmentation = case()
    for keys in ([], ["gone"]):
        with pytest.raises(AnalysisError) as raised:
            compare(profiles, segmentation, keys)
        assert raised.value.code == "compare_no_segment"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_row_order_does_not_matter(seed):
    profiles, segmentation = case(n=120, seed=seed)
    order = np.random.default_rng(seed).permutation(120)
    shuffled = Profiles(profiles.customers.iloc[order].reset_index(drop=True), FEATURES, profiles.as_of)
    codes = segmentation.labels.iloc[order].map({"a": 0, "b": 1, "c": 2}).fillna(-1).astype(int).to_numpy()
    again = segmentation_of(codes, ["a", "b", "c"], method="rfm", spend=shuffled.customers["spend"].to_numpy())
    one, two = (compare(p, s, ["a", "b"]) for p, s in ((profiles, segmentation), (shuffled, again)))
    pd.testing.assert_frame_equal(one.numbers, two.numbers)
    pd.testing.assert_frame_equal(one.shares, two.shares)
