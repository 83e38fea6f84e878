"""Profiles are masked for display, and customer ids that are personal data themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.intake.choices import Choices, Column, Source
from analysis.profiles.personal import id_kind_of, kind_of_ids, masked, shown_ids
from analysis.profiles.result import Feature, Profiles


def make_profiles() -> Profiles:
    customers = pd.DataFrame(
        {"customer_id": ["13812345678", "13912345678"], "buyer": ["王一", "王二"], "spend": [1.0, 2.0]}
    )
    features = (
        Feature("buyer", "basic", "text", header="姓名", personal="name"),
        Feature("spend", "value", "number", "money"),
    )
    return Profiles(customers, features, date(2024, 3, 1))


def test_profiles_are_masked_in_a_copy() -> None:
    profiles = make_profiles()
    shown = masked(profiles)
    assert shown.customers["buyer"].tolist() == ["王*", "王*"]
    # Phones, whatever the column is called.
    assert [one.split(" #")[0] for one in shown.customers["customer_id"]] == ["138****5678", "139****5678"]
    assert shown.customers["spend"].tolist() == [1.0, 2.0]
    assert profiles.customers["buyer"].tolist() == ["王一", "王二"]
    assert list(shown.customers.columns) == list(profiles.customers.columns)


def test_the_customer_id_is_masked_when_its_column_is_personal_whatever_its_form() -> None:
    profiles = make_profiles()
    nicknames = replace(profiles, customers=profiles.customers.assign(customer_id=["ann", "bob"]))
    assert masked(nicknames).customers["customer_id"].tolist() == ["ann", "bob"]
    shown = masked(replace(nicknames, id_kind="name")).customers["customer_id"]
    assert [one.split(" #")[0] for one in shown] == ["a***", "b***"]


def test_masked_ids_stay_apart_and_are_the_same_in_a_part_as_in_the_whole() -> None:
    ids = pd.Series([f"Ann Lee {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(600)] + [None], dtype="str")
    shown = shown_ids(ids, "name", among=ids)
    assert shown.nunique() == 600 and shown.isna().sum() == 1
    assert shown.iloc[:-1].str.fullmatch(r"A\*\*\* #[0-9a-z]{4,6}").all()
    some = ids.iloc[[7, 300]]
    assert shown_ids(some, "name", among=ids).tolist() == shown.iloc[[7, 300]].tolist()
    # Whoever holds a list alone cannot test a guess: the key is made of everybody.
    assert shown_ids(some, "name", among=some).tolist() != shown.iloc[[7, 300]].tolist()


@pytest.mark.parametrize(
    ("header", "ids", "kind"),
    [
        ("客户姓名", ["小明同学", "x", "阿强"], "name"),
        ("Name", ["anna", "bob", "carla"], "name"),
        ("Customer no", ["a1", "b2", "c3"], None),
        ("Name", ["Cool Cars Ltd", "Freeman Goods GmbH", "bill"], None),
    ],
)
def test_a_header_of_names_says_that_ids_are_people(header: str, ids: list[str], kind: str | None) -> None:
    choices = Choices(sources=(Source(kind="orders", columns=(Column(name=header, role="customer_id"),)),))
    assert kind_of_ids(pd.Series(ids, dtype="str"), choices) == kind


@pytest.mark.parametrize(
    ("ids", "kind"),
    [
        (["Nadia Naylor", "Connor Armitage", "Anne-Marie van der Berg"], "name"),
        (["王小明", "李雷", "张伟国"], "name"),
        (["13812345678", "13912345678"], "phone"),
        (["Cool Cars Ltd", "Freeman Sporting Goods", "Bill Windsurf"], None),
        (["SPK0169", "SPK0170"], None),
        (["10042", "10043"], None),
        ([], None),
    ],
)
def test_ids_that_are_people_are_told_from_codes_and_firms(ids: list[str], kind: str | None) -> None:
    assert id_kind_of(pd.Series(ids, dtype="str")) == kind
