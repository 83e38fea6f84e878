"""Cells as Excel shows them: zeros that only a number format writes, and rows that nobody sees."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import cli
from analysis.intake.reading.reach import number_formats
from analysis.intake.reading.reach.number_formats import show
from analysis.intake.reading.read import read_file
from analysis.intake.tables import RawTable
from benchmarks.measure import DATA
from tests.unsegmented import run_unsegmented

FIELD = DATA.parent / "cases" / "field" / "77-formatted-ids-join.xlsx"


def saved(fill: Callable[[Any], object]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def column(table: RawTable, name: str) -> list[str | None]:
    return table.rows[f"c{table.columns.index(name)}"].to_pylist()  # type: ignore[index]


def ids(*numbers: object, code: str = "00000", first: str = "A1") -> bytes:
    """Return a sheet of formatted ids beside a plain number, from a first cell on."""

    def fill(sheet: Any) -> None:
        start = sheet[first]
        for down, (one, beside) in enumerate([("id", "plain"), *((number, 7) for number in numbers)]):
            sheet.cell(start.row + down, start.column, one).number_format = code if down else "General"
            sheet.cell(start.row + down, start.column + 1, beside)

    return saved(fill)


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("7", "00000", "00007"),
        ("123456", "00000", "123456"),
        ("-7", "00000", "-00007"),
        ("0", "000", "000"),
        ("12", '"INV-"0000', "INV-0012"),
        ("12", "\\K\\-0000", "K-0012"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("7", "00000;-00000;;@", "00007"),
        ("7", "[$-409]00000_)", "00007"),
        ("7", "0", None),
        ("7", "0.00", None),
        ("7", "#,##0", None),
        ("7", "00%", None),
        ("7", '00" kg"', None),
        ("7", '"€"000', None),
        ("7", "[<=99]000;00000", None),
        ("45352", "yyyy-mm-dd", None),
        ("7", "General", None),
    ],
)
def test_zeros_of_a_format_are_shown_and_nothing_else_of_it(number: str, code: str, shown: str | None) -> None:
    assert show(number, code) == shown


@given(st.integers(0, 10**14), st.integers(2, 15))
def test_a_format_of_zeros_is_the_number_filled_with_zeros(number: int, places: int) -> None:
    assert show(str(number), "0" * places) == f"{number:0{places}d}"


@pytest.mark.parametrize("first", ["A1", "C4"])
def test_a_formatted_id_is_read_as_it_is_shown_wherever_the_table_stands(first: str) -> None:
    [table] = read_file(ids(7, 12345678, first=first), name="a.xlsx")
    assert column(table, "id") == ["00007", "12345678"]
    assert column(table, "plain") == ["7", "7"]


def test_what_is_no_whole_number_stays_as_it_is() -> None:
    [table] = read_file(ids(7.5, "7", None, True), name="a.xlsx")
    assert column(table, "id") == ["7.5", "7", None, "true"]


def test_a_sheet_that_is_moved_together_keeps_its_zeros() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "id", "plain"
        sheet["A2"], sheet["B2"] = 7, 7
        sheet["A1000000"], sheet["B1000000"] = 8, 8
        sheet["ZZ1000000"] = "far"
        for place in ("A2", "A1000000"):
            sheet[place].number_format = "000"

    [table] = read_file(saved(fill), name="a.xlsx")
    assert column(table, "id") == ["007", "008"]


def test_the_result_of_a_formula_is_shown_by_its_format_too() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "plain"])
        sheet.write_formula(1, 0, "=B2", book.add_format({"num_format": "0000"}), 7)
        sheet.write_number(1, 1, 7)
    [table] = read_file(target.getvalue(), name="a.xlsx")
    assert (column(table, "id"), column(table, "plain")) == (["0007"], ["7"])


def test_cells_cut_by_the_end_of_a_block_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    content = ids(*range(1, 60))
    whole = number_formats.formatted_cells(content)
    assert len(whole["Sheet"].cells[1]) == 59
    monkeypatch.setattr(number_formats, "STEP", 61)
    assert number_formats.formatted_cells(content) == whole


def test_a_workbook_without_such_a_format_is_not_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a sheet was read")

    monkeypatch.setattr(number_formats, "_cells", refuse)
    assert number_formats.formatted_cells(ids(7, code="#,##0.00")) == {}


def test_damaged_styles_are_no_traceback() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ids(7))) as book, zipfile.ZipFile(target, "w") as written:
        for name in book.namelist():
            content = book.read(name)
            written.writestr(name, content.replace(b"</cellXfs>", b"") if name == "xl/styles.xml" else content)
    assert number_formats.formatted_cells(target.getvalue()) == {}


@pytest.mark.skipif(not FIELD.is_file(), reason="the example file is not part of the project")
def test_numbers_shown_with_zeros_are_the_ids_of_a_sheet_that_holds_them_as_text() -> None:
    tables = list(read_file(FIELD))
    found = run_unsegmented(tables)
    assert found.profiles.customers["customer_id"].tolist() == ["00001", "00002", "00003", "00004"]


def orders(hidden: tuple[int, ...]) -> bytes:
    def fill(sheet: Any) -> None:
        sheet.append(["customer id", "order id", "order date", "amount"])
        for i in range(40):
            sheet.append([f"C{i % 12}", i, f"2024-0{i % 6 + 1}-1{i % 7}", 10 + i])
        for row in hidden:
            sheet.row_dimensions[row].hidden = True

    return saved(fill)


def test_hidden_rows_count_and_are_told_with_their_number() -> None:
    # The header and the rows below the table are hidden as well: they are no rows of it.
    tables = list(read_file(orders((1, 3, 4, 9, 100)), name="a.xlsx"))
    assert tables[0].hidden_rows == 3
    found = run_unsegmented(tables)
    assert int(found.profiles.customers["n_orders"].sum()) == 40
    [note] = [note for note in found.prepared.standard.notes if note.code == "hidden_rows_counted"]
    assert note.facts == {"table": tables[0].key, "n": 3}


def test_nothing_is_said_where_no_row_is_hidden() -> None:
    tables = list(read_file(orders(()), name="a.xlsx"))
    assert tables[0].hidden_rows == 0
    codes = {note.code for note in run_unsegmented(tables).prepared.standard.notes}
    assert "hidden_rows_counted" not in codes


def test_hidden_rows_of_a_sheet_that_reaches_far_keep_their_place() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "id", "sum"
        for row in (2, 3, 1_000_000):
            sheet[f"A{row}"], sheet[f"B{row}"] = "x", row
        sheet["ZZ1000000"] = "far"
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[1_000_000].hidden = True

    [table] = read_file(saved(fill), name="a.xlsx")
    assert table.hidden_rows == 2


@pytest.mark.parametrize(("language", "words"), [("en", "3 rows of"), ("zh", "3 行在工作表中被隐藏")])
def test_the_command_line_tells_of_hidden_rows(
    language: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(orders((3, 4, 9)))
    assert cli.main(["run", str(path), "-o", str(tmp_path / "out"), "--only", "csv", "--lang", language]) == 0
    assert words in capsys.readouterr().err
