"""The end of a forgetting: what lies in files is taken out after the database has said who is forgotten.

Each step can be done again, so that what was stopped is ended when the workspace is opened next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analysis import parquet
from analysis.workspace import database, documents, experiments, files, raw, schema, snapshots
from analysis.workspace.sealing.personal import of_frame
from analysis.workspace.upkeep import folder, passport, trash

if TYPE_CHECKING:
    import pandas as pd

    from analysis.privacy.forget import Forgotten

KIND = NAME = "forgotten"  # one document of the study


def forgotten_of(connection: sa.Connection, study_id: str) -> Forgotten:
    """Return who was forgotten in a study."""
    from analysis.privacy.forget import Forgotten

    found = documents.find(connection, study_id, KIND, NAME)
    return Forgotten() if found is None else found.value


def finish_all(engine: sa.Engine, home: Path) -> None:
    """End every forgetting of the workspace that was stopped."""
    with database.reading(engine) as connection:
        query = sa.select(schema.documents.c.study_id).where(schema.documents.c.kind == KIND)
        waiting = [one for one in connection.execute(query).scalars() if forgotten_of(connection, one).unfinished]
    for study_id in waiting:
        finish(engine, home, study_id)


def carry_over(connection: sa.Connection, study_id: str, *, unfinished: bool = False) -> None:
    """Let a study that came in know who was forgotten in the studies here that hold a file of it.

    An archive or a file that somebody kept brings nobody back. Hashes of another salt cannot be carried: of those lists
    (``of_another_salt``) the files of the study tell who is meant (``ForgetStore.forget_again``).
    """
    from analysis.privacy.forget import Forgotten

    own = forgotten_of(connection, study_id)
    found = own
    for theirs in _lists_here(connection, study_id):
        if found.salt in ("", theirs.salt):
            found = Forgotten(salt=theirs.salt).adding((), (*found.ids, *theirs.ids))
    if found.ids != own.ids:
        found = found.model_copy(update={"unfinished": unfinished})
        documents.save(connection, study_id, KIND, found, NAME, revision=None)


def of_another_salt(connection: sa.Connection, study_id: str) -> list[Forgotten]:
    """Return who was forgotten in studies here that hold a file of this one, where their hashes are none of its own."""
    salt = forgotten_of(connection, study_id).salt
    return [one for one in _lists_here(connection, study_id) if one.salt != salt]


def _lists_here(connection: sa.Connection, study_id: str) -> list[Forgotten]:
    owners = sorted(set().union(*others(connection, study_id).values()))
    return [one for owner in owners if (one := forgotten_of(connection, owner)).ids]


def finish(engine: sa.Engine, home: Path, study_id: str) -> None:
    """Take customers who were forgotten out of snapshots, and delete what can hold anybody and nobody needs."""
    with database.writing(engine) as connection:
        forgotten = forgotten_of(connection, study_id)
        for path, frame, named in named_rows(connection, home, study_id, forgotten):
            files.write_frame(frame[~named], path, personal=of_frame(frame))
        for path in unneeded(connection, home, study_id):
            files.remove(path)
        trash.empty(home)
        passport.refresh(connection, home, study_id)
        documents.save(
            connection, study_id, KIND, forgotten.model_copy(update={"unfinished": False}), NAME, revision=None
        )
    database.compact(engine)


def named_rows(
    connection: sa.Connection, home: Path, study_id: str, forgotten: Forgotten
) -> Iterator[tuple[Path, pd.DataFrame, pd.Series]]:
    """Give the tables of snapshots that name a customer who was forgotten, and which rows do."""
    gone = set(forgotten.ids)
    for row in snapshots.fetch(connection, study_id):
        for part in snapshots.PARTS:
            path = snapshots.folder(home, study_id, row.id) / f"{part}.parquet"
            try:
                frame = parquet.read_frame(path)
            except (FileNotFoundError, parquet.ReadError):
                continue  # nobody can read it; ``unneeded`` names it
            if "customer_id" in frame:
                named = frame["customer_id"].map(lambda one: forgotten.hashed(str(one)) in gone).astype(bool)
                if named.any():
                    yield path, frame, named


def unneeded(connection: sa.Connection, home: Path, study_id: str) -> list[Path]:
    """Return what can hold anybody: uploads, kept results, rows and tables that nobody names, damaged snapshots."""
    place = home / folder.STUDIES / study_id
    found = [*uploads(connection, home, study_id), *runs(home, study_id)]
    used = set(connection.execute(sa.select(schema.raw_tables.c.path)).scalars())
    for fingerprint in {row.path.split("/")[1] for row in raw.fetch(connection, study_id)}:
        rows = (home / raw.FOLDER / fingerprint).glob("*.parquet")
        found += [path for path in rows if path.relative_to(home).as_posix() not in used]
    for experiment_id, named in named_tables(connection, study_id).items():
        tables = experiments.folder(home, experiment_id).glob("*.parquet")
        found += [path for path in tables if path.stem not in named]
    for row in snapshots.fetch(connection, study_id):
        parts = (place / "snapshots" / row.id / f"{part}.parquet" for part in snapshots.PARTS)
        found += [path for path in parts if path.exists() and raw.unreadable(path, thorough=True)]
    return found


def uploads(connection: sa.Connection, home: Path, study_id: str) -> list[Path]:
    """Return the uploads as they were that no other study holds as well."""
    elsewhere = others(connection, study_id)
    places = {row.path.split("/")[1] for row in raw.fetch(connection, study_id) if row.fingerprint not in elsewhere}
    found = (home / raw.FOLDER / place / raw.ORIGINAL for place in sorted(places))
    return [path for path in found if path.exists()]


def others(connection: sa.Connection, study_id: str) -> Mapping[str, set[str]]:
    """Return the other studies that hold a file of this one, by fingerprint."""
    ours = {row.fingerprint for row in raw.fetch(connection, study_id)}
    query = sa.select(schema.raw_tables.c.fingerprint, schema.raw_tables.c.study_id)
    found: dict[str, set[str]] = {}
    for fingerprint, owner in connection.execute(query.where(schema.raw_tables.c.study_id != study_id)):
        if fingerprint in ours:
            found.setdefault(fingerprint, set()).add(owner)
    return found


def runs(home: Path, study_id: str) -> list[Path]:
    """Return the kept results of a study."""
    place = home / folder.STUDIES / study_id / "runs"
    return sorted(place.iterdir()) if place.is_dir() else []


def named_tables(connection: sa.Connection, study_id: str) -> dict[str, str]:
    """Return the texts that name the tables of each experiment of a study: its record, and what pages hold of it."""
    columns = schema.experiments.c.id, schema.experiments.c.record, schema.experiments.c.typed
    query = sa.select(*columns).where(schema.experiments.c.study_id == study_id)
    return {row.id: row.record + row.typed for row in connection.execute(query)}
