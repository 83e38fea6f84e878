from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.compare.compare import OTHER, YES, compare
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from tests.thorough import examples

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
        error, lean = stats.sem(own), stats.skew(own) / np.sqrt(len(own))
        for end, t in zip((row.low, row.high), stats.t.ppf([0.975, 0.025], len(own) - 1), strict=True):
            x = (own.mean() - end) / error
            assert x + lean * x**2 / 3 + lean**2 * x**3 / 27 + lean / 6 == pytest.approx(t, rel=2e-2)
        assert (row.rest_mean, row.all_mean) == pytest.approx((rest.mean(), spend.mean()))
        pooled = np.sqrt(((len(own) - 1) * own.var() + (len(rest) - 1) * rest.var()) / (len(own) + len(rest) - 2))
        assert row.d == pytest.approx((own.mean() - rest.mean()) / pooled)
        assert row.d_all == pytest.approx((own.mean() - spend.mean()) / spend.std())
        assert row.p == pytest.approx(stats.mannwhitneyu(own, rest).pvalue, rel=1e-3)


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


@examples(20)
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


def _random_segments(rng, draw, kind, shares, n):
    frame = pd.DataFrame({f"f{i}": draw(n) for i in range(3)}).assign(customer_id=[f"c{i:05}" for i in range(n)])
    features = tuple(Feature(f"f{i}", "value", kind) for i in range(3))
    keys = [f"s{i}" for i in range(len(shares))]
    groups = segmentation_of(rng.choice(len(shares), n, p=shares), keys, method="rules")
    return compare(Profiles(frame, features, date(2024, 1, 1)), groups, keys).differences


@pytest.mark.parametrize("kind", ["rare levels", "amounts of few buyers"])
def test_random_segments_stand_out_in_one_of_twenty_at_most(kind):
    rng = np.random.default_rng(11)
    weights = 1 / np.arange(1, 26) ** 2.0
    names = np.array([f"v{i}" for i in range(25)])
    draws = {
        "rare levels": (lambda n: names[rng.choice(25, n, p=weights / weights.sum())], "category"),
        "amounts of few buyers": (lambda n: np.where(rng.random(n) < 0.1, rng.lognormal(3, 1.5, n), 0.0), "number"),
    }
    draw, values = draws[kind]
    hits = sum(
        _random_segments(rng, draw, values, [0.55, 0.2, 0.2, 0.025, 0.025], 1500)["significant"].any()
        for _ in range(25)
    )
    assert hits <= 5  # of 25 at 5 %: more in one of 800 runs


def test_what_made_the_segments_is_no_finding_and_comes_last():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"spend": rng.lognormal(3, 1, 400), "age": rng.normal(40, 9, 400)})
    frame["average_order_value"] = frame["spend"] / rng.integers(1, 4, 400)
    frame["age"] += 4.0 * (frame["spend"] > frame["spend"].median())
    frame["customer_id"] = [f"c{i:03}" for i in range(400)]
    profiles = Profiles(
        frame, tuple(Feature(key, "value", "number") for key in ("spend", "average_order_value", "age")),
        date(2024, 1, 1),
    )  # fmt: skip
    codes = (frame["spend"] > frame["spend"].median()).to_numpy(dtype=int)
    found = compare(
        profiles, segmentation_of(codes, ["low", "high"], method="tiers", made_of=("spend",)), ["low", "high"]
    )
    rows = found.differences
    assert found.made_of == ("spend", "average_order_value")
    assert rows["feature"].tolist()[:2] == ["age", "age"]
    assert rows["significant"].tolist() == [True, True, False, False, False, False]
    assert rows.loc[rows["by_construction"], "p_holm"].isna().all()


def test_a_test_of_ranks_speaks_for_no_mean_that_points_to_the_other_side():
    # The segment's values are mostly smaller, but one giant lifts its mean above the others'.
    spend = np.concatenate([np.linspace(1, 2, 59), [5000.0], np.linspace(3, 4, 60)])
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(120)], "spend": spend})
    profiles = Profiles(frame, (Feature("spend", "value", "number"),), date(2024, 1, 1))
    found = compare(profiles, segmentation_of(np.repeat([0, 1], 60), ["a", "b"], method="rfm"), ["a"])
    row = found.differences.iloc[0]
    assert row["p"] < 1e-9 and row["value"] > row["rest_value"] and not row["significant"]
    assert [note.code for note in found.notes] == ["compare_skewed"]
