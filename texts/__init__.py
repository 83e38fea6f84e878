"""Every sentence a reader sees, in English and 简体中文, and the way numbers are written in each.

A text is a TOML table named by its key with one line per language; blanks name the fact and, after a colon, how to
write it: ``{n}`` (whole numbers get thousands separators), ``{share:percent}``, ``{spend:money}``, ``{day:date}``,
``{ratio:number}`` (three significant figures), ``{rhythm:whole}`` (no fractions), ``{region:country}``.
``{n:?row|rows}`` writes no number but the word that goes with it: the left one for exactly 1, the right one otherwise;
``n`` has to be a number.
"""

from __future__ import annotations

import math
import re
import string
import tomllib
from datetime import date, datetime
from functools import cache
from numbers import Number
from pathlib import Path
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
LARGE = 1e7  # from here on an amount in Chinese is one of ten thousands
_FOLDER = Path(__file__).parent


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every text by key, from all files of this folder; a key stands in one file only."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for key, entry in tomllib.loads(path.read_text("utf-8")).items():
            if key in texts:
                raise ValueError(f"text {key!r} stands twice, the second time in {path.name}")
            texts[key] = entry
    return texts


class Translator:
    """Turns keys and facts into sentences of one language.

    Parameters
    ----------
    language : "en" or "zh"
    currency : str, optional
        ISO code such as ``"CNY"``; without it money is written without a sign.

    Examples
    --------
    >>> t = Translator("en", "GBP")
    >>> t.money(8_911_407.9), t.percent(0.0812), t.number(1234567)
    ('£8,911,408', '8.1%', '1,234,567')
    """

    def __init__(self, language: Language, currency: str | None = None) -> None:
        self.language: Language = language
        self.currency = currency

    def __call__(self, key: str, /, **facts: Any) -> str:
        """Return the sentence of ``key`` with its blanks filled; KeyError when there is none."""
        return _Filler(self).vformat(self.text(key), (), facts)

    def text(self, key: str) -> str:
        """Return the sentence of ``key`` with its blanks open; KeyError when there is none."""
        return catalogue()[key][self.language]

    def has(self, key: str) -> bool:
        """Say whether there is a text of this key."""
        return key in catalogue()

    def calling(self, customers: tuple[str, str, str] | None) -> Translator:
        """Return a translator that calls customers what a trade calls them; itself for None.

        Parameters
        ----------
        customers : tuple of str, optional
            The word in English, in the plural, the word in Chinese, and the Chinese measure word.

        Examples
        --------
        >>> Translator("en").calling(("guests", "客人", "位"))("act.answer", sent=2, n=3)
        '2 of 3 guests are on the list.'
        """
        if customers is None:
            return self
        english, chinese, measure = customers
        return Calling(self, chinese if self.language == "zh" else english, measure)

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number with separators: whole numbers whole, others to three significant figures or ``digits``."""
        from babel.numbers import format_decimal

        if not math.isfinite(value):
            return _endless(value)
        if digits is None:
            digits = 0 if value == round(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
            if 0 < abs(value) < 1:
                digits = 3
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(_rounded(value, digits), pattern, locale=LOCALES[self.language])

    def whole(self, value: float) -> str:
        """Write a number that nobody reads in fractions, such as days: whole from 1 up."""
        return self.number(value, 0) if abs(value) >= 1 else self.number(value)

    def percent(self, share: float) -> str:
        """Write a share 0..1 as a percentage, with one decimal under 10 %."""
        from babel.numbers import format_decimal

        if not math.isfinite(share):
            return _endless(share)
        pattern = "0" if abs(share) >= 0.0995 or share == 0 else "0.0"
        return format_decimal(_rounded(share * 100, 1), pattern, locale=LOCALES[self.language]) + "%"

    def money(self, value: float) -> str:
        """Write an amount of money: whole from 100 up, cents below, the currency's sign when it is known.

        Large amounts are written in Chinese as a person says them.

        Examples
        --------
        >>> Translator("zh", "CNY").money(16_117_548), Translator("zh").money(231_000_000)
        ('¥1,612 万', '2.31 亿')
        """
        from babel.numbers import format_currency

        if not math.isfinite(value):
            return _endless(value)
        if self.language == "zh" and abs(value) >= LARGE:
            divided, unit, digits = (value / 1e8, "亿", 2) if abs(value) >= 1e8 else (value / 1e4, "万", 0)
            if self.currency is None:
                return f"{self.number(divided, digits)} {unit}"
            pattern = f"¤#,##0.{'#' * digits}".rstrip(".")
            written = format_currency(
                _rounded(divided, digits), self.currency, f"{pattern};-{pattern}", locale=LOCALES["zh"],
                currency_digits=False,
            )  # fmt: skip
            return f"{written} {unit}"
        pattern = "#,##0" if abs(value) >= 100 or value == round(value) else "#,##0.00"
        if self.currency is None:
            return self.number(round(value, 2), 0 if pattern == "#,##0" else 2)
        signed = f"¤{pattern};-¤{pattern}"
        return format_currency(
            _rounded(value, 2), self.currency, signed, locale=LOCALES[self.language], currency_digits=False
        )

    def currency_sign(self) -> str:
        """Return the currency's sign, as axes and headers show it; empty where no currency is known.

        Examples
        --------
        >>> [Translator("en", code).currency_sign() for code in ("USD", "GBP", None)]
        ['US$', '£', '']
        """
        from babel.numbers import get_currency_symbol

        return get_currency_symbol(self.currency, locale=LOCALES[self.language]) if self.currency else ""

    def country(self, code: str) -> str:
        """Write a country with the number that is dialled for it.

        Examples
        --------
        >>> Translator("en").country("CN"), Translator("zh").country("CN")
        ('China (+86)', '中国（+86）')
        """
        from babel import Locale
        from phonenumbers import country_code_for_region

        name = Locale.parse(LOCALES[self.language]).territories.get(code, code)
        dialled = country_code_for_region(code)
        return name if not dialled else f"{name}（+{dialled}）" if self.language == "zh" else f"{name} (+{dialled})"

    def p_value(self, p: float) -> str:
        """Write a p value with its sign: three significant figures, and a bound below 0.0001.

        Examples
        --------
        >>> [Translator("en").p_value(p) for p in (0.0744, 0.00858, 1e-9, 1.0)]
        ['p = 0.0744', 'p = 0.00858', 'p < 0.0001', 'p = 1']
        """
        return "p < 0.0001" if p < 0.0001 else f"p = {float(f'{p:.3g}'):.7f}".rstrip("0").rstrip(".")

    def short(self, value: float) -> str:
        """Write a large number as a person would say it: 8.9 million, 891 万, 1.2 亿."""
        size = abs(value)
        if self.language == "zh":
            if size >= 1e8:
                return f"{self.number(value / 1e8, 2)} 亿"
            return f"{self.number(value / 1e4, 1)} 万" if size >= 1e5 else self.number(value)
        if size >= 1e9:
            return f"{self.number(value / 1e9, 2)} billion"
        return f"{self.number(value / 1e6, 2)} million" if size >= 1e6 else self.number(value)

    def date(self, day: date | datetime) -> str:
        """Write a date in prose: 5 Mar 2024, 2024年3月5日."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%b} {day.year}"


class Calling(Translator):
    """A translator that calls customers what a trade calls them, such as guests; what fills the blanks stays as it is.

    Parameters
    ----------
    plain : Translator
        The one that says customers.
    customers : str
        The word in the language of ``plain``, in English in the plural.
    measure : str
        The Chinese measure word that goes with it.

    Examples
    --------
    >>> Calling(Translator("en"), "companies")("act.answer", sent=1, n=1)
    '1 of 1 company is on the list.'
    >>> Calling(Translator("zh"), "客户公司", "家")("act.answer", sent=9, n=12)
    '12 家客户公司中，9 位在名单上。'
    """

    def __init__(self, plain: Translator, customers: str, measure: str = "位") -> None:
        super().__init__(plain.language, plain.currency)
        self.customers, self.measure = customers, measure

    def text(self, key: str) -> str:
        """Return the sentence of ``key`` with its blanks open and its customers called what they are."""
        return _called(super().text(key), self.language, self.customers, self.measure)


@cache
def _called(text: str, language: Language, customers: str, measure: str) -> str:
    if language == "zh":
        return text.replace("位客户", f"{measure}客户").replace("客户", customers)
    single = f"{customers[:-3]}y" if customers.endswith("ies") else customers.removesuffix("s")

    def word(found: re.Match[str]) -> str:
        article, first, plural = found[1] or "", found[2], found[3]
        if article and single[:1].lower() in "aeiou":
            article = f"{article[0]}n "
        name = customers if plural else single
        return article + (name.capitalize() if first.isupper() else name)

    # The name of a blank stays as it is.
    return re.sub(r"(?<!\{)\b([Aa] )?([Cc])ustomer(s?)\b", word, text)


class _Filler(string.Formatter):
    def __init__(self, translator: Translator) -> None:
        self.translator = translator

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.startswith("?"):
            return _word(value, *format_spec[1:].split("|"))
        if format_spec:
            return getattr(self.translator, format_spec)(value)
        if isinstance(value, (date, datetime)):
            return self.translator.date(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.translator.number(value)
        return str(value)


def _endless(value: float) -> str:
    """Write what is no number, as refusals quote it."""
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"


def _rounded(value: float, digits: int) -> float:
    """Round; what rounds to nothing has no sign."""
    return round(value, digits) + 0.0


def _word(value: Any, one: str, other: str) -> str:
    if not isinstance(value, (int, float, Number)) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no number, so it cannot choose between {one!r} and {other!r}")
    return one if value == 1 else other


def blanks(text: str) -> set[str]:
    """Return the names of the blanks of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def translator(language: str, currency: str | None = None) -> Translator:
    """Return the translator of a language; an unknown language falls back to English."""
    return Translator("zh" if language.lower().startswith("zh") else "en", currency)
