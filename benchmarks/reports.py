"""Reports of three shops: every number of every kind of file read back, slides counted, and what they cost.

``python -m benchmarks reports`` computes each study with every prediction once and reads each file back in both
languages with libraries that did not write it; then all kinds of Online Retail as a command against ``portrait run``,
the PDF against the page. Files are left in the folder ``PORTRAIT_REPORTS`` where it is named: ``reports_seen`` makes
pictures of them.
"""

from __future__ import annotations

import io
import math
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from benchmarks.measure import DATA, report, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.reports.content import Report
    from analysis.study.for_others import SharedStudy
    from texts import Translator

KEPT = os.environ.get("PORTRAIT_REPORTS", "")
RETAIL = DATA / "online_retail" / "Online Retail.xlsx"
SHOPS = {
    "sample": Path("sample_data/中文店铺.xlsx"),
    "export": DATA / "chinese_orders" / "PYTHON-RFM实战数据.xlsx",
    "retail": RETAIL,
}


def main() -> int:
    """Print what was read back, the slides, and the ratios; 1 where a number differs."""
    wrong = sum(_read_back(name, file) for name, file in SHOPS.items() if file.exists())
    if not RETAIL.exists():
        print(f"skipped: {RETAIL.name} is not in PORTRAIT_SHARED_DATA")
        return int(wrong > 0)
    with tempfile.TemporaryDirectory() as out:
        commands: dict[str, Sequence[str]] = {
            "portrait report, all kinds": [sys.executable, "cli.py", "report", str(RETAIL), "-o", out],
            "portrait run": [sys.executable, "cli.py", "run", str(RETAIL), "-o", out],
        }
        report(side_by_side(commands, runs=3), ours="portrait report, all kinds")
    return int(wrong > 0)


def _read_back(shop: str, file: Path) -> int:
    from analysis.predict.methods import PREDICTIONS
    from analysis.reports.build import build_report
    from analysis.reports.choices import Format, Preset, ReportChoices
    from analysis.reports.drawn import Drawn
    from analysis.reports.write import report_bytes
    from analysis.study import read, run, suggest
    from analysis.study.for_others import for_others
    from texts import translator

    tables = read(str(file))
    recipe = suggest(tables)
    every = tuple(one.params() for one in PREDICTIONS.values() if not one.is_told)
    result = run(tables, recipe.model_copy(update={"predictions": every, "name": file.stem}))
    shared, n_wrong = for_others(result), 0
    presets: tuple[Preset, ...] = get_args(Preset)
    for language in ("en", "zh"):
        t = translator(language, recipe.currency)
        for preset in presets:
            made = build_report(result, ReportChoices(preset=preset, language=language), t)
            drawn, files = Drawn(language), {}
            for kind in get_args(Format):
                begun = time.perf_counter()
                files[kind] = report_bytes(made, kind, t, drawn)
                spent = time.perf_counter() - begun
                print(f"{shop} {language} {preset} {kind}: {spent:.2f} s, {len(files[kind]) / 1e6:.2f} MB")
                _keep(files[kind], f"{shop}-{language}-{preset}", f"report.{kind}")
            n, wrong = _differences(made, files, shared, t)
            print(f"{shop} {language} {preset}: {n:,} numbers read back, {len(wrong)} differ; {_extent(files)}")
            print(*wrong[:10], sep="\n")
            n_wrong += len(wrong)
        if file == RETAIL:
            _page_against_paper(result, language, t)
    return n_wrong


def _keep(content: bytes, folder: str, name: str) -> None:
    if KEPT:
        where = Path(KEPT) / folder
        where.mkdir(parents=True, exist_ok=True)
        (where / name).write_bytes(content)


def _page_against_paper(result: Any, language: Any, t: Translator) -> None:
    """Time the page and the PDF, each with its own drawings, in turns."""
    from analysis.reports.build import build_report
    from analysis.reports.choices import ReportChoices
    from analysis.reports.write import report_bytes

    made = build_report(result, ReportChoices(preset="analyst", language=language), t)
    pairs = []
    for _ in range(5):
        spent = []
        for kind in ("html", "pdf"):
            begun = time.process_time()
            report_bytes(made, kind, t)
            spent.append(time.process_time() - begun)
        pairs.append(spent[1] / spent[0])
    pairs.sort()
    print(
        f"{language} PDF against HTML, processor: {pairs[2]:.2f} ({pairs[0]:.2f} to {pairs[-1]:.2f}, n = {len(pairs)})"
    )


def _extent(files: dict[str, bytes]) -> str:
    from pptx import Presentation
    from pypdf import PdfReader

    slides, pages = Presentation(io.BytesIO(files["pptx"])).slides, PdfReader(io.BytesIO(files["pdf"])).pages
    return f"{len(slides)} slides, {len(pages)} pages of PDF"


def _differences(made: Report, files: dict[str, bytes], shared: SharedStudy, t: Translator) -> tuple[int, list[str]]:
    """Return how many numbers were looked for, and which were not found where they belong."""
    from tests.reports.readers import docx_tables, html_tables, pdf_text, pptx_tables

    n, wrong = _of_summary(made, shared, t)
    told = [(page.title, page.table) for page in made.pages if page.table is not None]
    read = {"html": html_tables(files["html"]), "pptx": pptx_tables(files["pptx"]), "docx": docx_tables(files["docx"])}
    for kind, tables in read.items():
        rows = {tuple(" ".join(cell.split()) for cell in row) for table in tables for row in table}
        for title, table in told:
            for row in table.rows(t):
                n += 1
                if tuple(" ".join(cell.split()) for cell in row) not in rows:
                    wrong.append(f"{kind}, {title}: {row}")
    paper = "".join(pdf_text(files["pdf"]).split())
    for title, table in told:
        for cell in _numbers(table, t):
            n += 1
            if "".join(cell.split()) not in paper:
                wrong.append(f"pdf, {title}: {cell}")
    sheets = _workbook_numbers(files["xlsx"])
    for title, table in told:
        for column in table.columns:
            for value in column.values:
                if column.form != "text" and isinstance(value, (int, float)):
                    n += 1
                    if f"{value:.6g}" not in sheets:
                        wrong.append(f"xlsx, {title}: {value}")
    return n, wrong


def _of_summary(made: Report, shared: SharedStudy, t: Translator) -> tuple[int, list[str]]:
    """Hold the tables of segments and cards against what ``summary.json`` says."""
    from analysis.figures import summary

    figures, wrong, n = summary(shared), [], 0
    cards = next(page.table for section in made.sections if section.key == "brief" for page in section.pages)
    assert cards is not None
    for place, card in enumerate(figures["cards"]):
        told = [column.values[place] for column in cards.columns[1:4]]
        n += 3
        if not _same(told, [card["customers"], card["share"], card["revenue"]]):
            wrong.append(f"card {place}: {told}")
    pages = [page for section in made.sections if section.key == "segments" for page in section.pages]
    for page, method in zip(pages, _methods(shared, len(pages)), strict=True):
        rows = figures["segmentations"][method]["segments"]
        assert page.table is not None
        for place, row in enumerate(rows):
            told = [page.table.columns[at].values[place] for at in (1, 2, 3)]
            n += 3
            if not _same(told, [row["customers"], row["share"], row["revenue"]]):
                wrong.append(f"{method} {row['key']}: {told}")
    return n, wrong


def _same(told: list[Any], expected: list[Any]) -> bool:
    """Compare with figures that ``summary.json`` rounds."""
    pairs = zip(told, expected, strict=True)
    return all(one == other or math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6) for one, other in pairs)


def _methods(shared: SharedStudy, most: int) -> list[str]:
    plan = shared.cards.plan
    main = plan.params.kind if plan is not None else ""
    return sorted((method for method, one in shared.edited.items() if one.shown), key=lambda one: one != main)[:most]


def _numbers(table: Any, t: Translator) -> Iterator[str]:
    from analysis.reports.content import written

    for column in table.columns:
        if column.form != "text":
            yield from (written(value, column.form, t) for value in column.values if value is not None)


def _workbook_numbers(data: bytes) -> set[str]:
    from tests.reports.readers import xlsx_sheets

    cells = (cell for rows in xlsx_sheets(data).values() for row in rows for cell in row)
    return {f"{cell:.6g}" for cell in cells if isinstance(cell, (int, float))}


if __name__ == "__main__":
    sys.exit(main())
