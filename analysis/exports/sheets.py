"""How sheets of a workbook are written: formats, columns and rows; ids are text, no cell is a formula or a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analysis.exports.cells import COUNT, DAY, MONEY, TEXT, SheetColumn, letters, money_format
from analysis.exports.names import sheet_name
from analysis.intake.reading.written import AUTHOR

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_ROWS_PER_REPORT = 500
# What is printed of a sheet, unless a reader clears the print area: letters across, and rows.
PRINTED_WIDTH, PRINTED_ROWS, A4 = 190.0, 100, 9
# The column of pictures in letters, a picture and a line of text in points; a line of words is filled to four fifths.
PICTURE_WIDTH = 14.0
_PICTURE, _LINE, _FILLED, _HIGHEST = 72, 15, 0.8, 409


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: its columns, their values as rows, and of how many rows those are taken.

    ``pictures`` are SVG drawings without text, one per row or None, that stand in the first column.
    """

    name: str
    columns: Sequence[SheetColumn]
    rows: Sequence[tuple[Any, ...]]
    n_all: int
    pictures: Sequence[str | None] = ()


def write_sheets(
    target: Path | BinaryIO,
    sheets: Sequence[tuple[str, Sequence[SheetColumn]]],
    *,
    title: str,
    day: date,
    currency: str = "",
) -> None:
    """Write plain sheets, given by name, with the same care: ids are text, no cell is a formula or a link.

    Parameters
    ----------
    sheets : sequence of (name, columns)
        Any names; they are cut and numbered as Excel wants them. Rows beyond Excel's last are refused by ValueError.
    title, day : str and date
        Properties of the file, so that the same contents give the same bytes.
    currency : str
        Sign before amounts of money.
    """
    from xlsxwriter import Workbook

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = Workbook(str(target) if isinstance(target, Path) else target, options)
    book.set_properties({"title": title, "author": AUTHOR, "created": datetime.combine(day, datetime.min.time())})
    styles, taken = Styles(book, currency), set()
    for name, columns in sheets:
        safe = sheet_name(name, taken)
        write_sheet(book.add_worksheet(safe), table(safe, columns), styles, lambda line: None)
    book.close()


class Styles:
    """Formats of one workbook, each made once; amounts of money carry the sign of the currency."""

    def __init__(self, book: Workbook, currency: str = "") -> None:
        self._book = book
        self.currency = currency
        self._by_number_format: dict[str, Format] = {}
        header = {"bold": True, "bg_color": "#E9EEF2", "bottom": 1, "valign": "vcenter", "text_wrap": True}
        self.header = book.add_format(header)
        self.header_right = book.add_format(header | {"align": "right"})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True})
        self.left = book.add_format({"align": "left", "num_format": COUNT})
        self.left_money = book.add_format({"align": "left", "num_format": money_format(MONEY, currency)})
        self.left_day = book.add_format({"align": "left", "num_format": DAY})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.sentences = book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT})

    def number(self, number_format: str) -> Format:
        """Return the format of a column."""
        if number_format not in self._by_number_format:
            shown = money_format(MONEY, self.currency) if number_format == MONEY else number_format
            self._by_number_format[number_format] = self._book.add_format({"num_format": shown})
        return self._by_number_format[number_format]


def table(name: str, columns: Sequence[SheetColumn], n_all: int | None = None) -> Sheet:
    """Return the sheet of these columns."""
    rows = list(zip(*(column.values for column in columns), strict=True))
    return Sheet(name, columns, rows, len(rows) if n_all is None else n_all)


def write_sheet(sheet: Worksheet, content: Sheet, styles: Styles, written: Callable[[int], None]) -> None:
    """Write a sheet; ``written`` is told the row reached, now and then."""
    for place, column in enumerate(content.columns):
        style = styles.sentences if column.wrapped else styles.number(column.format)
        sheet.set_column(place, place, column.width, style)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(content.rows), len(content.columns) - 1)
    sheet.write_row(0, 0, [column.header for column in content.columns], styles.header)
    _set_print(sheet, content)
    for line, picture in enumerate(content.pictures, start=1):
        _put_picture(sheet, line, picture, content)
    # Cells without a format of their own take that of their column, so a row is written in one call.
    write_row = sheet.write_row
    for line, row in enumerate(content.rows, start=1):
        if write_row(line, 0, row) != 0:
            raise ValueError(f"line {line} of sheet {content.name!r} was not written to its end")
        if line % _ROWS_PER_REPORT == 0:
            written(line)


def _set_print(sheet: Worksheet, content: Sheet) -> None:
    """Print the first columns that fit on a page of A4 on its side, and of a long list only its beginning."""
    last, width = 0, 0.0
    for place, column in enumerate(content.columns):
        width += column.width
        if place and width > PRINTED_WIDTH:
            break
        last = place
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, min(len(content.rows), PRINTED_ROWS), last)


def _put_picture(sheet: Worksheet, line: int, picture: str | None, content: Sheet) -> None:
    """Put a picture into the first cell of a row that is as high as its longest text, since a picture grows with it."""
    import math
    from io import BytesIO

    cells = zip(content.rows[line - 1], content.columns, strict=True)
    lines = [
        sum(max(1, math.ceil(letters(part) / (column.width * _FILLED))) for part in str(cell or "").split("\n"))
        for cell, column in cells
        if column.wrapped
    ]
    height = max(_LINE * max(lines, default=1), _PICTURE + 6 if picture else 0)
    sheet.set_row(line, min(height, _HIGHEST))
    if picture:
        import vl_convert

        drawn = vl_convert.svg_to_png(picture, ppi=144)
        # 160 points are 213 pixels, and 96 are shown; decorative, so that no reader spells it out.
        place = {"image_data": BytesIO(drawn), "x_scale": 0.45, "y_scale": 0.45, "x_offset": 4, "y_offset": 4}
        sheet.insert_image(line, 0, "portrait.png", place | {"object_position": 2, "decorative": True})
