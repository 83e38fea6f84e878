"""The outcome of a file of customers is known by what its column is called, in every language of headings."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.profiles.outcome import outcome_of
from analysis.profiles.result import Feature, Profiles


def people(header, share=3):
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
def test_who_left_is_an_outcome_in_every_language(header):
    assert outcome_of(people(header)) is not None


@pytest.mark.parametrize("header", ["Newsletter", "Partner", "Haustier", "是否会员", "会員", "Leftover"])
def test_other_yes_or_no_columns_are_none(header):
    assert outcome_of(people(header)) is None


def test_too_few_of_one_answer_are_no_outcome():
    assert outcome_of(people("Churn", share=30)) is None
