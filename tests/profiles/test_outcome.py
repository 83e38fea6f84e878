"""The outcome of a file of customers is known by what its column is called, in every language of headings."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.profiles.outcome import outcome_of
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
def test_who_left_is_an_outcome_in_every_language(header: str):
    assert outcome_of(people(header)) is not None


@pytest.mark.parametrize("header", ["Newsletter", "Partner", "Haustier", "是否会员", "会員", "Leftover"])
def test_other_yes_or_no_columns_are_none(header: str):
    assert outcome_of(people(header)) is None


def test_too_few_of_one_answer_are_no_outcome():
    assert outcome_of(people("Churn", share=30)) is None


def state(header: str, levels: tuple[str, ...]) -> Profiles:
    base = pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(60)], "x": [levels[i % len(levels)] for i in range(60)]}
    )
    return Profiles(base, (Feature("x", "risk", "category", header=header),), date(2024, 1, 1))


@pytest.mark.parametrize(
    "header, levels, answer",
    [
        ("Attrition_Flag", ("Existing Customer", "Attrited Customer"), "Attrited Customer"),
        ("Status", ("active", "churned"), "churned"),
        ("Customer Status", ("Stayed", "Churned", "Joined"), "Churned"),
        ("状态", ("正常", "已流失"), "已流失"),
        ("Churn", ("Left", "Remained"), "Left"),
        ("会员状态", ("未流失", "流失"), "流失"),
    ],
)
def test_an_outcome_written_as_a_text_is_known_by_the_answer_that_says_it(
    header: str, levels: tuple[str, ...], answer: str
):
    found = outcome_of(state(header, levels))
    assert found is not None and found.answer == answer
    known, came = found.came_about(state(header, levels))
    assert known.all() and came.sum() == 60 // len(levels)


@pytest.mark.parametrize(
    "header, levels",
    [
        ("Hand", ("left", "right")),
        ("Plan", ("default", "premium")),
        ("Status", ("churned", "cancelled", "active")),
        ("Deal outcome", ("won", "lost")),
        ("City", tuple(f"churned {i}" for i in range(9))),
    ],
)
def test_other_texts_are_no_outcome(header: str, levels: tuple[str, ...]):
    assert outcome_of(state(header, levels)) is None
