"""Profiles as columns of a workbook: words in the header, plain values below, a number format and a width each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.profiles.words import coded_values, feature_name
from analysis.translate import Translate

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

TEXT = "@"
COUNT = "#,##0"
MONEY = "#,##0.00"
NUMBER = "#,##0.##"
SHARE = "0.0%"
DAY = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm"
_UNIT_FORMATS = {"money": MONEY, "share": SHARE, "count": COUNT, "days": "0", "hours": "0.0", "years": "0", "year": "0"}

_SIGN_LETTERS = 4  # of the longest signs of currencies

# Excel counts UTF-16 units: an emoji is two.
_MAX_UNITS = 32_767
_WIDTH_SAMPLE = 200
_WIDTHS = (8, 44)
# Excel counts 1900 as a leap year: from this day on its serial numbers and the calendar agree.
_FIRST_DAY = "1900-03-01"
_DAY_ZERO = "1899-12-30"


@dataclass(frozen=True)
class SheetColumn:
    """One column ready to write: ``values`` are str, int, float or None; ``width`` is in letters.

    ``wrapped`` columns hold sentences: they break into lines, and their rows grow.
    """

    header: str
    values: list[Any] = field(repr=False)
    format: str
    width: float
    wrapped: bool = False


def profile_columns(profiles: Profiles, t: Translate) -> list[SheetColumn]:
    """Return the customer id and every feature, in the order of the profiles."""
    customers = profiles.customers
    columns = [text_column(t("workbook.customer_id"), customers["customer_id"])]
    columns += [
        feature_column(feature, customers[feature.key], t)
        for feature in profiles.features
        if feature.key in customers.columns and feature.key != "customer_id"
    ]
    return columns


def feature_column(feature: Feature, values: pd.Series, t: Translate) -> SheetColumn:
    """Return one feature as a column; what is masked or mixed is written as text."""
    from pandas.api import types

    header = feature_name(feature, t)
    if feature.kind == "flag" and types.is_bool_dtype(values.dtype):
        words = {True: t("workbook.yes"), False: t("workbook.no")}
        return text_column(header, values.astype("boolean").map(words))
    if feature.kind == "date" and feature.personal is None:
        return date_column(header, values)
    if feature.kind == "number" and types.is_numeric_dtype(values.dtype):
        return number_column(header, values, _UNIT_FORMATS.get(feature.unit, NUMBER))
    return text_column(header, coded_values(values, feature, t))


def text_column(header: str, values: pd.Series) -> SheetColumn:
    """Return values as text; ids keep their leading zeros."""
    text = values.astype("str").where(values.notna())
    items: list[Any] = text.astype(object).where(text.notna(), None).tolist()
    if (text.str.len() > _MAX_UNITS // 2).any():
        items = [item if item is None else _cut(item) for item in items]
    shown = [item for item in items[:_WIDTH_SAMPLE] if item is not None]
    return SheetColumn(header, items, TEXT, width_of([header, *shown]))


def number_column(header: str, values: pd.Series, number_format: str) -> SheetColumn:
    """Return numbers; what is missing or not finite is an empty cell."""
    import numpy as np

    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    finite = np.isfinite(numbers)
    items = numbers.astype(object)
    items[~finite] = None
    largest = float(np.abs(numbers[finite]).max()) if finite.any() else 0.0
    room = " " * _SIGN_LETTERS if number_format == MONEY else ""
    return SheetColumn(header, items.tolist(), number_format, width_of([header, f"{largest:,.2f}{room}"]))


def money_format(number_format: str, sign: str) -> str:
    """Return a number format of money with the sign of the currency before the digits.

    Examples
    --------
    >>> money_format(COUNT, "US$"), money_format(COUNT, "")
    ('"US$"#,##0;-"US$"#,##0', '#,##0')
    """
    if not sign:
        return number_format
    quoted = '"' + sign.replace('"', "") + (" " if sign[-1].isalpha() else "") + '"'
    return f"{quoted}{number_format};-{quoted}{number_format}"


def date_column(header: str, values: pd.Series) -> SheetColumn:
    """Return dates as Excel's day numbers; days before March 1900, which Excel gets wrong, as text."""
    import pandas as pd

    times = pd.to_datetime(values, errors="coerce")
    if times.dt.tz is not None:
        times = times.dt.tz_localize(None)
    serial = (times - pd.Timestamp(_DAY_ZERO)) / pd.Timedelta(days=1)
    items = serial.astype(object).where(times.notna(), None)
    early = times < pd.Timestamp(_FIRST_DAY)
    if early.any():
        items = items.mask(early, times.dt.strftime("%Y-%m-%d").astype(object))
    has_time = bool((serial.dropna() % 1 != 0).any())
    items = items.where(items.notna(), None)
    return SheetColumn(
        header, items.tolist(), MOMENT if has_time else DAY, width_of([header, "0" * (16 if has_time else 10)])
    )


def letters(text: str) -> int:
    """Return the room that a text takes on one line, in letters; Chinese ones take the room of two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def width_of(texts: Sequence[str]) -> float:
    """Return a width that shows the longest text, within bounds; Chinese letters take the room of two."""
    longest = max((letters(text[:80]) for text in texts), default=0)
    return float(min(max(longest + 3, _WIDTHS[0]), _WIDTHS[1]))


def _cut(text: str) -> str:
    return text.encode("utf-16-le", errors="replace")[: 2 * _MAX_UNITS].decode("utf-16-le", errors="ignore")
