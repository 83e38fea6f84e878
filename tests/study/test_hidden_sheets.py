"""A hidden sheet does not count unasked, and everybody is told of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

import cli
from analysis.intake.reading.read import read_file
from analysis.intake.tables import RawTable
from analysis.mapping import with_kind
from analysis.study import suggest
from tests.unsegmented import run_unsegmented


def book(*sheets: tuple[str, str, int]) -> bytes:
    """Return a workbook: name, state and the number of the first order of each sheet, with 40 orders each."""
    made = openpyxl.Workbook()
    del made["Sheet"]
    for name, state, first in sheets:
        sheet = made.create_sheet(name)
        if first < 0:  # a cover: a workbook shows one sheet at least
            sheet.append(["Our shop"])
            continue
        sheet.append(["customer id", "order id", "order date", "amount"])
        for i in range(40):
            sheet.append([f"C{i % 12}", first + i, f"2024-0{i % 6 + 1}-1{i % 7}", 10 + i])
        sheet.sheet_state = state
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def orders(tables: list[RawTable], recipe: object = None) -> tuple[int, list[str]]:
    found = run_unsegmented(tables, recipe or suggest(tables))  # pyright: ignore
    notes = [note.code for note in found.prepared.standard.notes if note.code.startswith("hidden")]
    return int(found.profiles.customers["n_orders"].sum()), notes


def test_a_hidden_sheet_counts_only_when_the_recipe_names_it() -> None:
    tables = list(read_file(book(("now", "visible", 0), ("old", "hidden", 100))))
    assert orders(tables) == (40, ["hidden_sheet_left_out"])
    asked = with_kind(suggest(tables), tables, tables[1], "orders")
    assert orders(tables, asked) == (80, ["hidden_sheet_used"])


def test_a_recipe_made_before_the_sheet_was_hidden_there_still_reads_what_everybody_sees() -> None:
    recipe = suggest(list(read_file(book(("now", "visible", 0)))))
    tables = list(read_file(book(("later", "visible", 0), ("aside", "veryHidden", 100))))
    assert orders(tables, recipe) == (40, ["hidden_sheet_left_out"])


def test_where_all_orders_are_hidden_there_is_nothing_else_to_read() -> None:
    tables = list(read_file(book(("cover", "visible", -1), ("now", "hidden", 0), ("old", "hidden", 100))))
    assert orders(tables) == (80, ["hidden_sheet_used", "hidden_sheet_used"])


@pytest.mark.parametrize(("language", "word"), [("en", "hidden sheet"), ("zh", "隐藏的工作表")])
def test_command_line_and_summary_name_the_hidden_sheet(
    language: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(book(("now", "visible", 0), ("old", "hidden", 100)))
    out = tmp_path / "out"
    assert cli.main(["run", str(path), "-o", str(out), "--only", "csv", "--lang", language]) == 0
    assert word in capsys.readouterr().err
    notes = json.loads((out / "summary.json").read_text("utf-8"))["notes"]
    [note] = [note for note in notes if note["code"] == "hidden_sheet_left_out"]
    assert "old" in note["table"] and note["n"] == 40
    assert cli.main(["inspect", str(path), "--lang", language]) == 0
    assert word in capsys.readouterr().out
