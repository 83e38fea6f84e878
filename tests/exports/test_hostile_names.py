"""Names and cells that are HTML, a formula, an expression of Vega or code are text in everything that leaves."""

from __future__ import annotations

import ast
import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

from analysis.exports.code import segmentation_code
from analysis.exports.csv import formula_safe
from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
from analysis.exports.folder import folder_code, write_folder
from analysis.exports.pictures import chart_svg
from analysis.intake.reading.read import read_file
from analysis.segments.methods import METHODS
from analysis.segments.params import SegmentEdit
from analysis.study import StudyResult, run, suggest
from texts import translator
from ui.share.exports import charts

HOSTILE = (
    "=1+1;zq", "a;=zq()", "<script>zq</script>", "<img src=x onerror=zq>", "datum['x'] + warn('zq')", "{{zq}} ${zq}",
    "'); import os; os.system('zq') #", '"""\\', "javascript:zq", "]]><zq/>&zq;", "|@zq", "\u202e=zq",
)  # fmt: skip
ELEMENTS = {
    "svg", "g", "path", "text", "tspan", "rect", "line", "defs", "clipPath", "linearGradient", "stop", "title",
}  # fmt: skip


def hostile(place: int) -> str:
    return HOSTILE[place % len(HOSTILE)]


@pytest.fixture(scope="module")
def result() -> StudyResult:
    """Return a study whose file, headers, cells, name and segments are all hostile."""
    rows = [
        {
            "customer id": f"{hostile(i % 97)}{i % 97}",
            "order date": f"2024-{i * 7 % 12 + 1:02}-{i % 28 + 1:02}" if i % 60 else hostile(i // 60),
            "amount": 5 + i * 31 % 83,
            "product": hostile(i),
            "category": hostile(i // 3),
            "city": hostile(i % 97 // 9),
            **{header: hostile(i + place) for place, header in enumerate(HOSTILE[:6])},
        }
        for i in range(480)
    ]
    tables = read_file(pd.DataFrame(rows).to_csv(index=False).encode(), name=f"{HOSTILE[0]}{HOSTILE[2]}.csv")
    recipe = suggest(tables).model_copy(update={"name": HOSTILE[0]})
    edits = tuple(
        SegmentEdit(segment=key, name=f"{HOSTILE[0]} {hostile(n)} {n}") for n, key in enumerate(METHODS["rfm"].colours)
    )
    return run(tables, recipe.with_plan(recipe.plan_or_usual("rfm").model_copy(update={"edits": edits})))


@pytest.fixture(scope="module")
def written(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    write_folder(result, out, translator("en"), unmask=True, only=("csv", "xlsx", "parquet"))
    return out


@pytest.mark.parametrize("name", ["customers.csv", "segments.csv", "set_aside.csv"])
def test_no_cell_of_a_csv_runs_as_a_formula(name: str, written: Path) -> None:
    with (written / name).open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("=1+1" in cell for cell in cells)
    assert [cell for cell in cells if formula_safe(cell) != cell] == []


def test_the_workbook_holds_no_formula_and_no_link(written: Path) -> None:
    with zipfile.ZipFile(written / "segments.xlsx") as parts:
        found = {name: parts.read(name) for name in parts.namelist()}
    assert b"=1+1;zq" in found["xl/sharedStrings.xml"]
    sheets = [content for name, content in found.items() if name.startswith("xl/worksheets/")]
    assert not any(mark in sheet for sheet in sheets for mark in (b"<f>", b"<f ", b"<hyperlink", b"<legacyDrawing"))
    assert not any(b"External" in content for name, content in found.items() if name.endswith(".rels"))


def test_what_is_read_by_machines_reads_back(result: StudyResult, written: Path) -> None:
    assert recipe_from_yaml((written / "recipe.yaml").read_text("utf-8")) == result.recipe
    assert HOSTILE[0] in recipe_to_yaml(result.recipe)
    json.loads((written / "summary.json").read_text("utf-8"))


def test_code_with_hostile_names_calls_nothing_but_ours(result: StudyResult) -> None:
    files = [f"{one}.csv" for one in HOSTILE]
    for code in (segmentation_code(result.recipe, "rfm", files=files), folder_code(files, "en", kept_in=HOSTILE[6])):
        called = {node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)}
        names = {one.id if isinstance(one, ast.Name) else one.attr for one in called}  # type: ignore[attr-defined]
        assert not names & {"warn", "zq", "system", "exec", "eval"} and "run" in names


def expressions(spec: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what Vega would evaluate or follow: every text under a key that is an expression, a link or an address."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in ("datasets", "values"):
                continue
            if key in ("expr", "labelExpr", "calculate", "test", "signal", "update", "href", "url"):
                yield f"{path}.{key}", json.dumps(value)
            if key == "filter" and isinstance(value, str):
                yield f"{path}.{key}", value
            yield from expressions(value, f"{path}.{key}")
    elif isinstance(spec, list):
        for place, part in enumerate(spec):
            yield from expressions(part, f"{path}[{place}]")


def test_no_name_is_an_expression_or_a_link_of_a_chart_or_an_element_of_a_picture(result: StudyResult) -> None:
    drawn = {name: chart.to_dict() for name, chart in charts(result, translator("en")).items()}
    assert any("zq" in json.dumps(spec) for spec in drawn.values())
    assert [(name, found) for name, spec in drawn.items() for found in expressions(spec) if "zq" in found[1]] == []
    for name in ("orders_over_time", "rfm_segments"):
        for element in fromstring(chart_svg(drawn[name])).iter():
            assert element.tag.rpartition("}")[2] in ELEMENTS, element.tag
            assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]
