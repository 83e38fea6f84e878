"""The first guess of the columns is right on tables as they come."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.rows.read import read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from analysis.experiments.suggest_choices import suggest_test


def test_a_chinese_table_is_understood():
    rows = pd.DataFrame(
        {
            "会员号": [1, 2, 3, 4],
            "分组": ["对照", "实验", "对照", "实验"],
            "日期": pd.to_datetime(["2024-01-01"] * 4),
            "城市": ["北京", "上海", "北京", "广州"],
            "是否购买": [0, 1, 1, 0],
            "金额": [0.0, 20.5, 3.2, 0.0],
            "历史消费": [10.0, 30.0, 5.0, 8.0],
        }
    )
    found = suggest_columns(rows)
    assert (found.unit, found.arm, found.day, found.segment) == ("会员号", "分组", "日期", "城市")
    assert (found.covariate, found.proportions, found.means) == ("历史消费", ("是否购买",), ("金额",))


def test_who_a_row_is_about_is_never_a_segment():
    people = [f"C-{n}" for n in range(40)]
    rows = pd.DataFrame({"customer": people, "group": ["A", "B"] * 20, "note": [f"n{n}" for n in range(40)]})
    found = suggest_columns(rows.assign(bought=[0, 1, 1, 0] * 10))
    assert (found.unit, found.arm, found.segment) == ("customer", "group", None)
    kinds = suggest_columns(rows.assign(customer=["new", "old"] * 20, bought=[0, 1, 1, 0] * 10))
    assert (kinds.unit, kinds.segment) == (None, "customer")


def test_a_table_without_arms_has_no_arm():
    found = suggest_columns(pd.DataFrame({"x": [1.5, 2.5, 3.5], "y": ["p", "q", "r"]}))
    assert (found.arm, found.unit, found.means) == (None, None, ("x",))


@pytest.mark.slow
def test_the_real_tables_are_understood(shared_data):
    cats = suggest_columns(pd.read_csv(shared_data / "ab" / "cookie_cats.csv"))
    assert (cats.arm, cats.unit, cats.means) == ("version", "userid", ("sum_gamerounds",))
    assert cats.proportions == ("retention_1", "retention_7")
    mails = suggest_columns(pd.read_csv(shared_data / "ab" / "hillstrom.csv"))
    assert (mails.arm, mails.unit, mails.segment, mails.covariate) == ("segment", None, "history_segment", "history")
    assert {"visit", "conversion"} <= set(mails.proportions)
    assert "spend" in mails.means


def test_columns_named_like_an_outcome_are_outcomes():
    rows = pd.DataFrame(
        {
            "segment": ["Mens E-Mail", "No E-Mail"] * 4,
            "mens": [0, 1] * 4,
            "visit": [0, 0, 1, 1] * 2,
            "recency": range(8),
            "spend": [0, 0, 0, 5.5, 7, 0, 9, 1],
        }
    )
    assert suggest_columns(rows).outcomes == ("visit", "spend")
    assert suggest_columns(rows[["segment", "mens", "recency"]]).outcomes == ("mens",)


def test_a_date_of_a_conversion_is_measured_once_and_counts_from_the_assignment_on():
    days = [date(2026, 1, 10 + at % 5) for at in range(40)]
    # Of each four one converted three days after, one eight days before, two never did.
    after = {0: 3, 1: -8}
    done = [days[at] + timedelta(days=after[at % 4]) if at % 4 in after else None for at in range(40)]
    who = {"customer": [f"c{at}" for at in range(40)], "variant": list("AABB" * 10)}
    rows = pa.table({**who, "assigned_at": days, "converted_at": done})
    found = suggest_columns(rows)
    assert (found.proportions, found.means, found.day) == (("converted_at",), (), "assigned_at")
    columns = suggest_test(found)
    assert columns is not None
    data = read_experiment(rows, columns)
    assert data.sizes() == {"A": 20, "B": 20}
    assert data.statistic("converted_at", "A") == ProportionStatistic(20, 10)
    assert data.statistic("converted_at", "B") == ProportionStatistic(20, 0)


def test_less_is_better_of_what_is_called_leaving_returns_complaints_or_waiting():
    def first(name: str) -> bool:
        rows = pd.DataFrame({"id": range(8), "arm": list("ABAB") * 2, name: [0, 1, 1, 0] * 2})
        columns = suggest_test(suggest_columns(rows))
        assert columns is not None and columns.metrics[0].column == name
        return columns.metrics[0].higher_is_better

    bad = ("churned", "Cancelled", "goods_returned", "complaint", "是否流失", "退货", "有投诉", "unsubscribed", "late")
    good = ("bought", "not_churned", "未流失", "return_visit", "retained", "挽回流失", "left_review", "participated")
    assert not any(first(name) for name in bad) and all(first(name) for name in good)
