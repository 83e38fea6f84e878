"""Workbooks (xlsx, xlsm, xls, xlsb, ods) and Parquet files to raw tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.layout import LOOK_AT, MAX_COLUMNS, clean_headers, find_header
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import pyarrow as pa


def read_workbook(content: bytes, *, file: str, fingerprint: str) -> list[RawTable]:
    """Read every sheet that holds a table.

    Sheets with no cell are passed over; a workbook in which every sheet is empty is refused (``file_empty``), and one
    in which every sheet has nothing but a header too (``file_only_header``).
    """
    import fastexcel

    try:
        reader = fastexcel.read_excel(content)
    except fastexcel.FastExcelError as problem:
        protected = "password" in str(problem).lower() or "encrypt" in str(problem).lower()
        if _is_other_archive(content):
            raise AnalysisError("file_not_a_table", file=file, kind="archive") from problem
        raise AnalysisError("file_protected" if protected else "file_damaged", file=file) from problem
    tables: list[RawTable] = []
    seen_cells = False
    for sheet in reader.sheet_names:
        try:
            loaded = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
            if loaded.height == 0 or loaded.width == 0:
                continue
            cells = loaded.to_arrow()
        except fastexcel.FastExcelError as problem:
            raise AnalysisError("file_damaged", file=file) from problem
        del loaded
        seen_cells = True
        table = _table(cells, file=file, sheet=sheet, fingerprint=fingerprint)
        if table is not None:
            tables.append(table)
    if not tables:
        raise AnalysisError("file_only_header" if seen_cells else "file_empty", file=file)
    return tables


def _table(cells: pa.RecordBatch, *, file: str, sheet: str, fingerprint: str) -> RawTable | None:
    """Cut the header off and number the rows; None when nothing stands below the header."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = sum(1 for column in cells.columns if column.null_count < len(column))
    if filled > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=filled, most=MAX_COLUMNS)
    head = [list(row.values()) for row in cells.slice(0, LOOK_AT).to_pylist()]
    header = find_header(head)
    names = clean_headers(head[header] if header >= 0 else [None] * cells.num_columns)
    used = [
        index
        for index, column in enumerate(cells.columns)
        if not names[index].startswith("column_") or column.null_count < len(column)
    ]
    body = cells.slice(header + 1)
    columns = [body.column(index).cast(pa.string()) for index in used]
    columns = [pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column) for column in columns]  # pyright: ignore
    lines = pa.array(np.arange(header + 2, cells.num_rows + 1, dtype="int64"))
    table = pa.table({"line": lines, **{f"c{new}": column for new, column in enumerate(columns)}})
    table = _without_empty_rows(table)
    if table.num_rows == 0:
        return None
    return RawTable(
        file=file,
        sheet=sheet,
        fingerprint=fingerprint,
        columns=tuple(names[index] for index in used),
        n_rows=table.num_rows,
        rows=table,
        header_row=header + 1,
    )


def _is_other_archive(content: bytes) -> bool:
    """Say whether a zip is whole and holds no workbook: a folder of files, a text document."""
    import zipfile

    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError):
        return False
    return not any(name.startswith("xl/") or name == "content.xml" for name in names)


def _without_empty_rows(table: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    filled = None
    for column in table.columns[1:]:
        if column.null_count == 0:
            return table
        valid = column.is_valid()
        filled = valid if filled is None else pc.or_(filled, valid)  # pyright: ignore
    return table if filled is None else table.filter(filled)


def read_parquet(content: bytes, *, file: str, fingerprint: str) -> RawTable:
    """Read a Parquet file; its values become text, so that one way of typing serves every kind of file."""
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        raw = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError) as problem:
        raise AnalysisError("file_damaged", file=file) from problem
    if raw.num_columns > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=raw.num_columns, most=MAX_COLUMNS)
    if raw.num_rows == 0:
        raise AnalysisError("file_only_header", file=file)
    names = clean_headers(raw.column_names)
    raw = raw.rename_columns([f"c{index}" for index in range(raw.num_columns)])
    with duckdb.connect() as connection:
        connection.register("raw", raw)
        casts = ", ".join(
            f"nullif(trim(CAST(c{index} AS VARCHAR)), '') AS c{index}" for index in range(raw.num_columns)
        )
        rows = connection.sql(f"SELECT row_number() OVER () AS line, {casts} FROM raw").to_arrow_table()
    return RawTable(file, "", fingerprint, names, rows.num_rows, rows, header_row=0)
