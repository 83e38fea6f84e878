"""Two segments compared by an analyst, and features of their own: values matched by customer, refused with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, compare_two, translator, with_feature
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from texts import LANGUAGES


def two_groups(n: int) -> tuple[Profiles, Any]:
    rng = np.random.default_rng(3)
    base = pd.DataFrame(
        {
            "customer_id": [f"c{i:03}" for i in range(2 * n)],
            "spend": np.r_[rng.normal(20, 4, n), rng.normal(17, 8, n)],
            "city": ["x", "y", "y", "y"] * (n // 2),
        }
    )
    features = (Feature("spend", "value", "number", "money"), Feature("city", "basic", "category"))
    codes = np.repeat([0, 1], n)
    return Profiles(base, features, date(2024, 1, 1)), segmentation_of(codes, ["a", "b"], method="rules")


def test_a_less_b_is_welchs_difference_with_its_interval_and_b_less_a_its_mirror() -> None:
    from scipy.stats import ttest_ind

    profiles, groups = two_groups(40)
    one = compare_two(profiles, groups, "a", "b").rows.set_index(["feature", "level"])
    other = compare_two(profiles, groups, "b", "a").rows.set_index(["feature", "level"])
    spend = profiles.customers["spend"].to_numpy()
    test = ttest_ind(spend[:40], spend[40:], equal_var=False)
    low, high = test.confidence_interval()
    row = one.loc[("spend", "")]
    assert row[["difference", "low", "high"]].tolist() == pytest.approx(
        [spend[:40].mean() - spend[40:].mean(), low, high]
    )
    assert row[["n", "n_other"]].tolist() == [40, 40]
    for key in one.index:
        mirrored = [-other.loc[key, "difference"], -other.loc[key, "high"], -other.loc[key, "low"]]
        assert one.loc[key, ["difference", "low", "high"]].tolist() == pytest.approx(mirrored)


def test_a_difference_of_few_customers_or_of_one_segment_is_refused() -> None:
    profiles, groups = two_groups(28)
    with pytest.raises(AnalysisError) as raised:
        compare_two(profiles, groups, "a", "b")
    assert raised.value.facts == {"segment": "a", "n": 28, "other": "b", "n_other": 28, "least": 30}
    with pytest.raises(AnalysisError, match="compare_two_same"):
        compare_two(profiles, groups, "a", "a")


def test_values_are_matched_by_customer_id_and_their_kind_is_seen() -> None:
    profiles, _ = two_groups(2)
    by_id = with_feature(profiles, "score", pd.Series({"c003": 3.0, "c001": 1.0}))
    assert by_id.customers["score"].fillna(-1).tolist() == [-1, 1, -1, 3]
    seen = {
        "flag": [True, False, None, True],
        "number": [1, 2, None, 4],
        "date": [date(2024, 1, day) for day in (1, 2, 3, 4)],
        "category": ["x", None, "y", "y"],
    }
    for kind, values in seen.items():
        assert with_feature(profiles, "own", values).features[-1].kind == kind
    phones = with_feature(profiles, "own", ["13800138000", "13900139000", "13700137000", "13600136000"])
    assert phones.features[-1].personal == "phone"
    assert "13800138000" not in phones._repr_html_()


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("Spend!", [1, 2, 3, 4], "feature_name_reserved"),
        ("customer_id", [1, 2, 3, 4], "feature_name_reserved"),
        ("segment_rfm", [1, 2, 3, 4], "feature_name_reserved"),
        ("spend", [1, 2, 3, 4], "feature_exists"),
        ("own", [1, 2, 3], "feature_wrong_length"),
        ("own", pd.Series([1.0, 2.0], index=["nobody", "none"]), "feature_wrong_length"),
        ("own", pd.Series([1.0, 2.0, 3.0, 4.0], index=[5, 6, 7, 8]), "feature_other_ids"),
        ("own", [1.0, float("inf"), 2.0, 3.0], "feature_infinite"),
        ("own", [1.0, "x", 2.0, 3.0], "feature_mixed_values"),
    ],
)
def test_values_that_are_no_feature_are_refused(name: str, values: Any, code: str) -> None:
    profiles, _ = two_groups(2)
    with pytest.raises(AnalysisError) as raised:
        with_feature(profiles, name, values)
    assert raised.value.code == code
    for language in LANGUAGES:
        assert raised.value.sentence(translator(language))
