"""What is hostile, missing, personal or too long: a sentence, a smaller report, never a broken file."""

from __future__ import annotations

import errno
import io
import json
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.errors import AnalysisError, ChoiceError, of_the_machine
from analysis.experiments.record import Experiment
from analysis.intake.reading.read import read_file
from analysis.reports.build import build_report
from analysis.reports.choices import PRESETS, ReportChoices
from analysis.reports.content import Report
from analysis.reports.drawn import Drawn
from analysis.reports.hush import MARK, Hushed
from analysis.reports.logo import logo_text, safe_logo
from analysis.reports.material import KeptExperiment
from analysis.reports.write import report_bytes, write_report
from analysis.segments.params import SegmentEdit
from analysis.study import StudyResult, begin, run, suggest
from tests.reports.readers import everything, pdf_text, pptx_tables, xlsx_sheets
from texts import translator

KINDS: tuple[Any, ...] = ("html", "pptx", "docx", "pdf", "xlsx", "ipynb")
HOSTILE = (
    "=cmd()",
    "<script>alert(1)</script>",
    '#import "@preview/x:1.0.0": *',
    "长名" * 150,
    "a\x00b\x1b]x",
    "{{7*7}}",
)
NAMES, MAILS = ("Zacharias Plantedname", "Ottokar Vorbild"), ("planted.person@example.org", "ottokar@example.org")
PHONES = ("13812345678", "13987654321")


@pytest.fixture(scope="module")
def result() -> StudyResult:
    rows = [
        {
            "customer id": f"K{i % 60:03}",
            "name": NAMES[i % 2] if i % 60 < 2 else f"Person {i % 60}",
            "phone": PHONES[i % 2] if i % 60 < 2 else f"137{i % 60:08}",
            "email": MAILS[i % 2] if i % 60 < 2 else f"p{i % 60}@example.org",
            "order date": f"2024-{i * 7 % 12 + 1:02}-{i % 28 + 1:02}",
            "amount": 5 + i * 31 % 83 + (i % 60) ** 2,
            "category": HOSTILE[i // 3 % 6],
            "city": HOSTILE[i % 60 // 15],
        }
        for i in range(480)
    ]
    tables = read_file(pd.DataFrame(rows).to_csv(index=False).encode(), name="orders =1+1.csv")
    recipe = suggest(tables)
    first = begin(tables, recipe)
    keys = first.segmentation("rfm")[1].segmentation.segments["segment"].tolist()
    edits = tuple(SegmentEdit(segment=key, name=f"{HOSTILE[i % 4][:75]} {i}") for i, key in enumerate(keys))
    plans = tuple(
        plan.model_copy(update={"edits": edits}) if plan.params.kind == "rfm" else plan
        for plan in recipe.segmentations
        if plan.params.kind in ("rfm", "tiers")
    )
    named = recipe.model_copy(update={"name": HOSTILE[1], "segmentations": plans})
    return begin(tables, named, memo=first.memo).result()


@pytest.fixture(scope="module")
def report(result: StudyResult) -> Report:
    choices = ReportChoices(preset="analyst", title=HOSTILE[2] + "x" * 250, client=HOSTILE[0])
    kept = KeptExperiment(Experiment(name=HOSTILE[1]), datetime(2026, 1, 2, tzinfo=UTC))
    return build_report(result, choices, translator("en"), experiments=(kept,))


@pytest.fixture(scope="module")
def files(report: Report) -> dict[str, bytes]:
    drawn = Drawn("en")
    return {kind: report_bytes(report, kind, translator("en"), drawn) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_no_planted_value_stands_anywhere(kind: str, files: dict[str, bytes]) -> None:
    texts = list(everything(kind, files[kind]))
    assert texts
    for planted in (*NAMES, *MAILS, *PHONES, "K001"):
        assert not any(planted in text for text in texts), planted


def test_hostile_names_are_text_in_html(files: dict[str, bytes]) -> None:
    page = files["html"].decode()
    assert "<script" not in page.lower() and "&lt;script&gt;" in page


def test_no_cell_is_a_formula_also_in_charts_of_slides(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["pptx"])) as archive:
        inside = [archive.read(name) for name in archive.namelist() if name.endswith(".xlsx")]
    assert inside
    for book in (files["xlsx"], *inside):
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets and not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_markup_of_typst_is_text(files: dict[str, bytes]) -> None:
    assert "#import" in pdf_text(files["pdf"])


def test_a_name_of_many_letters_stays_on_the_slide(files: dict[str, bytes]) -> None:
    from pptx import Presentation

    deck: Any = Presentation(io.BytesIO(files["pptx"]))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height and shape.left + shape.width <= deck.slide_width
    assert any(HOSTILE[0] in cell for rows in pptx_tables(files["pptx"]) for row in rows for cell in row)


def test_sheets_open_and_their_names_are_links(files: dict[str, bytes]) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(files["xlsx"]))
    links = [cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]
    assert {link.rpartition("!")[0].strip("'") for link in links} == set(book.sheetnames[1:])


def test_a_long_title_leaves_the_page_to_what_is_found(result: StudyResult) -> None:
    from pypdf import PdfReader

    choices = ReportChoices(preset="owner", title="N" * 300, client="张三丰的店" * 60)
    report = build_report(result, choices, translator("en"))
    pages = PdfReader(io.BytesIO(report_bytes(report, "pdf", translator("en")))).pages
    first = pages[0].extract_text()
    assert report.sections[0].name in first
    assert len(pages) <= 3 and "N" * 300 not in first  # a word that cannot be broken runs off the page


def test_a_name_that_somebody_typed_is_shown_without_the_address_in_it(result: StudyResult) -> None:
    why = "Anna said so: anna.bell@example.org, 13812345678"
    experiment = Experiment(name="letter to zoe@example.org", learned=why)
    kept = (KeptExperiment(experiment, datetime(2026, 11, 1, tzinfo=UTC)),)
    choices = ReportChoices(preset="consultant", sections=("experiments",))
    report = build_report(result, choices, translator("en"), experiments=kept)
    told = report_bytes(report, "html", translator("en")).decode()
    assert "letter to z***@example.org" in told and "anna.bell" not in told and "13812345678" not in told


def test_small_segments_are_together_and_counts_of_a_few_are_left_out(report: Report) -> None:
    segments = next(section for section in report.sections if section.key == "segments")
    for page in segments.pages:
        assert page.table is not None
        assert all(n >= 5 for n in page.table.columns[1].values)
    told = json.dumps([page.sentences + page.points for page in report.pages])
    assert MARK not in told


def test_a_sentence_on_three_people_is_marked_and_one_on_many_is_not() -> None:
    careful = Hushed(translator("en"))
    assert MARK in careful("overview.answer.overdue", n=3, regulars=40)
    assert MARK not in careful("overview.answer.overdue", n=30, regulars=40)
    assert MARK not in careful("segment.cluster", n=3)  # the third group, not a group of three
    assert MARK in careful("overview.answer.repurchase", share=0.9, n=40)  # four bought once
    assert MARK not in careful("overview.answer.repurchase", share=0.5, n=40)
    assert MARK in careful("brief.moves", n=37, all=40, method="RFM")  # three stayed
    assert MARK not in careful("cards.size", n=40, share=0.1)  # the forty are a tenth


def test_figures_and_facts_of_a_few_are_left_out() -> None:
    rows = "customer id,order id,order date,amount,channel\n" + "".join(
        f"c{c},o{c}-{k},2024-0{1 + k}-11,{c + 5},{'shop' if c < 3 else 'web'}\n"
        for c in range(60)
        for k in range(1 + (c > 2))
    )
    choices = ReportChoices(preset="analyst", sections=("overview", "personas"))
    found = build_report(run(read_file(rows.encode())), choices, translator("en"))
    told = json.dumps(
        [(page.sentences, page.points, [(f.name, f.value) for f in page.figures]) for page in found.pages]
    )
    assert "95%" not in told and "5.0%" not in told  # three of sixty bought once, and in the shop


def test_sections_without_data_are_named(report: Report) -> None:
    assert {"tags", "predictions", "changes"}.isdisjoint(one.key for one in report.sections)
    missing = {translator("en")(f"report.missing.{key}") for key in ("tags", "predictions", "changes")}
    assert missing <= set(report.remarks)
    assert set(PRESETS["analyst"]) >= {section.key for section in report.sections}


def test_a_study_without_segments_gets_a_smaller_report(result: StudyResult) -> None:
    bare = run(result.standard.raws, result.recipe.model_copy(update={"segmentations": ()}))
    t = translator("en")
    found = build_report(bare, ReportChoices(sections=("segments", "comparison", "brief", "quality")), t)
    assert [section.key for section in found.sections] == ["brief", "quality"]
    assert {t("report.missing.segments"), t("report.missing.comparison")} <= set(found.remarks)
    assert report_bytes(found, "html", t)


def test_customers_without_orders_get_a_smaller_report() -> None:
    tables = read_file(pd.DataFrame({"customer id": range(40), "city": ["A", "B"] * 20}).to_csv(index=False).encode())
    found = build_report(run(tables), ReportChoices(preset="consultant", language="zh"), translator("zh"))
    assert "overview" not in [section.key for section in found.sections] and found.sections
    assert report_bytes(found, "xlsx", translator("zh"))


def test_fewer_than_five_customers_are_refused() -> None:
    tables = read_file(b"customer id,city\n1,A\n2,B\n3,C\n")
    with pytest.raises(AnalysisError, match="share_too_few"):
        build_report(run(tables), ReportChoices(), translator("en"))


def test_a_full_disk_leaves_nothing(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def fail(path: Path, data: bytes) -> int:
        if path.suffix == ".xlsx":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError) as caught:
        write_report(report, tmp_path, ("ipynb", "xlsx"), translator("en"))
    assert (refusal := of_the_machine(caught.value)) is not None and refusal.code == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_without_a_chinese_font_it_is_said_before_anything_is_written(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setattr("analysis.reports.writers.paper.chinese_font", lambda: None)
    with pytest.raises(AnalysisError, match="no_chinese_font"):
        write_report(replace(report, language="zh"), tmp_path, ("ipynb", "pdf"), translator("zh"))
    assert list(tmp_path.iterdir()) == []


def test_stop_comes_through_and_leaves_nothing(report: Report, tmp_path: Path) -> None:
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_report(report, tmp_path, ("ipynb", "xlsx"), translator("en"), progress=stop)
    assert list(tmp_path.iterdir()) == []


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">%s</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b'<rect onload="x()"/>',
        b'<image href="http://example.org/a.png"/>',
        b"<foreignObject/>",
        b"<style>@import 'http://example.org'</style>",
    ],
)
def test_a_logo_that_does_more_than_draw_is_refused(inside: bytes) -> None:
    with pytest.raises(AnalysisError, match="logo_active"):
        safe_logo(SVG % inside)


@pytest.mark.parametrize("sides", [(100_000, 100_000), (9, 3), (3, 900_000)])
def test_a_drawing_is_drawn_as_large_as_a_logo_and_no_larger(sides: tuple[int, int]) -> None:
    from PIL import Image

    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"></svg>' % sides
    size = Image.open(io.BytesIO(safe_logo(drawing))).size
    scale = min(720 / sides[0], 240 / sides[1])
    assert size == tuple(max(1, round(side * scale)) for side in sides)


def test_a_picture_that_does_not_shrink_by_packing_is_made_smaller() -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.frombytes("RGBA", (720, 240), random.Random(1).randbytes(720 * 240 * 4)).save(buffer, "PNG")
    assert len(safe_logo(buffer.getvalue())) <= 150_000
    assert ReportChoices(logo=logo_text(buffer.getvalue())).logo


def test_a_logo_is_drawn_anew_and_small() -> None:
    from PIL import Image

    assert Image.open(io.BytesIO(safe_logo(SVG % b'<rect width="90" height="30"/>'))).size == (720, 240)
    buffer = io.BytesIO()
    Image.new("RGB", (3000, 500), "red").save(buffer, "JPEG", comment=b"secret")
    assert Image.open(io.BytesIO(safe_logo(buffer.getvalue()))).size == (720, 120)
    assert b"secret" not in safe_logo(buffer.getvalue())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no picture", "logo_no_picture"),
        (b"\x89PNG\r\n\x1a\n123", "logo_no_picture"),
        (bytes(50_000_000), "logo_too_large"),
        (SVG[:-6] % b"", "logo_no_picture"),
        (b'<svg width="4" height="4"></svg>', "logo_no_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="-5" height="0"/>', "logo_no_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="1e30" height="9"/>', "logo_no_picture"),
        (SVG % (b"<g opacity='.9'>" * 2_000 + b"</g>" * 2_000), "logo_no_picture"),
    ],
)
def test_a_logo_that_is_no_picture_or_large_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(AnalysisError, match=code):
        safe_logo(data)


def test_choices_refuse_in_words() -> None:
    with pytest.raises(ChoiceError, match="report_section_twice"):
        ReportChoices(sections=("brief", "brief"))
    with pytest.raises(ChoiceError):
        ReportChoices(accent="red; }")
    assert ReportChoices(logo=logo_text(SVG % b"")).logo


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("logo.png", b"no picture", "logo_no_picture"),
        ("logo.svg", SVG % b"<script>alert(1)</script>", "logo_active"),
        ("logo.png", bytes(50_000_000), "logo_too_large"),
        ("gone.png", None, "file_missing"),
    ],
)
def test_the_command_refuses_a_logo_before_it_reads(
    name: str, data: bytes | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cli

    (tmp_path / "orders.csv").write_bytes(b"\x00")  # whoever reads it has another complaint
    if data is not None:
        (tmp_path / name).write_bytes(data)
    given = ["report", str(tmp_path / "orders.csv"), "--logo", str(tmp_path / name), "-o", str(tmp_path / "out")]
    assert cli.main(given) == 2
    facts = {"megabytes": 50, "most": 5} if code == "logo_too_large" else {}
    facts |= {"file": name} if code == "file_missing" else {}
    assert AnalysisError(code, **facts).sentence(translator("en")) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_says_before_it_reads_that_a_font_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import cli

    monkeypatch.setattr("analysis.reports.writers.paper.chinese_font", lambda: None)
    (tmp_path / "orders.csv").write_bytes(b"\x00")
    given = ["report", str(tmp_path / "orders.csv"), "-o", str(tmp_path / "out"), "--lang", "zh"]
    assert cli.main(given) == 2
    assert AnalysisError("no_chinese_font").sentence(translator("zh")) in capsys.readouterr().err


def test_chinese_names_in_an_english_report_take_a_font_too(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("write", "writers.paper"):
        monkeypatch.setattr(f"analysis.reports.{module}.chinese_font", lambda: None)
    with pytest.raises(AnalysisError, match="no_chinese_font"):
        write_report(report, tmp_path, ("ipynb", "pdf"), translator("en"))
    assert list(tmp_path.iterdir()) == []
    assert write_report(report, tmp_path, ("ipynb", "xlsx"), translator("en"))


def test_the_command_writes_what_it_is_asked_for(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import cli

    out = tmp_path / "out"
    file = str(root / "sample_data/b2b_crm_en.xlsx")
    given = ["report", file, "--format", "xlsx,ipynb", "--preset", "owner", "--title", "For the board", "-o", str(out)]
    assert cli.main([*given, "--lang", "zh"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["recipe.yaml", "report.ipynb", "report.py", "report.xlsx"]
    assert translator("zh")("report.contents") in xlsx_sheets((out / "report.xlsx").read_bytes())
    assert "For the board" in (out / "report.ipynb").read_text("utf-8")
    assert translator("zh")("report.missing.changes") in capsys.readouterr().err
    assert cli.main(["report", file, "--format", "doc", "-o", str(out)]) == 2
    assert cli.main(["report", file, "--since", "2026-09", "-o", str(out)]) == 2
