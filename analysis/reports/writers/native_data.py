"""The workbook inside a chart of a slide: text is text there too, and no cell is a formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.reports.content import Native

FORMATS = {"share": "0%", "money": "#,##0", "count": "#,##0", "number": "#,##0.##", "text": "General"}
_LONGEST = 60  # letters of a category


def label(text: str) -> str:
    """Return a category as an axis can show it."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def workbook_of(native: Native) -> bytes:
    """Return the values of a chart as the chart refers to them: categories in the first column, a series in each other.

    The library that makes the chart writes a category ``=cmd()`` as a formula.
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    sheet = book.add_worksheet("Sheet1")
    form = book.add_format({"num_format": FORMATS[native.form]})
    for line, category in enumerate(native.categories, start=1):
        sheet.write_string(line, 0, label(category))
    for place, series in enumerate(native.series, start=1):
        sheet.write_string(0, place, series.name)
        for line, value in enumerate(series.values, start=1):
            if value is not None:
                sheet.write_number(line, place, value, form)
    book.close()
    return buffer.getvalue()
