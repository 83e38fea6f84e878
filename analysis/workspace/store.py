"""The workspace: studies, files, recipes, settings and snapshots, kept in one folder and one database.

What a method reports as saved survives a kill of the process and a loss of power. Display names are data and never
part of a path.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import Engine

from analysis.errors import AnalysisError
from analysis.intake.reading.large import spool
from analysis.intake.tables import RawTable
from analysis.workspace import database, experiments, files, merged, raw, snapshots, studies
from analysis.workspace.home import database_url, home_folder
from analysis.workspace.records import SavedRecipe, Snapshot, SnapshotInfo, StoredExperiment, StudyInfo

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analysis.experiments.record import Experiment
    from analysis.intake.standard.merges import Merges
    from analysis.recipe import Recipe
    from analysis.segments.fitted_study import FittedStudy

RUNS_KEPT = 2
FOLDERS = (raw.FOLDER, "studies", experiments.FOLDER)
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Workspace:
    """What is kept between visits. May be shared by threads; every call is one transaction.

    Attributes
    ----------
    home : Path
        The folder of the Parquet files and, unless another database is named, of ``portrait.sqlite``.
    engine : sqlalchemy.Engine

    Examples
    --------
    >>> import tempfile
    >>> from analysis.recipe import Recipe
    >>> workspace = Workspace.open(Path(tempfile.mkdtemp()))
    >>> study = workspace.create_study("Spring")
    >>> workspace.save_recipe(study, Recipe(name="Spring"), revision=0)
    1
    >>> workspace.load_recipe(study).recipe.name
    'Spring'
    """

    home: Path
    engine: Engine

    @classmethod
    def open(cls, home: Path | None = None, url: str | None = None) -> Workspace:
        """Open the workspace, create or migrate its tables, and clear what a crash left unfinished.

        Parameters
        ----------
        home : Path, optional
            Default: ``PORTRAIT_HOME``, or the user's data folder of the platform.
        url : str, optional
            SQLAlchemy address of the database. Default: ``PORTRAIT_DATABASE_URL``, or a SQLite file in ``home``.

        Raises
        ------
        AnalysisError
            ``workspace_not_writable``, ``workspace_newer``, ``workspace_unreadable``, ``workspace_not_saved``,
            ``database_address_unreadable``.
        """
        home = home_folder(home)
        url = url or database_url()
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in FOLDERS:
                (home / name).mkdir(exist_ok=True)
        except OSError as error:
            raise AnalysisError("workspace_not_writable", folder=str(home)) from error
        engine = database.connect(url or database.default_url(home))
        workspace = cls(home, engine)
        try:
            is_new = database.prepare(engine)
            for name in FOLDERS:
                files.sweep(home / name)
            if url is None and not is_new:
                # Only the database that lives beside the files knows all of them.
                with database.writing(engine) as connection:
                    raw.remove_unused(connection, home)
                    snapshots.remove_unused(connection, home)
                    experiments.remove_unused(connection, home)
        except BaseException:
            engine.dispose()
            raise
        return workspace

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    # Studies

    def create_study(self, name: str, goal: str | None = None) -> str:
        """Add a study and return its id."""
        with database.writing(self.engine) as connection:
            return studies.create(connection, name, goal)

    def studies(self) -> list[StudyInfo]:
        """Return all studies, the one changed last first."""
        with database.reading(self.engine) as connection:
            return studies.fetch(connection)

    def study(self, study_id: str) -> StudyInfo:
        """Return one study; AnalysisError ``study_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return studies.fetch(connection, study_id)[0]

    def rename_study(self, study_id: str, name: str) -> None:
        """Give a study another name."""
        with database.writing(self.engine) as connection:
            studies.touch(connection, study_id, name=name)

    def delete_study(self, study_id: str) -> None:
        """Delete a study with its snapshots and experiments, and its files unless another study holds them too."""
        with database.writing(self.engine) as connection:
            studies.need(connection, study_id)
            paths = raw.delete(connection, study_id)
            lost = experiments.ids(connection, study_id)
            connection.execute(studies.studies.delete().where(studies.studies.c.id == study_id))
        with database.writing(self.engine) as connection:
            raw.remove_unused(connection, self.home, paths)
            experiments.remove_folders(self.home, lost)
            if self._study_folder(study_id).is_dir():
                files.remove(self._study_folder(study_id))

    # Recipes and settings

    def load_recipe(self, study_id: str) -> SavedRecipe:
        """Return the recipe of a study with its revision."""
        with database.reading(self.engine) as connection:
            return studies.load_recipe(connection, study_id)

    def save_recipe(self, study_id: str, recipe: Recipe, revision: int) -> int:
        """Replace the recipe that was loaded with ``revision``; return the new revision.

        Raises
        ------
        AnalysisError
            ``recipe_changed_elsewhere``: another tab has saved since; ``study_gone``; ``workspace_not_saved``.
        """
        with database.writing(self.engine) as connection:
            return studies.save_recipe(connection, study_id, recipe, revision)

    def setting(self, name: str, default: Any = None, study_id: str | None = None) -> Any:
        """Return a setting (a JSON value) of a study, or of the whole workspace without a study."""
        with database.reading(self.engine) as connection:
            return studies.get_setting(connection, name, study_id, default)

    def set_setting(self, name: str, value: Any, study_id: str | None = None) -> None:
        """Keep a setting: any JSON value."""
        with database.writing(self.engine) as connection:
            studies.set_setting(connection, name, value, study_id)

    # Customers with several ids

    def merges(self, study_id: str) -> Merges:
        """Return what was decided about the customers of a study."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return merged.fetch(connection, study_id)

    def save_merges(self, study_id: str, merges: Merges) -> None:
        """Keep the decisions about the customers of a study in place of those before."""
        with database.writing(self.engine) as connection:
            studies.touch(connection, study_id)
            merged.replace(connection, study_id, merges)

    # Experiments

    def add_experiment(self, experiment: Experiment, study_id: str | None = None) -> str:
        """Add an experiment to a study, or to the workspace itself without one; return its id."""
        with database.writing(self.engine) as connection:
            return experiments.insert(connection, study_id, experiment)

    def experiments(self, study_id: str | None = None) -> list[StoredExperiment]:
        """Return the experiments of a study, or those without a study, the one changed last first."""
        with database.reading(self.engine) as connection:
            return experiments.fetch(connection, study_id)

    def experiment(self, experiment_id: str) -> StoredExperiment:
        """Return one experiment; AnalysisError ``experiment_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            return experiments.need(connection, experiment_id)

    def change_experiment(self, experiment_id: str, change: Callable[[Experiment], Experiment]) -> StoredExperiment:
        """Apply a change to the record as it is now, so that two windows do not overwrite each other.

        Raises
        ------
        AnalysisError
            ``experiment_gone``, ``saved_experiment_unreadable``, ``workspace_not_saved``, and what ``change`` raises;
            nothing is changed then.
        """
        with database.writing(self.engine) as connection:
            now = experiments.need(connection, experiment_id).experiment
            return experiments.change(connection, experiment_id, change(now))

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment with its tables."""
        with database.writing(self.engine) as connection:
            experiments.delete(connection, experiment_id)
        experiments.remove_folders(self.home, [experiment_id])

    def keep_experiment_table(self, experiment_id: str, table: pa.Table) -> str:
        """Keep a table beside an experiment and return the hash by which a record names it.

        A table that no record names is removed when the workspace is opened the next time.
        """
        with database.writing(self.engine) as connection:
            experiments.need(connection, experiment_id)
            return experiments.write_table(self.home, experiment_id, table)

    def experiment_table(self, experiment_id: str, digest: str) -> pa.Table:
        """Return a table kept beside an experiment; AnalysisError ``experiment_table_lost`` when it is not there."""
        return experiments.read_table(self.home, experiment_id, digest)

    def experiment_typed(self, experiment_id: str) -> dict[str, Any]:
        """Return what pages hold of an experiment without having saved it (JSON values), by page."""
        with database.reading(self.engine) as connection:
            return experiments.typed(connection, experiment_id)

    def keep_experiment_typed(self, experiment_id: str, page: str, values: Mapping[str, Any]) -> None:
        """Keep what a page holds of an experiment, so that nothing typed is lost."""
        with database.writing(self.engine) as connection:
            experiments.keep_typed(connection, experiment_id, page, values)

    # Files

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

    def raw_tables(self, study_id: str) -> list[RawTable]:
        """Return the raw tables of a study in the order they came, with ``rows`` as paths."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return [raw.from_row(row, self.home) for row in raw.fetch(connection, study_id)]

    def keep_original(self, content: bytes) -> bool:
        """Keep the bytes of a file whose tables are stored, so that it can be read again in another way.

        They are removed with the last table of the file. Files of more than 256 MB are not kept; says whether it is.
        """
        try:
            return raw.keep_original(self.home, content)
        except OSError as error:
            raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error

    def original(self, fingerprint: str) -> bytes | None:
        """Return the bytes of a file as it was uploaded, or None when they were not kept."""
        return raw.original(self.home, fingerprint)

    def remove_file(self, study_id: str, fingerprint: str) -> None:
        """Take a file with all its sheets out of a study."""
        with database.writing(self.engine) as connection:
            studies.touch(connection, study_id)
            paths = raw.delete(connection, study_id, fingerprint)
        with database.writing(self.engine) as connection:
            raw.remove_unused(connection, self.home, paths)

    def _store(self, study_id: str, table: RawTable, *, replaces: bool) -> RawTable:
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
        try:
            temporary, path = raw.write_rows(table, self.home)
        except OSError as error:
            raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error
        old: set[str] = set()
        try:
            with database.writing(self.engine) as connection:
                place = None
                if replaces:
                    place = raw.position(connection, study_id, table)
                    old = raw.delete(connection, study_id, table.fingerprint, table.sheet)
                studies.touch(connection, study_id)
                stored = raw.insert(connection, study_id, table, path, position=place)
                if not (self.home / path).exists():
                    files.put(temporary, self.home / path)
        finally:
            temporary.unlink(missing_ok=True)
        if isinstance(table.rows, Path) and table.rows.parent == spool():
            table.rows.unlink(missing_ok=True)  # the process's own copy, of which the workspace has one now
        if old - {path}:
            with database.writing(self.engine) as connection:
                raw.remove_unused(connection, self.home, old)
        return RawTable(**{**vars(stored), "rows": self.home / path})

    # Runs and snapshots

    def run_folder(self, study_id: str, version: str) -> Path:
        """Return the folder for the prepared tables of one state of a study; the two used last are kept.

        Write into it with ``parquet.write_frame`` within ``files.whole_file``, so that a file that is there is whole.
        """
        runs = self._study_folder(study_id) / "runs"
        name = version if _SAFE.fullmatch(version) else hashlib.sha256(version.encode()).hexdigest()
        chosen = runs / name
        chosen.mkdir(parents=True, exist_ok=True)
        os.utime(chosen)
        others = [path for path in runs.iterdir() if path.is_dir() and path != chosen and path.name[0] != "."]
        others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in others[RUNS_KEPT - 1 :]:
            files.remove(path)
        return chosen

    def add_snapshot(
        self,
        study_id: str,
        as_of: date,
        recipe: Recipe,
        summary: dict[str, Any],
        profiles: pd.DataFrame,
        segments: pd.DataFrame,
        fitted: FittedStudy | None = None,
    ) -> str:
        """Keep what a run found, for good; the same recipe, data and date give back the snapshot that is there.

        Parameters
        ----------
        summary : dict
            JSON values; numbers that are not finite are kept as null.
        profiles, segments : DataFrame
            Any columns that Parquet can hold; the index is not kept.
        fitted : FittedStudy, optional
            What the segmentations learned, for the run after this one.

        Returns
        -------
        str
            Id of the snapshot.
        """
        text = snapshots.as_json(summary)
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            digest = snapshots.content(connection, study_id, as_of, recipe, fitted)
            if there := snapshots.find(connection, study_id, digest):
                return there
        with database.writing(self.engine) as connection:
            studies.need(connection, study_id)
            if there := snapshots.find(connection, study_id, digest):
                return there
            snapshot_id = snapshots.insert(
                connection, study_id, as_of, recipe.model_dump_json(), digest, text, studies.now()
            )
            files.write_folder(
                snapshots.folder(self.home, study_id, snapshot_id),
                lambda place: snapshots.write_tables(place, profiles, segments, fitted),
            )
        return snapshot_id

    def snapshots(self, study_id: str) -> list[SnapshotInfo]:
        """Return the snapshots of a study, newest first, without their tables."""
        with database.reading(self.engine) as connection:
            return [snapshots.info(row) for row in snapshots.fetch(connection, study_id)]

    def load_snapshot(self, snapshot_id: str) -> Snapshot:
        """Return a snapshot with its tables; AnalysisError ``snapshot_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            return snapshots.load(connection, self.home, snapshot_id)

    def keep_fit(self, study_id: str, fitted: FittedStudy) -> None:
        """Keep what segmentations learned, each in the place of what was kept of its kind before."""
        with database.reading(self.engine) as connection:
            changed = snapshots.changed_fits(connection, study_id, fitted)
        if changed:
            with database.writing(self.engine) as connection:
                studies.need(connection, study_id)
                for name, value in changed.items():
                    studies.set_setting(connection, name, value, study_id)

    def latest_fit(self, study_id: str, kind: str) -> FittedStudy | None:
        """Return what a segmentation of this kind learned when it was last looked at, for a frozen run."""
        with database.reading(self.engine) as connection:
            return snapshots.latest_fit(connection, self.home, study_id, kind)

    # Whole studies

    def export_study(self, study_id: str, target: Path | BinaryIO) -> None:
        """Write a study as one zip of JSON and Parquet, to a path or into an open binary file."""
        from analysis.workspace import archive

        archive.write(self.engine, self.home, study_id, target)

    def import_study(self, source: Path | BinaryIO) -> str:
        """Add the study of a zip that ``export_study`` wrote; return its new id.

        Raises
        ------
        AnalysisError
            ``archive_unreadable``, ``archive_foreign``, ``archive_newer``, ``archive_too_large``,
            ``archive_damaged``, ``workspace_not_saved``.
        """
        from analysis.workspace import archive

        return archive.read(self.engine, self.home, source)

    def _study_folder(self, study_id: str) -> Path:
        if not _SAFE.fullmatch(study_id):
            raise AnalysisError("study_gone")
        return self.home / "studies" / study_id
