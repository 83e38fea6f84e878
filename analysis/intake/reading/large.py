"""Large local files, read where they lie: text goes to a Parquet file beside once, Parquet is not copied at all."""

from __future__ import annotations

import codecs
import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis import parquet
from analysis.engine import allow, connect, fetch_rows, fetch_value, file_literal, literal, quoted_name
from analysis.errors import AnalysisError
from analysis.intake.cells.units import unit_above
from analysis.intake.reading.layout import (
    LOOK_AT,
    MAX_COLUMNS,
    SAMPLE,
    TAIL,
    Row,
    clean_headers,
    find_header,
    header_rows,
    header_titles,
    left_out,
)
from analysis.intake.tables import LeftOut, RawTable
from analysis.temporary import own_folder

if TYPE_CHECKING:
    import duckdb

LARGE = 32 * 1024 * 1024
BLOCK = 16 * 1024 * 1024
HEAD = 2 * 1024 * 1024


def spool() -> Path:
    """Return the folder of this process for rows that are too many for memory."""
    return own_folder()


def bound(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection that reads many rows take little memory; what does not fit goes to files of the process."""
    connection.execute("SET memory_limit = '320MB'")


def fingerprint_of(path: Path) -> str:
    """Return the SHA-256 of a file without holding it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_large_text(path: Path, *, file: str) -> RawTable | None:
    """Read a large text file that is plain enough for a parallel reader, else return None.

    Plain is UTF-8 without NUL, without empty lines, and without a line that holds an odd number of quotes: in such a
    file every line is a record, so rows can be read in parallel and still be numbered.
    """
    import duckdb

    from analysis.intake.reading.reshape import may_need_reshaping
    from analysis.intake.reading.text_file import SPACES, find_delimiter, split_records

    text = _plain_head(path)
    if text is None:
        return None
    delimiter = find_delimiter(text)
    if delimiter == SPACES:
        return None
    head = split_records(text, delimiter, LOOK_AT)
    header = find_header(head)
    if header < 0:
        return None
    width = len(head[header])
    if may_need_reshaping([cell or "" for cell in head[header]]):
        return None
    if not 1 < width <= MAX_COLUMNS or any(len(row) > width for row in head[header:]):
        return None
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    rows = spool() / f"{uuid.uuid4().hex}.parquet"

    def write(trim: _Trim) -> int:
        cells = ", ".join(f"{_trimmed(f'c{index}', trim)} AS c{index}" for index in range(width))
        read = (
            f"SELECT {cells} FROM read_csv({file_literal(path)}, columns={{{columns}}}, delim={literal(delimiter)}, "
            f"quote='\"', escape='\"', header=false, skip={header + 1}, auto_detect=false, nullstr='', "
            "hive_partitioning=false)"
        )
        return parquet.copy(connection, read, rows)

    allow(path)
    with ThreadPoolExecutor(2) as beside, connect() as connection:
        bound(connection)
        fingerprint, looked = beside.submit(fingerprint_of, path), beside.submit(_plain_lines, path, delimiter)
        try:
            # The rows are written while the lines are looked at: the beginning tells what their cells need.
            enough = _trim_of(text.encode(), _edges(delimiter))
            n_rows = write(enough)
            lines = looked.result()
            if lines is not None and lines.trim > enough:
                n_rows = write(lines.trim)
        except duckdb.InterruptException:
            raise  # somebody has asked to stop: no other reader is to begin
        except duckdb.Error:
            lines, n_rows = None, 0  # a record that does not fit: the careful reader tells it apart
        if lines is None:
            rows.unlink(missing_ok=True)
            return None
        if header + 1 + n_rows != lines.n:
            rows.unlink()  # an empty line was passed over, and lines are no longer numbered by their place
            return None
        if n_rows == 0:
            raise AnalysisError("file_only_header", file=file)
        left = _leave_out(connection, rows, header_rows(head, header), header + 2)
    return RawTable(
        file=file,
        sheet="",
        fingerprint=fingerprint.result(),
        columns=clean_headers(header_titles(head, header)),
        n_rows=int(n_rows) - len(left),
        rows=rows,
        header_row=header + 1,
        encoding="utf-8",
        delimiter=delimiter,
        lines_from=None if left else header + 2,
        surplus=left,
        unit=unit_above(head[:header]),
    )


def copy_numbered(table: RawTable, place: Path) -> None:
    """Write rows that lie in a file without their line numbers to another file, which holds them."""
    cells = ", ".join(f"c{index}" for index in range(len(table.columns)))
    allow(place)
    with connect() as connection:
        bound(connection)
        parquet.copy(connection, f"SELECT line, {cells} FROM ({table.scan_sql()})", place)


def _leave_out(
    connection: duckdb.DuckDBPyConnection, rows: Path, header: Sequence[Row], first: int
) -> tuple[LeftOut, ...]:
    """Take repeated headers and remarks out of stored rows, which then carry their line."""
    numbered = (
        f"SELECT file_row_number + {first} AS line, * EXCLUDE (file_row_number) "
        f"FROM {parquet.scan(rows, numbered=True)}"
    )
    last = fetch_value(connection, f"SELECT max(line) FROM ({numbered})")
    titles = [next((index, cell.strip()) for index, cell in enumerate(row) if cell and cell.strip()) for row in header]
    like = " OR ".join(f"c{index} = {literal(title)}" for index, title in titles)
    left = left_out(
        fetch_rows(
            connection,
            f"SELECT * FROM ({numbered}) WHERE line < {first + SAMPLE} OR line > {last - TAIL} OR {like} ORDER BY line",
        ),
        header,
    )
    if left:
        lines = ", ".join(str(one.line) for one in left)
        fresh = rows.with_name(f"{uuid.uuid4().hex}.parquet")
        parquet.copy(connection, f"SELECT * FROM ({numbered}) WHERE line NOT IN ({lines})", fresh)
        fresh.replace(rows)
    return left


def _plain_head(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    marked = head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if marked or b"\x00" in head or b"\n" not in head or b"\n\n" in head or b"\n\r\n" in head:
        return None
    try:
        return head[: head.rfind(b"\n") + 1].decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


class _Trim(IntEnum):
    """How many cells of a text have to be trimmed."""

    NONE = 0
    FEW = 1
    ANY = 2


class _Lines(NamedTuple):
    n: int
    trim: _Trim


def _plain_lines(path: Path, delimiter: str) -> _Lines | None:
    """Count the lines of a file; None unless every line is a record or empty."""
    from analysis.intake.reading.text_file import well_quoted

    quoted, edges = well_quoted(delimiter), _edges(delimiter)
    n, trim = 0, _Trim.NONE
    for block in _blocks(path):
        if b"\x00" in block or (b"\r" in block and block.count(b"\r") > block.count(b"\r\n")):
            return None
        n += block.count(b"\n") + (not block.endswith(b"\n"))
        if trim < _Trim.ANY:
            trim = max(trim, _trim_of(block, edges))
        if block.isascii() and b'"' not in block:
            continue
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if '"' in text and not quoted.match(text + "\n"):
            return None
    return _Lines(n, trim)


def _edges(delimiter: str) -> re.Pattern[bytes]:
    """Return what finds a blank after or before a delimiter or the end of a line; most blanks stand within cells."""
    sign = re.escape(delimiter.encode())
    return re.compile(rb" (?:(?<=%b )|(?<=\n )|(?=%b|\r|\n))" % (sign, sign))


def _trim_of(block: bytes, edges: re.Pattern[bytes]) -> _Trim:
    if not block.isascii():
        return _Trim.ANY
    # Quotes may hold blanks, or nothing.
    return _Trim.FEW if b'"' in block or edges.search(block) else _Trim.NONE


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks that end with a line."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block + file.readline()


def _trimmed(column: str, trim: _Trim) -> str:
    """Write a cell without blanks around it, NULL for an empty one; where few have blanks, most need only a look."""
    if trim == _Trim.NONE:
        return column
    trimmed = f"nullif(trim({column}), '')"
    if trim == _Trim.ANY:
        return trimmed
    return f"CASE WHEN {column} < '!' OR suffix({column}, ' ') THEN {trimmed} ELSE {column} END"


def read_large_parquet(path: Path, *, file: str) -> RawTable:
    """Open a Parquet file where it lies; the types it holds are used as they are.

    Every value is decoded once: rows that cannot be read are refused now, and not by a later step.
    """
    import duckdb

    table = _open_large_parquet(path, file=file)
    decoded = ", ".join(f"bit_xor(hash({quoted_name(name)}))" for name, _ in table.stored)
    with connect() as connection:
        try:
            connection.execute(f"SELECT {decoded} FROM {parquet.scan(path)}").fetchall()
        except duckdb.Error as problem:
            raise AnalysisError("file_damaged", file=file) from problem
    return table


def _open_large_parquet(path: Path, *, file: str) -> RawTable:
    import duckdb

    rows = parquet.scan(path)
    allow(path)
    with connect() as connection:
        try:
            described = fetch_rows(connection, f"DESCRIBE SELECT * FROM {rows}")
            n_rows = fetch_value(connection, f"SELECT count(*) FROM {rows}")
        except duckdb.Error as problem:
            raise AnalysisError("file_damaged", file=file) from problem
    if len(described) > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=len(described), most=MAX_COLUMNS)
    if n_rows == 0:
        raise AnalysisError("file_only_header", file=file)
    if parquet.claims_too_much(n_rows, len(described), path.stat().st_size):
        raise AnalysisError("file_claims_too_much", file=file, n_rows=n_rows)
    return RawTable(
        file=file,
        sheet="",
        fingerprint=fingerprint_of(path),
        columns=clean_headers([row[0] for row in described]),
        n_rows=int(n_rows),
        rows=path,
        header_row=0,
        lines_from=1,
        stored=tuple((row[0], row[1]) for row in described),
    )


def copy_large_parquet(path: Path, *, file: str, rows: Path) -> RawTable:
    """Read a Parquet file that will not stay where it lies: its values become text in the file ``rows``."""
    import duckdb

    table = _open_large_parquet(path, file=file)
    cells = ", ".join(f"nullif(trim(c{index}), '') AS c{index}" for index in range(len(table.columns)))
    allow(rows)
    with connect() as connection:
        bound(connection)
        try:
            parquet.copy(connection, f"SELECT {cells} FROM ({table.scan_sql()})", rows)
        except duckdb.OutOfMemoryException as problem:
            raise AnalysisError("file_needs_memory", file=file, limit=0.3) from problem
        except duckdb.Error as problem:
            raise AnalysisError("file_damaged", file=file) from problem
    return replace(table, rows=rows, stored=())
