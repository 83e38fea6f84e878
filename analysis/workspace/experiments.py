"""Experiments and the tables kept with them: queries inside a transaction that the workspace opened."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analysis import parquet
from analysis.errors import AnalysisError
from analysis.workspace import database, files, studies
from analysis.workspace.records import StoredExperiment
from analysis.workspace.schema import experiments

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.record import Experiment

FOLDER = "experiments"
_ID = re.compile(r"[0-9a-f]{32}")


def insert(
    connection: sa.Connection,
    study_id: str | None,
    experiment: Experiment,
    *,
    typed: Mapping[str, Any] | None = None,
    created_at: str | None = None,
    changed_at: str | None = None,
) -> str:
    """Add an experiment to a study, or to the workspace itself, and return its id."""
    if study_id is not None:
        studies.touch(connection, study_id)
    experiment_id, now = uuid.uuid4().hex, studies.now()
    connection.execute(
        sa.insert(experiments).values(
            id=experiment_id,
            study_id=study_id,
            created_at=created_at or now,
            changed_at=changed_at or now,
            record=_as_json(experiment),
            typed=_typed_json(typed or {}),
        )
    )
    return experiment_id


def fetch(connection: sa.Connection, study_id: str | None) -> list[StoredExperiment]:
    """Return the experiments of a study, or of the workspace itself, the one changed last first."""
    query = sa.select(experiments).where(experiments.c.study_id == study_id)
    return [_stored(row) for row in connection.execute(query.order_by(experiments.c.changed_at.desc()))]


def need(connection: sa.Connection, experiment_id: str) -> StoredExperiment:
    """Return an experiment; AnalysisError ``experiment_gone`` when there is none."""
    return _stored(_row(connection, experiment_id))


def change(connection: sa.Connection, experiment_id: str, experiment: Experiment) -> StoredExperiment:
    """Put a record in place of the one that is there."""
    row = _row(connection, experiment_id)
    if row.study_id is not None:
        studies.touch(connection, row.study_id)
    values = {"record": _as_json(experiment), "changed_at": studies.now()}
    connection.execute(sa.update(experiments).where(experiments.c.id == experiment_id).values(**values))
    return need(connection, experiment_id)


def delete(connection: sa.Connection, experiment_id: str) -> None:
    """Take an experiment out; its folder is removed by the caller afterwards."""
    row = _row(connection, experiment_id)
    if row.study_id is not None:
        studies.touch(connection, row.study_id)
    connection.execute(sa.delete(experiments).where(experiments.c.id == experiment_id))


def ids(connection: sa.Connection, study_id: str) -> list[str]:
    """Return the ids of a study's experiments."""
    return list(connection.execute(sa.select(experiments.c.id).where(experiments.c.study_id == study_id)).scalars())


def typed(connection: sa.Connection, experiment_id: str) -> dict[str, Any]:
    """Return what the pages hold of an experiment but have not saved into it, by page."""
    return database.saved_json(_row(connection, experiment_id).typed)


def keep_typed(connection: sa.Connection, experiment_id: str, page: str, values: Mapping[str, Any]) -> None:
    """Keep what a page holds; this is no change of the experiment."""
    now = typed(connection, experiment_id) | {page: dict(values)}
    connection.execute(sa.update(experiments).where(experiments.c.id == experiment_id).values(typed=_typed_json(now)))


def folder(home: Path, experiment_id: str) -> Path:
    """Return where the tables of an experiment lie."""
    if not _ID.fullmatch(experiment_id):
        raise AnalysisError("experiment_gone")
    return home / FOLDER / experiment_id


def write_table(home: Path, experiment_id: str, table: pa.Table) -> str:
    """Write a table beside an experiment and return the hash that names it."""
    place = folder(home, experiment_id)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = files.temporary_beside(place / "table")
    try:
        parquet.write_table(table, temporary)
        digest = file_digest(temporary)
        files.put(temporary, place / f"{digest}.parquet")
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def read_table(home: Path, experiment_id: str, digest: str) -> pa.Table:
    """Return a table kept beside an experiment; AnalysisError ``experiment_table_lost`` when it is not there."""
    import pyarrow as pa

    try:
        return parquet.read_table(folder(home, experiment_id) / f"{digest}.parquet")
    except FileNotFoundError as error:
        raise AnalysisError("experiment_table_lost") from error
    except (pa.ArrowException, OSError) as error:
        raise AnalysisError("experiment_table_damaged") from error


def check_table(path: Path) -> None:
    """Refuse a kept table that is missing, or whose content is no longer the one that names it."""
    if not path.is_file():
        raise AnalysisError("experiment_table_lost")
    if file_digest(path) != path.stem:
        raise AnalysisError("experiment_table_damaged")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_folders(home: Path, experiment_ids: list[str]) -> None:
    """Delete the tables of experiments that are gone."""
    for experiment_id in experiment_ids:
        if folder(home, experiment_id).is_dir():
            files.remove(folder(home, experiment_id))


def is_id(name: str) -> bool:
    """Say whether a name has the shape of an id."""
    return _ID.fullmatch(name) is not None


def digests(record: str) -> frozenset[str]:
    """Return the tables that a kept record names; AnalysisError ``saved_experiment_unreadable``."""
    return frozenset(_parse(record).digests)


def _row(connection: sa.Connection, experiment_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(experiments).where(experiments.c.id == experiment_id)).one_or_none()
    if row is None:
        raise AnalysisError("experiment_gone")
    return row


def _stored(row: sa.Row[Any]) -> StoredExperiment:
    return StoredExperiment(
        id=row.id,
        study_id=row.study_id,
        created_at=database.saved_time(row.created_at),
        changed_at=database.saved_time(row.changed_at),
        experiment=_parse(row.record),
    )


def _as_json(experiment: Experiment) -> str:
    """Return the record as text, after making sure that it can be read again."""
    text = experiment.model_dump_json()
    _parse(text)
    return text


def _parse(record: str) -> Experiment:
    from analysis.experiments.record import parse_experiment

    return parse_experiment(record)


def _typed_json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
