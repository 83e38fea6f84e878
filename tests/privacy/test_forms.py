"""Personal data is known by its form: check characters, shapes, and the words before it, in Chinese text as well."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.privacy.checks import is_bank_card, is_firm_code, is_id_number
from analysis.privacy.forms import form_of, found_in
from analysis.profiles.personal import personal_kind

VALID_IDS = ["11010519491231002X", "440524188001010014"]


def test_check_characters_are_those_of_the_standards() -> None:
    # GB 11643-1999 and GB 32100-2015 give these; the card is the one that issuers give for tests.
    assert is_id_number("11010519491231002X") and is_id_number("34052419800101001X")
    assert not is_id_number("110105194912310021")
    assert is_firm_code("91350100M000100Y43") and not is_firm_code("91350100M000100Y34")
    assert is_bank_card("4111111111111111") and not is_bank_card("4111111111111112")


@given(st.integers(0, 16), st.integers(1, 9))
def test_an_identity_number_with_one_wrong_digit_is_none(place: int, step: int) -> None:
    right = VALID_IDS[0]
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert not is_id_number(wrong)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("卡号4111111111111111", [("bank_card", "4111111111111111")]),
        ("邮箱zhang@qq.com哈", [("email", "zhang@qq.com")]),
        ("电话13812345678联系", [("phone", "13812345678")]),
        ("身份证11010519491231002X的", [("id_number", "11010519491231002X")]),
        ("请打010-64881234找他", [("landline", "010-64881234")]),
        ("微信号：zhang_san88，QQ12345678", [("wechat", "zhang_san88"), ("qq", "12345678")]),
        ("护照号E12345678", [("passport", "E12345678")]),
        ("回乡证 H12345678", [("permit", "H12345678")]),
        ("车牌京A12345停门口", [("plate", "京A12345")]),
        ("地址：北京市朝阳区建国路88号3号楼", [("address", "北京市朝阳区建国路88号3号楼")]),
        ("收货人：张三，谢谢", [("name", "张三")]),
        ("生日1990-05-06", [("birth_date", "1990-05-06")]),
        ("来自 203.0.113.9", [("ip", "203.0.113.9")]),
        ("Call Ann on +44 20 7946 0958 please", [("phone", "+44 20 7946 0958")]),
        ("phone no. 13812345678", [("phone", "13812345678")]),
        ("card no. 4111 1111 1111 1111", [("bank_card", "4111 1111 1111 1111")]),
        ("leave at 12 High Street, thanks", [("address", "12 High Street")]),
        ("Recipient: Ann Lee", [("name", "Ann Lee")]),
        ("请联系马平秀 137 1234 6546", [("name", "马平秀"), ("phone", "137 1234 6546")]),
        ("call Ann Lee at +44 20 7946 0958", [("name", "Ann Lee"), ("phone", "+44 20 7946 0958")]),
        ("周二送 13812345678", [("phone", "13812345678")]),
        ("Red Shoes +1 free", []),
        ("订单号13812345678", []),
        ("order no. 13812345678", []),
        ("SKU13812345678", []),
        ("税号91350100M000100Y43", []),
        ("2024-03-05 12:30:00 ￥128.50", []),
        ("北京市 上海", []),
        ("版本 10.0.0.1", []),
        ("20240305123456789012", []),
        ("5 Stars for the 2 Red Shoes", []),
        ("尺码 42 颜色 红", []),
    ],
)
def test_values_are_found_inside_text_also_beside_chinese_characters(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in found_in(text)] == found


@given(st.text("1389@.com 京A路号-电话order微信qq：", max_size=60))
def test_what_is_found_lies_in_the_text_and_never_overlaps(text: str) -> None:
    spans = found_in(text)
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("H12345678", "permit"),
        ("810000199001011234", None),
        ("192.168.1.1", "ip"),
        ("31.230416,121.473701", "coordinates"),
        ("6222021234567890", None),
        ("1234567", None),
        ("ABCDEFGH", None),
        ("(212) 555-0100", "phone"),
        ("（010）64881234", "landline"),
    ],
)
def test_a_whole_cell_has_one_form_or_none(cell: str, kind: str | None) -> None:
    assert form_of(cell) == kind


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
