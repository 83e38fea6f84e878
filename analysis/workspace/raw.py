"""Raw tables of a study: the rows once as Parquet, shared by studies that hold the same file."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from analysis import parquet
from analysis.engine import connect
from analysis.errors import AnalysisError
from analysis.intake.tables import LeftOut, RawTable, ReadAs
from analysis.sealed.columns import Personal, part_of
from analysis.sealed.ring import ring_of, seal_file, unseal_file
from analysis.workspace import files
from analysis.workspace.schema import raw_tables
from analysis.workspace.sealing.personal import of_table

FOLDER = "files"
READING = (
    "columns", "header_row", "encoding", "delimiter", "surplus", "plausibility", "hidden", "hidden_rows", "unit",
    "read_as",
)  # fmt: skip
ORIGINAL = "original"
MOST_ORIGINAL = 256 * 2**20  # bytes of a file that is kept beside its rows, to be read again in another way
_SHA256 = re.compile(r"[0-9a-f]{64}")


def write_rows(table: RawTable, home: Path) -> tuple[Path, str]:
    """Write the rows to a temporary Parquet file; return it with the path it will have, relative to the home.

    The name is the hash of the Parquet file itself: equal rows meet in one file, unless some columns are sealed, and a
    foreign archive that claims the fingerprint of another file cannot take its place.
    """
    name = table.fingerprint if _SHA256.fullmatch(table.fingerprint) else _sha256(table.fingerprint.encode())
    temporary = files.temporary_beside(home / FOLDER / name)
    personal = of_table(table) if ring_of(home) else {}
    if isinstance(table.rows, Path) and personal:
        _write_sealed(table, temporary, personal)
    elif isinstance(table.rows, Path) and table.lines_from is not None:
        from analysis.intake.reading.large import copy_numbered

        copy_numbered(table, temporary)
    elif isinstance(table.rows, Path):
        shutil.copyfile(table.rows, temporary)
    else:
        parquet.write_table(table.rows, temporary, with_schema=False, personal=personal)
    return temporary, f"{FOLDER}/{name}/{file_digest(temporary)}.parquet"


def _write_sealed(table: RawTable, place: Path, personal: Personal) -> None:
    cells = ", ".join(f"c{index}" for index in range(len(table.columns)))
    with connect() as connection:
        parquet.copy(connection, f"SELECT line, {cells} FROM ({table.scan_sql()})", place, personal=personal)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, by which rows and uploads are named."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_original(home: Path, upload: bytes | Path) -> bool:
    """Keep the bytes of a file whose rows are kept, unless they are too many; say whether they are there."""
    size = len(upload) if isinstance(upload, bytes) else upload.stat().st_size
    folder = home / FOLDER / (_sha256(upload) if isinstance(upload, bytes) else file_digest(upload))
    if size > MOST_ORIGINAL or not folder.is_dir():
        return False
    if not (folder / ORIGINAL).exists():
        with files.whole_file(folder / ORIGINAL) as temporary:
            if ring := ring_of(home):
                temporary.write_bytes(seal_file(upload if isinstance(upload, bytes) else upload.read_bytes(), ring))
            elif isinstance(upload, bytes):
                temporary.write_bytes(upload)
            else:
                shutil.copyfile(upload, temporary)
    return True


def original(home: Path, fingerprint: str) -> bytes | None:
    """Return the bytes of a file as it was uploaded, or None when they were not kept, or no key opens them."""
    if not _SHA256.fullmatch(fingerprint):
        return None
    try:
        return unseal_file((home / FOLDER / fingerprint / ORIGINAL).read_bytes(), ring_of(home))
    except FileNotFoundError:
        return None


def has_original(home: Path, fingerprint: str) -> bool:
    """Say whether a file was kept as it was uploaded, without opening it."""
    return bool(_SHA256.fullmatch(fingerprint)) and (home / FOLDER / fingerprint / ORIGINAL).is_file()


def insert(
    connection: sa.Connection, study_id: str, table: RawTable, path: str, *, position: int | None = None
) -> RawTable:
    """Add a table to a study; its display name gets a number when another file of the study has the same one.

    Raises
    ------
    AnalysisError
        ``file_already_there``: the study holds this sheet of this file.
    """
    there = fetch(connection, study_id)
    for row in there:
        if (row.fingerprint, row.sheet) == (table.fingerprint, table.sheet):
            raise AnalysisError("file_already_there", file=table.file)
    same_file = next((row.file for row in there if row.fingerprint == table.fingerprint), None)
    stored = replace(table, file=same_file or free_name(table.file, {row.file for row in there}))
    connection.execute(
        sa.insert(raw_tables).values(
            id=uuid.uuid4().hex,
            study_id=study_id,
            position=max((row.position for row in there), default=-1) + 1 if position is None else position,
            file=stored.file,
            sheet=stored.sheet,
            fingerprint=stored.fingerprint,
            n_rows=stored.n_rows,
            reading=json.dumps({name: getattr(stored, name) for name in READING}, ensure_ascii=False),
            path=path,
        )
    )
    return stored


def fetch(connection: sa.Connection, study_id: str) -> list[sa.Row[Any]]:
    """Return the rows of a study's tables in the order they came."""
    query = sa.select(raw_tables).where(raw_tables.c.study_id == study_id).order_by(raw_tables.c.position)
    return list(connection.execute(query))


def from_row(row: sa.Row[Any], home: Path) -> RawTable:
    """Return the raw table behind a row of the database; AnalysisError ``saved_reading_unreadable``."""
    try:
        return _from_row(row, home, json.loads(row.reading))
    except (ValueError, KeyError, TypeError) as error:
        raise AnalysisError("saved_reading_unreadable", file=row.file) from error


def _from_row(row: sa.Row[Any], home: Path, reading: dict[str, Any]) -> RawTable:
    return RawTable(
        file=row.file,
        sheet=row.sheet,
        fingerprint=row.fingerprint,
        n_rows=row.n_rows,
        rows=home / row.path,
        columns=tuple(reading["columns"]),
        header_row=reading["header_row"],
        encoding=reading["encoding"],
        delimiter=reading["delimiter"],
        surplus=tuple(LeftOut(*left) for left in reading["surplus"]),
        plausibility=reading.get("plausibility", 1.0),
        hidden=reading.get("hidden", False),
        hidden_rows=reading.get("hidden_rows", 0),
        unit=reading.get("unit", ""),
        read_as=tuple(ReadAs(*one) for one in reading.get("read_as", ())),
    )


def damage(table: RawTable, *, thorough: bool = False) -> Literal["missing", "unreadable", "other"] | None:
    """Say what is wrong with the stored rows of a table, or None; ``thorough`` also reads every row."""
    assert isinstance(table.rows, Path)
    if not table.rows.is_file():
        return "missing"
    if unreadable(table.rows, thorough=thorough):
        return "unreadable"
    with parquet.opened(table.rows) as file:
        names, n_rows = set(file.schema_arrow.names), file.metadata.num_rows
    expected = {f"c{place}" for place in range(len(table.columns))}
    return None if expected <= names and n_rows == table.n_rows else "other"


def unreadable(path: Path, *, thorough: bool = False) -> bool:
    """Say whether a Parquet file is missing or damaged: its outline, or with ``thorough`` every cell."""
    import pyarrow as pa

    try:
        with parquet.opened(path) as file:
            _ = file.schema_arrow.pandas_metadata  # kept beside frames, and parsed only now
            if thorough:
                for batch in file.iter_batches():
                    batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError):
        return True
    part = part_of(path)
    return part is not None and part.is_damaged(thorough=thorough)


def position(connection: sa.Connection, study_id: str, table: RawTable) -> int | None:
    """Return the place of the reading of a sheet that a study holds, or None."""
    for row in fetch(connection, study_id):
        if (row.fingerprint, row.sheet) == (table.fingerprint, table.sheet):
            return row.position
    return None


def delete(
    connection: sa.Connection, study_id: str, fingerprint: str | None = None, sheet: str | None = None
) -> set[str]:
    """Take tables out of a study and return the paths they had."""
    where = [raw_tables.c.study_id == study_id]
    if fingerprint is not None:
        where.append(raw_tables.c.fingerprint == fingerprint)
    if sheet is not None:
        where.append(raw_tables.c.sheet == sheet)
    paths = set(connection.execute(sa.select(raw_tables.c.path).where(*where)).scalars())
    connection.execute(sa.delete(raw_tables).where(*where))
    return paths


def remove_unused(connection: sa.Connection, home: Path, paths: set[str]) -> None:
    """Delete those of these Parquet files that no study refers to any more."""
    used = set(connection.execute(sa.select(raw_tables.c.path).distinct()).scalars())
    for path in paths - used:
        file = home / path
        files.remove(file)
        _remove_folder(file.parent)


def _remove_folder(folder: Path) -> None:
    """Remove the folder of a file, with the original, once it holds no rows."""
    if not folder.is_dir() or any(path.name != ORIGINAL for path in folder.iterdir()):
        return
    files.remove(folder / ORIGINAL)
    folder.rmdir()


def free_name(name: str, taken: set[str]) -> str:
    """Return a name with a number when it is taken."""
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    number = 2
    while f"{stem} ({number}){ending}" in taken:
        number += 1
    return f"{stem} ({number}){ending}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
