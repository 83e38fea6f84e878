"""What stands on a slide: titles, texts, figures, tables, charts and pictures, each in a box in inches."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.reports.writers.measure import fitting, height, shortened, widths
from analysis.reports.writers.native_data import FORMATS, label, workbook_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.content import Chart, Figure, Native, Table
    from analysis.translate import Translate

Box = tuple[float, float, float, float]
QUIET, INK, PALE = "#5c626e", "#1b1f27", "#a3a8b1"
_TEXT, _SMALL = 16, 10
_BETWEEN = 0.12  # inches between two texts
_BOLD = 1.12  # how much wider bold letters run
_CELL, _CELL_SIDE, _CELL_TOP = 11, 0.08, 0.04


@dataclass(frozen=True)
class Look:
    """Colour of the report, its language, and the face of Chinese letters."""

    accent: str
    language: str
    face: str


def put_title(slide: Any, text: str, look: Look, box: Box, sizes: Sequence[float]) -> None:
    """Put the title of a slide into its own place, as large as it fits."""
    room = box[2] / _BOLD
    size = fitting(text, room, box[3], sizes) or sizes[-1]
    title = slide.shapes.title
    _place(title, box)
    _fill(title.text_frame, [shortened(text, room, box[3], size)], look, size, bold=True, bottom=True)


def put_text(
    slide: Any, text: str, look: Look, box: Box, size: float, *, colour: str = INK, bold: bool = False
) -> None:
    """Put a text that is known to be short."""
    shape = slide.shapes.add_textbox(*_emu(box))
    told = [shortened(text, box[2], max(box[3], size / 50), size)]
    _fill(shape.text_frame, told, look, size, colour=colour, bold=bold)


def put_texts(slide: Any, texts: Sequence[str], look: Look, box: Box) -> float:
    """Put texts one under the other and return the height that they take."""
    size = _size_of(texts, box[2], box[3])
    told = [shortened(text, box[2], box[3], size) for text in texts]
    tall = sum(height(text, box[2], size) + _BETWEEN for text in told)
    shape = slide.shapes.add_textbox(*_emu((box[0], box[1], box[2], min(tall, box[3]))))
    _fill(shape.text_frame, told, look, size, between=_BETWEEN)
    return tall


def put_fitting(slide: Any, texts: Sequence[str], look: Look, box: Box, sizes: Sequence[float]) -> None:
    """Put texts into a box, smaller where they are many, cut where even that is not enough."""
    size = next((each for each in sizes if _tall(texts, box[2], each) <= box[3]), sizes[-1])
    told, room = [], box[3]
    for text in texts:
        if room < size / 50:
            break
        told.append(shortened(text, box[2], room, size))
        room -= height(told[-1], box[2], size) + _BETWEEN
    shape = slide.shapes.add_textbox(*_emu(box))
    _fill(shape.text_frame, told, look, size, between=_BETWEEN)


def fitting_texts(texts: Sequence[str], width: float, room: float) -> int:
    """Return how many of the first texts fit a room at the smallest size."""
    taken, tall = 0, 0.0
    for text in texts:
        tall += height(text, width, _SMALL + 2) + _BETWEEN
        if tall > room:
            break
        taken += 1
    return taken


def put_figures(slide: Any, figures: Sequence[Figure], look: Look, box: tuple[float, float, float]) -> float:
    """Put figures beside each other, at most six to a row, and return the height that they take."""
    left, top, width = box
    shown = figures[:8]
    across = len(shown) if len(shown) <= 6 else 4
    each, tall = width / max(across, 3), 0.95
    for i, one in enumerate(shown):
        place = (left + (i % across) * each, top + (i // across) * tall, each - 0.15, tall - 0.1)
        shape = slide.shapes.add_textbox(*_emu(place))
        size = fitting(one.value, place[2], 0.5, (24, 20, 16, 12)) or 12
        _fill(shape.text_frame, [shortened(one.value, place[2], 0.5, size)], look, size, bold=True, colour=look.accent)
        _paragraph(shape.text_frame.add_paragraph(), shortened(one.name, place[2], 0.35, 12), look, 12, colour=QUIET)
    return -(-len(shown) // across) * tall


def put_bar(slide: Any, look: Look, box: Box) -> None:
    """Put a bar of the report's colour."""
    from pptx.enum.shapes import MSO_SHAPE

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _colour(look.accent)
    shape.line.fill.background()
    _describe(shape, "")


def put_number(slide: Any, look: Look, box: Box) -> None:
    """Put the number of the slide, as a field."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    shape = slide.shapes.add_textbox(*_emu(box))
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = _align("RIGHT")
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    number = etree.SubElement(
        paragraph._p, f"{{{space}}}fld", id="{00000000-0000-4000-8000-000000000001}", type="slidenum"
    )
    etree.SubElement(number, f"{{{space}}}rPr", lang="en-GB", sz="1000")
    etree.SubElement(number, f"{{{space}}}t").text = "‹#›"


def put_notes(slide: Any, text: str, look: Look) -> None:
    """Write the notes of a slide."""
    _fill(slide.notes_slide.notes_text_frame, text.split("\n"), look, None)


def put_picture(slide: Any, png: bytes, alt: str, box: Box) -> None:
    """Put a picture into a box, in its own proportions."""
    shape = slide.shapes.add_picture(io.BytesIO(png), *_emu(box)[:2])
    scale = min(box[2] * 914_400 / shape.width, box[3] * 914_400 / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    _describe(shape, alt)


def put_chart(slide: Any, chart: Chart, look: Look, box: Box) -> None:
    """Put a chart of PowerPoint's own, whose values can be edited."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    native = chart.native
    assert native is not None
    data: Any = CategoryChartData(number_format=FORMATS[native.form])
    data.categories = [label(category) for category in native.categories]
    for series in native.series:
        data.add_series(series.name, series.values)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if native.kind == "bars" else XL_CHART_TYPE.LINE
    frame = slide.shapes.add_chart(kind, *_emu(box), data)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(workbook_of(native))
    _describe(frame, chart.alt)
    _style_chart(frame.chart, native, look)


def _style_chart(chart: Any, native: Native, look: Look) -> None:
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.font.size = Pt(11)
    chart.font.color.rgb = _colour(INK)
    chart.has_title = False
    chart.has_legend = len(native.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot = chart.plots[0]
    colours = [PALE, look.accent] if len(native.series) > 1 else [look.accent]
    for series, colour in zip(plot.series, colours, strict=False):
        if native.kind == "bars":
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = _colour(colour)
        else:
            series.format.line.color.rgb = _colour(colour)
            series.format.line.width = Pt(2.5)
            series.smooth = False
    value, category = chart.value_axis, chart.category_axis
    value.tick_labels.number_format, value.tick_labels.number_format_is_linked = FORMATS[native.form], False
    value.major_gridlines.format.line.color.rgb = _colour("#dcdfe5")
    value.format.line.fill.background()
    if native.kind == "bars":
        plot.gap_width, plot.has_data_labels = 45, True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = FORMATS[native.form], False
        plot.data_labels.font.size = Pt(10)
        category.reverse_order = True
        value.visible = False
        value.has_major_gridlines = False
    _east_asian_chart(chart, look)


class TablePlan:
    """A table on slides: widths of its columns and heights of its rows."""

    def __init__(self, table: Table, t: Translate, width: float) -> None:
        self.table = table
        self.rows = table.rows(t)
        self.titles = table.titles()
        self.size = _CELL if len(self.titles) <= 6 else _CELL - 1
        self.widths = widths(table, self.rows, width, self.size, _CELL_SIDE)
        self.head = self._tall(self.titles)
        self.talls = [self._tall(row) for row in self.rows]

    def _tall(self, row: Sequence[str]) -> float:
        cells = zip(row, self.widths, strict=True)
        return max(height(cell, width - 2 * _CELL_SIDE, self.size) for cell, width in cells) + 2 * _CELL_TOP + 0.03

    def fitting(self, start: int, room: float) -> int:
        """Return the first row that does not fit under the titles."""
        room -= self.head
        for i in range(start, len(self.talls)):
            room -= self.talls[i]
            if room < 0:
                return i
        return len(self.talls)

    def put(self, slide: Any, start: int, stop: int, look: Look, at: tuple[float, float], alt: str) -> None:
        """Put some rows under the titles."""
        from pptx.util import Inches

        tall = self.head + sum(self.talls[start:stop])
        box = (*at, sum(self.widths), tall)
        frame = slide.shapes.add_table(stop - start + 1, len(self.titles), *_emu(box))
        _describe(frame, alt)
        grid = frame.table
        for place, width in enumerate(self.widths):
            grid.columns[place].width = Inches(width)
        for line, row in enumerate([self.titles, *self.rows[start:stop]]):
            grid.rows[line].height = Inches(self.head if line == 0 else self.talls[start + line - 1])
            for place, text in enumerate(row):
                cell = grid.cell(line, place)
                cell.margin_left = cell.margin_right = Inches(_CELL_SIDE)
                cell.margin_top = cell.margin_bottom = Inches(_CELL_TOP)
                most = (self.head if line == 0 else self.talls[start + line - 1]) + 0.2
                told = shortened(text, self.widths[place] - 2 * _CELL_SIDE, min(most, 5.0), self.size)
                _fill(cell.text_frame, [told], look, self.size, bold=line == 0, colour="#ffffff" if line == 0 else INK)
                if self.table.columns[place].form != "text":
                    cell.text_frame.paragraphs[0].alignment = _align("RIGHT")


def _size_of(texts: Sequence[str], width: float, room: float) -> float:
    sizes = (_TEXT, 14, _SMALL + 2)
    return next((size for size in sizes if _tall(texts, width, size) <= room), _SMALL + 2)


def _tall(texts: Sequence[str], width: float, size: float) -> float:
    return sum(height(text, width, size) + _BETWEEN for text in texts)


def _fill(
    frame: Any,
    texts: Sequence[str],
    look: Look,
    size: float | None,
    *,
    bold: bool = False,
    colour: str = INK,
    between: float = 0.0,
    bottom: bool = False,
) -> None:
    """Write texts as paragraphs of a frame without margins, that neither grows nor shrinks."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
    from pptx.util import Inches

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    if size is not None and not between and hasattr(frame, "vertical_anchor"):
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM if bottom else MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        _paragraph(paragraph, text, look, size, bold=bold, colour=colour)
        if between:
            paragraph.space_after = Inches(between)


def _paragraph(
    paragraph: Any, text: str, look: Look, size: float | None, *, bold: bool = False, colour: str = INK
) -> None:
    from pptx.util import Pt

    paragraph.alignment = _align("LEFT")
    for place, part in enumerate(text.split("\n")):
        if place:
            paragraph.add_line_break()
        run = paragraph.add_run()
        run.text = part
        if size is not None:
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = _colour(colour)
        east_asian(run._r.get_or_add_rPr(), look)


def east_asian(properties: Any, look: Look) -> None:
    """Give a run the face of Chinese letters and its language: the library sets only that of Latin ones."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    properties.set("lang", "zh-CN" if look.language == "zh" else "en-GB")
    properties.set("altLang", "en-GB" if look.language == "zh" else "zh-CN")
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    for old in properties.findall(f"{{{space}}}ea"):
        properties.remove(old)
    face = etree.Element(f"{{{space}}}ea", typeface=look.face)
    latin = properties.find(f"{{{space}}}latin")
    if latin is not None:
        latin.addnext(face)
    else:
        properties.append(face)


def _east_asian_chart(chart: Any, look: Look) -> None:
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    for properties in chart._chartSpace.iter(f"{{{space}}}defRPr"):
        east_asian(properties, look)


def _describe(shape: Any, alt: str) -> None:
    shape._element.xpath(".//p:cNvPr")[0].set("descr", alt)


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _emu(box)


def _emu(box: Box) -> tuple[int, int, int, int]:
    from pptx.util import Inches

    left, top, width, tall = (int(Inches(part)) for part in box)
    return left, top, width, tall


def _colour(written: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(written[1:].upper())


def _align(name: str) -> Any:
    from pptx.enum.text import PP_ALIGN

    return getattr(PP_ALIGN, name)
