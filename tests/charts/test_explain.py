from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.charts.explain import parallel_profile, quantile_boxes, separation_bars
from analysis.charts.palette import segment_colours
from analysis.compare.compare import compare
from analysis.compare.explain import quantile_table, separation
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from texts import LANGUAGES, Translator

FEATURES = (Feature("spend", "value", "number", "money"), Feature("age", "basic", "number", header="年龄"))


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    codes = np.where(np.arange(300) < 10, 2, rng.integers(0, 2, 300))
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(300)]})
    frame["spend"] = rng.normal(100, 10, 300) + 30 * codes
    frame["age"] = rng.normal(40, 10, 300)
    groups = segmentation_of(codes, ["loyal", "new", "at_risk"], method="rfm")
    return Profiles(frame, FEATURES, date(2024, 1, 1)), groups


def rows(chart) -> list[dict]:
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_stand_in_the_order_of_strength(case, language):
    found = separation(*case, importance=False)
    drawn = rows(separation_bars(found, FEATURES, Translator(language)))
    assert [row["strength"] for row in drawn] == pytest.approx(found.features["strength"].tolist())
    assert drawn[0]["row"] == Translator(language)("feature.spend")


def test_parallel_profile_holds_every_mean_and_cuts_far_ones(case):
    comparison = compare(*case, ["loyal", "new", "at_risk"])
    drawn = rows(parallel_profile(comparison, ["spend", "age"], Translator("en")))
    assert {row["key"] for row in drawn} == {"loyal", "new", "at_risk"}
    assert all(abs(row["drawn"]) <= 2 for row in drawn)
    with pytest.raises(AnalysisError) as raised:
        parallel_profile(comparison, ["spend"], Translator("en"))
    assert raised.value.code == "chart_no_numbers"


def test_boxes_are_the_quantiles_and_small_segments_are_not_drawn(case):
    profiles, groups = case
    table = quantile_table(profiles, groups, "spend", ("loyal", "new", "at_risk"))
    spend = profiles.customers["spend"][groups.labels == "loyal"]
    assert table.iloc[0, 4:].tolist() == pytest.approx(spend.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).tolist())
    names = {key: key for key in ("loyal", "new", "at_risk")}
    drawn = rows(quantile_boxes(table, FEATURES[0], Translator("en"), names=names))
    assert {row["name"] for row in drawn} == {"loyal", "new"}
    with pytest.raises(AnalysisError) as raised:
        quantile_boxes(table.tail(1), FEATURES[0], Translator("en"), names=names)
    assert (raised.value.code, raised.value.facts["minimum"]) == ("chart_few_values", 30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_is_mostly_zero_is_drawn_without_its_zeros_and_their_share_is_said(case, language):
    profiles, groups = case
    returned = np.where(np.arange(300) % 10 < 4, profiles.customers["spend"], 0.0)
    frame = profiles.customers.assign(spend=returned)
    few = Profiles(frame, FEATURES, profiles.as_of)
    table = quantile_table(few, groups, "spend", ("loyal", "new"))
    own = frame["spend"][groups.labels == "loyal"]
    assert table["zeros"].iloc[0] == (own == 0).mean()
    assert table["n_drawn"].iloc[0] == (own != 0).sum()
    assert table.iloc[0, 4:].tolist() == pytest.approx(own[own != 0].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).tolist())
    t = Translator(language)
    chart = quantile_boxes(table, FEATURES[0], t, names={"loyal": "A", "new": "B"})
    assert t("explain.zeros", segment="A", share=(own == 0).mean()) in {row["row"] for row in rows(chart)}
    nearly = Profiles(frame.assign(spend=np.where(np.arange(300) < 20, 5.0, 0.0)), FEATURES, profiles.as_of)
    with pytest.raises(AnalysisError) as raised:
        quantile_boxes(quantile_table(nearly, groups, "spend", ("loyal", "new")), FEATURES[0], t, names={})
    assert raised.value.code == "chart_nearly_all_zero"
    assert raised.value.facts["n"] == int((nearly.customers["spend"][groups.labels != "at_risk"] != 0).sum())


def test_boxes_of_money_say_the_currency_on_the_axis_and_in_every_figure(case):
    profiles, groups = case
    table = quantile_table(profiles, groups, "spend", ("loyal",))
    chart = quantile_boxes(table, FEATURES[0], Translator("en", "GBP"), names={"loyal": "A"})
    (row,) = rows(chart)
    assert all(row[f"q{q}_text"].startswith("£") for q in ("05", "25", "50", "75", "95"))
    assert "(£)" in chart.to_dict()["layer"][0]["encoding"]["x"]["title"]


def test_a_box_without_width_is_seen_by_its_middle_line(case):
    profiles, groups = case
    same = Profiles(profiles.customers.assign(spend=3.0), FEATURES, profiles.as_of)
    t, names = Translator("en"), {"loyal": "A"}
    chart = quantile_boxes(quantile_table(same, groups, "spend", ("loyal",)), FEATURES[0], t, names=names)
    assert {row["line"] for row in rows(chart)} == set(segment_colours(["loyal"]).values())
    wide = quantile_boxes(quantile_table(profiles, groups, "spend", ("loyal",)), FEATURES[0], t, names=names)
    assert {row["line"] for row in rows(wide)} == {"white"}
