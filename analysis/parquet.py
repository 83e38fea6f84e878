"""The one door for Parquet files: how they are read and written, in the database, in Arrow and in pandas.

A file is always the one file of its name: see ``engine.file_literal``. Writing is not whole or nothing by itself;
what is kept is written to a temporary file first (``workspace.files.whole_file``).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from analysis.engine import Row, allow, connect, fetch_rows, fetch_value, file_literal, literal, look, quoted_name

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

# ``passing`` holds rows that are read back soon; a column of many values gives up its dictionary early there: building
# one is a fifth of writing, and saves no room. ``kept`` is smaller, and slower to write.
_OPTIONS = {
    "passing": "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1000",
    "kept": "FORMAT parquet, COMPRESSION zstd",
}

CLAIMED_CELLS = 20_000_000  # fewer are read whatever the file's size
ROWS_PER_BYTE = 50


def scan(path: Path, *, numbered: bool = False) -> str:
    """Write the table function that reads a file, as SQL; ``numbered`` adds ``file_row_number`` from 0.

    Examples
    --------
    >>> print(scan(Path("a*b.parquet")))
    read_parquet('a[*]b.parquet', hive_partitioning = false)
    """
    rows = ", file_row_number = true" if numbered else ""
    return f"read_parquet({file_literal(path)}, hive_partitioning = false{rows})"


def copy(
    connection: duckdb.DuckDBPyConnection, select: str, path: Path, *, use: Literal["passing", "kept"] = "passing"
) -> int:
    """Write what a query finds to a file; return the number of rows."""
    return fetch_value(connection, f"COPY ({select}) TO {literal(str(path))} ({_OPTIONS[use]})")


def write_table(table: pa.Table, path: Path, *, with_schema: bool = True) -> None:
    """Write an Arrow table; without its schema, equal rows give equal bytes whatever made them."""
    from pyarrow import parquet

    parquet.write_table(table, path, compression="zstd", write_statistics=False, store_schema=with_schema)


def read_table(source: Path | IO[bytes]) -> pa.Table:
    """Read a whole file as it stands."""
    with opened(source) as file:
        return file.read()


@contextmanager
def opened(source: Path | IO[bytes]) -> Generator[parquet.ParquetFile]:
    """Open a file for its metadata, or for some of its rows."""
    from pyarrow import parquet

    with parquet.ParquetFile(source) as file:
        yield file


def claims_too_much(n_rows: int, n_columns: int, size: int) -> bool:
    """Say whether a file of ``size`` bytes claims more rows than real ones fit into it.

    Equal rows pack into next to nothing, so a small file can ask for any memory; rows that differ take bits each.
    """
    return n_rows * max(n_columns, 1) > CLAIMED_CELLS and n_rows > ROWS_PER_BYTE * size


class ReadError(Exception):
    """The rows of a file cannot be read."""


def size_of_texts(path: Path) -> int:
    """Return the bytes that the texts of all columns take when every cell is held for itself.

    The file's own sizes do not tell: a text that stands in every row is stored once. Nothing is held for this.

    Raises
    ------
    ReadError
    """
    described = f"SELECT column_name FROM (DESCRIBE SELECT * FROM {scan(path)}) WHERE column_type = 'VARCHAR'"
    lengths = [f"coalesce(sum(strlen({quoted_name(name)})), 0)" for (name,) in _fetch_rows(path, described)]
    return int(_fetch_rows(path, f"SELECT {' + '.join(lengths) or 0} FROM {scan(path)}")[0][0])


def _fetch_rows(path: Path, sql: str) -> list[Row]:
    import duckdb

    allow(path)
    with connect() as connection:
        connection.execute("SET memory_limit = '320MB'")
        try:
            return fetch_rows(connection, sql)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as problem:
            raise ReadError from problem


def are_numbers(path: Path, column: str) -> bool:
    """Say whether a column numbers the rows: a value in each, and no value twice."""
    name = quoted_name(column)
    asked = f"SELECT count(*) = count({name}) AND count(*) = count(DISTINCT {name}) FROM {scan(path)}"
    return bool(_fetch_rows(path, asked)[0][0])


def find_row(path: Path, column: str, value: str) -> dict[str, Any] | None:
    """Return the first row with a text in a column, or None; ``ReadError`` where the file cannot be read.

    Row groups that cannot hold it are passed over, so that a file sorted by the column is quickly asked.
    """
    import duckdb

    allow(path)
    with look() as connection:
        try:
            found = connection.execute(f"SELECT * FROM {scan(path)} WHERE {quoted_name(column)} = ? LIMIT 1", [value])
            names = [one[0] for one in found.description or ()]
            row = found.fetchone()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as problem:
            raise ReadError from problem
    return None if row is None else dict(zip(names, row, strict=True))


def write_frame(frame: pd.DataFrame, target: Path | IO[bytes]) -> None:
    """Write a pandas frame without its index."""
    frame.to_parquet(target, engine="pyarrow", compression="zstd", index=False)


def read_frame(path: Path) -> pd.DataFrame:
    """Read a file that ``write_frame`` wrote, columns typed as they were.

    Raises
    ------
    FileNotFoundError
    ReadError
        Of the rows, or of what pandas wrote beside them.
    """
    import pandas as pd
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            return pd.read_parquet(file, engine="pyarrow")
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, AttributeError) as problem:
        raise ReadError from problem
