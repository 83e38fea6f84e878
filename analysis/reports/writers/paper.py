"""A report as PDF, set by typst: tagged, with its fonts inside, numbered pages; what is said is data, never markup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.exports.pictures import chinese_font
from analysis.reports.writers.html import under_title
from analysis.reports.writers.measure import widths

if TYPE_CHECKING:
    from analysis.reports.content import Page, Report, Table
    from analysis.reports.drawn import Drawn
    from analysis.translate import Translate

SOURCE = Path(__file__).with_name("paper.typ")
LATIN = ("Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans")
_INSIDE_TYPST = "Libertinus Serif"  # which typst brings along
_LONG_WORD = re.compile(r"[!-~\u00a1-\u2e7f]{24}(?=[!-~\u00a1-\u2e7f])")
_WIDTH, _CELLS, _SIDE = 6.92, 8.4, 0.045  # of a table in inches, its letters in points, beside them in inches


def check_fonts(language: str) -> None:
    """Refuse before the work where no font can draw Chinese.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``.
    """
    if language == "zh" and chinese_font() is None:
        raise AnalysisError("no_chinese_font")


def report_pdf(report: Report, t: Translate, drawn: Drawn) -> bytes:
    """Return the report on pages of A4.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    import typst

    check_fonts(report.language)
    # Inputs are data for the fixed source beside this file, so a text that looks like markup stays a text.
    return typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        sys_inputs={"report": json.dumps(_data(report, t, drawn), ensure_ascii=False)},
    )


def _data(report: Report, t: Translate, drawn: Drawn) -> dict[str, Any]:
    chinese = chinese_font()
    short = sum(len(section.pages) for section in report.sections) <= 4
    return {
        "title": report.title,
        "heading": breakable(report.title),
        "heading_size": _heading_size(report.title),
        "lines": [breakable(line) for line in under_title(report, t)],
        "foot": breakable(report.title[:80]),
        "page_of": t("report.page_of", page="{page}", pages="{pages}"),
        "about": t("report.about"),
        "remarks": list(report.remarks),
        "accent": report.accent,
        "fonts": [*LATIN, *([chinese] if chinese else []), _INSIDE_TYPST],
        "size": 9.2 if short else 10,
        "lang": report.language,
        "region": "CN" if report.language == "zh" else "GB",
        "year": report.day.year, "month": report.day.month, "day": report.day.day,
        "logo": None if report.logo is None else list(report.logo),
        "sections": [
            {"name": section.name, "pages": [_page(page, t, drawn, short=short) for page in section.pages]}
            for section in report.sections
        ],
    }  # fmt: skip


def breakable(text: str) -> str:
    """Return a text whose long words may be broken: one of three hundred letters ran off the page.

    Examples
    --------
    >>> breakable("Ann " + "N" * 30) == "Ann " + "N" * 24 + "\u200b" + "N" * 6
    True
    """
    return _LONG_WORD.sub("\\g<0>\u200b", text)


def _heading_size(title: str) -> float:
    """Return the size of the title's letters in points; a long one is smaller, so that it leaves the page to others."""
    wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in title)
    return 20 if wide <= 100 else 15 if wide <= 200 else 11


def _page(page: Page, t: Translate, drawn: Drawn, *, short: bool) -> dict[str, Any]:
    chart = None
    if page.chart is not None:
        chart = {"svg": drawn.svg(page.chart), "alt": page.chart.alt, "width": 48 if short else 92}
    return {
        "title": page.title,
        "figures": [{"name": one.name, "value": one.value} for one in page.figures],
        "sentences": list(page.sentences),
        "chart": chart,
        "table": None if page.table is None else _table(page.table, t),
        "points": list(page.points),
        "notes": list(page.notes),
        "code": page.code,
    }


def _table(table: Table, t: Translate) -> dict[str, Any]:
    rows = table.rows(t)
    return {
        "titles": table.titles(),
        "rows": rows,
        "widths": widths(table, rows, _WIDTH, _CELLS, _SIDE),
        "numbers": [column.form != "text" for column in table.columns],
    }
