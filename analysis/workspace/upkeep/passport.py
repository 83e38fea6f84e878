"""What a study is, kept beside its files: enough to name them again in a new database when theirs is lost.

A passport may be behind its study by the last choices; its files, and how they are read, are those of the last action.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params
from analysis.workspace import files, raw, schema
from analysis.workspace.upkeep import folder

_PATH = r"^files/[0-9a-f]{64}/[0-9a-f]{64}\.parquet$"


class Rows(Params):
    """One table of the study, as its row of the database says."""

    position: int = Field(ge=0)
    file: str
    sheet: str
    fingerprint: str = Field(max_length=64)
    n_rows: int = Field(ge=0)
    reading: str
    path: str = Field(pattern=_PATH)


class Passport(Params):
    """A study as it was last seen. The recipe is JSON text, checked when it is used."""

    version: Literal[1] = 1
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    name: str
    goal: str | None = None
    created_at: str
    changed_at: str
    revision: int = Field(ge=0)
    recipe: str | None = None
    tables: tuple[Rows, ...] = ()


def place_of(home: Path, study_id: str) -> Path:
    """Return where the passport of a study lies."""
    return home / folder.STUDIES / study_id / folder.PASSPORT


def read(home: Path, study_id: str) -> Passport | None:
    """Return the passport of a study, or None when there is none that can be read."""
    try:
        found = Passport.model_validate_json(place_of(home, study_id).read_bytes())
    except (OSError, ChoiceError):
        return None
    return found if found.id == study_id else None


def read_all(home: Path) -> list[Passport]:
    """Return the passports that can be read, by the name of the study."""
    found = [read(home, place.name) for place in folder.own(home, folder.STUDIES)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.name, one.id))


def refresh(connection: sa.Connection, home: Path, study_id: str | None = None) -> None:
    """Write the passport of a study, or of every study that has changed since its own was written."""
    query = sa.select(schema.studies)
    if study_id is not None:
        query = query.where(schema.studies.c.id == study_id)
    for row in connection.execute(query).all():
        there = read(home, row.id)
        if there is None or there.changed_at != row.changed_at:
            _write(home, _passport(row, raw.fetch(connection, row.id)))


def lost(connection: sa.Connection, home: Path) -> list[Passport]:
    """Return the studies that the folder knows and the database does not: it has lost them."""
    known = set(connection.execute(sa.select(schema.studies.c.id)).scalars())
    return [one for one in read_all(home) if one.id not in known]


def insert(connection: sa.Connection, home: Path, passport: Passport) -> int:
    """Name a study and its files in a database that does not know it; return how many of its tables are there."""
    columns = [column.name for column in schema.studies.columns]
    values = passport.model_dump()
    connection.execute(sa.insert(schema.studies).values({name: values[name] for name in columns}))
    for table in passport.tables:
        identity = {"id": files.fresh_id(), "study_id": passport.id}
        connection.execute(sa.insert(schema.raw_tables).values(**table.model_dump(), **identity))
    return sum((home / table.path).is_file() for table in passport.tables)


def _passport(row: sa.Row[Any], tables: list[sa.Row[Any]]) -> Passport:
    values = {name: getattr(row, name) for name in Passport.model_fields if name not in ("version", "tables")}
    try:
        return Passport(**values, tables=tuple(Rows(**{n: getattr(t, n) for n in Rows.model_fields}) for t in tables))
    except ChoiceError as problem:  # an id, say, that is none: it would become a folder
        raise AnalysisError("workspace_unreadable", problem="not a study") from problem


def _write(home: Path, passport: Passport) -> None:
    # Not waited for until it is on the disk: the database is what counts, and this one can be behind.
    target = place_of(home, passport.id)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = files.temporary_beside(target)
    part.write_text(json.dumps(passport.model_dump(mode="json"), ensure_ascii=False), "utf-8")
    part.chmod(0o600)
    os.replace(part, target)
