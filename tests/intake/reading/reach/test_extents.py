"""How far cells reach is known before the native reader sees a byte; a cell far away is neither a crash nor lost."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from analysis.errors import AnalysisError
from analysis.intake.reading.reach.extents import check_extents
from analysis.intake.reading.reach.moved import MOST_CELLS, column_letters
from analysis.intake.reading.workbook import read_workbook
from analysis.intake.tables import RawTable

Cell = tuple[int, int, object]


def workbook(*more: Cell, rows: int = 30) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Orders")
        sheet.write_row(0, 0, ["customer id", "order date", "amount"])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, [f"c{number % 7}", f"2024-01-{number % 28 + 1:02d}", number + 0.5])
    written = "".join(
        f'<row r="{row + 1}"><c r="{column_letters(column + 1)}{row + 1}" t="inlineStr">'
        f"<is><t>{escape(str(value))}</t></is></c></row>"
        for row, column, value in more
    )
    return changed(target.getvalue(), lambda data: data.replace(b"</sheetData>", f"{written}</sheetData>".encode()))


def changed(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as written:
        for name in source.namelist():
            data = source.read(name)
            written.writestr(name, change(data) if "sheet1.xml" in name else data)
    return target.getvalue()


def read(content: bytes) -> RawTable:
    [table] = read_workbook(content, file="x.xlsx", fingerprint="f")
    return table


def cells(table: RawTable) -> list[dict[str, object]]:
    return table.rows.to_pylist()  # type: ignore[union-attr]


def test_one_cell_in_the_last_corner_is_a_row_of_its_own_under_its_own_number() -> None:
    table, plain = read(workbook((1048575, 16383, 1))), read(workbook())
    assert table.n_rows == 31
    assert [{name: row[name] for name in ("line", "c0", "c1", "c2")} for row in cells(table)[:30]] == cells(plain)
    assert cells(table)[30] == {"line": 1048576, "c0": None, "c1": None, "c2": None, "c3": "1"}


def test_a_remark_far_away_is_set_aside_with_the_number_of_its_row() -> None:
    [left] = read(workbook((1048575, 99, "checked by Ann"))).surplus
    assert (left.line, left.text) == (1048576, "checked by Ann")


def test_a_row_number_that_no_sheet_has_is_read_under_that_number() -> None:
    content = changed(workbook(), lambda data: data.replace(b'31"', b'4294967295"'))
    assert [row["line"] for row in cells(read(content))][-2:] == [30, 4294967295]


def test_the_header_row_that_a_person_gives_counts_the_rows_of_the_file() -> None:
    [table] = read_workbook(workbook((1048575, 99, 1)), file="x", fingerprint="f", header_row=2)
    assert table.header_row == 2
    assert cells(table)[0]["line"] == 3


def test_times_and_texts_survive_being_moved() -> None:
    formula = b'<f>A1&lt;"x"</f><v>1.5</v>'
    table = read(changed(workbook((1048575, 16383, "a < b & c")), lambda data: data.replace(b"<v>1.5</v>", formula)))
    assert cells(table)[0]["c2"] == "1.5"
    assert [left.text for left in table.surplus] == ["a < b & c"]


def test_cells_strewn_over_the_sheet_are_refused_with_the_last_one_named() -> None:
    strewn = [(number * 150, number % 16000 + 5, 1) for number in range(6900)]
    with pytest.raises(AnalysisError, match="sheet_too_far") as refused:
        read(workbook(*strewn))
    assert refused.value.facts | {"file": "x.xlsx", "sheet": "Orders", "most": MOST_CELLS} == refused.value.facts
    assert refused.value.facts["cell"].endswith("1034851")


@pytest.mark.parametrize("quote", [b"'", b'"'])
def test_prefixed_names_and_other_quotes_do_not_hide_a_cell(quote: bytes) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'.replace(b'"', quote)
    assert cells(read(changed(workbook(), lambda data: data.replace(b"</sheetData>", far))))[-1]["line"] == 1048576


@pytest.mark.parametrize("sign", [b" = ", b"\n=\n", b"=\t"])
def test_blanks_around_the_sign_of_a_reference_do_not_hide_a_cell(sign: bytes) -> None:
    far = b'<row r="500000"><c r%b"XFD500000"><v>1</v></c></row></sheetData>' % sign
    assert cells(read(changed(workbook(), lambda data: data.replace(b"</sheetData>", far))))[-1]["line"] == 500000


@pytest.mark.parametrize("tag", [b"<c>", b'<c s="0">', b'<c t="n">'])
@pytest.mark.parametrize(
    "far", [b'<row r="999999">%b<v>1</v></c></row>', b'<row><c r="A999999"><v>1</v></c></row>'], ids=["row", "cell"]
)
def test_cells_that_do_not_say_their_place_count_from_the_one_before(tag: bytes, far: bytes) -> None:
    wide = b"<row>" + (tag + b"<v>1</v></c>") * 900 + b"</row>" + (far % tag if b"%" in far else far)
    content = changed(workbook(), lambda data: data.replace(b"</sheetData>", wide + b"</sheetData>"))
    found = check_extents(content, file="x.xlsx")
    assert found.content != content and found.rows["Orders"][-1] == 999999
    table = read(content)
    assert (len(table.columns), cells(table)[-1]["line"]) == (900, 999999)


def test_a_usual_sheet_of_cells_that_do_not_say_their_place_stays_as_it_is() -> None:
    without = changed(workbook(), lambda data: re.sub(rb' r="[A-Z]*\d+"', b"", data))
    found = check_extents(without, file="x.xlsx")
    assert found.content is without and not found.rows
    assert cells(read(without)) == cells(read(workbook()))


def test_a_document_type_in_a_sheet_that_is_moved_is_refused() -> None:
    def change(data: bytes) -> bytes:
        start = data.index(b"<worksheet")
        return data[:start] + b"<!--" + b"x" * 2000 + b"--><!DOCTYPE x [<!ENTITY e 'y'>]>" + data[start:]

    with pytest.raises(AnalysisError, match="file_damaged"):
        check_extents(changed(workbook((1048575, 16383, 1)), change), file="x")


def _zip(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return target.getvalue()


def test_repeated_cells_of_an_opendocument_sheet_count_as_often_as_they_stand() -> None:
    sheet = (
        '<d xmlns:table="t" xmlns:office="o"><table:table table:name="S">'
        '<table:table-row table:number-rows-repeated="{rows}">'
        '<table:table-cell table:number-columns-repeated="16384"{filled}/></table:table-row></table:table></d>'
    )
    empty = _zip(**{"content.xml": sheet.format(rows=1048576, filled="").encode()})
    assert check_extents(empty, file="x").content == empty
    full = _zip(**{"content.xml": sheet.format(rows=1048576, filled=' office:value-type="float"').encode()})
    with pytest.raises(AnalysisError, match="XFD1048576"):
        check_extents(full, file="x")


def test_a_cell_far_away_in_a_binary_sheet_is_refused() -> None:
    def record(kind: int, *numbers: int) -> bytes:
        data = struct.pack(f"<{len(numbers)}I", *numbers)
        return bytes([kind, len(data)]) + data

    near = record(0, 0) + record(2, 0, 0) + record(0, 9) + record(2, 3, 0)
    assert check_extents(_zip(**{"xl/worksheets/sheet1.bin": near}), file="x").rows == {}
    far = near + record(0, 1048575) + record(2, 16383, 0)
    with pytest.raises(AnalysisError, match="XFD1048576"):
        check_extents(_zip(**{"xl/worksheets/sheet1.bin": far}), file="x")
