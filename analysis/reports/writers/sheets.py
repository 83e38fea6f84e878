"""A report as a workbook: contents with links, a sheet a section with its tables and charts of Excel's own."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.exports.cells import COUNT, MONEY, NUMBER, SHARE, TEXT
from analysis.exports.names import sheet_name
from analysis.exports.sheets import A4, Styles
from analysis.intake.reading.written import AUTHOR
from analysis.reports.writers.html import under_title
from analysis.reports.writers.measure import lines as lines_of
from analysis.reports.writers.native_data import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.reports.content import Native, Page, Report, Section, Table
    from analysis.translate import Translate

_FORMS = {"count": COUNT, "share": SHARE, "money": MONEY, "number": NUMBER, "text": TEXT}
_WIDTH, _COLUMNS = 26, 8  # letters of a column, and how many a sentence runs across
_CHART_ROWS, _LONGEST = 18, 32_000
_LETTER = 0.07  # inches of a letter, as columns count them
# A column alone is cut where it is wider than the paper, in whatever face.
_INCHES, _CONTENTS = _WIDTH * _COLUMNS * _LETTER, 74
# Points of the rows on a sheet of A4 that lies, all columns on it (in a wider face more stand there), and of a row.
_ROOM, _ROW = 735.0, 15.0


def report_xlsx(report: Report, t: Translate) -> bytes:
    """Return the workbook; no cell is a formula, and links lead to other sheets alone."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = Workbook(buffer, options)
    book.set_properties(
        {"title": report.title[:250], "author": AUTHOR, "created": datetime.combine(report.day, datetime.min.time())}
    )
    writer = _Writer(book, t)
    first = book.add_worksheet(sheet_name(t("report.contents"), writer.taken))
    sheets = [(section.name, writer.section(section)) for section in report.sections]
    if data := writer.chart_data():
        sheets.append((t("report.sheet_data"), data))
    sheets.append((t("report.recipe"), writer.recipe(report.recipe)))
    writer.contents(first, report, sheets)
    book.close()
    return buffer.getvalue()


@dataclass
class _Writer:
    """Writes the sheets of one workbook."""

    book: Any
    t: Translate
    taken: set[str] = field(default_factory=set)
    charts: list[tuple[str, Native, Any, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)  # of rows of the sheet that is written, points

    def __post_init__(self) -> None:
        self.styles = Styles(self.book, self.t.currency_sign())
        self.finding = self.book.add_format({"bold": True, "font_size": 13, "text_wrap": True, "valign": "top"})
        self.said = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.beside = self.book.add_format({"text_wrap": True, "valign": "top", "indent": 1})  # of a number
        self.quiet = self.book.add_format({"text_wrap": True, "valign": "top", "font_color": "#5c626e"})
        self.link = self.book.add_format({"font_color": "#0b5394", "underline": 1})

    def section(self, section: Section) -> str:
        """Write the sheet of a section and return its name."""
        name = sheet_name(section.name, self.taken)
        sheet = self.book.add_worksheet(name)
        _for_paper(sheet, wide=True)
        sheet.set_column(0, _COLUMNS - 1, _WIDTH)
        self.heights = {}
        line, pages = 0, []
        for page in section.pages:
            line, parts = self._page(sheet, page, line)
            pages.append(parts)
            line += 2
        sheet.set_h_pagebreaks(page_breaks(pages, line - 2, self.heights))
        return name

    def _page(self, sheet: Any, page: Page, line: int) -> tuple[int, list[int]]:
        """Write a page, and return the line below it and those at which paper may end."""
        parts = [line]
        line = self._across(sheet, line, page.title, self.finding, 13)
        for one in page.figures:
            sheet.write_string(line, 0, one.name, self.said)
            sheet.write_string(line, 1, one.value, self.styles.bold)
            line += 1
        for said in page.sentences:
            line = self._across(sheet, line, said, self.said, 11)
        if page.table is not None:
            parts.append(line + 1)
            line = self._table(sheet, page.table, line + 1) + 1
        if page.chart is not None and page.chart.native is not None:
            parts.append(line)
            self.charts.append((page.title, page.chart.native, sheet, line))
            line += _CHART_ROWS
        parts.append(line)
        for said in page.points:
            line = self._across(sheet, line, f"• {said}", self.said, 11)
        for said in page.notes:
            line = self._across(sheet, line, said, self.quiet, 11)
        return line, parts

    def _across(self, sheet: Any, line: int, text: str, style: Any, size: float) -> int:
        """Write a text over all columns, as high as it needs."""
        sheet.merge_range(line, 0, line, _COLUMNS - 1, "", style)
        sheet.write_string(line, 0, text[:_LONGEST], style)
        self._tall(sheet, line, lines_of(text, _INCHES, size) * size)
        return line + 1

    def _tall(self, sheet: Any, line: int, points: float) -> None:
        """Make a row as high as its letters need."""
        self.heights[line] = min(points * 1.4, 409)
        sheet.set_row(line, self.heights[line])

    def _table(self, sheet: Any, table: Table, line: int) -> int:
        for place, column in enumerate(table.columns):
            style = self.styles.header if column.form == "text" else self.styles.header_right
            sheet.write_string(line, place, column.title, style)
        for i in range(table.n_rows):
            line += 1
            texts = [str(column.values[i] or "") for column in table.columns if column.form == "text"]
            tall = max((lines_of(text, _WIDTH * _LETTER, 11) for text in texts), default=1)
            self._tall(sheet, line, tall * 11)
            for place, column in enumerate(table.columns):
                value = column.values[i]
                if value is None:
                    continue
                if column.form == "text":
                    sheet.write_string(line, place, str(value)[:_LONGEST], self.beside if place else self.said)
                elif isinstance(value, str):  # what is not told
                    sheet.write_string(line, place, value)
                else:
                    form = self.styles.number(_FORMS[column.form])
                    form.set_align("top")  # as the texts beside it, which may take several lines
                    sheet.write_number(line, place, value, form)
        return line + 1

    def chart_data(self) -> str | None:
        """Write the values of all charts on a sheet of their own, put the charts in their places, return its name."""
        if not self.charts:
            return None
        name = sheet_name(self.t("report.sheet_data"), self.taken)
        sheet = self.book.add_worksheet(name)
        _for_paper(sheet, wide=False)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 8, 18)
        line = 0
        for title, native, where, row in self.charts:
            sheet.write_string(line, 0, title[:_LONGEST], self.styles.bold)
            first = line + 2
            for place, series in enumerate(native.series, start=1):
                sheet.write_string(line + 1, place, series.name, self.styles.header)
            for i, category in enumerate(native.categories):
                sheet.write_string(first + i, 0, label(category))
                for place, series in enumerate(native.series, start=1):
                    value = series.values[i]
                    if value is not None:
                        sheet.write_number(first + i, place, value, self.styles.number(_FORMS[native.form]))
            last = first + len(native.categories) - 1
            where.insert_chart(row, 0, self._chart(name, native, first, last))
            line = last + 3
        return name

    def _chart(self, name: str, native: Native, first: int, last: int) -> Any:
        chart: Any = self.book.add_chart({"type": "bar" if native.kind == "bars" else "line"})
        for place, _ in enumerate(native.series, start=1):
            chart.add_series(
                {
                    "name": [name, first - 1, place],
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, place, last, place],
                    "gap": 45,
                }
            )
        if native.kind == "bars":
            chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
            chart.set_x_axis({"num_format": "0%" if native.form == "share" else COUNT, "min": 0})
        chart.set_legend({"position": "bottom"} if len(native.series) > 1 else {"none": True})
        chart.set_size({"width": 860, "height": _CHART_ROWS * 19})
        return chart

    def contents(self, sheet: Any, report: Report, sheets: list[tuple[str, str]]) -> None:
        """Write the first sheet: what this is, and a link to every other."""
        _for_paper(sheet, wide=False)
        sheet.set_column(0, 0, _CONTENTS)
        sheet.write_string(0, 0, report.title, self.styles.title)
        line = 1
        for said in under_title(report, self.t):
            sheet.write_string(line, 0, said, self.quiet)
            line += 1
        line += 1
        for title, name in sheets:
            quoted = name.replace("'", "''")
            sheet.write_url(line, 0, f"internal:'{quoted}'!A1", self.link, title)
            line += 1
        line += 1
        sheet.write_string(line, 0, self.t("report.about"), self.styles.bold)
        for said in report.remarks:
            line += 1
            sheet.write_string(line, 0, said[:_LONGEST], self.said)
            self._tall(sheet, line, lines_of(said, _CONTENTS * _LETTER, 11) * 11)

    def recipe(self, text: str) -> str:
        """Write the recipe on a sheet of its own and return its name."""
        name = sheet_name(self.t("report.recipe"), self.taken)
        sheet = self.book.add_worksheet(name)
        _for_paper(sheet, wide=False)
        sheet.set_column(0, 0, _CONTENTS)
        for line, said in enumerate(text.splitlines()):
            sheet.write_string(line, 0, said[:_LONGEST])
        return name


def page_breaks(pages: Sequence[Sequence[int]], end: int, heights: Mapping[int, float]) -> list[int]:
    """Return the rows before which a sheet of paper begins: no page is cut that fits on one, of others no part.

    Parameters
    ----------
    pages : sequence of sequence of int
        The first rows of the parts of each page.
    end : int
        The row below the last page.
    heights : mapping of int to float
        Of rows that are not of the usual 15 points.

    Examples
    --------
    >>> page_breaks([[0], [24], [48, 50, 70]], 100, {})  # 49 rows to a sheet
    [48, 70]
    """

    def tall(first: int, after: int) -> float:
        return sum(heights.get(line, _ROW) for line in range(first, after))

    found: list[int] = []
    used = 0.0
    for page, after in zip(pages, [*(page[0] for page in pages[1:]), end], strict=True):
        parts = page[:1] if tall(page[0], after) <= _ROOM else page
        for first, last in zip(parts, [*parts[1:], after], strict=True):
            height = tall(first, last)
            if used and used + height > _ROOM:
                found.append(first)
                used = 0.0
            used = used + height if height <= _ROOM else height % _ROOM
    return found


def _for_paper(sheet: Any, *, wide: bool) -> None:
    """Print on A4, no wider than the paper."""
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    if wide:
        sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)
