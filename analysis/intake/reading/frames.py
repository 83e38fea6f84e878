"""Frames, relations and queries to raw tables: every cell as the text that a file of the same values shows."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine import connect, fetch_arrow
from analysis.errors import AnalysisError
from analysis.intake.reading.layout import MAX_COLUMNS, clean_headers
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

QUERY = "query"  # what a query without a name of its own is called


@dataclass(frozen=True)
class Named:
    """A frame, a relation or the bytes of a file, with the name that results and messages give it.

    Attributes
    ----------
    name : str
        Two frames of one study need two names; one without a name is called ``frame``.
    data : pandas, polars or Arrow frame, DuckDB relation, or bytes
    """

    name: str
    data: Any


@dataclass(frozen=True)
class DuckDBQuery:
    """The rows of one SELECT on a DuckDB database file, which is opened to be read only.

    Attributes
    ----------
    path : Path or str
    sql : str
        One statement that selects. It sees the tables of this database and nothing else: no other file, no network.
    name : str
        What results and messages call these rows.
    """

    path: Path | str
    sql: str
    name: str = QUERY


def is_frame(source: object) -> bool:
    """Say whether ``read_frame`` takes it: pandas, polars (also lazy), Arrow, narwhals, a DuckDB relation."""
    if getattr(source, "ndim", 2) != 2 or type(source).__name__ in ("Series", "ChunkedArray", "Array"):
        return False  # one column is no table
    return hasattr(source, "__arrow_c_stream__") or _is_lazy(source) or type(source).__name__ == "DuckDBPyRelation"


def _is_lazy(source: object) -> bool:
    return hasattr(source, "collect") and hasattr(source, "collect_schema")


def read_frame(frame: Any, *, name: str) -> RawTable:
    """Read a frame into a raw table.

    Missing values and NaN become empty cells. Whole numbers, decimals and dates keep every digit; moments with a time
    zone are written as the clock showed them there, with the offset. A named index of a pandas frame is a column.

    Parameters
    ----------
    frame : pandas, polars or Arrow frame, or DuckDB relation
    name : str
        Stands for the name of the file.

    Raises
    ------
    AnalysisError
        ``file_only_header``: no row. ``file_empty``: no column. ``too_many_columns``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = read_frame(pd.DataFrame({"id": ["007"], "on": pd.to_datetime(["2024-03-05"])}), name="orders")
    >>> table.key, table.columns, table.rows.to_pylist()
    ('orders', ('id', 'on'), [{'line': 1, 'c0': '007', 'c1': '2024-03-05 00:00:00'}])
    """
    raw = _arrow(frame)
    if raw.num_columns == 0:
        raise AnalysisError("file_empty", file=name)
    if raw.num_columns > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=name, n_columns=raw.num_columns, most=MAX_COLUMNS)
    if raw.num_rows == 0:
        raise AnalysisError("file_only_header", file=name)
    headers = clean_headers(raw.column_names)
    rows = as_text(raw)
    return RawTable(name, "", _fingerprint(rows, headers), headers, rows.num_rows, rows, header_row=0)


def read_query(query: DuckDBQuery) -> RawTable:
    """Run a query on a database file and read its rows.

    Raises
    ------
    AnalysisError
        ``file_missing``; ``database_unreadable``: no DuckDB database, or one that another program holds;
        ``query_not_select``: not exactly one statement that selects; ``query_failed`` (``problem``).
    """
    import duckdb

    path = Path(query.path)
    if not path.is_file():
        raise AnalysisError("file_missing", file=path.name)
    shut: dict[str, Any] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "lock_configuration": "true",
    }
    try:
        connection = duckdb.connect(path, read_only=True, config=shut)
    except duckdb.Error as problem:
        raise AnalysisError("database_unreadable", file=path.name) from problem
    with connection:
        try:
            statements = connection.extract_statements(query.sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise AnalysisError("query_not_select", file=path.name)
            rows = connection.sql(query.sql).to_arrow_table()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as problem:
            raise AnalysisError("query_failed", file=path.name, problem=_problem(problem)) from problem
    return read_frame(rows, name=query.name)


def _problem(problem: Exception) -> str:
    """Say what is wrong with a query; what was wrong with a value may quote the value, so only its kind is told."""
    import duckdb

    about_sql = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException, duckdb.PermissionException)
    return str(problem).split("\n", 1)[0] if isinstance(problem, about_sql) else type(problem).__name__


def _arrow(frame: Any) -> pa.Table:
    import pyarrow as pa

    if _is_lazy(frame) and not hasattr(frame, "__arrow_c_stream__"):
        frame = frame.collect()
    if type(frame).__module__.partition(".")[0] == "pandas":
        return _from_pandas(frame)
    if isinstance(frame, pa.Table):
        return frame
    if type(frame).__name__ == "DuckDBPyRelation":
        return frame.to_arrow_table()
    return pa.table(frame)


def _from_pandas(frame: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    columns = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    return pa.table(columns, names=names)


def _column(values: pd.Series) -> pa.Array | pa.ChunkedArray:
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):  # values of several kinds in one column
        missing = values.isna()
        return pa.array(
            [None if gone else str(value) for value, gone in zip(values, missing, strict=True)], pa.string()
        )


def as_text(raw: pa.Table) -> pa.Table:
    """Return the rows with ``line`` (from 1) and every cell as text, empty ones null; columns are ``c0``, ``c1``, …"""
    import pyarrow as pa

    columns = [_plain(raw.column(place)) for place in range(raw.num_columns)]
    plain = pa.table(columns, names=[f"c{place}" for place in range(raw.num_columns)])
    cells = ", ".join(f"nullif(trim({_text(place, plain)}), '') AS c{place}" for place in range(raw.num_columns))
    with connect() as connection:
        connection.register("raw", plain)
        return fetch_arrow(connection, f"SELECT row_number() OVER () AS line, {cells} FROM raw")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    if pa.types.is_timestamp(column.type) and column.type.tz:
        with suppress(pa.ArrowInvalid):  # moments with a part of a second keep it
            column = column.cast(pa.timestamp("s", column.type.tz))
        shown = pc.strftime(column, format="%Y-%m-%d %H:%M:%S%z")  # pyright: ignore
        return pc.replace_substring_regex(shown, r"(\d\d)$", r":\1")  # pyright: ignore
    return column


def _text(place: int, plain: pa.Table) -> str:
    import pyarrow as pa

    cell = f"CAST(c{place} AS VARCHAR)"
    is_float = pa.types.is_floating(plain.schema[place].type)
    return f"CASE WHEN isnan(c{place}) THEN NULL ELSE {cell} END" if is_float else cell


def _fingerprint(rows: pa.Table, headers: tuple[str, ...]) -> str:
    """Return the SHA-256 of headers and cells, whatever the pieces in which the cells lie."""
    import pyarrow as pa

    digest = hashlib.sha256("\x1f".join(headers).encode())
    for column in rows.combine_chunks().columns:
        sink = pa.BufferOutputStream()
        table = pa.table({"cells": column})
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table, max_chunksize=65_536)
        digest.update(sink.getvalue())
    return digest.hexdigest()
