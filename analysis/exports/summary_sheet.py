"""The first sheet of the workbook: segments, money and what to do, with a chart, on one printed page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.exports.cells import COUNT, SHARE, money_format
from analysis.exports.sheets import A4

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from analysis.exports.sheets import Styles
    from analysis.translate import Translate

# In letters: name, customers, share, revenue, share of revenue, how they buy, what to do.
_WIDTHS = (26, 11, 11, 16, 11, 30, 46)
_BAR = "#2D69B4"
_FIRST = 5  # the line of the header


@dataclass(frozen=True)
class SummaryLine:
    """A card of the first screen in words and figures; money is None where no export holds any."""

    name: str
    customers: int
    share: float
    revenue: float | None
    revenue_share: float | None
    about: str
    action: str


@dataclass(frozen=True)
class Summary:
    """What the first sheet says: a sentence, a line per card, and what is shown of personal data."""

    headline: str
    lines: tuple[SummaryLine, ...]


def write_summary(
    book: Workbook,
    sheet: Worksheet,
    summary: Summary,
    t: Translate,
    styles: Styles,
    *,
    title: str,
    day: date,
    note: str,
    guesses: Sequence[str] = (),
) -> None:
    """Write the sheet, set to print on one page of A4 on its side."""
    money = any(line.revenue is not None for line in summary.lines)
    centred = {"valign": "vcenter", "bottom": 4, "bottom_color": "#C9D1D6"}
    text = book.add_format({"text_wrap": True, "indent": 1, **centred})
    name = book.add_format({"text_wrap": True, "bold": True, **centred})
    amount = money_format(COUNT, t.currency_sign())
    numbers = {form: book.add_format({"num_format": form, **centred}) for form in (COUNT, SHARE, amount)}
    above = {"bold": True, "bg_color": "#E9EEF2", "bottom": 1, "valign": "vcenter", "text_wrap": True}
    header, of_numbers, of_text = (book.add_format(above | own) for own in ({}, {"align": "right"}, {"indent": 1}))
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    last = len(_WIDTHS) - 1
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, t("persona.as_of", day=day))
    sheet.merge_range(2, 0, 2, last, summary.headline, book.add_format({"text_wrap": True, "font_size": 13}))
    sheet.set_row(2, 36)
    sheet.write_string(3, 0, note)
    if guesses:  # what the figures rest on stands above them
        rests = f"{t('workbook.guesses')}: {' '.join(guesses)}"
        sheet.merge_range(_FIRST - 1, 0, _FIRST - 1, last, rests, book.add_format({"text_wrap": True, "bold": True}))
        sheet.set_row(_FIRST - 1, 32 * len(guesses))
    headers = ("segment", "customers", "share", "revenue", "revenue_share", "how", "advice")
    for place, key in enumerate(headers):
        form = header if place == 0 else of_numbers if place < 5 else of_text
        sheet.write_string(_FIRST, place, t(f"workbook.{key}"), form)
    for line, one in enumerate(summary.lines, start=_FIRST + 1):
        sheet.set_row(line, 34)
        sheet.write_string(line, 0, one.name, name)
        sheet.write_number(line, 1, one.customers, numbers[COUNT])
        sheet.write_number(line, 2, one.share, numbers[SHARE])
        for place, value, form in ((3, one.revenue, amount), (4, one.revenue_share, SHARE)):
            if value is None:
                sheet.write_blank(line, place, None, text)
            else:
                sheet.write_number(line, place, value, numbers[form])
        sheet.write_string(line, 5, one.about, text)
        sheet.write_string(line, 6, one.action, text)
    end = _FIRST + len(summary.lines)
    if summary.lines:
        columns = [(2, t("workbook.share")), *([(4, t("workbook.revenue_share"))] if money else [])]
        for place, (column, said) in enumerate(columns):
            sheet.insert_chart(end + 2, 5 * place, _bars(book, sheet, column, said, end))
    print_on_one_page(sheet, end + 20, last)


def _bars(book: Workbook, sheet: Worksheet, column: int, title: str, end: int) -> Any:
    chart: Any = book.add_chart({"type": "bar"})
    name = sheet.get_name()
    chart.add_series(
        {
            "categories": [name, _FIRST + 1, 0, end, 0],
            "values": [name, _FIRST + 1, column, end, column],
            "fill": {"color": _BAR},
            "data_labels": {"value": True, "num_format": "0%"},
            "gap": 40,
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 560, "height": 330})
    return chart


def print_on_one_page(sheet: Worksheet, last_row: int, last_column: int) -> None:
    """Set a sheet to print on one page of A4 on its side."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, last_row, last_column)
