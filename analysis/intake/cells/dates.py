"""Dates in every form that exports write, decided for the whole column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from analysis.engine import literal, literals
from analysis.errors import AnalysisError
from analysis.intake.cells.calendars import (
    IS_ERA,
    YEARLESS,
    Calendar,
    Compact,
    calendar_of,
    compact_of,
    era_sql,
    rewritten,
)
from analysis.intake.cells.date_words import spelled_out, spelled_out_sql
from analysis.intake.cells.values import half_width, or_else, plain, unwrapped

Order = Literal["ymd", "dmy", "mdy"]
TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", "T%H:%M", "T%H:%M:%S.%f")
NAMED = (
    "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d%b%Y",
    "%d %b, %Y", "%b-%d-%Y",
)  # fmt: skip
NAMED_SHORT = ("%d %b %y", "%d-%b-%y", "%d/%b/%y", "%d%b%y", "%b-%d-%y")  # apart: %Y would read 24 as the year 24
LOG_FORMS = ("%d%b%y:%H:%M:%S", "%d%b%Y:%H:%M:%S")
CHINESE_TIMES = (
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y年%m月%d日 %H时%M分%S秒",
    "%Y年%m月%d日 %H时%M分",
    "%Y年%m月%d日%H:%M:%S",
    "%Y年%m月%d日%H:%M",
)
ISO_SHAPES = ("____-__-__", "____-__-__ __:__:__")
ISO = r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?"
PLAIN = r"\d{4}-\d{1,2}-\d{1,2}([T ][0-9:.]+)?"
SERIAL_FROM, SERIAL_TO = 20_000, 80_000  # Excel day numbers of 1954 to 2119
NUMERIC_DAY = r"(?:^|[^0-9A-Za-z])(\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:$|[^0-9])"
# What a date in words or local habits has, and ids, amounts and names have not.
_WORDED = re.compile(
    r"\d:\d\d|[\d〇○零一二三四五六七八九] ?[年时]|[一二三四五六七八九十]月[一二三四五六七八九十廿]|"
    r"^\d{4}\. ?\d|^\d{1,2}\. \d{1,2}\. \d{4}|^(?:19|20)\d{6}[T .]|^(?:1[34]|19|20|2[456])\d\d[-/]\d{1,2}$|"
    r"\b(?:jan|jän|feb|f[ée]v|m[aä]r|apr|a[bv]r|ma[ijy]|ju[inl]|aug|ago|ao[ûu]|sep|set|o[ck]t|nov|d[eé][cz]|dic|ene)|"
    r"\b(?:sty|lut|kwi|cze|lip|sie|wrz|pa[zź]|lis|gru|oca|nis|haz|tem|a[gğ]u|eyl|eki|kas|ara|genn|magg|maa|mei|mrt|giu|lug|ott|out|dez)|"
    r"[şŞ]ub|[а-яА-Я]{3}|[\u0621-\u064a]{2}|[\u0e01-\u0e2e]|\d ?[년季四분]|年.*[QqＱ季]|^[QH][1-4]|^[1-4][QH]|"
    r"^\d{4} ?-?[QH][1-4]|"
    r"[1-4][^\s]{0,3} ?(?:trim|quart|q|kwart)|(?:trim|quart|q|kwart)\w* [1-4]|^\d{1,2}[-/]\d{4}$|^T[1-4] |"
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)|周|週|星期|"
    r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} ?\(|"
    r"^\d{4} ?[-/]? ?(?:W|KW|CW|WK|week) ?\d{1,2}$|^(?:KW|CW|W|WK|week) ?\d{1,2} ?[-/ ]? ?\d{4}$",
    re.I,
)
_NUMERIC = re.compile(r"^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?=$|[\sT(（])")
_PAIR = re.compile(r"^(\d{1,2})[-/.](\d{1,2})\.?(?:$|\s)")
_TAIL = re.compile(
    r"\s*(?:\(?(?:星期|周)[一二三四五六日天]\)?|,?\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?)\s*$", re.I
)
_NAMED = re.compile(
    r"^\d{1,2}[-/ ]?[A-Za-z]{3,9}[-/ ,]*\d{2,4}|^[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|^[A-Za-z]{3}-\d{1,2}-\d{2,4}\b"
)
_CHINESE = re.compile(r"^\d{2,4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日?")
# Milliseconds since 1970 as .NET writes them in JSON; the offset only says how to show them.
_WEEK = re.compile(r"^(?:19|20)\d\d-W(?:0[1-9]|[1-4]\d|5[0-3])-1$")  # as ``spelled_out`` writes 2024-W05
_JSON = re.compile(r"^\\?/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\\?/$")
_COMPACT = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$")
FIRST_YEAR, LAST_YEAR = 1678, 2199  # nanoseconds since 1970 reach from 1677 to 2262


@dataclass(frozen=True)
class DateForm:
    """How a column writes its dates.

    ``order`` is the order of day, month and year in numeric dates; ``ambiguous`` counts the cells that can be read both
    ways when nothing in the column decides. ``calendar`` is the one whose years it writes, ``compact`` the order of the
    parts of bare digits such as 01032024 and 240301. Dates that say no year (``yearless``) are read in ``year``;
    ``exchanged`` real dates of a workbook have day and month the wrong way round. ``is_iso`` says that every cell is
    known to be written as ``ISO``, so that no other way of writing is looked for.
    """

    order: Order
    ambiguous: int = 0
    calendar: Calendar = "gregorian"
    compact: Compact = ""
    yearless: bool = False
    year: int | None = None
    exchanged: bool = False
    is_iso: bool = False

    @property
    def is_plain(self) -> bool:
        """Cells can be read as they stand."""
        return self.calendar == "gregorian" and not self.compact and self.year is None and not self.exchanged


PLAIN_FORM = DateForm("ymd")
ISO_FORM = DateForm("ymd", is_iso=True)
# A real date w of a workbook, 2024-03-05 00:00:00, with day and month exchanged; a day above 12 is no month.
EXCHANGED_BACK = (
    "CASE WHEN w LIKE '____-__-__%' AND substr(w, 9, 2) <= '12' "
    "THEN left(w, 5) || substr(w, 9, 2) || '-' || substr(w, 6, 2) || substr(w, 11) ELSE w END"
)


def looks_like_date(text: str) -> bool:
    """Say whether a cell reads as a date in any known form; bare serial numbers do not count.

    Examples
    --------
    >>> [looks_like_date(text) for text in ("2024-03-05 10:00", "2024年3月5日", "20240305", "5 Mar 2024", "12.50")]
    [True, True, True, True, False]
    """
    bare = plain(text)
    if _is_known(bare):
        return True
    return 3 < len(bare) < 80 and bool(_WORDED.search(bare)) and _is_known(spelled_out(bare))


def _is_known(bare: str) -> bool:
    if IS_ERA.match(bare):
        return True
    found = _NUMERIC.match(bare)
    if found:
        first, last = found[1], found[4]
        if len(first) == 3:
            return "090" < first < "150" and int(found[3]) <= 12 and int(last) <= 31  # of the Republic of China
        return (len(first) == 4 or len(last) in (2, 4) or (len(first) == 2 and len(last) == 1)) and len(last) != 3
    return bool(
        _WEEK.match(bare) or _COMPACT.match(bare) or _JSON.match(bare) or _CHINESE.match(bare) or _NAMED.match(bare)
    )


def date_form(cells: Sequence[str]) -> DateForm:
    """Decide the order of day and month from all distinct cells of a column.

    One cell with a number above 12 decides; with none, month-first cells are compared with day-first by how evenly the
    values spread is no proof, so the column stays ambiguous and day-first is assumed until a person says otherwise.

    Examples
    --------
    >>> found = date_form(["03/04/2024", "25/12/2024"])
    >>> found.order, found.ambiguous
    ('dmy', 0)
    >>> found = date_form(["03/04/2024"])
    >>> found.order, found.ambiguous
    ('dmy', 1)
    """
    calendar = calendar_of(cells)
    compact, open_order = compact_of(cells)
    if calendar == "gregorian" and compact:
        return DateForm("ymd", ambiguous=len(cells) if open_order else 0, compact=compact)
    filled = [cell for cell in cells if cell.strip()]
    # Two short numbers are spelled as they stand, and prices such as 12.50 are many.
    yearless = bool(filled) and all(_PAIR.fullmatch(cell) or YEARLESS.match(spelled_out(cell)) for cell in filled)
    order, ambiguous = _order_without_year(filled) if yearless else _order(cells)
    return DateForm(order, ambiguous, calendar=calendar, yearless=yearless)


def _order_without_year(cells: Sequence[str]) -> tuple[Order, int]:
    """Return the order of day and month of dates such as 21-01 and 1/21; others without a year say it by a word."""
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := _PAIR.match(cell.strip()))]
    if not pairs:
        return _order(cells)
    if any(first > 12 or second > 12 for first, second in pairs):
        return ("mdy" if any(second > 12 for _, second in pairs) else "dmy"), 0
    return "dmy", sum(first != second for first, second in pairs)


def _order(cells: Sequence[str]) -> tuple[Order, int]:
    """Return the order of numeric dates, and how many cells can be read both ways when none decides."""
    day_first = month_first = both = same = 0
    short: list[tuple[int, int, int]] = []
    for cell in cells:
        found = _NUMERIC.match(cell.strip())
        if not found or len(found[1]) == 4:
            continue
        if len(found[1]) == 3 or (len(found[1]) == 2 and len(found[4]) == 1):
            continue  # the year comes first
        first, second = int(found[1]), int(found[3])
        if len(found[1]) == len(found[4]) == 2:
            short.append((first, second, int(found[4])))
        same += first == second
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first <= 12 and second <= 12 and first != second:
            both += 1
    if short and _year_first(short):
        return "ymd", 0
    if day_first or month_first:
        return ("dmy" if day_first >= month_first else "mdy"), 0
    return ("dmy" if both or same else "ymd"), both


def decided_order(cells: Sequence[str]) -> Order | None:
    """Return the order of day, month and year that a cell of a column decides, None when both readings stay open.

    Examples
    --------
    >>> decided_order(["03/04/2024", "25/12/2024"]), decided_order(["03/04/2024"]), decided_order(["2024-03-04"])
    ('dmy', None, None)
    """
    yearless = bool(cells) and all(_PAIR.fullmatch(cell.strip()) for cell in cells)
    # … and one more date that alone can be read both ways.
    order, ambiguous = _order_without_year([*cells, "01/02"]) if yearless else _order([*cells, "01/02/2000"])
    return None if ambiguous else order


def _year_first(dates: Sequence[tuple[int, int, int]]) -> bool:
    """Say whether dates of two-digit parts begin with the year: few years, one after the other, and many days."""
    firsts, lasts = {first for first, _, _ in dates}, {last for _, _, last in dates}
    if any(second > 12 for _, second, _ in dates) or not 12 < max(lasts) <= 31:
        return False
    return max(firsts) - min(firsts) < len(firsts) + 2 and len(firsts) < len(lasts)


def is_sentinel(moment: str) -> str:
    """Write the test that a moment is no day of business: programs write 9999-12-31 or 0001-01-01 for "never".

    Examples
    --------
    >>> print(is_sentinel("t"))
    (year(t) NOT BETWEEN 1678 AND 2199)
    """
    return f"(year({moment}) NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR})"


def timestamp(column: str, *, form: DateForm = PLAIN_FORM, native: bool = False) -> str:
    """Read a date or a time as a DuckDB TIMESTAMP; what cannot be read gives NULL.

    Excel serials, Unix seconds, milli- and microseconds are taken from bare numbers by their size. ``native`` says that
    the file types the column itself: ``t<i>`` holds it beside the text ``c<i>``. An ISO time is read by a cast alone.
    """
    if native:
        return f"CAST(t{column[1:]} AS TIMESTAMP)"
    if form.is_iso:
        return f"TRY_CAST({column} AS TIMESTAMP)"
    if not form.is_plain:
        text = f"trim({unwrapped(half_width(column))})"
        cell = "q"
        if form.calendar == "buddhist":  # the names of months, before years are looked for
            cell = f"CASE WHEN regexp_matches(q, '[^ -~]|[a-z]') THEN {spelled_out_sql('q')} ELSE q END"
        ours = rewritten("w", form.calendar, form.compact, form.year, form.order == "mdy")
        ours = EXCHANGED_BACK if form.exchanged else ours
        read = timestamp("r", form=DateForm(form.order))
        return (
            f"list_transform(list_transform(list_transform(list_transform([{text}], lambda q: {cell}), "
            f"lambda w: {ours}), lambda r: {read}), lambda e: e)[1]"
        )
    order = form.order
    likely = " OR ".join(f"{column} LIKE {literal(shape)}" for shape in ISO_SHAPES)  # a quick look, before the pattern
    is_plain = f"CASE WHEN {likely} THEN {column} < ':' ELSE regexp_full_match({column}, {literal(PLAIN)}) END"
    quick = f"CASE WHEN {is_plain} THEN TRY_CAST({column} AS TIMESTAMP) END"
    text = f"trim(regexp_replace({unwrapped(half_width(column))}, {literal(_sql_tail())}, '', 'i'))"
    text = f"regexp_replace({text}, '(:\\d{{2}}(?:\\.\\d+)?) ?(?:Z|[+-]\\d{{2}}(?::?\\d{{2}})?)$', '\\1')"
    number = "TRY_CAST(v AS DOUBLE)"
    # DuckDB's cast passes over a PM at the end, so cells with one are left to the formats.
    is_iso = "regexp_matches(v, '^\\d{4}-\\d{1,2}-\\d{1,2}([^A-Za-z]|T|Z$)*$')"
    iso = f"CASE WHEN {is_iso} THEN TRY_CAST(v AS TIMESTAMP) END"
    compact = (
        "CASE WHEN regexp_full_match(v, '(19|20)\\d{6}') THEN TRY_STRPTIME(v, '%Y%m%d') "
        "WHEN regexp_full_match(v, '(19|20)\\d{10}') THEN TRY_STRPTIME(v, '%Y%m%d%H%M') "
        "WHEN regexp_full_match(v, '(19|20)\\d{12}') THEN TRY_STRPTIME(v, '%Y%m%d%H%M%S') END"
    )
    serial = (
        f"CASE WHEN {number} BETWEEN {SERIAL_FROM} AND {SERIAL_TO} "
        f"THEN TIMESTAMP '1899-12-30' + to_milliseconds(CAST(round({number} * 86400) AS BIGINT) * 1000) "
        f"WHEN {number} BETWEEN 3e8 AND 4e9 THEN make_timestamp(CAST({number} AS BIGINT) * 1000000) "
        f"WHEN {number} BETWEEN 3e11 AND 4e12 THEN make_timestamp(CAST({number} AS BIGINT) * 1000) "
        f"WHEN {number} BETWEEN 3e14 AND 4e15 THEN make_timestamp(CAST({number} AS BIGINT)) END"
    )
    milliseconds = f"TRY_CAST(regexp_extract(v, {literal(_JSON.pattern)}, 1) AS BIGINT)"
    json = f"CASE WHEN contains(v, '/Date(') THEN make_timestamp({milliseconds} * 1000) END"
    # The last way is slow, and only cells that no other way reads come to it. The lambda names what is long to write.
    is_iso = "regexp_matches(w, '^\\d{4}-\\d{1,2}-\\d{1,2}([^A-Za-z]|T|Z$)*$')"
    read = f"coalesce(CASE WHEN {is_iso} THEN TRY_CAST(w AS TIMESTAMP) END, {_spoken('w', order)})"
    worded = (
        f"CASE WHEN strlen({column}) BETWEEN 4 AND 200 "
        f"THEN list_transform([{spelled_out_sql(column)}], lambda w: {read})[1] END"
    )
    plainly = f"coalesce({iso}, {compact}, {serial}, {json}, {_spoken('v', order)})"
    slow = f"list_transform([{era_sql('z')}], lambda v: coalesce({plainly}, {worded}))[1]"
    slow = f"list_transform([{text}], lambda z: {slow})[1]"
    # An ISO time that does not exist is none in any other form either, and looking costs a thousand casts.
    return or_else(quick, f"CASE WHEN NOT regexp_full_match({column}, {literal(ISO)}) THEN {slow} END")


@cache
def known_zones() -> frozenset[str]:
    """Return the names of the time zones that this machine knows; finding them reads hundreds of files."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def in_zone(column: str, moment: str, zone: str) -> str:
    """Read times written with an offset (``Z``, ``+02:00``) as the local time of a zone; others stay as ``moment``.

    Raises
    ------
    AnalysisError
        ``time_zone_unknown``.
    """
    if zone not in known_zones():
        raise AnalysisError("time_zone_unknown", zone=zone)
    shape = r"^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"
    return (
        f"CASE WHEN regexp_matches(trim({column}), {literal(shape)}) "
        f"THEN timezone({literal(zone)}, TRY_CAST(trim({column}) AS TIMESTAMPTZ)) ELSE {moment} END"
    )


def _spoken(text: str, order: Order) -> str:
    """Choose the formats by the shape of the cell, so that a two-digit year never passes for a four-digit one."""
    day_month = ("%m", "%d") if order == "mdy" else ("%d", "%m")
    short = ("%y", "%m", "%d") if order == "ymd" else (*day_month, "%y")
    cases = [
        ("^\\d{4}-W", ["%G-W%V-%u"]),
        ("^\\d{4}[-/.]", _formats([f"%Y{sign}%m{sign}%d" for sign in "/.-"], TIMES)),
        ("^\\d{1,2}[-/.]\\d{1,2}[-/.]\\d{4}", _formats([sign.join((*day_month, "%Y")) for sign in "/.-"], TIMES)),
        ("^\\d{2}([-/.])\\d{1,2}[-/.]\\d( |$)", _formats([f"%y{sign}%m{sign}%d" for sign in "/.-"], TIMES)),
        ("^\\d{1,2}[-/.]\\d{1,2}[-/.]\\d{2}", _formats([sign.join(short) for sign in "/.-"], TIMES)),
        ("^\\d{4} ?年", [*_formats(["%Y年%m月%d日"], TIMES), *CHINESE_TIMES]),
        ("^(\\d{1,2}[-/ ]?[A-Za-z]{3}[-/ ]?|[A-Za-z]{3}-\\d{1,2}-)\\d{2}( |$)", _formats(NAMED_SHORT, TIMES[:6])),
        ("\\d", [*_formats(NAMED, TIMES[:6]), *LOG_FORMS]),
    ]
    whens = " ".join(
        f"WHEN regexp_matches({text}, {literal(shape)}) THEN TRY_STRPTIME({text}, [{literals(formats)}])"
        for shape, formats in cases
    )
    return f"CASE {whens} END"


def _sql_tail() -> str:
    return _TAIL.pattern


def _formats(days: Sequence[str], times: Sequence[str]) -> list[str]:
    return [day + time for day in days for time in times]


def clock_time(raw: str) -> str:
    """Write a cell as a time of day, in SQL: ``9:05``, ``21:05:30``, ``9:05 PM``; NULL for what is none.

    Examples
    --------
    >>> import duckdb
    >>> cells = ("9:05", "21:05:30", "9:05 pm", "下午3:10", "noon")
    >>> [str(duckdb.sql(f"SELECT {clock_time(repr(cell))}").fetchall()[0][0]) for cell in cells]
    ['09:05:00', '21:05:30', '21:05:00', '15:10:00', 'None']
    """
    told = f"TRY_CAST(regexp_extract({raw}, '([0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}})?)', 1) AS TIME)"
    late = f"regexp_matches(lower({raw}), '[0-9] ?p[.]?m|下午|晚上|午後|오후') AND hour({told}) < 12"
    return f"CASE WHEN {late} THEN {told} + INTERVAL 12 HOUR ELSE {told} END"
