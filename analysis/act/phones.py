"""Phone numbers as other systems want them: E.164, with the country that a number without one belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

# The country in which a currency is used, for currencies of one country.
_COUNTRY_OF = {
    "CNY": "CN", "GBP": "GB", "USD": "US", "JPY": "JP", "KRW": "KR", "INR": "IN", "CAD": "CA", "AUD": "AU",
    "HKD": "HK", "TWD": "TW", "SGD": "SG", "BRL": "BR", "MXN": "MX", "TRY": "TR", "PLN": "PL", "RUB": "RU",
    "THB": "TH", "VND": "VN", "IDR": "ID", "CHF": "CH", "SEK": "SE", "ZAR": "ZA",
}  # fmt: skip
_TRIED = ("CN", "US", "GB")
_SAMPLE = 300
_MOST_WRONG = 0.2  # of a sample, for a country to be the one
# Mobile numbers of China, which need no library to be told: 200,000 of them take a moment and not a minute.
_CHINESE_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_BETWEEN = re.compile(r"[\s\-().]")


def e164(values: pd.Series, region: str | None = None) -> pd.Series:
    """Write phone numbers as E.164 (``+8613800138000``); missing where a cell has no length that a number can have.

    Parameters
    ----------
    values : Series
        As the file shows them.
    region : str, optional
        Country of numbers that are written without one, two letters.

    Raises
    ------
    AnalysisError
        ``act_phone_no_country`` (n): without a region, numbers that say no country cannot be written.

    References
    ----------
    ITU-T E.164; libphonenumber, by the package phonenumbers.

    Examples
    --------
    >>> import pandas as pd
    >>> e164(pd.Series(["138 0013 8000", "+44 20 7946 0018", "12"]), "CN").tolist()
    ['+8613800138000', '+442079460018', nan]
    """
    import pandas as pd

    told = values.dropna().astype("str").str.strip()
    different = {one: _written(one, region) for one in told[told != ""].unique()}
    if region is None and (
        lacking := [one for one, found in different.items() if found is None and not _has_country(one)]
    ):
        raise AnalysisError("act_phone_no_country", n=int(told.isin(lacking).sum()))
    found = told.map(different)
    return found.reindex(values.index).astype(pd.StringDtype("python", na_value=float("nan")))


def suggest_region(values: pd.Series, currency: str | None = None) -> str | None:
    """Return the country in which most numbers without a country exist, by the currency of the study first; else None.

    Examples
    --------
    >>> import pandas as pd
    >>> suggest_region(pd.Series(["13800138000", "13912345678"])), suggest_region(pd.Series(["12"]))
    ('CN', None)
    """
    told = values.dropna().astype("str").str.strip().drop_duplicates().head(_SAMPLE)
    told = told[~told.map(_has_country).astype(bool)] if len(told) else told
    if not len(told):
        return None
    own = _COUNTRY_OF.get(currency or "")
    for region in dict.fromkeys([own, *_TRIED]):
        # Numbers that could be of the shop's own country are of it; another country has to know them.
        wrong = sum(_written(one, region, strict=region != own) is None for one in told) if region else len(told)
        if wrong <= _MOST_WRONG * len(told):
            return region
    return None


def _has_country(text: str) -> bool:
    return text.strip().startswith(("+", "00", "＋"))


def _written(text: str, region: str | None, *, strict: bool = False) -> str | None:
    plain = _BETWEEN.sub("", text.removesuffix(".0")).replace("＋", "+")
    chinese = _CHINESE_MOBILE.fullmatch(plain)
    if chinese and (region == "CN" or len(plain) > len(chinese[1])):
        return f"+86{chinese[1]}"
    import phonenumbers

    international = f"+{plain[2:]}" if plain.startswith("00") else plain
    try:
        number = phonenumbers.parse(international, region)
    except phonenumbers.NumberParseException:
        return None
    if not (phonenumbers.is_valid_number if strict else phonenumbers.is_possible_number)(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
