"""A report as PowerPoint: one finding a slide, text that can be edited, tables and charts of PowerPoint's own."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.intake.reading.written import AUTHOR
from analysis.reports.content import Page
from analysis.reports.writers import slide_parts as parts
from analysis.reports.writers.html import under_title
from analysis.reports.writers.steady import steady

if TYPE_CHECKING:
    from analysis.reports.content import Report
    from analysis.reports.drawn import Drawn
    from analysis.translate import Translate

WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6
_INSIDE = WIDTH - 2 * EDGE
_TOP, _BOTTOM = 1.75, 6.85
_GAP, _HEADING = 0.25, 0.35
_TITLE_ONLY = 5  # of the layouts of the library's template
FACE = "Microsoft YaHei"  # of letters of Chinese; where it is missing, systems take theirs


def report_pptx(report: Report, t: Translate, drawn: Drawn) -> bytes:
    """Return the slides: a title, the pages of the report in order, and what is not in it.

    A page that does not fit on a slide goes on on the next; its method and its n stand in the notes.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and a picture of a chart could not be drawn.
    """
    from pptx import Presentation
    from pptx.util import Inches

    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    _dress(deck, report)
    writer = _Writer(deck, report, t, drawn)
    writer.cover()
    for section in report.sections:
        for page in section.pages:
            writer.page(page, section.name)
    writer.last(t("report.about"), [f"• {remark}" for remark in report.remarks])
    buffer = io.BytesIO()
    deck.save(buffer)
    return steady(buffer.getvalue(), report.day)


class _Writer:
    """Puts pages on slides, from the top to the bottom of each."""

    def __init__(self, deck: Any, report: Report, t: Translate, drawn: Drawn) -> None:
        self.deck, self.report, self.t, self.drawn = deck, report, t, drawn
        self.look = parts.Look(report.accent, report.language, FACE)
        self.slide: Any = None
        self.y = _TOP

    def cover(self) -> None:
        """Write the first slide."""
        self.slide = self.deck.slides.add_slide(self.deck.slide_layouts[_TITLE_ONLY])
        parts.put_title(self.slide, self.report.title, self.look, (EDGE, 2.3, _INSIDE, 1.8), (40, 32, 24, 18))
        parts.put_bar(self.slide, self.look, (EDGE, 2.1, 1.6, 0.08))
        parts.put_text(
            self.slide, "\n".join(under_title(self.report, self.t)), self.look, (EDGE, 4.3, _INSIDE, 1.4), 18
        )
        if self.report.logo is not None:
            parts.put_picture(self.slide, self.report.logo, "", (WIDTH - EDGE - 3, EDGE, 3, 1))

    def page(self, page: Page, section: str) -> None:
        """Write a page on as many slides as it takes."""
        self._begin(page, section, page.title)
        if page.figures:
            self.y += parts.put_figures(self.slide, page.figures, self.look, (EDGE, self.y, _INSIDE)) + _GAP
        texts = [*page.sentences, *(f"• {point}" for point in page.points)]
        if page.chart is not None:
            self._chart(page, texts)
            texts = []
        if texts:
            self._texts(texts, page, section)
        if page.table is not None and page.table.n_rows:
            self._table(page, section)

    def last(self, title: str, texts: list[str]) -> None:
        """Write what is not in the report: under the last page where there is room, else on a slide of its own."""
        room = _BOTTOM - self.y - 2 * _GAP - _HEADING
        if self.y == _TOP or parts.fitting_texts(texts, _INSIDE, room) < len(texts):
            self._begin(Page(title), "", title)
        else:
            self.y += _GAP
            parts.put_text(self.slide, title, self.look, (EDGE, self.y, _INSIDE, _HEADING), 16, bold=True)
            self.y += _HEADING
        self._texts(texts, Page(title), "")

    def _begin(self, page: Page, section: str, title: str) -> None:
        self.slide = self.deck.slides.add_slide(self.deck.slide_layouts[_TITLE_ONLY])
        if section:
            parts.put_text(self.slide, section, self.look, (EDGE, 0.35, _INSIDE, 0.3), 12, colour=self.report.accent)
        parts.put_title(self.slide, title, self.look, (EDGE, 0.62, _INSIDE, 1.0), (26, 22, 18, 14, 12))
        foot = " · ".join((self.report.title[:80], self.t("report.as_of", day=self.report.day)))
        parts.put_text(self.slide, foot, self.look, (EDGE, 7.0, _INSIDE - 1, 0.3), 10, colour=parts.QUIET)
        parts.put_number(self.slide, self.look, (WIDTH - EDGE - 0.8, 7.0, 0.8, 0.3))
        notes = [*page.notes, *([page.code] if page.code else [])]
        if notes:
            parts.put_notes(self.slide, "\n".join(notes), self.look)
        self.y = _TOP

    def _again(self, page: Page, section: str) -> None:
        """Go on on another slide."""
        self._begin(replace(page, code=""), section, self.t("report.continued", title=page.title))

    def _chart(self, page: Page, texts: list[str]) -> None:
        """Put the chart, with what is said about it on its left."""
        assert page.chart is not None
        room = _BOTTOM - self.y
        beside = 3.9 if texts else 0.0
        if texts:
            parts.put_fitting(self.slide, texts, self.look, (EDGE, self.y, beside, room), (16, 14, 12, 11, 10, 9, 8))
        left = EDGE + beside + (_GAP if beside else 0)
        box = (left, self.y, WIDTH - EDGE - left, room)
        if page.chart.native is not None:
            parts.put_chart(self.slide, page.chart, self.look, box)
        else:
            parts.put_picture(self.slide, self.drawn.png(page.chart), page.chart.alt, box)
        self.y = _BOTTOM

    def _texts(self, texts: list[str], page: Page, section: str) -> None:
        """Put texts one under the other, on further slides where they do not fit."""
        left = list(texts)
        while left:
            room = _BOTTOM - self.y
            taken = parts.fitting_texts(left, _INSIDE, room)
            if taken == 0:
                self._again(page, section)
                taken = max(parts.fitting_texts(left, _INSIDE, _BOTTOM - _TOP), 1)
            self.y += parts.put_texts(self.slide, left[:taken], self.look, (EDGE, self.y, _INSIDE, _BOTTOM - self.y))
            self.y += _GAP
            left = left[taken:]
            if left:
                self._again(page, section)

    def _table(self, page: Page, section: str) -> None:
        """Put the table, its rows on as many slides as they take."""
        assert page.table is not None
        plan = parts.TablePlan(page.table, self.t, _INSIDE)
        start = 0
        while start < page.table.n_rows:
            stop = plan.fitting(start, _BOTTOM - self.y)
            whole = page.table.n_rows - start
            if self.y > _TOP and stop - start < min(whole, 4):  # a few rows under a text are torn from the rest
                self._again(page, section)
                continue
            stop = max(stop, start + 1)
            plan.put(self.slide, start, stop, self.look, (EDGE, self.y), page.title)
            start, self.y = stop, _BOTTOM
        self.y = _BOTTOM


def _dress(deck: Any, report: Report) -> None:
    """Set the faces and the colour of the theme, and the properties of the file."""
    from datetime import datetime

    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = theme.blob.decode("utf-8").replace('<a:ea typeface=""/>', f'<a:ea typeface="{FACE}"/>')
    colour = f'<a:accent1><a:srgbClr val="{report.accent[1:].upper()}"/></a:accent1>'
    theme._blob = re.sub(r"<a:accent1>.*?</a:accent1>", colour, blob, count=1).encode("utf-8")
    about = deck.core_properties
    about.title, about.author, about.last_modified_by = report.title[:250], AUTHOR, AUTHOR
    about.subject, about.keywords, about.comments, about.category = "", "", "", ""
    about.language = "zh-CN" if report.language == "zh" else "en-GB"
    about.created = about.modified = datetime.combine(report.day, datetime.min.time())
    about.revision = 1
