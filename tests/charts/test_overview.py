from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.charts import overview as charts
from analysis.charts.palette import INK
from analysis.errors import AnalysisError
from analysis.overview.cohorts import cohorts
from analysis.overview.concentration import concentration
from analysis.overview.distributions import distribution
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.overview.periods import Period
from analysis.profiles.result import Feature
from tests.samples import sample
from texts import LANGUAGES, Translator

NASTY = "<script>[x](y).\"'客户"
MARKS = 2_000


def rows(chart) -> list[dict]:
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


def fields(node) -> set[str]:
    if isinstance(node, dict):
        own = {node["field"]} if isinstance(node.get("field"), str) else set()
        return own.union(*(fields(value) for key, value in node.items() if key != "datasets"))
    return set().union(*(fields(value) for value in node)) if isinstance(node, list) else set()


@pytest.fixture(scope="module")
def results():
    found = sample().prepared()
    return {
        period: overview(found.standard, found.profiles, OverviewParams(period=period))
        for period in ("all", "last_90_days", "last_30_days")
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("measure", ["revenue", "orders", "buyers"])
@pytest.mark.parametrize("period", ["all", "last_90_days", "last_30_days"])
def test_the_line_holds_each_step_and_its_title_the_step(results, period, measure, language):
    t = Translator(language, "CNY")
    result = results[period]
    chart = charts.over_time(result, t, measure=measure)
    drawn = rows(chart)
    assert [row["value"] for row in drawn] == pytest.approx(result.over_time[measure].tolist())
    assert [row["complete"] for row in drawn] == result.over_time["complete"].tolist()
    title = chart.to_dict()["title"]
    assert title["text"] == t(f"overview.chart.{measure}.{result.bucket}")
    best = result.over_time.loc[result.over_time[measure].idxmax()]
    assert f"{best['start']:%Y-%m}" in title["subtitle"]


@pytest.mark.parametrize(("currency", "said"), [("USD", "Revenue (US$)"), (None, "Revenue")])
def test_the_axis_of_money_names_the_currency_where_it_is_known(currency, said, results):
    for result in results.values():
        drawn = charts.over_time(result, Translator("en", currency), measure="revenue").to_dict()
        assert {layer["encoding"]["y"]["title"] for layer in drawn["layer"] if "y" in layer["encoding"]} == {said}


def test_an_open_circle_is_drawn_only_where_a_step_is_incomplete(results):
    t = Translator("en")
    for result in results.values():
        marks = [layer["mark"]["type"] for layer in charts.over_time(result, t).to_dict()["layer"]]
        assert ("point" in marks) == (not result.over_time["complete"].all())


def test_the_curve_marks_the_top_fifth():
    result = concentration(np.array([50.0, 20, 10, 10, 10]))
    drawn = rows(charts.concentration_curve(result, Translator("en")))
    assert [row["label"] for row in drawn if "label" in row] == ["top 20% of buyers: 50%"]
    assert {"buyers": 1.0, "revenue": 1.0} in drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cohorts_hold_each_observed_cell_with_its_number(language):
    months = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]
    activity = pd.DataFrame(
        {"cohort": [months[0]] * 2 + [months[1]] * 2, "active": [months[0], months[2], months[1], months[2]],
         "buyers": [4, 1, 10, 3]}
    )  # fmt: skip
    table = cohorts(activity, Period(date(2024, 1, 1), date(2024, 3, 20)))
    drawn = rows(charts.cohort_heat(table, Translator(language)))
    assert [(row["month"], row["share"], row["label"], row["complete"]) for row in drawn] == [
        (1, 0.0, "0%", True), (2, 0.25, "25%", False), (1, 0.3, "30%", False),
    ]  # fmt: skip
    # On a cell that is only tinted, the number takes the colour of the page's text.
    drawn = charts.cohort_heat(table, Translator(language)).to_dict()
    [ink] = [layer["mark"]["color"]["expr"] for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    assert ink.startswith("datum.complete ?")
    assert ink.endswith(f"'{INK}'")


def test_cohorts_of_one_month_are_refused():
    activity = pd.DataFrame({"cohort": [date(2024, 1, 1)], "active": [date(2024, 1, 1)], "buyers": [4]})
    with pytest.raises(AnalysisError) as raised:
        charts.cohort_heat(cohorts(activity, Period(date(2024, 1, 1), date(2024, 1, 31))), Translator("en"))
    assert raised.value.code == "chart_no_cohorts"


rng = np.random.default_rng(0)
CASES = [
    (Feature("gender", "basic", "category"), pd.Series(["男", "女", None, "男"])),
    (Feature(NASTY, "basic", "category", header=NASTY), pd.Series([NASTY, "b"] * 5)),
    (Feature("city", "basic", "category"), pd.Series([f"city {i % 30}" for i in range(300)])),
    (Feature("favourite_weekday", "behaviour", "category"), pd.Series(["monday", "sunday"])),
    (Feature("spend", "value", "number", "money"), pd.Series(rng.lognormal(4, 2, 5000))),
    (Feature("n_orders", "value", "number", "count"), pd.Series([1, 1, 2, 7])),
    (Feature("return_share", "risk", "number", "share"), pd.Series([0.0, 0.4, 1.0])),
    (Feature("signup_date", "behaviour", "date"), pd.Series(pd.to_datetime(["2024-01-05", "2024-03-01"]))),
    (Feature("sms_opt_in", "channel", "flag"), pd.Series([True, False, True], dtype="boolean")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("feature", "values"), CASES, ids=[case[0].key[:8] for case in CASES])
def test_a_distribution_draws_every_customer_with_a_value(feature, values, language):
    t = Translator(language, "CNY")
    found = distribution(feature, values)
    chart = charts.distribution_chart(found, t)
    drawn = [row for row in rows(chart) if "customers" in row]
    assert sum(row["customers"] for row in drawn) == values.notna().sum()
    assert len({row["level"] for row in drawn}) == len(drawn) == len(found.levels)
    assert all(name.isascii() and name.replace("_", "").isalnum() for name in fields(chart.to_dict()))
    assert len(rows(chart)) < MARKS


def test_values_made_by_the_engine_are_translated():
    weekday = distribution(Feature("favourite_weekday", "behaviour", "category"), pd.Series(["monday"]))
    assert charts.level_words(weekday, Translator("zh"))[0] == "周一"
    flag = distribution(Feature("sms_opt_in", "channel", "flag"), pd.Series([True, False], dtype="boolean"))
    assert set(charts.level_words(flag, Translator("en"))) == {"yes", "no"}


def test_the_last_bin_without_end_says_and_more():
    spend = Feature("spend", "value", "number", "money")
    values = pd.Series([float(i) for i in range(1000)] + [1e6] * 20)
    words = charts.level_words(distribution(spend, values), Translator("en", "GBP"))
    assert words[0].startswith("£0 to under")
    assert words[-1].endswith("and more")
