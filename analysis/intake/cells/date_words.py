"""Dates in words and local habits brought to the few forms that are read: weekdays, months, zones, 上午 and PM.

Every rule is a pattern that Python and DuckDB (RE2) read alike, so that a guess and the reading never differ.
"""

from __future__ import annotations

import re
from functools import cache

from analysis.engine import literal
from analysis.intake.cells.values import half_width, plain, unwrapped

_ZONES = (
    "UTC|GMT|Z|[ECMPA][SD]?T|CEST|CET|WEST|WET|EEST|EET|BST|IST|JST|KST|HKT|SGT|AE[SD]T|MSK|NZ[SD]T|BRT|ICT|WIB|PKT"
)
# By the first letters of each month in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTHS = (
    ("Jan", "jan|jän|ene|gen"), ("Feb", "feb|fév|fev"), ("Mar", "mar|mär|maa|mrt|mrz"), ("Apr", "apr|avr|abr"),
    ("May", "may|mai|mei|mag"), ("Jun", "jun|juin|giu"), ("Jul", "jul|juil|lug"), ("Aug", "aug|ago|aoû|aou"),
    ("Sep", "sep|set"), ("Oct", "oct|okt|out|ott"), ("Nov", "nov"), ("Dec", "dec|déc|dez|dic"),
)  # fmt: skip
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
RULES: tuple[tuple[str, str], ...] = (
    (r"\s*\([^()]*\)\s*$", ""),  # (China Standard Time), (周二)
    (r"(?:星期|礼拜|周)[一二三四五六日天]", " "),
    (r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]*", " "),
    (r"(\d)\s*[时時点點]\s*(\d{1,2})\s*分\s*(\d{1,2})\s*秒", r"\1:\2:\3"),
    (r"(\d)\s*[时時点點]\s*(\d{1,2})\s*分?", r"\1:\2"),
    (rf"(?:上午|凌晨|清晨|早上|早晨)\s*({_CLOCK})", r" \1 AM"),
    (rf"(?:下午|中午|傍晚|晚上)\s*({_CLOCK})", r" \1 PM"),
    (r"(\d)\s*([ap])\.?\s?m\b\.?", r"\1 \2M"),
    (r"\b((?:1[3-9]|2[0-3]|0?0):\d{2}(?::\d{2})?)\s*[ap]m\b", r"\1"),  # 晚上 20:30 needs no PM
    (r"[\s,]+(?:at|um|à|a las)\s+(\d{1,2}[:.])", r" \1"),
    (r"(\s\d{1,2})\.(\d{2})\.(\d{2})(?:\.\d+)?(\s|$)", r"\1:\2:\3\4"),
    (r"(\d:\d{2})[.,]\d+", r"\1"),  # fractions of a second
    (rf"(:\d{{2}}(?: [AP]M)?)\s*(?:{_ZONES})?\s*(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?$", r"\1"),
    (r"(\d)(?:st|nd|rd|th)\b", r"\1"),
    (r"\bde\b", " "),
    *((rf"\b(?:{starts})[a-zà-ÿ]*\.?", name) for name, starts in _MONTHS),
    (r"[\s,]+", " "),
    (r"^ | $", ""),
    (rf"^([a-z]{{3}}) (\d{{1,2}}) ({_CLOCK}) (?:[A-Z]{{3,4}} )?(\d{{4}})$", r"\1 \2 \4 \3"),
    (r"^(\d{1,2})[./ ]+([a-z]{3})[./: ]+(\d{2,4})[: ]*", r"\1 \2 \3 "),
    (r"^(\d{4})[-/ ]([a-z]{3})[-/ ](\d{1,2})", r"\3 \2 \1"),
    (r"^(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?[.日号]?[T ]?", r"\1-\2-\3 "),
    (r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-01"),
    (r"^(\d{4}) ?年 ?(\d{1,2}) ?月(?:份)?$", r"\1-\2-01"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})\.0+$", r"\1-\2-\3"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})[T ](\d{2}):?(\d{2}):?(\d{2})Z?$", r"\1-\2-\3 \4:\5:\6"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})[T ](\d{2}):?(\d{2})Z?$", r"\1-\2-\3 \4:\5"),
    (r"^(\d{4}-\d{1,2}-\d{1,2}) (\d{1,2})$", r"\1 \2:00"),
    (r"^ | $", ""),
)


def spelled_out(text: str) -> str:
    """Return a date in the form that its spelling stands for; other texts come back changed or not.

    Examples
    --------
    >>> [spelled_out(text) for text in ("Tuesday, March 5th, 2024", "2024年3月5日 下午3:04", "5. März 2024")]
    ['Mar 5 2024', '2024-3-5 3:04 PM', '5 Mar 2024']
    >>> spelled_out("Tue Mar 05 2024 10:11:12 GMT+0800 (China Standard Time)"), spelled_out("20240305T101112Z")
    ('Mar 05 2024 10:11:12', '2024-03-05 10:11:12')
    """
    text = plain(text)
    for pattern, replacement in _compiled():
        text = pattern.sub(replacement, text)
    return text


def spelled_out_sql(column: str) -> str:
    """Write the same as ``spelled_out`` as SQL."""
    text = f"trim({half_width(unwrapped(column))})"
    for pattern, replacement in RULES:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)}, 'gi')"
    return text


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE | re.ASCII), replacement) for pattern, replacement in RULES)
