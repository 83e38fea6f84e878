"""The outcome of a file of customers is known by what its column is called, in every language of headings."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.profiles.outcome import came_about, outcome_of
from analysis.profiles.result import Feature, Profiles


def people(header: str, share: int = 3) -> Profiles:
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(60)], "x": [i % share == 0 for i in range(60)]})
    return Profiles(base, (Feature("x", "risk", "flag", header=header),), date(2024, 1, 1))


@pytest.mark.parametrize(
    "header",
    [
        "Churn",
        "Attrition",
        "是否流失",
        "Gekündigt",
        "Résilié",
        "Abandono",
        "Disdetta",
        "Отток",
        "解約",
        "退会",
        "이탈여부",
        "ยกเลิก",
    ],
)
def test_who_left_is_an_outcome_in_every_language(header: str) -> None:
    assert outcome_of(people(header)) is not None


@pytest.mark.parametrize(
    "header", ["Newsletter", "Partner", "Haustier", "是否会员", "会員", "Leftover", "Participated", "Trabaja"]
)
def test_other_yes_or_no_columns_are_none(header: str) -> None:
    assert outcome_of(people(header)) is None


def test_too_few_of_one_answer_are_no_outcome() -> None:
    assert outcome_of(people("Churn", share=30)) is None


def words(header: str, one: str, other: str, third: str | None = None) -> Profiles:
    cells = [one if i % 3 == 0 else third if third and i % 3 == 1 else other for i in range(60)]
    base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(60)], "x": cells})
    return Profiles(base, (Feature("x", "risk", "category", header=header),), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("header", "one", "other", "third"),
    [
        ("Attrition_Flag", "Attrited Customer", "Existing Customer", None),
        ("Status", "churned", "active", None),
        ("Status", "canceled", "active", "past_due"),
        ("Kundenstatus", "gekündigt", "aktiv", None),
        ("客户状态", "已流失", "活跃", None),
        ("Churn Label", "Churned", "Stayed", "Joined"),
        ("Customer Status", "Churned", "Stayed", "Joined"),
        ("Outcome", "Signed up", "Lost", "Open"),
        ("Stage", "Closed Won", "Closed Lost", "Open"),
        ("How it ended", "Won", "Lost", "Talking"),
        ("跟进结果", "成交", "流失", "跟进中"),
    ],
)
def test_an_outcome_in_words_is_known_by_its_cells(header: str, one: str, other: str, third: str | None) -> None:
    people = words(header, one, other, third)
    feature = outcome_of(people)
    assert feature is not None
    found = came_about(feature, people)
    assert found is not None
    assert (int(found[0].sum()), found[1]) == (20, one)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("Status", "married", "single"),
        ("Order status", "cancelled", "shipped"),
        ("State", "NY", "CA"),
        ("Plan", "lost", "active"),
        ("How it ended", "lost", "late"),
        ("Status", "not lost", "active"),
    ],
)
def test_other_states_and_words_are_none(header: str, one: str, other: str) -> None:
    assert outcome_of(words(header, one, other)) is None
