"""Profiles are masked for display, and customer ids that are personal data themselves."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.profiles.personal import id_kind_of, masked
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
    assert shown.customers["customer_id"].tolist() == [
        "138****5678",
        "139****5678",
    ]  # phones, whatever the column is called
    assert shown.customers["spend"].tolist() == [1.0, 2.0]
    assert profiles.customers["buyer"].tolist() == ["王一", "王二"]
    assert list(shown.customers.columns) == list(profiles.customers.columns)


def test_the_customer_id_is_masked_when_it_is_personal() -> None:
    assert masked(make_profiles(), id_kind="phone").customers["customer_id"].tolist() == ["138****5678", "139****5678"]


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
