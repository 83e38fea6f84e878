"""The workspace's files: the rows of each sheet as Parquet, and the upload itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.tables import RawTable
from analysis.workspace import audit, database, raw, studies
from analysis.workspace.records import Damage
from analysis.workspace.stores.base import Base
from analysis.workspace.stores.placing import placed

if TYPE_CHECKING:
    from pathlib import Path


class FileStore(Base):
    """Files of studies; equal rows are kept once."""

    def store_raw(self, study_id: str, table: RawTable) -> RawTable:
        """Keep a raw table: its rows as Parquet, its description in the database.

        Returns
        -------
        RawTable
            With ``rows`` as a path, and ``file`` numbered when another file of the study has the same name.

        Raises
        ------
        AnalysisError
            ``file_already_there``, ``study_gone``, ``workspace_not_saved``.
        """
        return self._store(study_id, table, replaces=False)

    def replace_raw(self, study_id: str, table: RawTable) -> RawTable:
        """Keep another reading (header row, encoding) of a sheet in place of the one that is there, if any."""
        return self._store(study_id, table, replaces=True)

    def raw_tables(self, study_id: str, *, thorough: bool = False) -> list[RawTable]:
        """Return the raw tables of a study in the order they came, with ``rows`` as paths.

        ``thorough`` looks at every cell; else the outline of each file tells whether it is damaged.

        Raises
        ------
        AnalysisError
            ``study_gone``; ``stored_rows_damaged``: rows are missing or unreadable, and the upload is there to be read
            again (``desk.read_again``); ``stored_rows_damaged_for_good``: it is not.
        """
        tables = self._tables(study_id)
        for table in tables:
            if raw.damage(table, thorough=thorough):
                kept = self.original(table.fingerprint) is not None
                code = "stored_rows_damaged" if kept else "stored_rows_damaged_for_good"
                n_usable = sum(raw.damage(one, thorough=thorough) is None for one in tables)
                raise AnalysisError(code, file=table.file, n_usable=n_usable)
        return tables

    def damages(self, study_id: str, *, thorough: bool = False) -> list[Damage]:
        """Return the tables of a study whose stored rows are missing or damaged, in the order the tables came.

        ``thorough`` reads every row; else the outline of each file tells.
        """
        return [
            Damage(table, why, self.original(table.fingerprint) is not None)
            for table in self._tables(study_id)
            if (why := raw.damage(table, thorough=thorough))
        ]

    def _tables(self, study_id: str) -> list[RawTable]:
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return [raw.from_row(row, self.home) for row in raw.fetch(connection, study_id)]

    def keep_original(self, upload: bytes | Path) -> bool:
        """Keep the bytes of a file whose tables are stored, so that it can be read again in another way.

        They are removed with the last table of the file. Files of more than 256 MB are not kept; says whether it is.
        """
        try:
            return raw.keep_original(self.home, upload)
        except OSError as error:
            raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error

    def original(self, fingerprint: str) -> bytes | None:
        """Return the bytes of a file as it was uploaded, or None when they were not kept."""
        return raw.original(self.home, fingerprint)

    def has_original(self, fingerprint: str) -> bool:
        """Say whether a file was kept as it was uploaded, without opening it."""
        return raw.has_original(self.home, fingerprint)

    def remove_file(self, study_id: str, fingerprint: str) -> None:
        """Take a file with all its sheets out of a study."""
        with audit.auditing(self.engine, self.home) as connection:
            studies.touch(connection, study_id)
            paths = raw.delete(connection, study_id, fingerprint)
            audit.append(connection, "removed", study_id, fingerprint=fingerprint)
        with database.writing(self.engine) as connection:
            raw.remove_unused(connection, self.home, paths)

    def _store(self, study_id: str, table: RawTable, *, replaces: bool) -> RawTable:
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
        old: set[str] = set()
        with placed(self.home, [table]) as place, audit.auditing(self.engine, self.home) as connection:
            position = None
            if replaces:
                position = raw.position(connection, study_id, table)
                old = raw.delete(connection, study_id, table.fingerprint, table.sheet)
            studies.touch(connection, study_id)
            stored = place.insert(connection, study_id, table, position=position)
            if not old:
                audit.uploaded(connection, study_id, [table])
        if old:
            with database.writing(self.engine) as connection:
                raw.remove_unused(connection, self.home, old)
        return stored
