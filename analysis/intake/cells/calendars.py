"""Dates of other calendars and without marks, brought to 2024-03-05: eras, Buddhist, Persian and ROC years, 240301."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from analysis.engine import literal

Calendar = Literal["gregorian", "buddhist", "persian", "roc"]
Compact = Literal["", "dmy", "mdy", "ymd", "ym"]
# What a year of each era counts from.
_ERAS = (
    ("令和|㋿|R|Reiwa", 2018), ("平成|㍻|H|Heisei", 1988), ("昭和|㍼|S|Showa", 1925), ("大正|㍽|T", 1911),
    ("明治|㍾|M", 1867), ("(?:中[華华])?民[國国]|ROC", 1911),
)  # fmt: skip
_ERA_DAY = r"\.?\s*(\d{1,3}|元)\s*[年./-]\s*(\d{1,2})\s*(?:[月./-]\s*)?(?:(\d{1,2})\s*日?)?\s*(.*)$"
_ERA_SHORT = r"\.?(\d{2})(\d{2})(\d{2})()$"  # R060315
# Stricter than what is read: S1-358352 and H123456 are numbers of customers, and no day.
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
IS_ERA = re.compile(
    rf"^(?:{'|'.join(names for names, _ in _ERAS)})\.?(?:\s*(?:\d{{1,3}}|元)\s*[年./-]\s*{_MONTH}"
    rf"(?:\s*[月./-]\s*(?:{_DAY}(?:\s*日)?)?)?(?:\D.*)?|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$",
    re.IGNORECASE,
)
_BUDDHIST = re.compile(r"(?:^|\D)(2[45]\d\d|26[0-4]\d)(?:\D|$)")
_PERSIAN = re.compile(r"^(1[34]\d\d)[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])(?:\D|$)")
_PERSIAN_LAST = re.compile(r"^(0?[1-9]|[12]\d|3[01])[-/.](0?[1-9]|1[0-2])[-/.](1[34]\d\d)(?:\D|$)")
_ROC = re.compile(r"^(9\d|1[0-4]\d)[-/.年](0?[1-9]|1[0-2])[-/.月](0?[1-9]|[12]\d|3[01])(?:\D|$)")
_ROC_COMPACT = re.compile(r"^(1[0-4]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
YEARLESS = re.compile(
    r"^(?:\d{1,2}\s*[月월]\s*\d{1,2}\s*[日号號일]?|\d{1,2}[-/.]\d{1,2}\.?|"
    r"\d{1,2}[-. ]+[a-z]{3,9}\.?|[a-z]{3,9}\.?[- ]\d{1,2})"
    r"(?:[\s,]+\d{1,2}:\d{2}(?::\d{2})?)?$",
    re.IGNORECASE,
)
_NAMED_YEARLESS = r"(?i)^(\d{1,2}[-. ]+[a-z]{3,9}|[a-z]{3,9}\.?[- ]\d{1,2})\.?$"
_DIGITS = re.compile(r"^\d{5,8}$")
MOSTLY = 0.6
ALL_BUT = 0.98
EARLIEST = 1990
LEAST = 3  # different cells that bare digits must all be days in
MOST_YEARS = 25


def calendar_of(cells: Sequence[str]) -> Calendar:
    """Return the calendar that most dates of a column can only be of.

    Examples
    --------
    >>> calendar_of(["01/03/2567"]), calendar_of(["1403/01/15"]), calendar_of(["113/03/05"]), calendar_of(["2024/3/5"])
    ('buddhist', 'persian', 'roc', 'gregorian')
    """
    filled = [cell for cell in cells if re.search(r"\d", cell)]
    shapes: tuple[tuple[Calendar, tuple[re.Pattern[str], ...]], ...] = (
        ("buddhist", (_BUDDHIST,)), ("persian", (_PERSIAN, _PERSIAN_LAST)), ("roc", (_ROC, _ROC_COMPACT)),
    )  # fmt: skip
    for calendar, patterns in shapes:
        hits = [cell for cell in filled if any(pattern.search(cell) for pattern in patterns)]
        # Dates of two-digit years look like ROC years of the nineties; only a year of three digits tells.
        sure = calendar != "roc" or any(re.match(r"1\d\d", cell) for cell in hits)
        if filled and sure and len(hits) >= MOSTLY * len(filled):
            return calendar
    return "gregorian"


def compact_of(cells: Sequence[str], today: date | None = None) -> tuple[Compact, bool]:
    """Return the order of day, month and year in bare digits (01032024, 240301), and whether another is as good.

    Every cell must be a day, from 1990 to next year, and the order in which the years lie closest together wins.

    Examples
    --------
    >>> compact_of(["01032024", "15032024", "31122023"]), compact_of(["240301", "240315", "231231"])
    (('dmy', False), ('ymd', False))
    >>> compact_of(["100234", "100235", "100236"])
    ('', False)
    """
    digits = [cell for cell in cells if _DIGITS.match(cell)]
    if len(digits) < LEAST or len(digits) < ALL_BUT * len([cell for cell in cells if re.search(r"\d", cell)]):
        return "", False
    latest = (today or date.today()).year + 1
    eight = [cell for cell in digits if len(cell) >= 7]
    if eight and len(eight) < len(digits):
        return "", False
    found: list[tuple[int, int, Compact]] = []
    orders: tuple[Compact, ...] = ("dmy", "mdy") if eight else ("ymd", "dmy", "mdy", "ym")
    for place, order in enumerate(orders):
        years = [_year(cell.zfill(8 if eight else 6), order) for cell in digits]
        valid = [year for year in years if year is not None and EARLIEST <= year <= latest]
        if len(valid) >= ALL_BUT * len(digits) and max(valid) - min(valid) <= MOST_YEARS:
            found.append((max(valid) - min(valid), place, order))
    found.sort()
    if not found:
        return "", False
    return found[0][2], len(found) > 1 and found[1][0] <= found[0][0] + 1


def _year(cell: str, order: Compact) -> int | None:
    if order == "ym":
        return int(cell[:4]) if 1 <= int(cell[4:]) <= 12 else None
    width = len(cell) - 4
    parts = {"dmy": (4, 2, 0), "mdy": (4, 0, 2), "ymd": (0, width, width + 2)}[order]
    year, month, day = int(cell[parts[0] :][:width]), int(cell[parts[1] :][:2]), int(cell[parts[2] :][:2])
    year += (2000 if year < 70 else 1900) if width == 2 else 0
    try:
        return date(year, month, day).year
    except ValueError:
        return None


def era_sql(text: str) -> str:
    """Bring a date of a Japanese era or of the Republic of China to our years, as SQL; other cells stay."""
    any_era = "|".join(names for names, _ in _ERAS)
    cases = []
    for names, base in _ERAS:
        for rest in (_ERA_SHORT, _ERA_DAY):
            shape = f"(?i)^(?:{names}){rest}"
            year, month, day, time = (f"regexp_extract({text}, {literal(shape)}, {group})" for group in (1, 2, 3, 4))
            cases.append(
                f"WHEN regexp_matches({text}, {literal(shape)}) THEN trim(CAST({base} + "
                f"CAST(replace({year}, '元', '1') AS INTEGER) AS VARCHAR) || '-' || {month} || '-' || "
                f"coalesce(nullif({day}, ''), '1') || ' ' || {time})"
            )
    return (
        f"CASE WHEN NOT regexp_matches({text}, {literal(f'(?i)^(?:{any_era})[.]?[ ]*(?:[0-9]|元)')}) "
        f"THEN {text} {' '.join(cases)} ELSE {text} END"
    )


def rewritten(text: str, calendar: Calendar, compact: Compact, year: int | None, month_first: bool) -> str:
    """Bring cells to years of ours with marks between, as the whole column is to be read, as SQL."""
    if calendar == "buddhist":
        found = f"regexp_extract({text}, '(?:^|[^0-9])(2[45][0-9][0-9]|26[0-4][0-9])(?:[^0-9]|$)', 1)"
        ours = f"CAST(CAST({found} AS INTEGER) - 543 AS VARCHAR)"
        return f"CASE WHEN {found} <> '' THEN replace({text}, {found}, {ours}) ELSE {text} END"
    if calendar == "roc":
        marked, bare = r"^(\d{2,3})([-/.年].*)$", r"^(\d{3})(\d{2})(\d{2})$"
        return (
            f"CASE WHEN regexp_matches({text}, {literal(marked)}) THEN CAST(1911 + CAST(regexp_extract({text}, "
            f"{literal(marked)}, 1) AS INTEGER) AS VARCHAR) || regexp_extract({text}, {literal(marked)}, 2) "
            f"WHEN regexp_matches({text}, {literal(bare)}) THEN CAST(1911 + CAST(left({text}, 3) AS INTEGER) AS "
            f"VARCHAR) || '-' || substr({text}, 4, 2) || '-' || right({text}, 2) ELSE {text} END"
        )
    if calendar == "persian":
        return _persian(text)
    if compact:
        shape = {"dmy": "%d%m%Y", "mdy": "%m%d%Y", "ymd": "%Y%m%d", "ym": "%Y%m%d"}[compact]
        short = shape.replace("%Y", "%y")
        long = f"{text} || '01'" if compact == "ym" else f"lpad({text}, 8, '0')"
        six, short = (long, shape) if compact == "ym" else (f"lpad({text}, 6, '0')", short)
        return (
            f"CASE WHEN regexp_full_match({text}, '[0-9]{{7,8}}') THEN "
            f"coalesce(strftime(try_strptime({long}, '{shape}'), '%Y-%m-%d'), {text}) "
            f"WHEN regexp_full_match({text}, '[0-9]{{5,6}}') THEN "
            f"coalesce(strftime(try_strptime({six}, '{short}'), '%Y-%m-%d'), {text}) ELSE {text} END"
        )
    if year is not None:
        numeric = r"^(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[.日号號일]?(?:[\s,]+(.*))?$"
        one, two, time = (f"regexp_extract({text}, {literal(numeric)}, {group})" for group in (1, 2, 3))
        month, day = (one, two) if month_first else (two, one)
        in_words = f"CASE WHEN regexp_matches({text}, '[月월]') THEN {one} ELSE {month} END"
        day = f"CASE WHEN regexp_matches({text}, '[月월]') THEN {two} ELSE {day} END"
        return (
            f"CASE WHEN regexp_matches({text}, {literal(numeric)}) THEN trim('{year}-' || {in_words} || '-' || "
            f"{day} || ' ' || {time}) WHEN regexp_matches({text}, {literal(_NAMED_YEARLESS)}) "
            f"THEN replace({text}, '-', ' ') || ' {year}' ELSE {text} END"
        )
    return text


def _persian(text: str) -> str:
    """Count the days of a Persian date by the leap years of its cycle of 33 years.

    References
    ----------
    The arithmetic of Khayyam's 33 years, which agrees with the astronomical calendar from 1799 to 2124: R. M. Green and
    E. M. Reingold's note in Calendrical Calculations, 4th ed., ch. 15.
    """
    parts = {
        "first": r"^(1[34]\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(.*))?$",
        "last": r"^(\d{1,2})[-/.](\d{1,2})[-/.](1[34]\d\d)(?:[ T]+(.*))?$",
    }
    cases = []
    for place, shape in parts.items():
        groups = (1, 2, 3) if place == "first" else (3, 2, 1)
        year, month, day = (f"CAST(regexp_extract({text}, {literal(shape)}, {group}) AS INTEGER)" for group in groups)
        days = (
            f"(365 * ({year} + 1595) + (({year} + 1595) // 33) * 8 + ((({year} + 1595) % 33) + 3) // 4 + {day} + "
            f"CASE WHEN {month} < 7 THEN ({month} - 1) * 31 ELSE ({month} - 7) * 30 + 186 END)"
        )
        cases.append(
            f"WHEN regexp_matches({text}, {literal(shape)}) AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31 "
            f"THEN trim(strftime(DATE '2024-03-20' + CAST({days} - {_DAYS_TO_1403} AS INTEGER), '%Y-%m-%d') || ' ' || "
            f"regexp_extract({text}, {literal(shape)}, 4))"
        )
    return f"CASE {' '.join(cases)} ELSE {text} END"


_NEW_YEAR = 1403 + 1595  # began on 20 March 2024
_DAYS_TO_1403 = 365 * _NEW_YEAR + _NEW_YEAR // 33 * 8 + (_NEW_YEAR % 33 + 3) // 4 + 1
