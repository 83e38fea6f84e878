"""Every number of every kind of file, read back, is that of ``summary.json``; twice the same, with the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from analysis.figures import summary
from analysis.reports.build import build_report
from analysis.reports.choices import ReportChoices
from analysis.reports.content import Report
from analysis.reports.drawn import Drawn
from analysis.reports.write import report_bytes
from analysis.segments.names import edited_names
from analysis.study import StudyResult, read, run, suggest
from analysis.study.for_others import SharedStudy, for_others
from tests.reports.readers import code_of, docx_tables, html_tables, pdf_text, pptx_tables, xlsx_sheets
from texts import Translator, translator

KINDS = ("html", "pptx", "docx", "pdf", "xlsx", "ipynb")


@pytest.fixture(scope="module")
def result(root: Path) -> StudyResult:
    tables = read(root / "sample_data/中文店铺.xlsx")
    recipe = suggest(tables)
    kept = tuple(plan for plan in recipe.segmentations if plan.params.kind == "rfm")
    return run(tables, recipe.model_copy(update={"segmentations": kept, "name": "中文店铺"}))


@pytest.fixture(scope="module")
def shared(result: StudyResult) -> SharedStudy:
    return for_others(result)


@pytest.fixture(scope="module")
def t(result: StudyResult) -> Translator:
    return translator("zh", result.recipe.currency)


@pytest.fixture(scope="module")
def report(result: StudyResult, t: Translator) -> Report:
    return build_report(result, ReportChoices(preset="consultant", language="zh", client="甲公司"), t)


@pytest.fixture(scope="module")
def files(report: Report, t: Translator) -> dict[str, bytes]:
    drawn = Drawn("zh")
    return {kind: report_bytes(report, kind, t, drawn) for kind in KINDS}


def expected(shared: SharedStudy, t: Translator) -> list[list[Any]]:
    """Return what ``summary.json`` says of the segments, and their names."""
    edited = shared.edited["rfm"]
    names = edited_names(shared.segmentations["rfm"], edited, t)
    rows = summary(shared)["segmentations"]["rfm"]["segments"]
    total = sum(row["revenue"] for row in rows)
    return [[names[row["key"]], row["customers"], row["share"], row["revenue"], row["revenue"] / total] for row in rows]


def in_words(rows: list[list[Any]], t: Translator) -> list[list[str]]:
    return [
        [name, t.number(n), t.percent(share), t.money(money), t.percent(part)] for name, n, share, money, part in rows
    ]


@pytest.mark.parametrize(("kind", "tables"), [("html", html_tables), ("pptx", pptx_tables), ("docx", docx_tables)])
def test_segments_read_back_are_those_of_the_summary(
    kind: str, tables: Any, files: dict[str, bytes], shared: SharedStudy, t: Translator
) -> None:
    told = in_words(expected(shared, t), t)
    [found] = [rows for rows in tables(files[kind]) if rows[0][-1] == t("workbook.meaning")]
    assert [row[:5] for row in found[1:]] == told


@pytest.mark.parametrize(("kind", "tables"), [("html", html_tables), ("pptx", pptx_tables), ("docx", docx_tables)])
def test_cards_read_back_are_those_of_the_summary(
    kind: str, tables: Any, files: dict[str, bytes], shared: SharedStudy, t: Translator
) -> None:
    cards = summary(shared)["cards"]
    [found] = [rows for rows in tables(files[kind]) if rows[0][-1] == t("workbook.advice")]
    assert [row[1:4] for row in found[1:]] == [
        [t.number(card["customers"]), t.percent(card["share"]), t.money(card["revenue"])] for card in cards
    ]


def test_the_workbook_holds_the_numbers_themselves(files: dict[str, bytes], shared: SharedStudy, t: Translator) -> None:
    rows = xlsx_sheets(files["xlsx"])[t("report.section.segments")]
    start = next(i for i, row in enumerate(rows) if row[0] == t("workbook.segment")) + 1
    told = expected(shared, t)
    for row, (name, n, share, money, part) in zip(rows[start : start + len(told)], told, strict=True):
        assert row[:2] == [name, n]
        assert row[2:5] == pytest.approx([share, money, part], rel=1e-5, abs=1e-6)


def test_the_pdf_says_every_number_of_the_segments(files: dict[str, bytes], shared: SharedStudy, t: Translator) -> None:
    said = pdf_text(files["pdf"]).replace("\n", " ")
    for row in in_words(expected(shared, t), t):
        assert all(cell in said for cell in row[1:]), row


@pytest.mark.parametrize("kind", ["html", "pptx", "docx", "pdf"])
def test_the_figures_on_top_are_those_of_the_summary(
    kind: str, files: dict[str, bytes], shared: SharedStudy, t: Translator
) -> None:
    from tests.reports.readers import everything

    figures, said = summary(shared), "".join(everything(kind, files[kind]))
    for told in (t.number(figures["customers"]), t.number(figures["orders"]), t.money(figures["revenue"])):
        assert told in said


def test_a_chart_of_a_slide_holds_the_shares_of_the_summary(
    files: dict[str, bytes], shared: SharedStudy, t: Translator
) -> None:
    from pptx import Presentation

    frames = [shape for slide in Presentation(io.BytesIO(files["pptx"])).slides for shape in slide.shapes]
    bars = next(shape.chart for shape in frames if shape.has_chart and len(shape.chart.plots[0].categories) < 15)
    told = expected(shared, t)
    assert list(bars.plots[0].categories) == [row[0] for row in told]
    shares, money = (list(series.values) for series in bars.plots[0].series)
    assert shares == pytest.approx([row[2] for row in told], abs=1e-6)
    assert money == pytest.approx([row[4] for row in told], rel=1e-5)


def test_the_notebook_runs_and_its_numbers_are_those_of_the_summary(
    files: dict[str, bytes], result: StudyResult, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat

    nbformat.validate(nbformat.reads(files["ipynb"].decode(), as_version=4))
    monkeypatch.chdir(root / "sample_data")
    names: dict[str, Any] = {}
    exec(code_of(files["ipynb"]), names)
    assert names["figures"] == summary(result)


def test_the_same_report_gives_the_same_bytes(files: dict[str, bytes], report: Report, t: Translator) -> None:
    again = Drawn("zh")  # drawn anew, once for all kinds
    for kind in KINDS:
        assert report_bytes(report, kind, t, again) == files[kind], kind


def test_slides_have_titles_and_nothing_stands_over_the_edge(files: dict[str, bytes]) -> None:
    from pptx import Presentation

    deck: Any = Presentation(io.BytesIO(files["pptx"]))
    assert 10 <= len(deck.slides) <= 15
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width and shape.top + shape.height <= deck.slide_height


def test_every_run_of_a_slide_has_a_face_for_chinese(files: dict[str, bytes]) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(files["pptx"])) as archive:
        slides = [archive.read(name).decode() for name in archive.namelist() if name.startswith("ppt/slides/slide")]
        theme = archive.read("ppt/theme/theme1.xml").decode()
    for slide in slides:
        assert slide.count("<a:t>") <= slide.count("<a:ea ") + 1  # the number of the slide is no Chinese
    assert '<a:ea typeface=""/>' not in theme


def test_word_repeats_the_titles_of_tables_and_speaks_chinese(files: dict[str, bytes]) -> None:
    from docx import Document
    from docx.oxml.ns import qn

    document: Any = Document(io.BytesIO(files["docx"]))
    shown = [table for table in document.tables if table.style.name == "Light Grid Accent 1"]
    assert shown and all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in shown)
    assert [p.style.name for p in document.paragraphs].count("Heading 1") >= 5
    normal = document.styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert normal.get(qn("w:eastAsia")) == "Microsoft YaHei"


def test_the_pdf_is_tagged_numbered_and_has_its_fonts_inside(files: dict[str, bytes]) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(files["pdf"]))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "zh-CN"
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())
    assert f"第 1 页，共 {len(reader.pages)} 页" in reader.pages[0].extract_text()


def test_titles_are_findings_with_their_number(report: Report) -> None:
    titles = [page.title for section in report.sections for page in section.pages if section.key != "methods"]
    assert all(any(letter.isdigit() for letter in title) for title in titles)


def test_owners_report_fills_two_pages(result: StudyResult, t: Translator) -> None:
    from pypdf import PdfReader

    made = build_report(result, ReportChoices(preset="owner", language="zh"), t)
    assert len(PdfReader(io.BytesIO(report_bytes(made, "pdf", t))).pages) <= 2


def test_html_asks_for_nothing_and_runs_nothing(files: dict[str, bytes]) -> None:
    import re

    page = files["html"].decode()
    assert len(files["html"]) < 3_000_000
    assert "default-src &#39;none&#39;" in page and "<script" not in page.lower()
    assert not re.search(r'(src|href)="(?!#|data:)|url\((?!#)|@import', re.sub(r'xmlns[:\w]*="[^"]*"', "", page))
