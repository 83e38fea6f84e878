"""File names are safe on every system and keep their ending."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.names import safe_file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("客户画像 报告.xlsx", "客户画像 报告.xlsx"),
        ("../../x.csv", "x.csv"),
        ("C:\\a\\客户 数据.xlsx", "客户 数据.xlsx"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("console.txt", "console.txt"),
        ('a<b>c:"d|e?f*.csv', "abcdef.csv"),
        ("report\u202excod.exe", "reportxcod.exe"),
        ("line\nbreak\x00.csv", "linebreak.csv"),
        ("trailing. . ", "trailing"),
        ("", "portrait"),
        ("...", "portrait"),
        (".csv", "portrait.csv"),
        ("Cafe\u0301.csv", "Caf\u00e9.csv"),
        ("😀.csv", "😀.csv"),
    ],
)
def test_known_cases(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_long_name_loses_its_middle_not_its_ending() -> None:
    safe = safe_file_name("客" * 300 + ".xlsx")
    assert safe == "客" * 60 + ".xlsx"


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one_and_stays_it(name: str) -> None:
    safe = safe_file_name(name)
    assert safe and len(safe.encode()) <= 202 and safe not in {".", ".."}
    assert not set(safe) & set('/\\<>:"|?*') and safe == safe.strip() and not safe.endswith(".")
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in safe)
    assert safe_file_name(safe) == safe
