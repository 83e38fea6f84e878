"""What of ours in the folder the database does not name: nothing here removes anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.sealed.columns import belongs
from analysis.workspace import experiments, raw, schema
from analysis.workspace.upkeep import folder, passport
from analysis.workspace.upkeep.trash import Kind, Unnamed, size

# A table that is kept beside an experiment is named by its record a moment later, in another transaction.
_GRACE_SECONDS = 86_400


def unnamed(connection: sa.Connection, home: Path) -> list[Unnamed]:
    """Return what nobody names, relative to the home, in the order of its paths."""
    whole = [*_rows(connection, home), *_studies(connection, home), *_experiments(connection, home)]
    unfinished: list[tuple[Path, Kind]] = [
        (path, "unfinished")
        for name in (folder.FILES, folder.STUDIES, folder.EXPERIMENTS)
        for path in ((home / name).rglob(".writing-*") if (home / name).is_dir() else ())
        if folder.UNFINISHED.fullmatch(path.name)
    ]
    found: list[tuple[Path, Kind]] = []
    for path, kind in sorted([*whole, *unfinished]):
        if not any(path.is_relative_to(other) for other, _ in found):  # it goes with the folder it lies in
            found.append((path, kind))
    return [Unnamed(path.relative_to(home).as_posix(), kind, size(path)) for path, kind in found]


def _rows(connection: sa.Connection, home: Path) -> Iterator[tuple[Path, Kind]]:
    used = set(connection.execute(sa.select(schema.raw_tables.c.path).distinct()).scalars())
    used |= {table.path for one in passport.lost(connection, home) for table in one.tables}
    for place in folder.own(home, folder.FILES):
        paths = [path for path in place.glob("*.parquet") if path.is_file()]
        lost = [path for path in paths if path.relative_to(home).as_posix() not in used]
        # An original can be read again, so it is kept while the database names rows that are missing.
        is_used = any(path.startswith(f"{folder.FILES}/{place.name}/") for path in used)
        sealed = {path: belongs(path) for path in place.iterdir()}
        is_ours = all(path in paths or path.name == raw.ORIGINAL or sealed[path] for path in place.iterdir())
        if not is_used and is_ours:
            yield place, "rows" if paths else "original"
        else:
            for path in lost:
                yield path, "rows"
            for path, of in sealed.items():  # what a stop left of a move
                if of is not None and not of.exists():
                    yield path, "rows"


def _studies(connection: sa.Connection, home: Path) -> Iterator[tuple[Path, Kind]]:
    there = set(connection.execute(sa.select(schema.studies.c.id)).scalars())
    columns = schema.snapshots.c.study_id, schema.snapshots.c.id
    known = {(row.study_id, row.id) for row in connection.execute(sa.select(*columns))}
    for study in folder.own(home, folder.STUDIES):
        if study.name not in there:
            if not passport.place_of(
                home, study.name
            ).exists():  # else the database has lost it: that is for a person to mend
                yield study, "study"
            continue
        for place in (study / "snapshots").glob("*"):
            if (study.name, place.name) not in known and experiments.is_id(place.name):
                yield place, "snapshot"


def _experiments(connection: sa.Connection, home: Path) -> Iterator[tuple[Path, Kind]]:
    columns = schema.experiments.c.id, schema.experiments.c.record, schema.experiments.c.typed
    known = {row.id: (row.record, row.typed) for row in connection.execute(sa.select(*columns))}
    now = time.time()
    for place in folder.own(home, folder.EXPERIMENTS):
        if place.name not in known:
            yield place, "experiment"
            continue
        record, held = known[place.name]
        try:
            named = experiments.digests(record)
        except AnalysisError:  # written by another version: what it names is not known
            continue
        for file in place.glob("*.parquet"):
            old = now - file.stat().st_mtime > _GRACE_SECONDS
            if old and file.stem not in named and file.stem not in held:
                yield file, "table"
