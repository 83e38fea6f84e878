"""A report as Word: real headings, tables whose titles repeat, faces and language of both scripts."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.intake.reading.written import AUTHOR
from analysis.reports.writers.html import under_title
from analysis.reports.writers.measure import widths
from analysis.reports.writers.steady import steady

if TYPE_CHECKING:
    from analysis.reports.content import Page, Report, Table
    from analysis.reports.drawn import Drawn
    from analysis.translate import Translate

LATIN, EAST_ASIAN = "Calibri", "Microsoft YaHei"
_STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "List Bullet", "Caption")
_WIDTH_CM = 17.0


def report_docx(report: Report, t: Translate, drawn: Drawn) -> bytes:
    """Return the document, on A4.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw the charts.
    """
    from docx import Document
    from docx.shared import Cm

    document: Any = Document()
    _dress(document, report)
    if report.logo is not None:
        document.add_picture(io.BytesIO(report.logo), height=Cm(1.4))
        _describe(document, "")
    document.add_paragraph(report.title, style="Title")
    for line in under_title(report, t):
        document.add_paragraph(line, style="Subtitle")
    for section in report.sections:
        document.add_heading(section.name, 1)
        for page in section.pages:
            _page(document, page, t, drawn)
    document.add_heading(t("report.about"), 1)
    for remark in report.remarks:
        document.add_paragraph(remark, style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    return steady(buffer.getvalue(), report.day)


def _page(document: Any, page: Page, t: Translate, drawn: Drawn) -> None:
    from docx.shared import Cm, Pt

    document.add_heading(page.title, 2)
    if page.figures:
        _figures(document, page, t)
    for said in page.sentences:
        document.add_paragraph(said)
    if page.chart is not None:
        document.add_picture(io.BytesIO(drawn.png(page.chart)), width=Cm(_WIDTH_CM))
        _describe(document, page.chart.alt)
    if page.table is not None:
        _table(document, page.table, t)
    for point in page.points:
        document.add_paragraph(point, style="List Bullet")
    for note in page.notes:
        document.add_paragraph(note, style="Caption")
    if page.code:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(page.code)
        run.font.name, run.font.size = "Consolas", Pt(8.5)


def _figures(document: Any, page: Page, t: Translate) -> None:
    """Write figures as a table without lines: the number above, what it is below."""
    from docx.shared import Pt

    across = min(len(page.figures), 4)
    for start in range(0, len(page.figures), across):
        shown = page.figures[start : start + across]
        grid = document.add_table(rows=2, cols=across)
        for place, one in enumerate(shown):
            run = grid.cell(0, place).paragraphs[0].add_run(one.value)
            run.bold, run.font.size = True, Pt(15)
            grid.cell(1, place).paragraphs[0].add_run(one.name)
    document.add_paragraph()


def _table(document: Any, table: Table, t: Translate) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Inches, Pt

    rows = table.rows(t)
    grid = document.add_table(rows=1 + len(rows), cols=len(table.columns), style="Light Grid Accent 1")
    grid.autofit = False
    for place, width in enumerate(widths(table, rows, _WIDTH_CM / 2.54, 9, 0.08)):
        grid.columns[place].width = Inches(width)
        for cell in grid.columns[place].cells:
            cell.width = Inches(width)
    head = grid.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
    for line, row in enumerate([table.titles(), *rows]):
        tr = grid.rows[line]._tr
        tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, text) in enumerate(zip(grid.rows[line].cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(9), line == 0
            if table.columns[place].form != "text":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _dress(document: Any, report: Report) -> None:
    """Set page, faces, language and properties."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(1.8)
    accent = RGBColor.from_string(report.accent[1:].upper())
    for name in _STYLES:
        style = document.styles[name]
        style.font.name = LATIN
        properties = style.element.get_or_add_rPr()
        faces = properties.find(qn("w:rFonts"))
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            faces.attrib.pop(qn(f"w:{script}"), None)
        faces.set(qn("w:hAnsi"), LATIN)
        faces.set(qn("w:eastAsia"), EAST_ASIAN)
    for name, size in (("Title", 24), ("Heading 1", 13), ("Heading 2", 15), ("Subtitle", 11), ("Normal", 10.5)):
        document.styles[name].font.size = Pt(size)
    for name in ("Heading 1", "Title"):
        document.styles[name].font.color.rgb = accent
    document.styles["Heading 2"].font.color.rgb = RGBColor(0x1B, 0x1F, 0x27)
    document.styles["Caption"].font.bold = False
    document.styles["Caption"].font.color.rgb = RGBColor(0x5C, 0x62, 0x6E)
    _speak(document, "zh-CN" if report.language == "zh" else "en-GB")
    about = document.core_properties
    about.title, about.author, about.last_modified_by = report.title[:250], AUTHOR, AUTHOR
    about.comments, about.subject, about.keywords, about.category = "", "", "", ""
    about.language = "zh-CN" if report.language == "zh" else "en-GB"
    about.created = about.modified = datetime.combine(report.day, datetime.min.time())
    about.revision = 1


def _speak(document: Any, language: str) -> None:
    """Set the language of everything, of both scripts: the library's template speaks American English."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = defaults.find(qn("w:lang"))
    if spoken is None:
        spoken = OxmlElement("w:lang")
        defaults.append(spoken)
    spoken.set(qn("w:val"), language if language != "zh-CN" else "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    faces = defaults.find(qn("w:rFonts"))
    if faces is not None:
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            faces.attrib.pop(qn(f"w:{script}"), None)
        faces.set(qn("w:ascii"), LATIN)
        faces.set(qn("w:hAnsi"), LATIN)
        faces.set(qn("w:eastAsia"), EAST_ASIAN)


def _describe(document: Any, alt: str) -> None:
    """Give the picture that was put last its words."""
    picture = document.inline_shapes[-1]._inline.docPr
    picture.set("descr", alt)
