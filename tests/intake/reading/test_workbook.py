"""Workbooks and Parquet files: the cells as shown, the lines as in the sheet."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.reading.workbook import read_parquet
from tests.intake.reading import xlsb
from tests.unsegmented import run_unsegmented
from texts import translator

# Ten kilobytes that a real encryption wrote (agile, AES-256; msoffcrypto-tool 5, password "secret").
LOCKED = Path(__file__).with_name("locked.xlsx").read_bytes()


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_lines_are_rows_of_the_sheet_below_a_banner_and_around_blank_rows() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "门店导出 2024"
    for place, header in zip("CDE", ("会员号", "日期", "金额"), strict=True):
        sheet[f"{place}5"] = header
    for row, (who, day, money) in {
        6: ("001", datetime(2024, 1, 1), 3.5),
        9: ("002", datetime(2024, 1, 2, 10, 30), 10**10),
    }.items():
        sheet[f"C{row}"], sheet[f"D{row}"], sheet[f"E{row}"] = who, day, money
    [table] = read_file(saved(book), name="a.xlsx")
    assert (table.columns[-3:], table.header_row, table.n_rows) == (("会员号", "日期", "金额"), 5, 2)
    rows = [list(row.values()) for row in table.rows.to_pylist()]  # type: ignore[union-attr]
    assert [[row[0], *row[-3:]] for row in rows] == [
        [6, "001", "2024-01-01 00:00:00", "3.5"], [9, "002", "2024-01-02 10:30:00", "10000000000"],
    ]  # fmt: skip


def test_sheets_without_cells_are_passed_over() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("full").append(["id", "day"])
    book["full"].append([1, "2024-01-01"])
    assert [table.sheet for table in read_file(saved(book), name="a.xlsx")] == ["full"]


def test_a_stray_cell_far_to_the_right_is_no_sixteen_thousand_columns() -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "day", "sum"])
    book.active.append([1, "2024-01-01", 3])
    book.active["XFD9"] = "note"
    [table] = read_file(saved(book), name="a.xlsx")
    assert table.columns[:3] == ("id", "day", "sum")


def test_a_sheet_with_16384_headers_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active.append([f"c{i}" for i in range(16384)])
    book.active.append([1] * 16384)
    with pytest.raises(AnalysisError) as refusal:
        read_file(saved(book), name="a.xlsx")
    assert (refusal.value.code, refusal.value.facts["n_columns"]) == ("too_many_columns", 16384)


def test_a_parquet_file_reads_like_a_sheet_and_blank_text_is_nothing() -> None:
    target = io.BytesIO()
    frame = pa.table({"id": ["a", " "], "day": pa.array([datetime(2024, 1, 1)] * 2), "sum": pa.array([1.5, None])})
    pq.write_table(frame, target)
    [table] = read_file(target.getvalue(), name="a.parquet")
    assert table.columns == ("id", "day", "sum")
    assert [tuple(row.values()) for row in table.rows.to_pylist()] == [  # type: ignore[union-attr]
        (1, "a", "2024-01-01 00:00:00", "1.5"), (2, None, "2024-01-01 00:00:00", None),
    ]  # fmt: skip


def test_cells_become_the_texts_that_the_method_note_promises() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    cells: list[object] = [
        time(10, 30), timedelta(hours=30, minutes=5), 0.125, True, "#N/A", "NA", "007", "12345678901234567890",
        12345.0, 6.9e12, 1e-7, "a\nb", datetime(2024, 3, 5, 10, 30), "   ",
    ]  # fmt: skip
    sheet.append(["kind", "cell"])
    for number, cell in enumerate(cells):
        sheet.append([f"k{number}", cell])
    sheet["B4"].number_format = "0.0%"
    sheet["B6"].data_type = "e"
    [table] = read_file(saved(book), name="a.xlsx")
    assert table.rows.column("c1").to_pylist() == [  # type: ignore[union-attr]
        "10:30:00", "1900-01-01 06:05:00", "0.125", "true", None, "NA", "007", "12345678901234567890", "12345",
        "6900000000000", "0.0000001", "a\nb", "2024-03-05 10:30:00", None,
    ]  # fmt: skip


def test_days_counted_from_1904_are_the_same_days() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["id", "day"], ["a", datetime(2024, 3, 5)], ["b", datetime(2024, 3, 6, 1, 2, 3)]):
        book.active.append(row)
    [table] = read_file(saved(book), name="a.xlsx")
    days = ["2024-03-05 00:00:00", "2024-03-06 01:02:03"]
    assert table.rows.column("c1").to_pylist() == days  # type: ignore[union-attr]


def test_a_binary_workbook_reads_like_any_other() -> None:
    rows = [["Export"], [None], ["会员号", "付款日期", "金额"], ["001", "2024-03-05", 12.5], ["002", 45356.0, -3.0]]
    content = xlsb.workbook([*rows, ["001", "2024-03-07", 7.0]], sheet="订单")
    [table] = read_file(content, name="till.csv")
    assert (table.sheet, table.columns, table.header_row) == ("订单", ("会员号", "付款日期", "金额"), 3)
    assert table.rows.column("line").to_pylist() == [4, 5, 6]  # type: ignore[union-attr]
    with run_unsegmented([table]).standard.cursor() as cursor:
        columns = "customer_id, CAST(order_date AS VARCHAR), CAST(amount AS DOUBLE)"
        assert sorted(cursor.execute(f"SELECT {columns} FROM orders").fetchall()) == [
            ("001", "2024-03-05", 12.5), ("001", "2024-03-07", 7.0), ("002", "2024-03-05", -3.0),
        ]  # fmt: skip


def test_a_workbook_with_macros_is_a_workbook() -> None:
    book = openpyxl.Workbook()
    for row in (["id", "day"], ["a", "2024-03-05"]):
        book.active.append(row)
    plain, target = saved(book), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
            sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            new.writestr(name, old.read(name).replace(sheet, kind))
        new.writestr("xl/vbaProject.bin", b"\x00")
    assert read_file(target.getvalue(), name="a.txt")[0].n_rows == 1


def moved(content: bytes) -> bytes:
    """Return an OLE file whose directory stands in its middle, as large ones have it, and is named nowhere else."""
    name = "EncryptedPackage".encode("utf-16-le")
    start = (int.from_bytes(content[48:52], "little") + 1) * 512
    far = bytes(70_144)
    rest = content.replace(name, bytes(len(name))) + far
    sector = (len(rest) // 512 - 1).to_bytes(4, "little")
    return rest[:48] + sector + rest[52:] + content[start : start + 2048] + far


def locked_xls() -> bytes:
    """Return an xls workbook whose second record says that the rest is encrypted."""
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "customer id")
    target = io.BytesIO()
    book.save(target)
    content = target.getvalue()
    second = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    return content[:second] + b"\x2f\x00\x0c\x00" + content[second + 4 :]


@pytest.mark.parametrize("content", [LOCKED, moved(LOCKED), locked_xls()], ids=["xlsx", "far", "xls"])
def test_a_workbook_locked_with_a_password_says_so(content: bytes) -> None:
    with pytest.raises(AnalysisError) as refused:
        read_file(content, name="订单.xlsx")
    assert (refused.value.code, refused.value.facts["file"]) == ("file_protected", "订单.xlsx")
    sentence = translator("en")(f"error.{refused.value.code}", **refused.value.facts)
    assert "password" in sentence and "订单.xlsx" in sentence


def test_formulas_are_read_as_the_values_that_were_stored_with_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["customer id", "order date", "amount", "label"])
    for line in range(2, 6):
        sheet.append([f"k{line}", "2024-01-02", f"=A{line}*2", f'="k"&{line}'])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as plain, zipfile.ZipFile(target, "w") as stored:
        for part in plain.namelist():
            text = plain.read(part)
            # What a spreadsheet writes beside a formula, and openpyxl leaves out.
            if part == "xl/worksheets/sheet1.xml":
                empty = rb"><f>(.*?)</f><v ?(?:/|></v)></c>"
                text = re.sub(rb'<c r="C(\d)"' + empty, rb'<c r="C\1"><f>\2</f><v>\1.25</v></c>', text)
                text = re.sub(rb'<c r="D(\d)"' + empty, rb'<c r="D\1" t="str"><f>\2</f><v>k\1</v></c>', text)
            stored.writestr(part, text)
    [table] = read_file(target.getvalue(), name="a.xlsx")
    assert not isinstance(table.rows, Path)
    assert table.rows.column("c2").to_pylist() == ["2.25", "3.25", "4.25", "5.25"]
    assert table.rows.column("c3").to_pylist() == ["k2", "k3", "k4", "k5"]
    [bare] = read_file(saved(book), name="a.xlsx")
    assert not isinstance(bare.rows, Path)
    assert bare.rows.column("c2").to_pylist() == [None] * 4


def test_a_parquet_file_that_claims_far_more_rows_than_fit_is_refused_before_it_is_read() -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    target = io.BytesIO()
    one = pa.table({"id": pa.array(["c1"] * 1_000_000), "sum": pa.array(["5"] * 1_000_000)})
    with pq.ParquetWriter(target, one.schema, compression="zstd") as written:
        for _ in range(12):
            written.write_table(one)
    with pytest.raises(AnalysisError, match="file_claims_too_much"):
        read_parquet(target.getvalue(), file="a.parquet", fingerprint="f")


def test_a_parquet_file_whose_cells_are_no_text_is_damaged() -> None:
    target = io.BytesIO()
    pq.write_table(pa.table({"c": pa.array([b"\xff\xfe"] * 3, pa.binary()).view(pa.string())}), target)
    with pytest.raises(AnalysisError, match="file_damaged"):
        read_parquet(target.getvalue(), file="a.parquet", fingerprint="f")
