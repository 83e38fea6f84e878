"""Personal data is recognised by its form and masked for display."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.profiles.personal import KINDS, id_kind_of, mask, mask_cells, mask_inside, masked, personal_kind
from analysis.profiles.result import Feature, Profiles

# Worked by hand: 11010519491231002X is the example of GB 11643-1999, annex; 440524188001010014 its second one.
VALID_IDS = ["11010519491231002X", "440524188001010014"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "王小明", "王***"),
        ("name", "Ann Lee", "A***"),
        ("name", "  Ann", "A***"),
        ("phone", "13812345678", "***5678"),
        ("phone", "+44 20 7946 0958", "***0958"),
        ("phone", "12345", "***"),
        ("id_number", VALID_IDS[0], "***002X"),
        ("email", "ann.lee@shop.example.com", "a***@shop.example.com"),
        ("email", "no address", "n***"),
        ("address", "浙江省杭州市西湖区文三路 1 号", "浙江省杭州市***"),
        ("address", "杭州", "杭***"),
    ],
)
def test_each_kind_keeps_only_what_it_says(kind: str, value: str, shown: str) -> None:
    assert mask(pd.Series([value]), kind).tolist() == [shown]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_missing_stays_missing_and_empty_stays_empty(kind: str) -> None:
    values = pd.Series([None, "", float("nan"), "abcdefghijk"], index=[3, 1, 4, 2], name="x", dtype=object)
    result = mask(values, kind)  # type: ignore[arg-type]
    assert result.isna().tolist() == [True, False, True, False]
    assert result[1] == "" and "***" in result[2]
    assert result.index.tolist() == [3, 1, 4, 2] and result.name == "x"


def test_numbers_are_masked_as_text() -> None:
    assert mask(pd.Series([13812345678, 13900000001]), "phone").tolist() == ["***5678", "***0001"]


@given(st.text(min_size=1, max_size=40), st.sampled_from(KINDS))
def test_a_masked_value_never_shows_the_whole(value: str, kind: str) -> None:
    [shown] = mask(pd.Series([value], dtype="str"), kind).tolist()  # type: ignore[arg-type]
    stripped = value.strip()
    if stripped:
        assert "***" in shown
        assert stripped not in shown or len(stripped) == 1 or set(stripped) <= {"*"} or stripped.startswith("@")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(AnalysisError, match="personal_kind_unknown"):
        mask(pd.Series(["x"]), "shoe_size")  # type: ignore[arg-type]


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
    assert shown.customers["buyer"].tolist() == ["王***", "王***"]
    assert shown.customers["customer_id"].tolist() == ["***5678", "***5678"]  # phones, whatever the column is called
    assert shown.customers["spend"].tolist() == [1.0, 2.0]
    assert profiles.customers["buyer"].tolist() == ["王一", "王二"]
    assert list(shown.customers.columns) == list(profiles.customers.columns)


def test_the_customer_id_is_masked_when_it_is_personal() -> None:
    assert masked(make_profiles(), id_kind="phone").customers["customer_id"].tolist() == ["***5678", "***5678"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["13812345678", "19900001111", "150 0000 1111"], "phone"),
        (["+86 13812345678", "+1 (212) 555-0100", "0044 20 7946 0958"], "phone"),
        (["a@b.com", "王@例子.中国", "x.y+z@mail.example.org"], "email"),
        (VALID_IDS, "id_number"),
        ([value[:-1] + "1" for value in VALID_IDS], None),
        (["2024-03-05", "2024-03-06"], None),
        (["12.50", "99", "100000"], None),
        (["17850", "13047", "12583"], None),
        (["12812345678", "23812345678"], None),
        (["SO2024030512345678", "20240305123456789012"], None),
        ([], None),
        ([None, None], None),
        (["13812345678"] * 7 + ["unknown"] * 3, None),
        (["13812345678"] * 8 + ["unknown"] * 2, "phone"),
    ],
)
def test_the_form_of_the_values_tells_the_kind(values: list[str], kind: str | None) -> None:
    assert personal_kind(pd.Series(values, dtype=object)) == kind


def test_raw_rows_are_masked_by_header_and_by_what_they_hold() -> None:
    cells = pd.Series(
        [
            json.dumps(
                {"买家": "王小明", "备注": f"电话13812345678, ann@shop.com, {VALID_IDS[0]}", "金额": "12.5", "n": None}
            ),
            json.dumps(["13812345678", "plain", 3]),
            None,
        ]
    )
    shown = mask_cells(cells, {"买家": "name", "地址": "address"})
    assert json.loads(shown[0]) == {
        "买家": "王***",
        "备注": "电话***5678, a***@shop.com, ***002X",
        "金额": "12.5",
        "n": None,
    }
    assert json.loads(shown[1]) == ["***5678", "plain", 3]
    assert pd.isna(shown[2])


def test_free_text_loses_only_what_is_personal() -> None:
    values = pd.Series(
        ["退货 13812345678", f"证件{VALID_IDS[0]}。", "单号 20240305123456789012", "12.50", None], dtype=object
    )
    shown = mask_inside(values)
    assert shown.tolist()[:4] == ["退货 ***5678", "证件***002X。", "单号 20240305123456789012", "12.50"]
    assert pd.isna(shown[4])


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
