from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.overview.distributions import OTHER, chart_kind, distribution, distributions, edges
from analysis.profiles.result import Feature, Profiles

NUMBER = Feature("spend", "value", "number", "money")
CATEGORY = Feature("city", "basic", "category")
DATE = Feature("signup_date", "behaviour", "date")
many = pd.Series([f"city {i % 30}" for i in range(600)])


@pytest.mark.parametrize(
    ("feature", "values", "kind"),
    [
        (CATEGORY, ["a", "b", None, "a"], "bars"),
        (CATEGORY, many.tolist(), "top_bars"),
        (CATEGORY, [f"only {i}" for i in range(100)], "none"),
        (CATEGORY, [None, None], "none"),
        (CATEGORY, ["True", "False", "True"], "bars"),
        (Feature("vip", "basic", "flag"), [True, False, True], "flag"),
        (NUMBER, [0.5, 3.0, 999.0], "histogram"),
        (NUMBER, [5.0] * 9, "steps"),
        (NUMBER, [1.0, 5000.0], "histogram"),
        (Feature("n_orders", "value", "number", "count"), [1, 2, 2, 5], "steps"),
        (Feature("n_orders", "value", "number", "count"), list(range(100)), "histogram"),
        (Feature("return_share", "risk", "number", "share"), [0.0, 0.5], "shares"),
        (DATE, pd.to_datetime(["2024-01-05", "2024-03-01"]).tolist(), "months"),
        (Feature("name", "basic", "text", personal="name"), ["Ann", "Bob"], "none"),
    ],
)
def test_the_picture_follows_the_kind_of_value(feature, values, kind):
    assert chart_kind(feature, pd.Series(values)) == kind


def test_categories_stand_by_size_and_the_rest_is_other():
    values = pd.Series(["x"] * 50 + [f"v{i:02}" for i in range(20) for _ in range(20 - i)])
    levels = distribution(CATEGORY, values).levels
    assert levels["level"].tolist()[:2] == ["x", "v00"]
    assert len(levels) == 13
    assert levels["level"].iloc[-1] == OTHER
    assert levels["customers"].sum() == len(values)
    assert levels["share"].sum() == pytest.approx(1)


def test_weekdays_and_bands_keep_their_own_order():
    weekday = Feature("favourite_weekday", "behaviour", "category")
    found = distribution(weekday, pd.Series(["sunday", "sunday", "monday"])).levels
    assert found["level"].tolist()[0] == "monday" and found["level"].tolist()[-1] == "sunday"
    assert found["customers"].tolist() == [1, 0, 0, 0, 0, 0, 2]
    likert = Feature("How satisfied are you?", "basic", "category", header="How satisfied are you?")
    told = distribution(likert, pd.Series(["Satisfied", "Neutral", "Satisfied", "Very dissatisfied"]))
    assert told.levels["level"].tolist() == ["Very dissatisfied", "Neutral", "Satisfied"]
    bands = distribution(Feature("age_band", "basic", "category"), pd.Series(["45+", "18-24", "25-44", "45+"]))
    assert bands.levels["level"].tolist() == ["18-24", "25-44", "45+"]


def test_a_share_of_one_is_in_the_last_of_ten_bins():
    found = distribution(Feature("s", "risk", "number", "share"), pd.Series([0.0, 0.1, 0.1, 1.0])).levels
    assert found["customers"].tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]


def test_months_without_anybody_are_bars_of_zero_and_long_spans_are_years():
    days = pd.Series(pd.to_datetime(["2024-01-05", "2024-03-01", None]))
    found = distribution(DATE, days)
    assert found.levels[["level", "customers"]].values.tolist() == [
        ["2024-01-01", 1], ["2024-02-01", 0], ["2024-03-01", 1],
    ]  # fmt: skip
    assert (found.n, found.missing) == (2, 1)
    years = distribution(DATE, pd.Series(pd.to_datetime(["1950-06-01", "1999-01-01", "1999-02-01"]))).levels
    assert len(years) == 50
    assert years["customers"].iloc[-1] == 2


def test_a_long_tail_is_one_bin_without_end():
    values = pd.Series(np.concatenate([np.linspace(0, 100, 990), [1e6] * 5]))
    levels = distribution(NUMBER, values).levels
    assert len(levels) <= 22
    assert np.isnan(levels["high"].iloc[-1])
    assert levels["customers"].iloc[-1] >= 5


def test_quantiles_are_those_of_the_values():
    assert distribution(NUMBER, pd.Series([1.0, 2.5, 3.0, 400.0])).quantiles[0.5] == pytest.approx(2.75)


def test_what_has_no_picture_is_refused_and_left_out():
    with pytest.raises(AnalysisError) as raised:
        distribution(Feature("name", "basic", "text", personal="name"), pd.Series(["Ann"]))
    assert raised.value.code == "distribution_nothing_to_show"
    frame = pd.DataFrame({"customer_id": ["1", "2"], "name": ["Ann", "Bob"], "city": ["x", "x"]})
    features = (Feature("name", "basic", "text", personal="name"), CATEGORY, NUMBER)
    profiles = Profiles(frame.assign(spend=1.0), features, pd.Timestamp("2024-01-01").date())
    assert [one.feature.key for one in distributions(profiles, "basic")] == ["city"]
    assert distributions(profiles, "basic", selected=pd.Series([True, False]))[0].n == 1


numbers = st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)), min_size=1, max_size=200)


@given(numbers)
def test_bins_hold_every_value_once(values):
    series = pd.Series(values)
    bounds = edges(series)
    assert all(low < high for low, high in itertools.pairwise(bounds))
    found = distribution(NUMBER, series)
    assert found.levels["customers"].sum() == len(values)
    if found.kind == "histogram":
        inner = found.levels.iloc[1:-1]
        for row in inner.itertuples():
            assert row.customers == sum(row.low <= value < row.high for value in values)
