"""Numbers, identifiers and categories as DuckDB reads them, against plain Python."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.intake.cells.values import (
    MONEY,
    NOTHING,
    category,
    column_style,
    decimal_style,
    half_width,
    identifier,
    is_nothing,
    looks_like_number,
    number,
    product,
)
from tests.thorough import examples

DB = duckdb.connect()
WIDE = str.maketrans("0123456789.,-+()%", "０１２３４５６７８９．，－＋（）％")


def read(expression: str, *cells: str | None) -> list:
    rows = DB.execute(f"SELECT {expression} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [list(cells)]).fetchall()
    return [value for (value,) in rows]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"), ("12.5", "12.5"), (" 12 ", "12"), ("1,234.50", "1234.50"), ("1,00,000", "100000"), ("(1,234)",
        "-1234"),
        ("12-", "-12"), ("¥3", "3"), ("￥1,000.00", "1000"), ("-$5", "-5"), ("$-5", "-5"), ("12 EUR", "12"),
        ("eur 12", "12"), ("5 元", "5"), ("５％", "0.05"), ("-12%", "-0.12"), ("１２３．４５", "123.45"), ("−5", "-5"),
        ("1e3", "1000"), ("1E-2", "0.01"), (".5", "0.5"), ("$.5", "0.5"), ("1\u00a0234.5", "1234.5"), ("1'234.50",
        "1234.50"),
        ("1,234,567,890,123.45", "1234567890123.45"), ("0.1", "0.1"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_every_sign_people_put_around_it(cell: str, value: str) -> None:
    assert read(number("x"), cell) == [Decimal(value)]


@pytest.mark.parametrize(
    "cell", ["", "abc", "12abc", "A12", "2024-01-05", "1.2.3", "--", "NaN", "inf", "1e30", "9" * 30]
)
def test_what_is_no_number_or_too_large_gives_nothing_and_stops_nothing(cell: str) -> None:
    assert read(number("x"), cell) == [None]


@pytest.mark.parametrize("cell", ["1.234,50", "12,5", "1,50", "1,2345"])
def test_a_cell_of_the_other_decimal_style_is_refused_and_not_read_a_hundred_times_too_large(cell: str) -> None:
    assert read(number("x"), cell) == [None]


@pytest.mark.parametrize("cell", ["5.50", "1,234.50", "1.23", "12.5"])
def test_a_point_in_a_column_of_commas_is_refused(cell: str) -> None:
    assert read(number("x", decimal="comma"), cell) == [None]


def test_the_comma_style_reads_groups_of_points_and_spaces() -> None:
    assert read(number("x", decimal="comma"), "1.234,50", "3,99", "1 234,5", "12", "1.234") == [
        Decimal("1234.5"), Decimal("3.99"), Decimal("1234.5"), Decimal(12), Decimal(1234),
    ]  # fmt: skip


def written(value: Decimal, style: str, group: bool, sign: str, money: str, wide: bool) -> str:
    text = f"{abs(value):,f}" if group else f"{abs(value):f}"
    if style == "comma":
        text = text.translate(str.maketrans(",.", ".,"))
    text = money.replace("#", text)
    if value < 0:
        text = {"minus": f"-{text}", "brackets": f"({text})", "after": f"{text}-"}[sign]
    return text.translate(WIDE) if wide else text


NUMBERS = st.decimals(-(10**12), 10**12, allow_nan=False, places=4) | st.integers(-(10**9), 10**9).map(Decimal)


@examples(150)
@given(
    NUMBERS, st.sampled_from(["point", "comma"]), st.booleans(), st.sampled_from(["minus", "brackets", "after"]),
    st.sampled_from(["#", "¥#", "$#", "€ #", "# 元", "USD #", "# EUR"]), st.booleans(),
)  # fmt: skip
def test_any_way_of_writing_a_number_gives_the_number_back(value, style, group, sign, money, wide) -> None:
    cell = written(value, style, group, sign, money, wide)
    assert read(number("x", decimal=style), cell) == [value], cell
    assert looks_like_number(cell) or ("元" in money and sign == "after")


@examples(80)
@given(st.text(max_size=12))
def test_no_text_makes_reading_fail(text: str) -> None:
    cell = text.replace("\x00", "")
    for expression in (number("x"), number("x", decimal="comma"), identifier("x"), category("x"), half_width("x")):
        assert len(read(expression, cell)) == 1


@examples(100)
@given(st.text("0123456789AZaz_-.", min_size=1, max_size=8))
def test_the_short_way_for_plain_ids_reads_as_the_long_one_does(cell: str) -> None:
    assert read(identifier("x"), cell) == read(identifier("x"), f"{cell} ")


def test_identifiers_keep_leading_zeros_and_lose_the_trace_of_a_number_column() -> None:
    cells = ("00042", "17850.0", " A-1 ", "１２３", "NULL", "-", "", None, "1.50")
    assert read(identifier("x"), *cells) == ["00042", "17850", "A-1", "123", None, None, None, None, "1.50"]


def test_categories_are_trimmed_and_na_stays_a_category() -> None:
    assert read(category("x"), " a  b ", "NA", "  ", None) == ["a b", "NA", None, None]


@pytest.mark.parametrize("word", NOTHING)
def test_every_word_for_nothing_is_nothing_in_any_case(word: str) -> None:
    assert read(is_nothing("x"), word, f" {word.upper()} ", None) == [True, True, True]


def test_one_cell_with_a_comma_does_not_turn_a_column_of_points_into_commas() -> None:
    DB.execute("CREATE OR REPLACE TABLE prices AS SELECT unnest(['5.50', '6.25', '7.10', '1,5']) AS c0")
    assert column_style(DB, "prices", "c0") == "point"
    DB.execute("CREATE OR REPLACE TABLE prices AS SELECT unnest(['5,50', '1.250,00', '7']) AS c0")
    assert column_style(DB, "prices", "c0") == "comma"
    DB.execute("CREATE OR REPLACE TABLE prices AS SELECT unnest(['1.234', '2.345']) AS c0")
    assert column_style(DB, "prices", "c0") == "point"


def test_the_decimal_style_of_few_cells() -> None:
    assert decimal_style(["1,234.5"]) == "point"
    assert decimal_style(["1.234.567"]) == "comma"
    assert decimal_style([]) == "point"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("CHF 1'234.50", "1234.5"), ("1’234.50", "1234.5"), ("Rs. 1,234.50", "1234.5"), ("A$1,234.50", "1234.5"),
        ("HKD 12", "12"), ("人民币1,234元", "1234"), ("12.5万", "125000"), ("1.2亿元", "120000000"), ("3.5k", "3500"),
        ('="12.50"', "12.5"), ("'12.50", "12.5"), ("`12.50", "12.5"), ("12.50\t", "12.5"), ("¥-5", "-5"),
        ("(12.5万)", "-125000"), ("\u200b12", "12"),
    ],
)  # fmt: skip
def test_currencies_units_and_what_keeps_a_number_text_are_taken_off(cell: str, value: str) -> None:
    assert read(number("x"), cell) == [Decimal(value)]
    assert looks_like_number(cell)


def test_decimal_commas_with_currencies_are_told_and_read() -> None:
    cells = ["1\u202f234,50\u00a0€", "R$ 1.234,50", "1 234,50 kr", "1 234,50 zł", "1\u00a0234,50 ₽"]
    assert decimal_style(cells) == "comma"
    assert read(number("x", decimal="comma"), *cells) == [Decimal("1234.5")] * 5


def test_an_identifier_is_the_same_however_a_spreadsheet_kept_it() -> None:
    cells = ["00123", "'00123", '="00123"', "00123\t", "\ufeff00123", "`00123", "００１２３", "00123.0"]
    assert set(read(identifier("x"), *cells)) == {"00123"}
    assert read(identifier("x"), "10,042", "10042.0", "A,1") == ["10042", "10042", "A,1"]
    assert read(identifier("x"), "=00123", "=1+1", "=cmd|x") == ["00123", "=1+1", "=cmd|x"]


@given(st.decimals(-(10**13), 10**13, places=6), st.decimals(-(10**13), 10**13, places=6), st.booleans(), st.booleans())
@example(Decimal("999.999999"), Decimal("999.999999"), False, False)
@example(Decimal(1000), Decimal(1000), False, False)
@example(Decimal(999_999_999_999), Decimal(1), False, False)
def test_products_are_those_of_decimals_and_nothing_beyond_money(
    first: Decimal, second: Decimal, small_first: bool, small_second: bool
) -> None:
    first = (first / 10**9 if small_first else first).quantize(Decimal("0.000001"))
    second = (second / 10**9 if small_second else second).quantize(Decimal("0.000001"))
    [[found]] = DB.execute(
        f"SELECT {product('a', 'b')} FROM (SELECT CAST(? AS {MONEY}) AS a, CAST(? AS {MONEY}) AS b)",
        [str(first), str(second)],
    ).fetchall()
    with localcontext(prec=60):
        exact = (first * second).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    beyond = max(abs(first), abs(second)) >= 10**13 or abs(exact) >= 10**18
    assert found == (None if beyond else exact)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("٧٬٨٩٠٫٢٥", "7890.25"), ("۷٬۸۹۰٫۲۵", "7890.25"), ("७,८९०.२५", "7890.25"), ("๗,๘๙๐.๒๕", "7890.25"),
        ("٧٪", "0.07"), ("Rs. 7,500/-", "7500"), ("7,500/- only", "7500"), ("CHF 45.-", "45"), ("KSh 900/=", "900"),
        ("$3.75M", "3750000"), ("€1.2bn", "1200000000"), ("4.2 Mio. €", "4200000"), ("7 lakh", "700000"),
        ("₹2.5 Cr", "25000000"), ("3.1亿", "310000000"), ("2百万", "2000000"), ("6千", "6000"), ("$12.3K", "12300"),
        ("5 тыс. руб.", "5000"), ("3.5만", "35000"), ("–12.50", "-12.5"), ("900 kr", "900"), ("45 Kč", "45"),
    ],
)  # fmt: skip
def test_digits_of_other_scripts_and_words_that_multiply_are_read(cell: str, value: str) -> None:
    assert read(number("x"), cell) == [Decimal(value)]


@pytest.mark.parametrize("cell", ["1,234.50 CR", "5 cm", "7 boxes", "3 lamps", "12m"])
def test_words_that_multiply_nothing_make_no_number(cell: str) -> None:
    assert read(number("x"), cell) == [None]
    assert not looks_like_number(cell)


def test_ids_in_full_width_letters_or_with_signs_nobody_sees_are_the_plain_ones() -> None:
    cells = ("Ｋ７", "K7\u00a0", "\u200bK7", "K\u20607", "Ｋ７\ufeff", "ｋａｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "Zoe\u0301")
    assert read(identifier("x"), *cells) == ["K7"] * 5 + ["kai@example.com", "Zo\u00e9"]


@pytest.mark.parametrize("cell", ["1" + " " * 50_000 + "x", "1,5" + "a" * 50_000 + "9", "1%" + "\u3000" * 50_000 + "x"])
def test_a_long_cell_is_told_from_a_number_at_once(cell: str) -> None:
    assert not looks_like_number(cell)
    assert decimal_style([cell]) == "point"
