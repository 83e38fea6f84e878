"""Dates of other calendars, scripts and languages, and dates without marks or without a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest
from babel.dates import format_date, format_skeleton

from analysis.intake.cells.calendars import calendar_of, compact_of
from analysis.intake.cells.dates import date_form, looks_like_date, timestamp

DB = duckdb.connect()
TODAY = date(2026, 6, 1)


def read(*cells: str, year: int | None = None) -> list[str | None]:
    form = replace(date_form(cells), year=year)
    found = DB.execute(
        f"SELECT strftime({timestamp('x', form=form)}, '%Y-%m-%d') FROM (SELECT unnest(?::VARCHAR[]) AS x)",
        [list(cells)],
    )
    return [day for (day,) in found.fetchall()]


def test_years_of_japanese_eras_and_of_the_republic_are_ours() -> None:
    cells = ("令和7年11月3日", "R5.12.31", "令和元年6月9日", "R070102", "平成30/1/8", "S63.12.1", "民國112年10月5日")
    assert read(*cells) == [
        "2025-11-03", "2023-12-31", "2019-06-09", "2025-01-02", "2018-01-08", "1988-12-01", "2023-10-05",
    ]  # fmt: skip
    assert all(map(looks_like_date, cells))
    assert read("112/10/05", "113/1/31") == ["2023-10-05", "2024-01-31"]
    assert read("1121005", "1130131", "1130229") == ["2023-10-05", "2024-01-31", "2024-02-29"]


def test_the_day_of_an_era_that_is_no_day_is_none() -> None:
    assert read("令和6年13月1日", "R6.2.30") == [None, None]


@pytest.mark.parametrize("start", ["S", "H", "T", "M", "R", "ROC"])
def test_a_number_that_begins_with_the_letter_of_an_era_is_no_day(start: str) -> None:
    for cell in ("1-358352", "2-0001", "12-1234", "358352", "1/20245", "001-99"):
        assert not looks_like_date(start + cell), start + cell
    assert looks_like_date(f"{start}5.12.31") and looks_like_date(f"{start}050102")


def test_buddhist_years_are_read_with_their_leap_days_and_months_in_thai() -> None:
    assert read("29/02/2567", "05/11/2566") == ["2024-02-29", "2023-11-05"]
    assert read("9 พ.ย. 2566", "29 กุมภาพันธ์ 2567") == ["2023-11-09", "2024-02-29"]


# New years of the Persian calendar as its own institute publishes them.
@pytest.mark.parametrize(
    ("year", "begins"),
    [(1396, "2017-03-21"), (1399, "2020-03-20"), (1400, "2021-03-21"), (1403, "2024-03-20"), (1404, "2025-03-21")],
)
def test_persian_years_begin_where_they_begin(year: int, begins: str) -> None:
    first = date.fromisoformat(begins)
    assert read(f"{year}/01/01", f"{year}/07/01", f"{year}-1-31") == [
        begins, str(first + timedelta(days=186)), str(first + timedelta(days=30)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "calendar"),
    [
        (("2567-03-01",), "buddhist"), (("1402/05/06",), "persian"), (("98/03/05", "99/01/02"), "gregorian"),
        (("2024-03-01", "1402/05/06", "2024-1-2"), "gregorian"), (("111/03/05", "99/01/02"), "roc"),
        (("1403 units",), "gregorian"), ((), "gregorian"),
    ],
)  # fmt: skip
def test_a_calendar_is_told_by_most_of_a_column(cells: tuple[str, ...], calendar: str) -> None:
    assert calendar_of(cells) == calendar


@pytest.mark.parametrize(
    "language", ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ja", "ko", "ar", "th", "zh"]
)
def test_days_in_the_words_of_many_languages_are_read(language: str) -> None:
    days = [date(2024, month, 10 + month) for month in range(1, 13)]
    years = [day.replace(year=day.year + 543) for day in days] if language == "th" else days
    form = "long" if language in ("ja", "ko", "zh") else "d MMMM y"
    assert read(*(format_date(day, form, locale=language) for day in years)) == list(map(str, days))
    months = [format_skeleton("yMMMM", day, locale=language) for day in years]
    assert read(*months) == [str(day.replace(day=1)) for day in days]
    assert sum(map(looks_like_date, months)) >= 11


@pytest.mark.parametrize(
    "cell",
    [
        "Q3 2025", "2025Q3", "2025-Q3", "3Q25", "Q3/25",
        "2025年第3季度", "2025年三季度", "2025年3四半期", "2025년 3분기",
        "3. Quartal 2025", "3e trimestre 2025", "T3 2025", "3 квартал 2025",
    ],
)  # fmt: skip
def test_a_quarter_is_its_first_day(cell: str) -> None:
    assert read(cell) == ["2025-07-01"]


def test_days_in_bare_digits_are_told_from_numbers_by_the_whole_column() -> None:
    assert read("05112025", "17112025", "4122025") == ["2025-11-05", "2025-11-17", "2025-12-04"]
    assert read("11172025", "12042025", "01312026") == ["2025-11-17", "2025-12-04", "2026-01-31"]
    assert read("251105", "251117", "260131") == ["2025-11-05", "2025-11-17", "2026-01-31"]
    assert read("202511", "202512", "202601") == ["2025-11-01", "2025-12-01", "2026-01-01"]
    for cells in (
        ("410234", "410235", "410236"),
        ("251105", "251117", "999999"),
        ("251105", "251117"),
        ("A1", "B2", "C3"),
    ):
        assert compact_of(cells, TODAY) == ("", False)
    assert compact_of(("01022024", "03042024", "05062024"), TODAY) == ("dmy", True)


def test_days_without_a_year_are_known_and_read_in_the_year_they_are_given() -> None:
    for cells, days in (
        (("3月7日", "11月30日"), ["2023-03-07", "2023-11-30"]),
        (("7 Mar", "Nov 30"), ["2023-03-07", "2023-11-30"]),
        (("07/03", "30/11"), ["2023-03-07", "2023-11-30"]),
    ):
        assert date_form(cells).yearless
        assert read(*cells) == [None, None]
        assert read(*cells, year=2023) == days
    assert not date_form(("3月7日", "2023年3月8日")).yearless


def test_days_of_digits_of_other_scripts_are_read() -> None:
    cells = ("٢٠٢٥/١١/٠٣", "۲۰۲۵-۱۱-۰۳", "२०२५-११-०३", "๒๐๒๕-๑๑-๐๓", "２０２５－１１－０３")
    assert read(*cells) == ["2025-11-03"] * 5
