"""Charts of experiments: what is drawn are the numbers of the reading, and hostile labels stay text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.charts.experiment import reading as charts
from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.evaluate import evaluate, running_days
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.reading.targets import whom_to_send
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.typed import data_of_statistics
from texts import translator

HOSTILE = "<script>alert(1)</script>"


def experiment():
    rng = np.random.default_rng(5)
    n = 4000
    arm = rng.choice(["control", HOSTILE], n)
    city = rng.choice(["Leeds", "=1+1", "London"], n)
    rows = pd.DataFrame({"arm": arm, "city": city, "day": pd.Timestamp("2024-05-01")})
    rows["day"] += pd.to_timedelta(rng.integers(0, 12, n), unit="D")
    rows["bought"] = (rng.random(n) < 0.2 + 0.1 * (arm == HOSTILE) * (city == "=1+1")).astype(int)
    rows["spend"] = rng.gamma(2, 10, n)
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean", role="secondary"))
    return read_experiment(rows, ReadParams(arm="arm", metrics=metrics, segment="city", day="day"))


def drawn(chart) -> list[dict]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_arm_stands_with_its_interval(language):
    found = evaluate(experiment())
    values = [value for value in found.values if value.metric == "bought"]
    chart = charts.arm_dots(values, "proportion", translator(language), metric="bought")
    rows = drawn(chart)
    assert [row["arm"] for row in rows] == ["control", HOSTILE]
    assert [(row["low"], row["high"]) for row in rows] == [(one.value.low, one.value.high) for one in values]
    assert all(row["label"].endswith("%") for row in rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_effects_are_relative_and_coloured_by_what_is_wanted(language):
    arms = {
        "A": ProportionStatistic(1000, 200),
        "B": ProportionStatistic(1000, 280),
        "C": ProportionStatistic(1000, 190),
    }
    found = evaluate(data_of_statistics(arms, metric="bought"))
    rows = [row for row in drawn(charts.effect_dots(found, translator(language))) if "lift" in row]
    assert [row["side"] for row in rows] == ["better", "unclear"]
    assert rows[0]["lift"] == pytest.approx(0.4)
    assert rows[0]["low"] == found.results[0].reading.relative.low


def test_without_a_control_value_there_is_no_relative_picture():
    arms = {"A": ProportionStatistic(1000, 0), "B": ProportionStatistic(1000, 28)}
    found = evaluate(data_of_statistics(arms, metric="bought"))
    with pytest.raises(AnalysisError, match="chart_no_relative"):
        charts.effect_dots(found, translator("en"))
    with pytest.raises(AnalysisError, match="chart_nothing_read"):
        charts.arm_dots([], "proportion", translator("en"), metric="bought")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_forest_has_every_segment_and_all_customers_last(language):
    found = read_segments(experiment(), metric="bought", treatment=HOSTILE)
    rows = [row for row in drawn(charts.forest(found, "proportion", translator(language))) if "effect" in row]
    assert [row["row"] for row in rows][:-1] == [effect.segment for effect in found.effects]
    assert rows[0]["row"] == "=1+1"
    assert (rows[0]["low"], rows[0]["high"]) == (found.effects[0].absolute.low, found.effects[0].absolute.high)
    assert rows[-1]["effect"] == found.overall.value
    assert [row["whole"] for row in rows].count(True) == 1


def test_a_rise_is_worse_where_less_is_better():
    found = read_segments(experiment(), metric="bought", treatment=HOSTILE)
    chart = charts.forest(found, "proportion", translator("en"), more_is_better=False)
    sides = {row["row"]: row["side"] for row in drawn(chart) if "side" in row}
    assert sides["=1+1"] == "worse"
    assert "better" not in sides.values()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_band_holds_the_narrower_one_on_every_day(language):
    dates, days = running_days(experiment(), "bought", HOSTILE)
    chart = charts.day_band(dates, days, "proportion", translator(language), metric="bought", treatment=HOSTILE)
    rows = [row for row in drawn(chart) if "once_low" in row]
    assert len(rows) >= 10
    assert all(row["low"] < row["once_low"] < row["effect"] < row["once_high"] < row["high"] for row in rows)
    with pytest.raises(AnalysisError, match="chart_too_few_days"):
        charts.day_band(dates[:1], days[:1], "proportion", translator(language), metric="bought", treatment="B")


def test_densities_integrate_to_one():
    shapes = {"A": (201.0, 801.0), "B": (251.0, 751.0)}
    chart = charts.share_posteriors(shapes, translator("en"), metric="bought")
    frame = pd.DataFrame(drawn(chart))
    for _, part in frame.groupby("arm"):
        assert np.trapezoid(part["density"], part["x"]) == pytest.approx(1, abs=2e-3)
    # Each curve stands for itself: stacked ones would show the sum.
    assert all(layer["encoding"]["y"]["stack"] is None for layer in chart.to_dict()["layer"])


def test_the_effect_is_drawn_around_its_value_with_no_effect_marked():
    arms = {"A": MeanStatistic.from_figures(400, 5.0, 2.0), "B": MeanStatistic.from_figures(400, 5.4, 2.0)}
    belief = evaluate(data_of_statistics(arms, metric="spend")).beliefs["spend", "B"]
    chart = charts.effect_posterior(belief.credible, "mean", translator("en"), metric="spend", arm="B")
    rows = drawn(chart)
    peak = max((row for row in rows if "density" in row), key=lambda row: row["density"])
    assert peak["x"] == pytest.approx(0.4, abs=0.01)
    assert {"zero": 0.0} in rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_money_is_drawn_best_first_with_advice_in_words(language):
    found = whom_to_send(read_segments(experiment(), metric="bought", treatment=HOSTILE), value_per_unit=30.0)
    rows = [row for row in drawn(charts.money_bars(found, translator(language))) if "money" in row]
    assert "€" in str(charts.money_bars(found, translator(language, "EUR")).to_dict()["layer"])
    assert [row["money"] for row in rows] == [target.money.value for target in found.targets]
    assert rows[0]["advice"] == {"en": "send", "zh": "发送"}[language]


def test_every_convention_of_the_engine_has_a_name():
    found = evaluate(experiment())
    names = {result.reading.absolute.convention for result in found.results}
    names |= {result.reading.test.convention for result in found.results}
    names |= {result.reading.relative.convention for result in found.results}
    names |= {value.value.convention for value in found.values}
    names |= {belief.credible.convention for belief in found.beliefs.values()}
    names |= {test.convention for _, test in found.always.values()} | {found.mismatch.convention}
    assert not [name for name in names if not translator("en").has(f"convention.{name}")]


def test_amounts_of_a_reading_carry_the_currency_on_labels_and_axes():
    from analysis.experiments import words

    t = translator("en", "GBP")
    assert words.value_text(1.42261, "revenue", t) == "£1.423"
    assert words.effect_text(-0.42, "revenue", t) == "−£0.420"
    assert words.value_text(1.42261, "revenue", translator("en")) == "1.423"  # no currency is made up
    assert words.value_text(3.5, "revenue", translator("en", "CHF")) == "CHF\N{NO-BREAK SPACE}3.500"
