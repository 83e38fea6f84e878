"""Personal values keep their kind and their use when they are masked, and lose the person."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.privacy.kinds import KINDS, PersonalKind
from analysis.privacy.masks import mask, mask_cells, mask_inside, mask_value

# 11010519491231002X is the example of GB 11643-1999, annex; 440524188001010014 its second one.
VALID_IDS = ["11010519491231002X", "440524188001010014"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "王小明", "王*"),
        ("name", "Ann Lee", "A***"),
        ("name", "  Ann", "A***"),
        ("phone", "13812345678", "138****5678"),
        ("phone", "+86 138-1234-5678", "+86 138****5678"),
        ("phone", "+44 20 7946 0958", "+44 2* **** 0958"),
        ("phone", "张三13812345678", "138****5678"),
        ("phone", "64881234", "***1234"),
        ("phone", "12345", "***"),
        ("landline", "010-64881234", "010-****1234"),
        ("id_number", VALID_IDS[0], "110***********002X"),
        ("id_number", "AB 12 34 56 C", "***456C"),
        ("passport", "E12345678", "E******78"),
        ("permit", "H1234567890", "H********90"),
        ("bank_card", "6222 0200 1234 5678", "622202******5678"),
        ("plate", "京A·12345", "京A***45"),
        ("wechat", "wxid_zhang", "w***"),
        ("qq", "123456789", "12***"),
        ("alipay", "13812345678", "138****5678"),
        ("alipay", "zhang@qq.com", "z***@qq.com"),
        ("birth_date", "1990年5月6日", "1990-**-**"),
        ("birth_date", "19900506", "1990-**-**"),
        ("birth_date", "May 6", "***"),
        ("ip", "192.168.1.20", "192.168.*.*"),
        ("ip", "2001:db8::1", "2001:***"),
        ("device_id", "490154203237518", "***7518"),
        ("coordinates", "31.230416, 121.473701", "31.2***, 121.4***"),
        ("email", "ann.lee@shop.example.com", "a***@shop.example.com"),
        ("email", "no address", "n***"),
        ("address", "浙江省杭州市西湖区文三路 1 号", "浙江省杭州市西湖区***"),
        ("address", "北京市朝阳区建国路 88 号", "北京市朝阳区***"),
        ("address", "杭州", "杭***"),
        ("address", "12 High Street, London", "***, London"),
        ("address", "12 High Street, Flat 3", "***"),
    ],
)
def test_each_kind_keeps_only_what_it_says(kind: PersonalKind, value: str, shown: str) -> None:
    assert mask(pd.Series([value]), kind).tolist() == [shown]
    assert mask_value(value, kind) == shown


@pytest.mark.parametrize("kind", KINDS)
def test_missing_stays_missing_and_empty_stays_empty(kind: PersonalKind) -> None:
    values = pd.Series([None, "", float("nan"), "abcdefghijk"], index=[3, 1, 4, 2], name="x", dtype=object)
    result = mask(values, kind)
    assert result.isna().tolist() == [True, False, True, False]
    assert result[1] == "" and "***" in result[2]
    assert result.index.tolist() == [3, 1, 4, 2] and result.name == "x"


def test_numbers_are_masked_as_text() -> None:
    assert mask(pd.Series([13812345678, 13900000001]), "phone").tolist() == ["138****5678", "139****0001"]


@given(st.text(min_size=1, max_size=40) | st.text("0123456789 -.@/市区京AE", min_size=1), st.sampled_from(KINDS))
def test_a_masked_value_never_shows_the_whole(value: str, kind: PersonalKind) -> None:
    stripped = value.strip()
    if len(stripped) > 1 and not stripped.startswith("@") and set(stripped) != {"*"}:
        shown = mask_value(value, kind)
        assert "*" in shown
        assert stripped not in shown


def test_an_unknown_kind_is_refused() -> None:
    for refuse in (
        lambda kind: mask(pd.Series(["x"]), kind),
        lambda kind: mask_value("x", kind),
        lambda kind: mask_cells(pd.Series(["{}"]), {"a": kind}),
    ):
        with pytest.raises(AnalysisError, match="personal_kind_unknown"):
            refuse("shoe_size")


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
        "买家": "王*",
        "备注": "电话138****5678, a***@shop.com, 110***********002X",
        "金额": "12.5",
        "n": None,
    }
    assert json.loads(shown[1]) == ["138****5678", "plain", 3]
    assert pd.isna(shown[2])


def test_free_text_loses_only_what_is_personal() -> None:
    values = pd.Series(
        ["退货 13812345678", f"证件{VALID_IDS[0]}。", "单号 20240305123456789012", "12.50", None], dtype=object
    )
    shown = mask_inside(values)
    assert shown.tolist()[:4] == ["退货 138****5678", "证件110***********002X。", "单号 20240305123456789012", "12.50"]
    assert pd.isna(shown[4])
