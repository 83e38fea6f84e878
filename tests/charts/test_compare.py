from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.charts.compare import difference_bars, index_heat, level_name, mean_dots, share_dots
from analysis.compare.compare import OTHER, YES, compare
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.profiles.words import feature_name
from analysis.segments.result import segmentation_of
from texts import LANGUAGES, Translator


@pytest.fixture(scope="module")
def comparison():
    rng = np.random.default_rng(0)
    n = 500
    codes = np.where(np.arange(n) < 10, 2, rng.integers(0, 2, n))
    frame = pd.DataFrame(
        {"customer_id": [f"c{i:04}" for i in range(n)], "spend": rng.normal(100, 10, n) + 9 * (codes == 0)}
    )
    frame["city.x"] = np.where((codes == 1) & (rng.random(n) < 0.5), "<b>上海", "Rome")
    frame["share"] = rng.random(n)
    features = (
        Feature("spend", "value", "number", "money"),
        Feature("city.x", "basic", "category", header="City"),
        Feature("share", "risk", "number", "share"),
    )
    groups = segmentation_of(codes, ["champions", "at_risk", "new"], method="rfm", spend=frame["spend"].to_numpy())
    return compare(Profiles(frame, features, date(2024, 1, 1)), groups, ["champions", "at_risk", "new"])


def rows(chart) -> list[dict]:
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_is_neutral_at_one_hundred_and_small_segments_say_so(comparison, language):
    t = Translator(language)
    chart = index_heat(comparison, t)
    drawn = rows(chart)
    assert sorted(row["tgi"] for row in drawn) == pytest.approx(sorted(comparison.shares["tgi"]))
    scale = chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"][1] == 100
    assert {row["label"] for row in drawn if row["segment"] == t("segment.new")} == {t("charts.too_few", n=10)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_dots_hold_the_means_with_their_intervals(comparison, language):
    chart = mean_dots(comparison, "spend", Translator(language, "USD"))
    table = comparison.numbers[comparison.numbers["feature"] == "spend"]
    drawn = max(chart.to_dict()["datasets"].values(), key=len)
    for column in ("mean", "low", "high", "all_mean"):
        assert [row[column] for row in drawn] == pytest.approx(table[column].tolist())


def test_means_of_money_say_the_currency_on_the_axis_and_in_every_figure(comparison):
    drawn = mean_dots(comparison, "spend", Translator("en", "GBP")).to_dict()
    rows = max(drawn["datasets"].values(), key=len)
    assert all(row[name].startswith(("£", "–")) for row in rows for name in ("value_text", "low_text", "high_text"))
    assert "(£)" in str(drawn["layer"]) and '"low:Q"' not in str(drawn["layer"][1]["encoding"]["tooltip"])


def test_shares_of_a_level_are_drawn_with_their_intervals(comparison):
    chart = share_dots(comparison, "city.x", "<b>上海", Translator("zh"))
    table = comparison.shares[comparison.shares["level"] == "<b>上海"]
    drawn = max(chart.to_dict()["datasets"].values(), key=len)
    for column in ("share", "low", "high", "all_share"):
        assert [row[column] for row in drawn] == pytest.approx(table[column].tolist())


def title(chart) -> str:
    found = chart.to_dict()["title"]
    return found["text"] if isinstance(found, dict) else found


def test_titles_say_the_largest_difference_with_its_n_and_that_there_is_none(comparison):
    t = Translator("en", "GBP")
    groups = comparison.segments.set_index("segment")["customers"]
    spend = comparison.numbers[comparison.numbers["feature"] == "spend"].set_index("segment")
    words = title(mean_dots(comparison, "spend", t))
    assert t.money(spend.loc["champions", "mean"]) in words or t.money(spend.loc["at_risk", "mean"]) in words
    assert any(words.endswith(f"(n = {groups[one]})") for one in ("champions", "at_risk")) and "spend" in words.lower()
    # Drawn at random, and told so.
    assert title(mean_dots(comparison, "share", t)) == t(
        "charts.finding_none_of", feature=feature_name(comparison.features[2], t), n=500
    )
    city = share_dots(comparison, "city.x", "<b>上海", t)
    assert title(city).startswith(f"{t('segment.at_risk')}: City: <b>上海 ") or "City" in title(city)
    assert title(index_heat(comparison, t)) == title(city)


def test_a_title_calls_no_difference_a_finding_that_is_slight_or_made_the_segments(comparison):
    t = Translator("en")
    table = comparison.differences.assign(effect=0.1)
    assert title(difference_bars(replace(comparison, differences=table), t)).startswith("Only slight differences")
    made = comparison.differences.assign(by_construction=True, significant=False)
    assert title(difference_bars(replace(comparison, differences=made), t)).endswith("the segments were made of it")
    drawn = difference_bars(replace(comparison, differences=made), t).to_dict()
    assert t("charts.difference_bars_made") in drawn["title"]["subtitle"]  # outlined, not pale
    assert "by_construction" in drawn["layer"][0]["encoding"]["opacity"]["condition"]["test"]
    none = comparison.differences.assign(significant=False)
    assert title(difference_bars(replace(comparison, differences=none), t)) == t("charts.finding_none", n=500)
    few = replace(comparison, differences=comparison.differences.head(0))
    assert title(mean_dots(few, "spend", t)) == t("charts.finding_few", n=500)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_difference_stands_first(comparison, language):
    chart = difference_bars(comparison, Translator(language), limit=4)
    drawn = rows(chart)
    assert [row["effect"] for row in drawn] == pytest.approx(comparison.differences["effect"].head(4).tolist())
    assert chart.to_dict()["layer"][0]["encoding"]["y"]["sort"] == [row["row"] for row in drawn]


def test_what_cannot_be_drawn_is_refused(comparison):
    t = Translator("en")
    for draw, code in (
        (lambda: mean_dots(comparison, "gone", t), "chart_unknown_feature"),
        (lambda: share_dots(comparison, "city.x", "gone", t), "chart_unknown_feature"),
        (lambda: index_heat(comparison, t, features=("spend",)), "chart_no_categories"),
        (lambda: difference_bars(comparison, t, limit=0), "chart_no_differences"),
    ):
        with pytest.raises(AnalysisError) as raised:
            draw()
        assert raised.value.code == code


def test_levels_of_computed_features_are_told_in_words_and_those_of_the_file_as_they_are():
    t = Translator("zh")
    weekday = Feature("favourite_weekday", "behaviour", "category")
    own = Feature("favourite_weekday", "behaviour", "category", header="Weekday")
    assert [level_name(weekday, level, t) for level in ("monday", OTHER, YES)] == ["周一", "其他", "是"]
    assert level_name(own, "1", t) == "1"
