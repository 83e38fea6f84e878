"""Tables of totals are read as totals, never as so many customers; conversions given as dates are cut at the start."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.reading.health import check_experiment
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from analysis.experiments.rows.total_rows import drop_totals
from analysis.experiments.suggest_choices import suggest_read
from analysis.intake.reading.read import read_file
from texts import translator

ORDERS = (Metric(column="orders"),)
TOTALS = ReadParams(arm="variant", customers="visitors", metrics=ORDERS)


def by_day() -> pd.DataFrame:
    days = [date(2024, 3, day) for day in range(1, 8) for _ in "AB"]
    frame = pd.DataFrame({"date": days, "variant": ["A", "B"] * 7, "visitors": [500, 490] * 7})
    return frame.assign(orders=[20 + place for place in range(14)])


@pytest.mark.parametrize("rows", [by_day(), by_day().groupby("variant", as_index=False)[["visitors", "orders"]].sum()])
def test_totals_per_variant_or_per_day_are_so_many_customers(rows):
    found = suggest_columns(rows)
    assert (found.arm, found.customers, found.unit, found.proportions) == ("variant", "visitors", None, ("orders",))
    data = read_experiment(rows, TOTALS)
    assert data.statistic("orders", "A") == ProportionStatistic(3500, sum(range(20, 34, 2)))
    assert data.sizes() == {"A": 3500, "B": 3430}
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, ReadParams(arm="variant", metrics=ORDERS))
    assert (caught.value.code, caught.value.facts["n"]) == ("experiment_rows_are_totals", len(rows))


def test_totals_of_days_give_days_and_say_that_customers_may_repeat():
    data = read_experiment(by_day(), TOTALS.model_copy(update={"day": "date"}))
    assert data.days.groupby("arm")["n"].sum().to_dict() == {"A": 3500, "B": 3430}
    codes = {note.code for note in check_experiment(data)}
    assert codes == {"experiment_totals_by_day"}


@pytest.mark.parametrize(
    "text",
    [
        'variant,visitors,conversions\ncontrol,"12,400",310\nnew,12380,365\n',
        "日期,版本,访客数,下单数\n2024-03-01,A,6200,150\n2024-03-01,B,6180,180\n2024-03-02,A,6200,160\n2024-03-02,B,6200,185\n",
    ],
)
def test_an_uploaded_table_of_totals_is_read_as_one_without_a_choice(text):
    [raw] = read_file(text.encode())
    choices = suggest_read(raw, file="totals.csv")
    found = evaluate_experiment(choices, raw).found
    assert found.sizes == dict(zip(found.arms, (12400, 12380), strict=True))
    assert [value.value.value for value in found.values] == pytest.approx([310 / 12400, 365 / 12380])


HEADINGS = ["exposed", "count", "subscribers", "accounts", "traffic", "buyers", "orders", "浏览量", "进店", "x"]


@pytest.mark.parametrize(
    ("heading", "shape"), [(name, ("variant", "day", "week", "store")[at % 4]) for at, name in enumerate(HEADINGS)]
)
def test_totals_are_known_by_their_shape_under_any_heading(heading, shape):
    rows = by_day().rename(columns={"visitors": heading, "orders": "converted"})
    if shape == "variant":
        rows = rows.groupby("variant", as_index=False)[[heading, "converted"]].sum()
    elif shape == "week":  # a day is missing, and the key is a number
        rows = rows.assign(week=range(14), revenue=rows[heading] * 7).drop(columns="date").iloc[:13]
        rows["week"] = rows["week"] // 2
    elif shape == "store":
        rows = rows.assign(store=rows.pop("date").astype(str))
    found = suggest_columns(rows)
    assert (found.arm, found.customers, found.proportions) == ("variant", heading, ("converted",))
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, ReadParams(arm="variant", metrics=(Metric(column="converted", kind="mean"),)))
    assert (caught.value.code, caught.value.facts["column"]) == ("experiment_rows_are_totals", heading)


@pytest.mark.parametrize("metric", [Metric(column="converted", kind="mean"), Metric(column="converted")])
def test_rows_of_each_arm_and_day_alone_are_asked_about(metric):
    rows = by_day().rename(columns={"orders": "converted"})[["date", "variant", "converted"]]
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, ReadParams(arm="variant", day="date", metrics=(metric,)))
    assert (caught.value.code, caught.value.facts["n"]) == ("experiment_one_row_a_day", 14)
    for language in ("en", "zh"):
        assert "14" in translator(language)("error.experiment_one_row_a_day", **caught.value.facts)
    each = ReadParams(arm="variant", day="date", unit="id", metrics=(metric.model_copy(update={"kind": "mean"}),))
    assert read_experiment(rows.assign(id=range(14)), each).counts.kept == 14


def test_customers_in_small_tables_are_no_totals():
    each = pd.DataFrame({"arm": ["A", "B"] * 30, "name": [f"n{i}" for i in range(60)], "age": range(20, 80)})
    each = each.assign(orders=[0, 2, 1] * 20)
    params = ReadParams(arm="arm", metrics=(Metric(column="orders", kind="mean"),))
    assert suggest_columns(each).customers is None
    assert read_experiment(each, params).counts.kept == 60
    each = each.assign(day=pd.Timestamp("2024-03-01"))  # all came on one day
    assert read_experiment(each, params.model_copy(update={"day": "day"})).counts.kept == 60


def test_a_row_per_customer_is_no_total_though_it_counts_visits():
    rows = pd.DataFrame({"variant": ["A", "B"] * 20, "sessions": [3, 5] * 20, "orders": [0, 1] * 20})
    assert suggest_columns(rows).customers is None
    assert read_experiment(rows, ReadParams(arm="variant", metrics=ORDERS)).counts.kept == 40


@pytest.mark.parametrize(
    ("change", "choice", "code"),
    [
        ({"orders": 501}, {}, "experiment_more_conversions_than_visitors"),
        ({"orders": -1}, {}, "experiment_negative_count"),
        ({"orders": 1.5}, {}, "experiment_not_whole"),
        ({"visitors": float("nan")}, {}, "experiment_totals_incomplete"),
        ({}, {"metrics": (Metric(column="orders", kind="mean"),)}, "experiment_totals_only_shares"),
        ({}, {"unit": "date"}, "experiment_totals_alone"),
        ({}, {"covariates": ("orders",)}, "experiment_totals_alone"),
        ({}, {"customers": "x"}, "experiment_unknown_column"),
    ],
)
def test_what_totals_cannot_tell_is_refused(change, choice, code):
    rows = by_day().astype({"visitors": float, "orders": float})
    for column, value in change.items():
        rows.loc[0, column] = value
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, TOTALS.model_copy(update=choice))
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert translator(language)(f"error.{code}", **caught.value.facts)


def dated() -> pd.DataFrame:
    rows = pd.DataFrame({"id": range(6), "arm": ["A", "B"] * 3, "assigned": pd.Timestamp("2024-03-02 12:00")})
    when = ["2024-03-01", None, "2024-03-02 11:00", "2024-03-02 13:00", "2024-03-09", None]
    return rows.assign(bought_at=pd.to_datetime(pd.Series(when), format="ISO8601"))


def test_a_conversion_given_as_a_date_counts_from_the_assignment_on():
    rows = dated()
    found = suggest_columns(rows)
    assert (found.day, found.proportions) == ("assigned", ("bought_at",))
    params = ReadParams(arm="arm", unit="id", day="assigned", metrics=(Metric(column="bought_at"),))
    data = read_experiment(rows, params)
    assert [data.statistic("bought_at", arm) for arm in "AB"] == [ProportionStatistic(3, 1), ProportionStatistic(3, 1)]
    assert data.converted_before == {"bought_at": 2}
    assert "experiment_converted_before" in {note.code for note in check_experiment(data)}
    by_date = read_experiment(rows.assign(bought_at=rows["bought_at"].dt.date), params)
    assert by_date.statistic("bought_at", "A") == ProportionStatistic(3, 2)  # the same day may be after
    whole = read_experiment(rows, params.model_copy(update={"day": None}))
    assert whole.statistic("bought_at", "A") == ProportionStatistic(3, 3)


@pytest.mark.parametrize("assigned", ["2024-03-02", pd.Timestamp("2024-03-02")])
@pytest.mark.parametrize("write", ["%Y-%m-%d", "%d.%m.%Y", "%Y年%m月%d日"])
def test_dates_of_conversions_given_as_text_are_read_as_those_of_a_file(assigned, write):
    rows = pd.DataFrame({"id": range(60), "arm": ["A", "B"] * 30, "assigned": assigned})
    when = pd.to_datetime(pd.Series(["2024-02-20", None, "2024-03-13"] * 20))
    rows["bought_at"] = when.dt.strftime(write)
    params = ReadParams(arm="arm", unit="id", day="assigned", metrics=(Metric(column="bought_at"),))
    data = read_experiment(rows, params)
    assert [data.statistic("bought_at", arm) for arm in "AB"] == [ProportionStatistic(30, 10)] * 2
    assert data.converted_before == {"bought_at": 20}
    rows = rows.assign(spend=["1,200.50", "¥3", "n/a"] * 20)
    money = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="spend", kind="mean"),)))
    assert money.statistic("spend", "A").mean == pytest.approx((1200.5 + 3) / 2)


TWO = "arm,users,bought\nA,1000,200\nB,1000,250\n"
PARTS = "arm,device,users,bought\nA,phone,700,70\nA,desk,300,60\n{a}B,phone,710,90\nB,desk,290,70\n{b}"
DAYS = "date,arm,users,bought\n2026-10-01,A,500,50\n2026-10-01,B,500,60\n2026-10-02,A,500,55\n2026-10-02,B,500,66\n"


@pytest.mark.parametrize(
    ("text", "left_out", "sizes"),
    [
        *[
            (TWO + f"{word},2000,450\n", (3,), [1000, 1000])
            for word in ("Total", "合计", "All variations", "", "A and B")
        ],
        (TWO + "Total,1900,440\n", (3,), [1000, 1000]),  # who came twice counts once
        (TWO + "all,1500,300\n", (), [1000, 1000, 1500]),  # an arm that got all
        (TWO + "Total redesign,1010,260\n", (), [1000, 1000, 1010]),
        (TWO + "C,2000,451\n", (), [1000, 1000, 2000]),
        *[
            (PARTS.format(a=f"A,{word},1000,130\n", b=f"B,{word},1000,160\n"), (3, 6), [1000, 1000])
            for word in ("all", "全部", "any device")
        ],
        (PARTS.format(a="A,all,990,129\n", b="B,all,995,158\n"), (3, 6), [1000, 1000]),
        (DAYS + "Total,A,1000,105\nTotal,B,1000,126\n", (5, 6), [1000, 1000]),
        (DAYS + "Total,,2000,231\n", (5,), [1000, 1000]),
        (DAYS + "October,A,1000,105\nOctober,B,1000,126\n", (5, 6), [1000, 1000]),
    ],
)
def test_rows_that_add_up_others_are_named_and_never_counted_again(text, left_out, sizes):
    [raw] = read_file(text.encode())
    choices = suggest_read(raw, file="totals.csv")
    evaluated = evaluate_experiment(choices, raw)
    assert evaluated.read.data.total_rows == left_out
    assert sorted(evaluated.found.sizes.values()) == sizes
    notes = [note for note in evaluated.found.health if note.code == "experiment_total_rows"]
    assert [note.facts["row"] for note in notes] == list(left_out[:1])
    # A column that is not read still tells which rows are totals.
    alone = ReadParams(arm="arm", customers="users", metrics=(Metric(column="bought"),))
    again = evaluate_experiment(choices.model_copy(update={"columns": alone}), raw)
    assert again.found.sizes == evaluated.found.sizes


@pytest.mark.parametrize(
    ("text", "column", "row"),
    [
        ("arm,users,bought\nA,1000,\nB,1000,250\n", "bought", 1),
        ("arm,users,bought\nTotal,2000,450\nA,1000,200\nB,-,250\n", "users", 3),
        (DAYS.replace("500,66", "500,-"), "bought", 4),
        (DAYS.replace("500,55", ",55"), "users", 3),
    ],
)
def test_a_total_with_an_empty_cell_is_refused_by_its_row_and_no_customer(text, column, row):
    [raw] = read_file(text.encode())
    with pytest.raises(AnalysisError) as caught:
        evaluate_experiment(suggest_read(raw, file="totals.csv"), raw)
    facts = {"column": column, "n": 1, "row": row}
    assert (caught.value.code, caught.value.facts) == ("experiment_totals_incomplete", facts)


def test_what_single_customers_did_is_no_total_though_it_adds_up():
    rows = pd.DataFrame({"id": [f"u{n}" for n in range(6)], "arm": ["A", "B"] * 3, "city": "x"})
    rows = rows.assign(views=[20, 30, 15, 12, 35, 42], bought=[1, 1, 0, 0, 1, 1])  # 35 = 20 + 15, 42 = 30 + 12
    assert drop_totals(pa.Table.from_pandas(rows))[1] == ()
