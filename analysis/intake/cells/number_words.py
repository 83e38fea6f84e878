"""Words and signs beside a number: currencies, and the units that multiply it (12.5万, $2.50M, 3 lakh)."""

from __future__ import annotations

_CODES = (
    "RMB|CNY|CNH|USD|EUR|GBP|HKD|TWD|NTD|JPY|KRW|SGD|AUD|CAD|NZD|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|RUB|UAH|TRY|INR|IDR|"
    "MYR|THB|VND|PHP|BRL|MXN|ZAR|AED|SAR|ILS|PKR|BDT|LKR|NPR|KES|NGN|GHS|EGP|QAR|KWD|BHD|OMR|JOD|IRR|KZT|BGN|COP|CLP|"
    "ARS|PEN"
)
CURRENCY = (
    rf"(?:[A-Z]{{0,3}}[$＄]|[¥￥€£₩₹₨฿₽₺₫₪₱₦₴₸৳₵₡₲₾៛]|{_CODES}|人民币|美元|港币|港元|日元|欧元|新台币|元|圆|円|원|Rs\.?|KSh\.?|"
    r"Rp\.?|RM |Tk\.?|TL|kr\.?|zł|Kč|Ft|руб\.?|р\.|грн\.?|лв\.?|บาท|ریال|تومان|ريال|Fr\.|đ|Lei)"
)
# How much a unit multiplies by: signs that may stand before another sign, and words and letters that end there. M and B
# are capitals, so that metres and bytes are none; Cr is ten millions in India, and CR a credit.
_UNITS: tuple[tuple[str, str, str], ...] = (
    ("1000000000", "十[亿億]", r"billions?|bn|mrd\.?|miliard\w*|milliards?|млрд\.?|(?-i:B)"),
    ("100000000", "[亿億억]", ""),
    ("10000000", "千[万萬만]", r"crores?|(?-i:[Cc]r)\.?|करोड़"),
    ("1000000", "百[万萬만]", r"millions?|millon\w*|milion\w*|mn|mio\.?|mln|млн\.?|(?-i:MM?)"),
    ("100000", "十[万萬만]", r"lakhs?|lacs?|लाख"),
    ("10000", "[万萬만]", ""),
    ("1000", "[千천]", r"thousands?|tsd\.?|тыс\.?|k"),
)
UNIT = "(?:" + "|".join(part for _, signs, words in _UNITS for part in (signs, words) if part) + ")"
# What shows that no piece of a coin follows: Rs. 5,000/-, 50.- Fr., 20,- €.
PRICE_END = r"(\d)\s*(?:[/.,]\s*[-=]{1,2}|/)(?:\s*only)?(\D*)$"


def times(text: str) -> str:
    """Return by how much the unit behind a number multiplies it, 1 for none, as SQL."""
    cases = []
    for factor, signs, words in _UNITS:
        ends = rf"|(?:{words})(?:[^\p{{L}}]|$)" if words else ""
        cases.append(rf"WHEN regexp_matches({text}, '(?i)\d[.,]?\s*(?:(?:{signs}){ends})') THEN {factor}.00")
    return (
        f"CASE WHEN regexp_full_match({text}, '[-0-9.,+() $¥€£]*') THEN 1.00 WHEN contains({text}, '%') THEN 0.01 "
        f"{' '.join(cases)} ELSE 1.00 END"
    )


OWN_UNIT = rf"(?i)\d[.,]?\s*(?:[千万萬만亿億억천百十]|(?:{'|'.join(w for _, _, w in _UNITS if w)})(?:[^\p{{L}}]|$))"
