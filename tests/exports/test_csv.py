"""CSV opens right in a spreadsheet and runs nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.csv import csv_bytes, csv_safe, write_csv


@pytest.mark.parametrize(
    "value",
    [
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\ttext", "\rtext", " =1+1", "\u3000=1+1", "\u00a0=1",
        "-", "＝1+1", "＋1", "－A1", "＠SUM(A1)", "=HYPERLINK(\"http://x\")", "-2+3+cmd|' /C calc'!A0", "\ufeff=1",
        "\u200b=1", "\u2028=1", "\u2063=1", "\xad=1", "\u202e=1", "\u2800=1", "\u1680=1", "\u205f=1", "\x1f=1",
        "\x0b=1", "\x85=1", "+8613812345678", "−1",
    ],
)  # fmt: skip
def test_a_formula_start_is_neutralised(value: str) -> None:
    [safe] = csv_safe(pd.Series([value])).tolist()
    # A leading tab or line end may split the cell: the sign behind it gets an apostrophe of its own.
    assert safe.startswith("'") and re.sub("(?<=[\t\r])'", "", safe) == "'" + value


@pytest.mark.parametrize("value", ["fine", "a=b", "-12.5", "-3", "1-2", "王小明", "", "'=1", "2024-03-05", "x\ty"])
def test_harmless_text_stays(value: str) -> None:
    assert csv_safe(pd.Series([value])).tolist() == [value]


@pytest.mark.parametrize("separator", [";", "\t", "|", "\n", "\r\n", "; ", ';"', ";\u3000", "; \ufeff"])
@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_formula_behind_a_separator_of_another_locale_is_neutralised(separator: str, sign: str) -> None:
    cell = f"a{separator}{sign}1+1"
    assert csv_safe(pd.Series([cell, "b"])).tolist() == [f"a{separator}'{sign}1+1", "b"]
    [line] = csv_bytes(pd.DataFrame({"x": [1], "y": [cell]})).decode("utf-8-sig").split("\r\n", 1)[1:]
    for part in re.split("[;\t|\r\n]", line):
        assert not part.strip().strip('"\ufeff').lstrip("\u3000").startswith(sign)


@pytest.mark.parametrize("value", ["red; blue", "a;-12.5", "1;-3;2", "a | b", "x\ny", "a,=b", "mail: a@b.c; d@e.f"])
def test_harmless_parts_stay(value: str) -> None:
    assert csv_safe(pd.Series([value])).tolist() == [value]


def test_a_long_cell_of_separators_takes_no_longer_than_it_is() -> None:
    # Quadratic work on a cell as long as a workbook allows would take minutes.
    assert csv_safe(pd.Series(["\t" * 300_000 + "x"]))[0].startswith("'\t")


def test_numbers_dates_and_missing_stay_what_they_are() -> None:
    numbers = pd.Series([-1.5, float("nan")])
    assert csv_safe(numbers) is numbers
    mixed = csv_safe(pd.Series([-1.5, None, "=x", date(2024, 1, 1)], dtype=object)).tolist()
    assert mixed[0] == -1.5 and mixed[1] is None and mixed[2:] == ["'=x", date(2024, 1, 1)]


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=20))
def test_no_text_is_left_that_starts_a_formula(values: list[str | None]) -> None:
    safe = csv_safe(pd.Series(values, dtype=object))
    for before, after in zip(values, safe.tolist(), strict=True):
        if before is None:
            assert after is None
            continue
        assert after.replace("'", "") == before.replace("'", "")
        bare = after.lstrip()
        assert not bare or bare[0] not in "=+-@＝＋－＠" or re.fullmatch(r"-\d+(\.\d+)?", after)
    assert csv_safe(safe).tolist() == safe.tolist()


def test_a_file_has_a_byte_order_mark_safe_headers_and_ids_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "customer_id": [1042.0, float("nan")],
            "=1+1": ["@x", 'say "hi", twice\nor so'],
            "spend": [-12.5, 3.0],
            "last_order": pd.Series(["2024-03-05", None]).astype("datetime64[us]"),
            "地区": ["浙江", None],
        }
    )
    write_csv(frame, tmp_path / "out.csv")
    content = (tmp_path / "out.csv").read_bytes()
    assert content == csv_bytes(frame) and content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["customer_id", "'=1+1", "spend", "last_order", "地区"],
        ["1042", "'@x", "-12.5", "2024-03-05", "浙江"],
        ["", 'say "hi", twice\nor so', "3.0", "", ""],
    ]


def test_ids_keep_leading_zeros_and_two_columns_may_share_a_header() -> None:
    frame = pd.DataFrame([["001", "=a", "b"]], columns=["customer_id", "x", "x"])
    assert csv_bytes(frame).decode("utf-8-sig") == "customer_id,x,x\r\n001,'=a,b\r\n"
