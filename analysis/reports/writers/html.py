"""A report as one HTML file: no script, nothing fetched, every text escaped, cut for A4 when printed."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.exports.experiment.report import POLICY
from analysis.reports.content import UNKNOWN
from analysis.reports.writers.measure import widths

if TYPE_CHECKING:
    from analysis.reports.content import Page, Report, Table
    from analysis.reports.drawn import Drawn
    from analysis.translate import Translate

SOURCE = Path(__file__).with_name("page.html")
_WIDTH, _CELLS, _SIDE = 7.0, 9.5, 0.09  # of a table in inches, its letters in points, beside them in inches


def report_html(report: Report, t: Translate, drawn: Drawn) -> str:
    """Return the page.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    words = {key: t(f"report.{key}") for key in ("contents", "about", "recipe")}
    return _template().render(
        report=report, t=t, words=words, lang="zh-CN" if report.language == "zh" else "en", policy=POLICY,
        lines=under_title(report, t), logo=_inline(report.logo), drawn=lambda page: _picture(page, drawn),
        shares=lambda table: _shares(table, t),
    )  # fmt: skip


def under_title(report: Report, t: Translate) -> list[str]:
    """Return the lines under the title: for whom, of which study, of which day."""
    client = [t("report.made_for", client=report.client)] if report.client else []
    study = [t("report.study", study=report.study)] if report.study != report.title else []
    return [*client, *study, t("report.as_of", day=report.day)]


def _shares(table: Table, t: Translate) -> list[float]:
    """Return how much of the width of the page each column takes, in percent."""
    return [round(100 * each / _WIDTH, 2) for each in widths(table, table.rows(t), _WIDTH, _CELLS, _SIDE)]


def _picture(page: Page, drawn: Drawn) -> Any:
    """Return the drawing of a page's chart: vl-convert escapes every label, so a script in it would be no chart."""
    from markupsafe import Markup

    svg = UNKNOWN if page.chart is None else drawn.svg(page.chart)
    if "<script" in svg.lower():
        raise ValueError("a drawn chart holds a script")
    return Markup(svg)


def _inline(logo: bytes | None) -> str:
    return "" if logo is None else "data:image/png;base64," + base64.b64encode(logo).decode("ascii")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(SOURCE.read_text("utf-8"))
