"""Words of insurers, landlords, charities, inns and kitchens mean what they mean to those who write them."""

from __future__ import annotations

import pytest

from analysis.intake.choices import Column, Source
from analysis.intake.meaning.words import words_of
from analysis.intake.standard.worth.excluded import ran_out
from analysis.intake.suggesting.candidates import speaks
from analysis.intake.suggesting.other_money import is_other_money


@pytest.mark.parametrize(
    "word",
    [
        "Schlussrechnung",
        "Abschlagsrechnung",
        "One-off",
        "Monthly",
        "Retirada",
        "Entrega",
        "堂食",
        "自提",
        "新购",
        "续卡",
    ],
)
def test_kinds_of_bills_gifts_and_delivery_are_sales(word: str) -> None:
    assert words_of("row_types").meaning(word) == "sale"


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("Partito", "sale"),
        ("已缴", "sale"),
        ("未缴", "unpaid"),
        ("退保", "refunded"),
        ("撤件", "cancelled"),
        ("Ausgeglichen", "sale"),
        ("未対応", "sale"),
    ],
)
def test_states_of_stays_fees_and_policies(state: str, meaning: str) -> None:
    assert words_of("states").meaning(state) == meaning


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("催行済", "sale"), ("予約確定", "sale"), ("来店済み", "sale"), ("仮予約", "open"), ("確定待ち", "open"),
        ("W trakcie", "sale"), ("w trakcie realizacji", "sale"),
    ],
)  # fmt: skip
def test_states_of_tours_and_workshops(state: str, meaning: str) -> None:
    assert words_of("states").meaning(state) == meaning


@pytest.mark.parametrize(
    "header",
    [
        "保额(元)",
        "Sum insured",
        "Sum assured",
        "Versicherungssumme",
        "Capital asegurado",
        "Somma assicurata",
        "保険金額",
    ],
)
def test_a_sum_insured_is_not_what_was_paid(header: str) -> None:
    assert is_other_money(header) and not is_other_money("期交保费")


def test_who_holds_a_policy_is_the_customer_and_not_who_insures() -> None:
    assert {speaks(one) for one in ("保险公司", "Insurer", "Versicherer")} == {"against"}
    assert speaks("投保人") == speaks("Policyholder") == "for"


def test_a_policy_that_ran_its_course_was_sold() -> None:
    names = ("保单号", "投保人", "生效日期", "保单状态")
    source = Source(kind="orders", columns=tuple(Column(name=one) for one in names))
    assert ran_out(["有效", "满期终止", "失效", "退保"], source) == ("满期终止", "失效")


@pytest.mark.parametrize("header", ["建筑面积(㎡)", "Floor area", "Wohnfläche", "Superficie"])
def test_an_area_is_no_money(header: str) -> None:
    assert words_of("figures").says(header, "no_money")
