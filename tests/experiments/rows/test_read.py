"""From rows to sums: nothing lost, labels folded, what cannot be read refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.rows import sums
from analysis.experiments.rows.read import MAX_LEVELS, NONE, OTHER, Metric, ReadParams, read_experiment

BOUGHT = (Metric(column="bought"),)


def made(n=400, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "arm": rng.choice(["A", "B"], n),
            "city": rng.choice([f"c{i}" for i in range(30)], n),
            "bought": rng.integers(0, 2, n),
            "spend": rng.gamma(1, 10, n),
            "visits": rng.poisson(3, n) + 1,
            "day": pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 10, n), unit="D"),
        }
    )


def test_sums_equal_those_of_the_rows():
    rows = made()
    metrics = (*BOUGHT, Metric(column="spend", kind="mean"))
    metrics += (Metric(column="spend", kind="ratio", denominator="visits"),)
    data = read_experiment(rows, ReadParams(arm="arm", unit="id", metrics=metrics, segment="city", day="day"))
    part = rows[rows["arm"] == "B"]
    assert data.statistic("bought", "B") == ProportionStatistic(len(part), int(part["bought"].sum()))
    mean = data.statistic("spend", "B")
    assert isinstance(mean, MeanStatistic)
    assert (mean.mean, mean.variance) == pytest.approx((part["spend"].mean(), part["spend"].var()))
    ratio = data.statistic("spend / visits", "B")
    assert ratio.variance == pytest.approx(RatioStatistic.from_values(part["spend"], part["visits"]).variance)
    assert data.days.groupby("arm")["n"].sum().sum() == 3 * len(rows)


def test_metrics_summed_by_several_statements_are_those_of_one(monkeypatch):
    metrics = (*BOUGHT, Metric(column="spend", kind="mean"), Metric(column="visits", kind="mean"))
    params = ReadParams(arm="arm", unit="id", metrics=metrics, segment="city", day="day")
    whole = read_experiment(made(), params)
    monkeypatch.setattr(sums, "TOGETHER", 1)
    apart = read_experiment(made(), params)
    pd.testing.assert_frame_equal(apart.cells, whole.cells, check_exact=True)
    pd.testing.assert_frame_equal(apart.days, whole.days, check_exact=True)


def test_only_twenty_levels_stay_and_the_rest_is_other():
    data = read_experiment(made(), ReadParams(arm="arm", metrics=BOUGHT, segment="city"))
    levels = set(data.cells["segment"])
    assert len(levels) == MAX_LEVELS + 1
    assert OTHER in levels
    assert data.cells["n"].sum() == 400


def test_a_missing_value_counts_nowhere_though_the_other_columns_have_one():
    rows = pd.DataFrame({"arm": list("AAABBB"), "s": [9, np.nan, 1] * 2, "v": [2, 5, np.nan] * 2, "past": [3.0] * 6})
    metrics = (Metric(column="s", kind="mean", cap=0.5), Metric(column="s", kind="ratio", denominator="v"))
    data = read_experiment(rows, ReadParams(arm="arm", metrics=metrics, covariates=("past",)))
    assert data.statistic("s", "A") == MeanStatistic(2, 6, 26)
    assert data.statistic("s / v", "A") == RatioStatistic(1, 9, 81, 2, 4, 18)
    assert data.cells.groupby("metric")["missing"].sum().to_dict() == {"s": 2, "s / v": 4}


def test_levels_are_trimmed_and_a_customer_of_several_counts_under_the_first_by_name():
    rows = pd.DataFrame({"id": [1, 1, 2, 3], "arm": list("AABB"), "bought": [1] * 4, "city": ["b ", "a", " a", None]})
    data = read_experiment(rows, ReadParams(arm="arm", unit="id", metrics=BOUGHT, segment="city"))
    assert data.segments == (NONE, "a")
    assert data.statistic("bought", "A", "a") == data.statistic("bought", "B", "a") == ProportionStatistic(1, 1)


def test_events_of_a_customer_are_one_customer():
    rows = pd.DataFrame({"id": [1, 1, 2, 3], "arm": list("AABB"), "bought": [1, 1, 0, 1], "spend": [2.0, 3, 0, 7]})
    metrics = (*BOUGHT, Metric(column="spend", kind="mean"))
    data = read_experiment(rows, ReadParams(arm="arm", unit="id", metrics=metrics))
    assert data.statistic("bought", "A") == ProportionStatistic(1, 1)
    assert data.statistic("spend", "A") == MeanStatistic(1, 5, 25)


def test_every_row_is_kept_or_counted():
    rows = pd.DataFrame(
        {
            "id": ["1", "1", "2", "3", "", "5", "6"],
            "arm": ["A", "B", "A", "B", "A", None, "B"],
            "bought": [1] * 7,
            "day": ["2024-01-02"] * 6 + ["2023-01-01"],
        }
    )
    choice = ReadParams(arm="arm", unit="id", metrics=BOUGHT, day="day", start=date(2024, 1, 1))
    counts = read_experiment(rows, choice).counts
    assert (counts.kept, counts.in_two_arms, counts.no_unit, counts.no_arm, counts.outside_dates) == (2, 2, 1, 1, 1)
    assert counts.read == 7
    assert counts.units_in_two_arms == 1


@pytest.mark.parametrize(
    ("control", "others"),
    [
        ("Kontrollgruppe", ["Gruppe mit Brief"]),
        ("對照組", ["實驗組"]),
        ("空白组", ["发券组"]),
        ("基准组", ["方案一"]),
        ("老版", ["新版"]),
        ("舊版", ["新版"]),
        ("未发短信", ["发短信"]),
        ("无优惠", ["无门槛券"]),
        ("原价", ["九折"]),
        ("zz_control", ["Default", "A"]),
        ("No discount", ["10% off", "Existing offer"]),
        ("groupe témoin", ["groupe B"]),
        ("A组", ["B组"]),
        ("blue", ["green"]),
        ("basic", ["gold"]),
    ],
)
def test_the_label_that_says_so_is_the_control(control, others):
    labels = [control, *others]
    rows = pd.DataFrame({"arm": sorted(labels) * 4, "bought": ([0, 1] * 9)[: 4 * len(labels)]})
    assert read_experiment(rows, ReadParams(arm="arm", metrics=BOUGHT)).control == control


def test_spellings_of_an_arm_are_one_arm_and_control_comes_first():
    rows = pd.DataFrame({"arm": ["Test", "test ", " TEST", "Test", "Control", "control"], "bought": [1, 0, 1, 1, 0, 1]})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=BOUGHT))
    assert data.arms == ("Control", "Test")
    assert data.merged == {" TEST": "Test", "test ": "Test", "control": "Control"}
    assert data.statistic("bought", "Test") == ProportionStatistic(4, 3)
    turned = read_experiment(rows, ReadParams(arm="arm", metrics=BOUGHT, control="test"))
    assert turned.control == "Test"


def test_yes_and_no_in_two_languages_are_read():
    rows = pd.DataFrame({"arm": list("AABB"), "bought": ["是", "No", "TRUE", ""]})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=BOUGHT))
    assert data.statistic("bought", "A") == ProportionStatistic(2, 1)
    assert data.statistic("bought", "B") == ProportionStatistic(1, 1)
    assert data.sizes() == {"A": 2, "B": 2}


def test_a_column_with_a_quote_or_a_reserved_name_is_a_column():
    rows = pd.DataFrame({'a"rm': list("AABB"), "unit": [0, 1, 1, 1]})
    data = read_experiment(rows, ReadParams(arm='a"rm', metrics=(Metric(column="unit"),)))
    assert data.statistic("unit", "A").mean == 0.5


@pytest.mark.parametrize(
    ("rows", "choice", "code"),
    [
        ({"arm": list("AB"), "bought": ["1", "maybe"]}, {}, "experiment_text_outcome"),
        ({"arm": list("AB"), "bought": [1, 2]}, {}, "experiment_not_binary"),
        ({"arm": list("AA"), "bought": [1, 0]}, {}, "experiment_one_arm"),
        ({"arm": ["A", "a "], "bought": [1, 0]}, {}, "experiment_one_arm"),
        ({"arm": [str(i) for i in range(11)], "bought": [1] * 11}, {}, "experiment_too_many_arms"),
        ({"arm": list("AB"), "bought": [np.nan, np.nan]}, {}, "experiment_no_values"),
        ({"arm": list("AB"), "bought": [1, 0]}, {"control": "C"}, "experiment_unknown_control"),
        ({"arm": list("AB"), "bought": [1, 0]}, {"segment": "city"}, "experiment_unknown_column"),
        ({"arm": list("AB"), "bought": [1, 0]}, {"metrics": ()}, "experiment_no_metric"),
        ({"arm": list("AB"), "bought": [1, 0]}, {"metrics": (Metric(column="bought"),) * 2}, "experiment_metric_twice"),
        ({"arm": list("AB"), "bought": [1, 0]}, {"start": date(2024, 1, 1)}, "experiment_no_day_column"),
        (
            {"arm": list("AB"), "bought": pd.to_datetime(["2024-01-01"] * 2)},
            {"metrics": (Metric(column="bought", kind="mean"),)},
            "experiment_text_outcome",
        ),
        ({"arm": list("AB"), "bought": [1, 0], "x": list("ab")}, {"crossed": "x"}, "experiment_crossed_alone"),
        ({"arm": list("AB"), "bought": [1, 0], "x": list("ab")}, {"day": "x"}, "experiment_unreadable_days"),
        (
            {"arm": list("AB"), "bought": [1, 0], "x": ["2024-03-01"] * 2},
            {"day": "x", "start": date(2025, 1, 1)},
            "experiment_nobody_left",
        ),
        (
            {"arm": list("AB"), "bought": [1, 0]},
            {"metrics": (Metric(column="bought", cap=0.9),)},
            "experiment_bad_quantile",
        ),
        (
            {"arm": list("AB"), "bought": [1, 0]},
            {"metrics": (Metric(column="bought", kind="ratio"),)},
            "experiment_no_denominator",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(rows, choice, code):
    with pytest.raises(AnalysisError) as caught:
        read_experiment(pd.DataFrame(rows), ReadParams(**({"arm": "arm", "metrics": BOUGHT} | choice)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "cells",
    [
        ["2024/3/1", "2024/3/2"],
        ["1.3.2024 09:30", "2.3.2024 10:00"],
        ["2024年3月1日", "2024年3月2日"],
        [20240301, 20240302],
        ["2024-03-01T10:00:00", ""],
    ],
)
def test_days_are_read_as_files_write_them(cells):
    rows = pd.DataFrame({"arm": ["A", "B"] * 2, "bought": [0, 1, 1, 0], "day": [*cells[:1] * 2, *cells[1:] * 2]})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=BOUGHT, day="day"))
    assert str(data.days["day"].min())[:10] == "2024-03-01"


def test_an_unknown_metric_or_arm_is_refused():
    data = read_experiment(made(), ReadParams(arm="arm", metrics=BOUGHT))
    for metric, arm, code in (("x", "A", "experiment_unknown_metric"), ("bought", "C", "experiment_empty_arm")):
        with pytest.raises(AnalysisError) as caught:
            data.statistic(metric, arm)
        assert caught.value.code == code


def test_quantiles_are_those_of_the_rows_by_arm_and_segment():
    rows, median = made(2000), Metric(column="spend", kind="quantile", quantile=0.5)
    choice = ReadParams(
        arm="arm", unit="id", metrics=(median, *BOUGHT), segment="city", day="day", covariates=("visits",)
    )
    data = read_experiment(rows, choice)
    part = rows[rows["arm"] == "B"]
    assert median.name == "spend (P50)"
    assert data.statistic(median.name, "B").mean == pytest.approx(part["spend"].median())
    level = next(name for name in data.segments if name != OTHER)
    alone = part.loc[part["city"] == level, "spend"]
    assert data.statistic(median.name, "B", level).n == len(alone)
    assert data.statistic(median.name, "B", level).mean == pytest.approx(alone.median())
    assert OTHER in data.segments
    assert sum(data.statistic(median.name, "B", name).n for name in data.segments) == len(part)
    with pytest.raises(AnalysisError, match="experiment_no_covariate"):
        data.adjusted_statistic(median.name, "B")


def test_crossed_segments_have_their_quantiles():
    rows = made(3000).assign(sex=lambda one: np.where(one["id"] % 2, "f", "m"), city=lambda one: one["id"] % 3)
    median = Metric(column="spend", kind="quantile", quantile=0.9)
    data = read_experiment(rows, ReadParams(arm="arm", metrics=(median,), segment="city", crossed="sex"))
    part = rows[(rows["arm"] == "A") & (rows["city"] == 1) & (rows["sex"] == "f")]
    assert data.statistic(median.name, "A", "1 × f").n == len(part)


@pytest.mark.parametrize(
    "metric",
    [
        Metric(column="spend", kind="quantile"),
        Metric(column="spend", kind="mean", quantile=0.5),
        Metric(column="spend", kind="quantile", quantile=1.0),
    ],
)
def test_a_quantile_says_which_one_it_is(metric):
    with pytest.raises(AnalysisError, match="experiment_bad_metric_quantile"):
        read_experiment(made(), ReadParams(arm="arm", metrics=(metric,)))


@pytest.mark.parametrize(
    ("metric", "written"),
    [
        (Metric(column="spend", kind="mean"), "revenue"),
        (Metric(column="实付金额（元）", kind="mean"), "revenue"),
        (Metric(column="visits", kind="mean"), "mean"),
        (Metric(column="spend", kind="quantile", quantile=0.9), "revenue"),
        (Metric(column="visits", kind="quantile", quantile=0.9), "mean"),
        (Metric(column="spend", kind="proportion"), "proportion"),
        (Metric(column="spend", kind="ratio", denominator="orders"), "revenue"),
        (Metric(column="discount", kind="ratio", denominator="spend"), "ratio"),
    ],
)
def test_figures_of_a_heading_that_names_money_are_written_as_money(metric, written):
    assert metric.written == written
