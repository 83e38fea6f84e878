"""Dates in the forms that exports write, against ``datetime``."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.cells.dates import DateForm, date_form, looks_like_date, timestamp
from tests.thorough import examples

DB = duckdb.connect()


def read(*cells: str, order: str = "ymd") -> list:
    expression = timestamp("x", form=DateForm(order))  # type: ignore[arg-type]
    return [
        value
        for (value,) in DB.execute(
            f"SELECT {expression} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [list(cells)]
        ).fetchall()
    ]


DAYS = {
    "ymd": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y",
    "%B %d, %Y", "%d-%b-%y", "%d %B %Y"],
    "dmy": ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y"],
    "mdy": ["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"],
}  # fmt: skip
TIMES = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"]
FORMS = [
    (order, day, time) for order, days in DAYS.items() for day in days for time in TIMES if day != "%Y%m%d" or not time
]


@examples(150)
@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1)).map(lambda t: t.replace(microsecond=0)),
    st.sampled_from(FORMS),
    st.sampled_from(["", " ", " 星期二"]),
)
def test_every_form_gives_the_moment_back(moment: datetime, form: tuple[str, str, str], tail: str) -> None:
    order, day, time = form
    cell = moment.strftime(day + time) + tail
    expected = datetime.strptime(moment.strftime(day + time), day + time)
    assert read(cell, order=order) == [expected], cell


@examples(100)
@given(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0)))
def test_excel_serials_and_unix_times_are_read_by_their_size(moment: datetime) -> None:
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    [found] = read(repr(serial))
    assert abs(found - moment) < timedelta(seconds=1)
    seconds = int((moment - datetime(1970, 1, 1)).total_seconds())
    if 3e8 <= seconds <= 4e9:
        assert read(str(seconds), str(seconds * 1000)) == [moment, moment]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("5 de marzo de 2024 07:05 hs.", datetime(2024, 3, 5, 7, 5)),
        ("05.03.2024 17:05 Uhr", datetime(2024, 3, 5, 17, 5)),
        ("2024-3-5", datetime(2024, 3, 5)), ("2024/3/5 7:05", datetime(2024, 3, 5, 7, 5)),
        ("2024-03-05T10:00:00Z", datetime(2024, 3, 5, 10)), ("2024年3月5日 10时20分", datetime(2024, 3, 5, 10, 20)),
        ("二〇二四年三月五日", datetime(2024, 3, 5)), ("二零二四年十二月廿一日", datetime(2024, 12, 21)),
        ("二○二四年十月三十一日", datetime(2024, 10, 31)), ("二〇二四年三月", datetime(2024, 3, 1)),
        ("2024年上半年", datetime(2024, 1, 1)), ("H2 2024", datetime(2024, 7, 1)), ("2024 H2", datetime(2024, 7, 1)),
        ("3. 5. 2024", datetime(2024, 5, 3)), ("1709647440000000", datetime(2024, 3, 5, 14, 4)),
        ("1Q24", datetime(2024, 1, 1)), ("2024-W05", datetime(2024, 1, 29)), ("KW 12 2024", datetime(2024, 3, 18)),
        ("2024年第5周", datetime(2024, 1, 29)), ("5th of March 2024", datetime(2024, 3, 5)),
        ("Jan-05-24", datetime(2024, 1, 5)), ("Jan-05-2024", datetime(2024, 1, 5)),
        ("20240305103000", datetime(2024, 3, 5, 10, 30)), ("202403051030", datetime(2024, 3, 5, 10, 30)),
        ("5-Mar-24", datetime(2024, 3, 5)), ("05MAR24:10:30:00", datetime(2024, 3, 5, 10, 30)),
        ("２０２４-０３-０５", datetime(2024, 3, 5)), ("2024-02-29", datetime(2024, 2, 29)),
    ],
)  # fmt: skip
def test_forms_that_python_does_not_write(cell: str, moment: datetime) -> None:
    assert read(cell) == [moment]


@pytest.mark.parametrize(
    "cell",
    ["", "abc", "2024-02-30", "2024-13-01", "31/04/2024", "12.50", "0", "-45356", "infinity", "epoch", "1/2/3", "无"],
)
def test_what_is_no_date_gives_nothing(cell: str) -> None:
    assert read(cell, order="dmy") == [None]


def test_the_order_of_day_and_month_decides() -> None:
    assert read("03/04/2024", order="dmy") == [datetime(2024, 4, 3)]
    assert read("03/04/2024", order="mdy") == [datetime(2024, 3, 4)]
    assert read("13/04/2024", order="mdy") == [None]


@examples(150)
@given(st.text(max_size=14))
def test_no_text_makes_reading_fail(text: str) -> None:
    assert len(read(text.replace("\x00", ""))) == 1


@examples(100)
@given(st.from_regex(r"\A[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9:.]{0,12})?\Z"))
def test_the_short_way_for_iso_times_reads_as_the_long_one_does(cell: str) -> None:
    long_way = f" {cell}"  # a blank, which the long way takes off, keeps it from the short one
    assert read(cell) == read(long_way)


@examples(100)
@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, max_size=30), st.sampled_from(["dmy", "mdy"]))
def test_a_column_with_one_day_above_twelve_is_decided_and_never_wrong(days: list[date], order: str) -> None:
    form = date_form([day.strftime("%d/%m/%Y" if order == "dmy" else "%m/%d/%Y") for day in days])
    if any(day.day > 12 for day in days):
        assert form == DateForm(order, 0)  # type: ignore[arg-type]
    else:
        assert form.ambiguous == sum(1 for day in days if day.day != day.month)


@pytest.mark.parametrize(
    ("cells", "order", "ambiguous"),
    [
        (["01-21", "03-05"], "mdy", 0), (["21.01.", "05.03."], "dmy", 0), (["1/2", "3/4"], "dmy", 2),
        (["3月5日", "5月6日"], "ymd", 0), (["5-Mar", "21-Apr"], "ymd", 0),
    ],
)  # fmt: skip
def test_dates_without_a_year_show_their_order_by_a_day_above_twelve(cells: list[str], order: str, ambiguous: int):
    found = date_form(cells)
    assert (found.order, found.ambiguous, found.yearless) == (order, ambiguous, True)


def test_numbers_of_lines_are_no_months() -> None:
    assert [looks_like_date(text) for text in ("1000-1", "2024-1", "张三", "王五")] == [False, True, False, False]


def test_what_looks_like_a_date() -> None:
    assert all(map(looks_like_date, ["5/3/24", "2024.3.5", "20240305", "Mar 5, 2024", "2024年3月5日"]))
    assert not any(map(looks_like_date, ["1.5", "123", "45356", "2024", "", "A-1", "1.234.567"]))


NOON = datetime(2024, 3, 5, 15, 4)
MIDNIGHT = datetime(2024, 3, 5)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("3/5/2024 3:04PM", NOON), ("3/5/2024 3:04 p.m.", NOON), ("2024/3/5 下午 3:04:00", NOON),
        ("2024年3月5日 下午3:04", NOON), ("2024年3月5日 15时04分", NOON), ("2024-03-05 晚上 15:04", NOON),
        ("20240305 15:04", NOON), ("20240305T150400Z", NOON), ("2024-03-05 15.04.00", NOON),
        ("March 5, 2024 at 3:04 PM", NOON), ("Tue Mar 05 15:04:00 2024", NOON), ("Mar 5, 2024 3:04:00 PM PST", NOON),
        ("Tue, 05 Mar 2024 15:04:00 +0000", NOON), ("05-MAR-24 03.04.00.000000 PM", NOON),
        ("Tue Mar 05 2024 15:04:00 GMT+0800 (China Standard Time)", NOON), ("05/Mar/2024:15:04:00 +0000", NOON),
        ("2024-03-05T15:04:00+08:00", NOON), ("2024-03-05 15:04:00 -0500", NOON), ("'2024-03-05 15:04:00", NOON),
        ('="2024-03-05 15:04:00"', NOON), ("`2024-03-05 15:04:00", NOON), ("2024-03-05 15:04:00\t", NOON),
        ("2024-03-05（周二）", MIDNIGHT), ("２０２４－３－５", MIDNIGHT), ("2024. 3. 5.", MIDNIGHT),
        ("Tuesday, March 5th, 2024", MIDNIGHT), ("5. März 2024", MIDNIGHT), ("5 de marzo de 2024", MIDNIGHT),
        ("5 févr. 2024", datetime(2024, 2, 5)), ("2024-Mar-05", MIDNIGHT), ("20240305.0", MIDNIGHT),
        ("2024-03-05 15", datetime(2024, 3, 5, 15)), ("2024-03", datetime(2024, 3, 1)),
        ("/Date(1709651040000)/", NOON), ("\\/Date(1709651040000+0800)\\/", NOON),
        ("/Date(-86400000)/", datetime(1969, 12, 31)),
        ("2024年3月", datetime(2024, 3, 1)), ("\ufeff2024-03-05", MIDNIGHT),
    ],
)  # fmt: skip
def test_words_zones_and_local_habits_are_read_as_written(cell: str, moment: datetime) -> None:
    assert read(cell, order="mdy") == [moment]
    assert looks_like_date(cell)


def test_two_digit_years_in_front_are_told_from_days() -> None:
    days = [date(2023, 1, 3) + timedelta(days=17 * i) for i in range(30)]
    assert date_form([f"{day:%y-%m-%d}" for day in days]).order == "ymd"
    assert date_form([f"{day:%d-%m-%y}" for day in days]).order == "dmy"
    assert read("24-03-05", order="ymd") == [datetime(2024, 3, 5)]
    assert date_form(["05/05/24"]) == DateForm("dmy")


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("2026/05/13(水) 18:00", 18), ("2026/05/13(三) 18:00", 18), ("2026-05-13（周三）18:00", 18),
        ("2026-05-13（周三）", 0), ("2026/05/13(水)", 0), ("13.05.2026 (Mi) 18:00", 18), ("Mi 13.05.2026 18:00", 18),
        ("2026년 5월 13일(수) 18:00", 18), ("2026年5月13日（日）18:00", 18), ("13/05/2026 (Wed) 6:00 PM", 18),
    ],
)  # fmt: skip
def test_a_weekday_in_brackets_stands_in_nobodys_way(cell: str, hour: int) -> None:
    assert looks_like_date(cell)
    assert read(cell, order=date_form([cell]).order) == [datetime(2026, 5, 13, hour)]


def test_day_and_month_before_a_weekday_are_told_apart_like_others() -> None:
    assert date_form(["05/13/2026(Wed) 18:00"]).order == "mdy"
    assert not any(looks_like_date(cell) for cell in ("12.50 (net) 3", "Room 3 (Bath) 4", "5 (five) 6"))
