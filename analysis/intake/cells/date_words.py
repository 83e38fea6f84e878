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
# By the first letters of each month in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish.
_MONTHS = (
    ("Jan", "jan|jän|ene|gen|sty|oca"), ("Feb", "feb|fév|fev|lut"), ("Mar", "mar|mär|maa|mrt|mrz"),
    ("Apr", "apr|avr|abr|kwi|nis"), ("May", "may|mai|mei|mag|maj"), ("Jun", "jun|juin|giu|cze|haz"),
    ("Jul", "jul|juil|lug|lip|tem"), ("Aug", "aug|ago|aoû|aou|sie|ağu|agu"), ("Sep", "sep|set|wrz|eyl"),
    ("Oct", "oct|okt|out|ott|paź|paz|eki"), ("Nov", "nov|lis|kas"), ("Dec", "dec|déc|dez|dic|gru|ara"),
)  # fmt: skip
# Russian, Arabic (both ways), Thai, and the Turkish ones that begin with a sign of their own.
_MONTHS_OF_OTHER_SCRIPTS = (
    ("Jan", r"янв[а-я]*|يناير|كانون الثاني|มกราคม|ม\.ค"), ("Feb", r"фев[а-я]*|فبراير|شباط|กุมภาพันธ์|ก\.พ|[şŞ]ub[a-z]*"),
    ("Mar", r"мар[а-я]*|مارس|[آا]ذار|มีนาคม|มี\.ค"), ("Apr", r"апр[а-я]*|[أا]بريل|نيسان|เมษายน|เม\.ย"),
    ("May", r"ма[йя]|مايو|[أا]يار|พฤษภาคม|พ\.ค"), ("Jun", r"июн[а-я]*|يونيو|حزيران|มิถุนายน|มิ\.ย"),
    ("Jul", r"июл[а-я]*|يوليو|تموز|กรกฎาคม|ก\.ค"), ("Aug", r"авг[а-я]*|[أا]غسطس|آب|สิงหาคม|ส\.ค"),
    ("Sep", r"сен[а-я]*|سبتمبر|[أا]يلول|กันยายน|ก\.ย"), ("Oct", r"окт[а-я]*|[أا]كتوبر|تشرين ال[أا]ول|ตุลาคม|ต\.ค"),
    ("Nov", r"ноя[а-я]*|نوفمبر|تشرين الثاني|พฤศจิกายน|พ\.ย"), ("Dec", r"дек[а-я]*|ديسمبر|كانون ال[أا]ول|ธันวาคม|ธ\.ค"),
)  # fmt: skip
# 二〇二四年三月十五日; after what else Chinese numerals count: weekdays and quarters.
_HAN = "一二三四五六七八九"
_HAN_NUMERALS: tuple[tuple[str, str], ...] = (
    (r"(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]", " "),
    ("[〇○零]", "0"),
    (rf"廿([{_HAN}])", r"2\1"),
    ("廿", "20"),
    *((rf"{han}十([{_HAN}])", rf"{n}\1") for n, han in ((2, "二"), (3, "三"))),
    *((f"{han}十", f"{n}0") for n, han in ((2, "二"), (3, "三"))),
    (rf"十([{_HAN}])", r"1\1"),
    ("十", "10"),
    *((han, str(n)) for n, han in enumerate(_HAN, start=1)),
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
# 2026/05/01(金) 18:00: the weekday between day and time, before 五 is taken for a number.
_BRACKETED_WEEKDAY = (r"([\d.日일])\s?\([^\d()]{1,14}\)\s?(\d)", r"\1 \2")
# Only for cells that are not all ASCII.
FOREIGN_RULES: tuple[tuple[str, str], ...] = (
    _BRACKETED_WEEKDAY,
    (r"(\d)\s*년", r"\1年"),
    (r"(\d)\s*월", r"\1月"),
    (r"(\d)\s*일", r"\1日"),
    (r"오전", "上午"),
    (r"오후", "下午"),
    (r"(\d)\s*시\s*(\d{1,2})\s*분", r"\1:\2"),
    (r"午前", "上午"),
    (r"午後", "下午"),
    *(
        (rf"年?\s*第?\s*(?:{n}|{han})\s*(?:季度?|四半期|분기)", f" Q{n}")
        for n, han in zip("1234", "一二三四", strict=True)
    ),
    (r"年\s*Q", " Q"),
    *((rf"年?\s*{half}半年", f" H{n}") for n, half in ((1, "上"), (2, "下"))),
    *_HAN_NUMERALS,
    (r"([1-4])\s*-?й?\s*(?:квартал[а-я]*|кв\.?|çeyrek|kwarta[łl])", r"Q\1 "),
    (r"([1-4])\s*(?:ème|º|°)\s*trim", r"\1 trim"),
    *((rf"(^|[\s\d.,/-])(?:{names})\.?", rf"\1 {month} ") for month, names in _MONTHS_OF_OTHER_SCRIPTS),
    (r"\s*г(?:ода|\.)?\s*$|\s+น\.\s*$|พ\.ศ\.\s*|เวลา|วันที่", " "),
    (r"(\d)\s*г\.?[\s,]+(\d)", r"\1 \2"),
    (r"(\d{1,2}:\d{2}(?::\d{2})?)\s*[صa]$", r"\1 AM"),
    (r"(\d{1,2}:\d{2}(?::\d{2})?)\s*م$", r"\1 PM"),
)
_QUARTER = r"(?:trimestre|trim\.?|quartal|quarter|qtr|kwarta[łl])"
RULES: tuple[tuple[str, str], ...] = (
    _BRACKETED_WEEKDAY,
    (r"\s*\([^()]*\)\s*$", ""),  # (China Standard Time), (周二)
    (r"(?:星期|礼拜|周)[一二三四五六日天]", " "),
    (r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]*", " "),
    (
        r"\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|"
        r"samedi|dimanche|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|luned|marted|mercoled|gioved|venerd|"
        r"sabato|domenica|segunda|ter[cç]a|quarta|quinta|sexta|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)"
        r"[ìi]?(?:-feira)?(?:[.,\s]+|$)",
        " ",
    ),
    (r"^(?:mo|di|mi|do|fr|sa|so)[.,\s]+(\d)", r"\1"),
    (r"(\d)\s*[时時点點]\s*(\d{1,2})\s*分\s*(\d{1,2})\s*秒", r"\1:\2:\3"),
    (r"(\d)\s*[时時点點]\s*(\d{1,2})\s*分?", r"\1:\2"),
    (rf"(?:上午|凌晨|清晨|早上|早晨)\s*({_CLOCK})", r" \1 AM"),
    (rf"(?:下午|中午|傍晚|晚上)\s*({_CLOCK})", r" \1 PM"),
    (r"(\d)\s*([ap])\.?\s?m\b\.?", r"\1 \2M"),
    (r"\b((?:1[3-9]|2[0-3]|0?0):\d{2}(?::\d{2})?)\s*[ap]m\b", r"\1"),  # 晚上 20:30 needs no PM
    (r"[\s,]+(?:at|um|à|a las)\s+(\d{1,2}[:.])", r" \1"),
    (r"(\s\d{1,2})\.(\d{2})\.(\d{2})(?:\.\d+)?(\s|$)", r"\1:\2:\3\4"),
    (r"(:\d{2})\s*(?:hs|hrs|h|uhr|uur|godz)\b\.?$", r"\1"),
    (r"(\d:\d{2})[.,]\d+", r"\1"),  # fractions of a second
    (rf"(:\d{{2}}(?: [AP]M)?)\s*(?:{_ZONES})?\s*(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?$", r"\1"),
    (r"(\d)(?:st|nd|rd|th)\b", r"\1"),
    (r"\b(?:de|del|of)\b", " "),
    *((rf"\b(?:{starts})[a-zà-ɏ]*\.?", name) for name, starts in _MONTHS),
    (r"[\s,]+", " "),
    (r"^ | $", ""),
    (rf"\b([1-4])(?:er|e|\.)? ?{_QUARTER}", r"Q\1"),
    (rf"\b(?:{_QUARTER}|T) ?([1-4])\b", r"Q\1"),
    (r"^(?:Q([1-4])|([1-4])Q) ?[-/.']? ?(\d{4})$", r"\3 Q\1\2"),
    (r"^(?:Q([1-4])|([1-4])Q) ?[-/']? ?(\d{2})$", r"20\3 Q\1\2"),
    (r"^(?:H([12])|([12])H) ?[-/.']? ?((?:19|20)\d\d)$", r"\3 H\1\2"),
    *((rf"^(\d{{4}}) ?[-/.]? ?H{n}$", rf"\1-{6 * n - 5:02d}-01") for n in (1, 2)),
    *((rf"^(\d{{4}}) ?[-/.]? ?Q{n}$", rf"\1-{3 * n - 2:02d}-01") for n in (1, 2, 3, 4)),
    (r"^([a-z]{3})[-/ .]*(\d{4})$", r"1 \1 \2"),
    (r"^([a-z]{3}) ?[-/'] ?(\d{2})$", r"1 \1 20\2"),
    (r"^(\d{4}) ?[-/.]? ?([a-z]{3})$", r"1 \2 \1"),
    (r"^(\d{1,2})[-/](\d{4})$", r"\2-\1-01"),
    (rf"^([a-z]{{3}}) (\d{{1,2}}) ({_CLOCK}) (?:[A-Z]{{3,4}} )?(\d{{4}})$", r"\1 \2 \4 \3"),
    (r"^(\d{1,2})\. (\d{1,2})\. ?(\d{4})", r"\1.\2.\3"),
    (r"^(\d{1,2})[./ ]+([a-z]{3})[./: ]+(\d{2,4})[: ]*", r"\1 \2 \3 "),
    (r"^(\d{4})\.?[-/ ]([a-z]{3})[-/ ](\d{1,2})\.?", r"\3 \2 \1"),
    (r"^(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?[.日号]?[T ]?", r"\1-\2-\3 "),
    (r"^(\d{4})[-/](\d{1,2})$", r"\1-\2-01"),
    (r"^(\d{4}) ?年 ?(\d{1,2}) ?月(?:份)?$", r"\1-\2-01"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})\.0+$", r"\1-\2-\3"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})[T ](\d{2}):?(\d{2}):?(\d{2})Z?$", r"\1-\2-\3 \4:\5:\6"),
    (r"^((?:19|20)\d{2})(\d{2})(\d{2})[T ](\d{2}):?(\d{2})Z?$", r"\1-\2-\3 \4:\5"),
    (r"^(\d{4}-\d{1,2}-\d{1,2}) (\d{1,2})$", r"\1 \2:00"),
    # The Monday of a week of ISO 8601.
    (r"^(\d{4}) ?[-/年]? ?(?:W|KW|CW|WK|week|第) ?(\d{1,2}) ?[周週]?$", r"\1-W\2-1"),
    (r"^(?:W|KW|CW|WK|week) ?(\d{1,2}) ?[-/ ]? ?(\d{4})$", r"\2-W\1-1"),
    (r"-W(\d)-1$", r"-W0\1-1"),
    (r"^ | $", ""),
)


# No date is longer; Python's search for some of these patterns grows with the square of a run of blanks.
LONGEST = 200


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
    if len(text) > LONGEST:
        return text
    foreign, rules = _compiled()
    for pattern, replacement in rules if text.isascii() else (*foreign, *rules):
        text = pattern.sub(replacement, text)
    return text


def spelled_out_sql(column: str) -> str:
    """Write the same as ``spelled_out`` as SQL."""
    cell = f"trim({unwrapped(half_width(column))})"
    foreign = f"CASE WHEN strlen(f) = length(f) THEN f ELSE {_applied('f', FOREIGN_RULES)} END"
    return f"list_transform([{cell}], lambda f: list_transform([{foreign}], lambda s: {_applied('s', RULES)})[1])[1]"


def _applied(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)}, 'gi')"
    return text


@cache
def _compiled() -> tuple[tuple[tuple[re.Pattern[str], str], ...], ...]:
    return tuple(
        tuple((re.compile(pattern, flags), replacement) for pattern, replacement in rules)
        for rules, flags in ((FOREIGN_RULES, re.IGNORECASE), (RULES, re.IGNORECASE | re.ASCII))
    )
