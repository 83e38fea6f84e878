"""Which currency a sign, a code or a name stands for, and which are said beside figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.intake.meaning.words import UNKNOWN, words_of

# A sign with the letters that are part of it (R$ is no $), a name, or two or three letters that stand by themselves.
SIGN = (
    r"([A-Za-z]{0,3}[$＄€£¥￥₩₹฿₽₺₫₪₱₦₴]|(?:^|[\s\d(])[A-Za-z]{2,3}\.?(?:$|[\s\d)])|人民币|人民元|欧元|美元|港币|港元|"
    r"新台币|台币|日本円|日元|韩元|英镑|元|円|원|บาท|zł|Kč)"
)
_AROUND = " 0123456789()"
_CODES = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")


def code_of(text: str) -> str | None:
    """Return the code of a currency by its code, sign or name, None for what is none.

    Examples
    --------
    >>> [code_of(text) for text in ("usd", "€", "人民币", "HK$", "Web")]
    ['USD', 'EUR', 'CNY', 'HKD', None]
    """
    found = words_of("currencies").meaning(text)
    if found != UNKNOWN:
        return found
    plain = text.strip()
    letters = len(plain) == 3 and plain.isascii() and plain.isalpha()
    return plain.upper() if letters and plain in (plain.upper(), plain.lower()) else None


def are_codes(cells: Sequence[str]) -> bool:
    """Say whether cells are codes of known currencies in capitals, and nothing else.

    Examples
    --------
    >>> are_codes(["EUR", "USD"]), are_codes(["EUR", "SKU"]), are_codes(["try"]), are_codes([])
    (True, False, False, False)
    """
    return bool(cells) and all(_CODES.fullmatch(cell.strip()) and _listed(cell.strip()) for cell in cells)


def said_in_cell(cell: str) -> str | None:
    """Return the currency that a money cell says beside its figures.

    Examples
    --------
    >>> [said_in_cell(cell) for cell in ("R$ 1.234,50", "¥1.2万", "500日元", "Rs. 300", "12 kg", "7")]
    ['BRL', 'CNY', 'JPY', 'INR', None, None]
    """
    found = re.search(SIGN, cell)
    return _listed(found[0].strip(_AROUND)) if found else None


def said_in_heading(heading: str) -> str | None:
    """Return the currency that the heading of money says: a sign, a name, or a code in capitals.

    Examples
    --------
    >>> [said_in_heading(one) for one in ("Amount (SEK)", "Gesamtbetrag €", "金额（元）", "Net of VAT", "rmb_total")]
    ['SEK', 'EUR', 'CNY', None, 'CNY']
    """
    if "rmb" in heading.lower():
        return "CNY"
    said = [*_CODES.findall(heading), *(one for one in re.findall(SIGN, heading) if not one.strip(_AROUND).isalpha())]
    named = [one for one in re.findall(SIGN, heading) if not one.isascii()]
    return next((code for one in (*said, *named) if (code := _listed(one.strip(_AROUND)))), None)


def _listed(text: str) -> str | None:
    code = words_of("currencies").meaning(text)
    return None if code == UNKNOWN else code
