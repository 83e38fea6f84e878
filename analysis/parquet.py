"""The one door for Parquet files: how they are read and written, in the database, in Arrow and in pandas.

A file is always the one file of its name: see ``engine.file_literal``. Writing is not whole or nothing by itself;
what is kept is written to a temporary file first (``workspace.files.whole_file``).

In a workspace that is encrypted, the columns that the writer names as personal stand sealed beside the file
(``sealed.columns``); reading puts them in their places again, whoever reads.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Literal

from analysis.engine import Row, allow, connect, fetch_rows, fetch_value, file_literal, literal, look, quoted_name
from analysis.sealed import columns as sealed_columns
from analysis.sealed.columns import Personal, part_of
from analysis.sealed.ring import ring_of

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

NOTHING: Personal = MappingProxyType({})  # personal, of a table that holds nothing of the kind

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
    return sealed_columns.joined(path, f"read_parquet({file_literal(path)}, hive_partitioning = false{rows})")


def unlock(path: Path) -> None:
    """Let connections that are opened from now on read the sealed columns of a file, if it has any."""
    part = part_of(path)
    if part is not None and part.is_open:
        part.scan()


def copy(
    connection: duckdb.DuckDBPyConnection,
    select: str,
    path: Path,
    *,
    use: Literal["passing", "kept"] = "passing",
    personal: Personal = NOTHING,
) -> int:
    """Write what a query finds to a file, columns that hold personal data sealed; return the number of rows."""
    if personal and ring_of(path):
        # In one pass: asked twice, rows may come in another order.
        reader = connection.sql(select).to_arrow_reader(sealed_columns.ROWS)
        return sealed_columns.write(reader, reader.schema, path, personal)
    return fetch_value(connection, f"COPY ({select}) TO {literal(str(path))} ({_OPTIONS[use]})")


def write_table(
    table: pa.Table, path: Path | IO[bytes], *, with_schema: bool = True, personal: Personal = NOTHING
) -> None:
    """Write an Arrow table; without its schema, equal rows give equal bytes whatever made them, if none is sealed."""
    from pyarrow import parquet

    if personal and isinstance(path, Path) and ring_of(path):
        sealed_columns.write(table.to_batches(), table.schema, path, personal, with_schema=with_schema)
        return

    parquet.write_table(table, path, compression="zstd", write_statistics=False, store_schema=with_schema)


def read_table(source: Path | IO[bytes]) -> pa.Table:
    """Read a whole file as it stands."""
    part = part_of(source) if isinstance(source, Path) else None
    with opened(source) as file:
        if part is None or not part.is_open:
            return file.read()
        schema = file.schema_arrow
        table = file.read(columns=[name for name in schema.names if name not in part.columns])
    with part.opened() as file:
        sealed = file.read()
    for place, name in enumerate(schema.names):
        if name in part.columns:
            table = table.add_column(place, schema.field(place), sealed.column(name))
    return table.replace_schema_metadata(sealed_columns.without_mark(schema.metadata))


def first_rows(path: Path, columns: Sequence[str], most: int) -> pa.Table:
    """Return some columns of the first rows of a file, sealed ones as well."""
    part = part_of(path)
    own = [name for name in columns if part is not None and part.is_open and name in part.columns]
    with opened(path) as file:
        table = _head(file, [name for name in columns if name not in own], most)
    if part is not None and own:
        with part.opened() as file:
            sealed = _head(file, own, most)
        for name in own:
            table = table.append_column(name, sealed.column(name))
    return table.select(list(columns))


def _head(file: parquet.ParquetFile, columns: Sequence[str], most: int) -> pa.Table:
    import pyarrow as pa

    batch = next(file.iter_batches(batch_size=most, columns=list(columns)), None)
    return file.schema_arrow.empty_table().select(list(columns)) if batch is None else pa.Table.from_batches([batch])


@contextmanager
def opened(source: Path | IO[bytes]) -> Generator[parquet.ParquetFile]:
    """Open a file for its metadata, or for some of its rows; nothing stands in columns that are sealed."""
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

    Row groups that cannot hold it are passed over, so that a file sorted by the column is quickly asked; a sealed
    column is asked by the HMACs in the open file, and of the sealed part the one row is read.
    """
    import duckdb

    allow(path)
    part = part_of(path)
    sealed = part.scan(numbered=True) if part is not None and part.is_open else ""
    if sealed and part is not None and column in part.columns:
        ring = ring_of(path)
        value = str(ring.stand_ins([value])[0]) if ring else value
    plain = f"read_parquet({file_literal(path)}, hive_partitioning = false, file_row_number = true)"
    with look() as connection:
        try:
            found = _first(connection, f"SELECT * FROM {plain} WHERE {quoted_name(column)} = ? LIMIT 1", value)
            if found is not None and sealed:
                row = _first(connection, f"SELECT * FROM {sealed} WHERE file_row_number = ?", found["file_row_number"])
                found |= row or {}
        except duckdb.InterruptException:
            raise
        except duckdb.Error as problem:
            raise ReadError from problem
    return None if found is None else {name: cell for name, cell in found.items() if name != "file_row_number"}


def _first(connection: duckdb.DuckDBPyConnection, sql: str, value: object) -> dict[str, Any] | None:
    found = connection.execute(sql, [value])
    names = [one[0] for one in found.description or ()]
    row = found.fetchone()
    return None if row is None else dict(zip(names, row, strict=True))


def write_frame(frame: pd.DataFrame, target: Path | IO[bytes], *, personal: Personal = NOTHING) -> None:
    """Write a pandas frame without its index, columns that hold personal data sealed."""
    if personal and isinstance(target, Path) and ring_of(target):
        import pyarrow as pa

        write_table(pa.Table.from_pandas(frame, preserve_index=False), target, personal=personal)
        return
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
        part = part_of(path)
        if part is None or not part.is_open:
            with path.open("rb") as file:
                return pd.read_parquet(file, engine="pyarrow")
        with opened(path) as file:
            names = file.schema_arrow.names
        frame = pd.read_parquet(path, engine="pyarrow", columns=[name for name in names if name not in part.columns])
        own = pd.read_parquet(part.place, engine="pyarrow", decryption_properties=part.decryption())
        for name in sorted(part.columns, key=names.index):
            frame.insert(names.index(name), name, own[name])
        return frame
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, AttributeError) as problem:
        raise ReadError from problem
