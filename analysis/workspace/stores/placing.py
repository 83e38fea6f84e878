"""Rows on their way into the workspace: written beside first, put in place within the transaction that names them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.intake.reading.large import spool
from analysis.intake.tables import RawTable
from analysis.workspace import files, raw, studies


@dataclass(frozen=True)
class Placing:
    """Rows that are written and wait; ``parts`` holds, by fingerprint and sheet, where they are and will be."""

    home: Path
    parts: dict[tuple[str, str], tuple[Path, str]]

    def insert(
        self, connection: sa.Connection, study_id: str, table: RawTable, *, position: int | None = None
    ) -> RawTable:
        """Put the rows of a table in place and name them; return the table as it is kept."""
        temporary, path = self.parts[table.fingerprint, table.sheet]
        stored = raw.insert(connection, study_id, table, path, position=position)
        target = self.home / path
        if not target.exists() or raw.file_digest(target) != target.stem:  # a damaged one is put right
            files.put(temporary, target)
        return replace(stored, rows=target)


@contextmanager
def placed(home: Path, tables: Sequence[RawTable]) -> Generator[Placing]:
    """Write the rows of tables, long as that takes, outside of any transaction.

    Raises
    ------
    AnalysisError
        ``workspace_not_saved``: a full disk, a folder that cannot be written.
    """
    parts: dict[tuple[str, str], tuple[Path, str]] = {}
    try:
        for table in tables:
            if (table.fingerprint, table.sheet) not in parts:
                parts[table.fingerprint, table.sheet] = raw.write_rows(table, home)
        yield Placing(home, parts)
        for table in tables:
            if isinstance(table.rows, Path) and table.rows.parent == spool():
                table.rows.unlink(missing_ok=True)  # the process's own copy, of which the workspace has one now
    except OSError as error:
        raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error
    finally:
        for temporary, _ in parts.values():
            files.remove(temporary)


def need_unchanged(connection: sa.Connection, study_id: str, seen: Sequence[RawTable]) -> None:
    """Refuse when another window has added, removed or read files since; its recipe may be the same."""
    study = studies.need(connection, study_id)
    now = [(row.fingerprint, row.sheet, row.path.rpartition("/")[2]) for row in raw.fetch(connection, study_id)]
    if now != [(table.fingerprint, table.sheet, getattr(table.rows, "name", "")) for table in seen]:
        raise AnalysisError(
            "recipe_changed_elsewhere", study=study.name, revision=study.revision, newest=study.revision
        )
