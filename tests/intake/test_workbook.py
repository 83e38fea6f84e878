"""Workbooks and Parquet files: the cells as shown, the lines as in the sheet."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.errors import AnalysisError
from analysis.intake.read import read_file


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
