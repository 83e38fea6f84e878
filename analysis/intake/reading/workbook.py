"""Workbooks (xlsx, xlsm, xls, xlsb, ods) and Parquet files to raw tables."""

from __future__ import annotations

import io
from bisect import bisect_left
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analysis import parquet
from analysis.engine import connect, fetch_arrow
from analysis.errors import AnalysisError
from analysis.intake.cells.units import unit_above
from analysis.intake.reading.layout import (
    LOOK_AT,
    MAX_COLUMNS,
    clean_headers,
    clean_text,
    find_header,
    header_rows,
    header_titles,
    leave_out,
)
from analysis.intake.reading.reshape import reshape
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import pyarrow as pa

NO_DAY = "1899-12-31 "  # how the reader writes a time of day without a day


def read_workbook(
    content: bytes, *, file: str, fingerprint: str, sheet: str | None = None, header_row: int | None = None
) -> list[RawTable]:
    """Read every sheet that holds a table, or one sheet with its header where a person says it is.

    Sheets with no cell are passed over; a workbook in which every sheet is empty is refused (``file_empty``), and one
    in which every sheet has nothing but a header too (``file_only_header``).
    """
    import fastexcel

    from analysis.intake.reading.reach.extents import Moved, check_extents
    from analysis.intake.reading.reach.number_formats import formatted_cells, with_zeros

    # An xls cannot reach further than 65,536 rows of 256 columns, which is read as it stands.
    zipped = content.startswith(b"PK")
    content, moved, unseen = check_extents(content, file=file) if zipped else Moved(content, {}, {})
    formatted = formatted_cells(content) if zipped else {}
    with _damage(file):
        reader = fastexcel.read_excel(content)
    names = [name for name in reader.sheet_names if sheet in (None, name, clean_text(name))]
    tables: list[RawTable] = []
    seen_cells = False
    for name in names:
        with _damage(file):
            loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if loaded.height == 0 or loaded.width == 0:
                continue
            cells = loaded.to_arrow()
        hidden = loaded.visible != "visible"
        del loaded
        seen_cells = True
        if name in formatted:
            cells = with_zeros(cells, formatted[name])
        table = table_of(
            cells,
            moved.get(name),
            file=file,
            sheet=clean_text(name),
            fingerprint=fingerprint,
            header_row=header_row,
            hidden=hidden,
            unseen=unseen.get(name, frozenset()),
        )
        if table is not None:
            tables.append(table)
    if not tables:
        raise AnalysisError("file_only_header" if seen_cells else "file_empty", file=file)
    return tables


@contextmanager
def _damage(file: str) -> Generator[None]:
    """Turn what the reader says of a broken workbook into one refusal."""
    import fastexcel

    try:
        yield
    except fastexcel.FastExcelError as problem:
        protected = "password" in str(problem).lower() or "encrypt" in str(problem).lower()
        raise AnalysisError("file_protected" if protected else "file_damaged", file=file) from problem
    except BaseException as problem:
        # A panic of the native reader derives from BaseException, so that "except Exception" would let it through.
        if type(problem).__name__ != "PanicException":
            raise
        raise AnalysisError("file_damaged", file=file) from problem


def table_of(
    cells: pa.RecordBatch,
    places: Sequence[int] | None,
    *,
    file: str,
    sheet: str,
    fingerprint: str,
    header_row: int | None,
    hidden: bool,
    unseen: frozenset[int] = frozenset(),
) -> RawTable | None:
    """Cut the header off and number the rows; None when nothing stands below the header.

    ``places`` are the numbers of the rows in the file when wide gaps between them were taken out; ``unseen`` those of
    rows that are hidden in it.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = sum(1 for column in cells.columns if column.null_count < len(column))
    if filled > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=filled, most=MAX_COLUMNS)
    head = [list(row.values()) for row in cells.slice(0, max(LOOK_AT, (header_row or 0) + LOOK_AT)).to_pylist()]
    if header_row and places:
        header_row = bisect_left(places, header_row) + 1
    header = find_header(head) if header_row is None else header_row - 1
    if header >= cells.num_rows:
        raise AnalysisError("header_row_beyond", file=file, header_row=header + 1, rows=cells.num_rows)
    names = clean_headers(header_titles(head, header) or [None] * cells.num_columns)
    used = [
        index
        for index, column in enumerate(cells.columns)
        if not names[index].startswith("column_") or column.null_count < len(column)
    ]
    body = cells.slice(header + 1)
    columns = [_plain_times(body.column(index).cast(pa.string())) for index in used]
    columns = [pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column) for column in columns]  # pyright: ignore
    numbers = np.arange(1, cells.num_rows + 1) if places is None else np.asarray(places[: cells.num_rows])
    lines = pa.array(numbers[header + 1 :], pa.int64())
    table = pa.table({"line": lines, **{f"c{new}": column for new, column in enumerate(columns)}})
    table = _without_empty_rows(table)
    table, left = leave_out(table, [[row[index] for index in used] for row in header_rows(head, header)])
    if table.num_rows == 0:
        return None
    above = head[: max(0, header)]
    shaped = reshape(table, tuple(names[index] for index in used), above)
    return RawTable(
        file=file,
        sheet=sheet,
        fingerprint=fingerprint,
        columns=shaped.names,
        n_rows=shaped.rows.num_rows,
        rows=shaped.rows,
        header_row=header + 1 if header < 0 or places is None else places[header],
        surplus=tuple(sorted((*left, *shaped.surplus))),
        hidden=hidden,
        hidden_rows=len(unseen.intersection(shaped.rows["line"].to_pylist())) if unseen else 0,
        unit=unit_above(above),
        read_as=shaped.notes,
    )


def _plain_times(column: pa.Array) -> pa.Array:
    """Show a time of day as a time: the reader gives it the day before 1900."""
    import pyarrow.compute as pc

    timed = pc.starts_with(column, NO_DAY)  # pyright: ignore
    if not pc.any(timed).as_py():  # pyright: ignore
        return column
    return pc.if_else(timed, pc.utf8_slice_codeunits(column, len(NO_DAY)), column)  # pyright: ignore


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
    import pyarrow as pa

    try:
        with parquet.opened(io.BytesIO(content)) as opened:
            claimed = opened.metadata.num_rows, opened.metadata.num_columns
            if parquet.claims_too_much(*claimed, len(content)):
                raise AnalysisError("file_claims_too_much", file=file, n_rows=claimed[0])
            raw = opened.read()
            raw.validate(full=True)  # the database ends at a text that is none
    except (pa.ArrowException, OSError) as problem:
        raise AnalysisError("file_damaged", file=file) from problem
    if raw.num_columns > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=raw.num_columns, most=MAX_COLUMNS)
    if raw.num_rows == 0:
        raise AnalysisError("file_only_header", file=file)
    names = clean_headers(raw.column_names)
    raw = raw.rename_columns([f"c{index}" for index in range(raw.num_columns)])
    with connect() as connection:
        connection.register("raw", raw)
        casts = ", ".join(
            f"nullif(trim(CAST(c{index} AS VARCHAR)), '') AS c{index}" for index in range(raw.num_columns)
        )
        rows = fetch_arrow(connection, f"SELECT row_number() OVER () AS line, {casts} FROM raw")
    return RawTable(file, "", fingerprint, names, rows.num_rows, rows, header_row=0)
