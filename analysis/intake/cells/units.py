"""Units that a header gives to its numbers: 金额(万元), revenue (k$), sales in thousands."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.engine import literal
from analysis.intake.cells.number_words import OWN_UNIT
from analysis.intake.cells.values import MONEY, half_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.intake.mapped import Mapped
    from analysis.intake.tables import RawTable

MONEY_ROLES = (
    "amount", "unit_price", "discount", "cost", "spend", "income", "contact_cost", "refunded", "added", "taken_off",
    "adjusted",
)  # fmt: skip
SCALED = (*MONEY_ROLES, "quantity")
# 万元, 万件 and 万 alone are units; 万达店 is a name.
_COUNTED = r"(?=$|[^\u4e00-\u9fff]|[美港欧日]?元|人民币|[件个份台瓶只箱吨])"
_SIGN = r"(?:[A-Z]{0,3}[$€£¥₹]|rs|usd|eur|gbp|cny|rmb|hkd|jpy|inr|chf)"
_TIMES = (
    (100_000_000, rf"亿{_COUNTED}"),
    (10_000_000, rf"千万{_COUNTED}|\bcrores?\b|{_SIGN}\.? ?cr\b"),
    (1_000_000, rf"百万{_COUNTED}|\bin millions?\b|\bmillions?\b|\bmn\b|\bmio\b|{_SIGN} ?m\b|\bm ?{_SIGN}"),
    (100_000, rf"十万{_COUNTED}|\b(?:lakh|lac)s?\b"),
    (10_000, rf"万{_COUNTED}"),
    (
        1_000,
        rf"千{_COUNTED}|\bin thousands?\b|\bthousands?\b|\bk\b|\bk ?{_SIGN}|{_SIGN} ?k\b|['’]?\b000s?\b|"
        r"\bt ?€|\bteur\b|\btsd\b",
    ),
)
_BRACKETS = re.compile(r"[(\[{<【](.*?)[)\]}>】]")
# Outside brackets only what cannot be part of a name: 销售额万元, "sales in thousands", "revenue, k$".
_PLAIN = re.compile(
    rf"(?:百万|千|万|亿)元?\s*$|\bin (?:thousands?|millions?|lakhs?|lacs?|crores?)\b|"
    rf"[\s,/_-](?:k ?{_SIGN}|{_SIGN} ?[km]|m ?{_SIGN})\s*$",
    re.I,
)
# The smallest coin: cents, pence, 分.
_CENTS = re.compile(r"[\s,/-](?:in )?(?:cents|pence|minor(?: units?)?)\s*$", re.I)
_GLUED_CENTS = re.compile(r"(?<=[a-z])(?:In)?(?:Cents|Pence)$")
_IN_CENTS = re.compile(
    r"(?:单位[:：]?)?分|(?:in )?(?:cents?|pence|minor units?|øre|öre|kuruş|grosz[ey]?|céntimos|centesimi)", re.I
)
_ABOVE = re.compile(r"单\s*位\s*:|货币单位|\b(?:units?|amounts?|figures?|currency)\b", re.I)
# Plain money, whatever stands above.
_NAMES_UNIT = re.compile(r"[(\[{（【](?:元|yuan|rmb|cny|usd|eur|gbp|[$€£¥￥])[)\]}）】]", re.I)
LONGEST = 60  # characters of a remark about the unit


def header_scale(header: str) -> int | Decimal:
    """Return by how much the numbers below a header are to be multiplied, as the header says; 1 when it says nothing.

    Examples
    --------
    >>> [header_scale(header) for header in ("金额(万元)", "revenue (k$)", "销售额（亿元）", "Amount")]
    [10000, 1000, 100000000, 1]
    >>> [header_scale(header) for header in ("Sales in thousands", "Amount (USD)", "金额（元）", "Turnover €m")]
    [1000, 1, 1, 1000000]
    >>> [str(header_scale(header)) for header in ("金额(分)", "amount_cents", "PriceInCents", "Discount per cent")]
    ['0.01', '0.01', '0.01', '1']
    """
    plain = unicodedata.normalize("NFKC", header).replace("_", " ").replace("萬", "万").replace("億", "亿").strip()
    said = list(_BRACKETS.findall(plain))
    if found := _PLAIN.search(plain):
        said.append(found[0])
    if _CENTS.search(plain) or _GLUED_CENTS.search(header) or any(_IN_CENTS.fullmatch(part.strip()) for part in said):
        return Decimal("0.01")
    for part in said:
        for times, words in _TIMES:
            if re.search(words, part, re.IGNORECASE):
                return times
    return 1


def unit_above(rows: Sequence[Sequence[object]]) -> str:
    """Return what the rows above a header say about the unit of all money below, empty when they say nothing.

    Examples
    --------
    >>> unit_above([["销售明细", None], ["单位：万元", None]]), unit_above([["Sales of 2024"]])
    ('单位：万元', '')
    """
    for row in rows:
        for cell in row:
            text = unicodedata.normalize("NFKC", str(cell or "")).strip()
            if (
                (_ABOVE.search(text) or header_scale(text) > 1)
                and len(text) <= LONGEST
                and header_scale(f"({text})") > 1
            ):
                return str(cell).strip()
    return ""


def said_scale(table: RawTable, header: str, role: str) -> int | Decimal:
    """Return by how much the numbers of a column are to be multiplied, as its header or a row above the header says."""
    if role not in SCALED:
        return 1
    times = header_scale(header)
    if times == 1 and role in MONEY_ROLES and table.unit and not _NAMES_UNIT.search(header):
        return header_scale(f"({table.unit})")
    return times


def scaled(typed: str, one: Mapped, role: str) -> str:
    """Multiply a typed number by the unit that is said of it, as SQL, unless a person says that it is not meant."""
    column, raw = one.source.column(role) if one.source else None, one.raw(role)
    if column is None or raw is None or column.scale == "none":
        return typed
    times = said_scale(one.table, column.name, role)
    return typed if times == 1 else multiplied(typed, raw, times)


def multiplied(typed: str, raw: str, times: int | Decimal) -> str:
    """Write a typed number times a factor as SQL, unless its cell names a unit itself."""
    own = f"coalesce(regexp_matches({half_width(raw)}, {literal(OWN_UNIT)}), false)"
    return f"TRY_CAST(TRY_CAST({typed} AS {MONEY}) * CASE WHEN {own} THEN 1 ELSE {times} END AS {MONEY})"
