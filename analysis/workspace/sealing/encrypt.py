"""A workspace from before, encrypted on a person's command: file by file, each as it was or as it is to be."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from analysis import parquet
from analysis.sealed.columns import part_of
from analysis.sealed.ring import is_sealed_file, ring_of, seal_file
from analysis.workspace import database, files, raw, schema, snapshots
from analysis.workspace.sealing.personal import of_frame, of_table


def encrypt_rows(engine: sa.Engine, home: Path) -> int:
    """Seal the personal columns of kept rows; return how many tables had some."""
    with database.reading(engine) as connection:
        rows = {row.path: row for row in connection.execute(sa.select(schema.raw_tables)).all()}
    n = 0
    for path, row in rows.items():
        place = home / path
        if not place.is_file() or part_of(place) is not None or raw.unreadable(place):
            continue
        table = raw.from_row(row, home)
        if not of_table(table):
            continue
        part, new = raw.write_rows(table, home)
        with database.writing(engine) as connection:
            files.put(part, home / new)
            where = schema.raw_tables.c.path == path
            connection.execute(sa.update(schema.raw_tables).where(where).values(path=new))
        with database.writing(engine) as connection:
            raw.remove_unused(connection, home, {path})
        n += 1
    return n


def encrypt_uploads(home: Path) -> int:
    """Seal uploads as they were; return how many were open."""
    ring = ring_of(home)
    n = 0
    for place in sorted((home / raw.FOLDER).glob(f"*/{raw.ORIGINAL}")):
        if ring is not None and not is_sealed_file(place):
            with files.whole_file(place) as part:
                part.write_bytes(seal_file(place.read_bytes(), ring))
            n += 1
    return n


def encrypt_snapshots(engine: sa.Engine, home: Path) -> int:
    """Seal the personal columns of snapshots; return how many had some."""
    with database.reading(engine) as connection:
        found = connection.execute(sa.select(schema.snapshots.c.study_id, schema.snapshots.c.id)).all()
    n = 0
    for study_id, snapshot_id in found:
        place = snapshots.folder(home, study_id, snapshot_id) / f"{snapshots.PARTS[0]}.parquet"
        if not place.is_file() or part_of(place) is not None or raw.unreadable(place):
            continue
        frame = parquet.read_frame(place)
        if personal := of_frame(frame):
            files.write_frame(frame, place, personal=personal)
            n += 1
    return n


def drop_runs(home: Path) -> None:
    """Delete prepared tables, which are made again when somebody asks for them."""
    for place in sorted((home / "studies").glob("*/runs/*")):
        files.remove(place)
