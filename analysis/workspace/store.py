"""The workspace: studies, files, recipes, settings and snapshots, kept in one folder and one database.

What a method reports as saved survives a kill of the process and a loss of power. Display names are data and never
part of a path.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analysis import temporary
from analysis.engine import allow
from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.workspace import audit, database, documents, experiments, files, merged, raw, schema, studies
from analysis.workspace.documents import Document
from analysis.workspace.home import DATABASE, database_url, home_folder
from analysis.workspace.records import Carried, SavedRecipe, StudyInfo
from analysis.workspace.sealing import keys
from analysis.workspace.stores.act import ActStore
from analysis.workspace.stores.audit import AuditStore
from analysis.workspace.stores.care import CareStore
from analysis.workspace.stores.experiments import ExperimentStore
from analysis.workspace.stores.forgetting import ForgetStore
from analysis.workspace.stores.runs import RunStore
from analysis.workspace.stores.sealing import SealStore
from analysis.workspace.upkeep import folder, forgetting, passport, trash
from analysis.workspace.upkeep.unnamed import unnamed

if TYPE_CHECKING:
    from analysis.intake.standard.merges import Merges
    from analysis.recipe import Recipe
    from analysis.tags.imported import ImportedValues


@dataclass(frozen=True)
class Workspace(ForgetStore, ExperimentStore, RunStore, AuditStore, SealStore, CareStore, ActStore):
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

    @classmethod
    def open(cls, home: Path | None = None, url: str | None = None) -> Workspace:
        """Open the workspace and create or migrate its tables.

        Nothing that another made is touched, and nothing of ours is removed: what the database does not name, as a
        write that was ended by force leaves it, goes to the trash, where it stays for 30 days.

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
            ``workspace_no_version``, ``database_address_unreadable``, and when folder and database do not belong
            together: ``workspace_folder_foreign``, ``workspace_database_lost``, ``workspace_database_other``.
        """
        home = home_folder(home)
        url = url or database_url()
        has_database = url is not None or (home / DATABASE).exists()
        try:
            folder.check_before_opening(home, has_database=has_database)
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in folder.FOLDERS:
                (home / name).mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise AnalysisError("workspace_not_writable", folder=str(home)) from error
        temporary.sweep(home / folder.TEMPORARY)
        allow(home)
        # SQLite would wait for a lock that it can never have.
        if not all(os.access(path, os.W_OK) for path in (home, home / DATABASE) if path.exists()):
            raise AnalysisError("workspace_not_writable", folder=str(home))
        engine = database.connect(url or database.default_url(home))
        try:
            database.prepare(engine)
            with database.writing(engine) as connection:
                folder.tie(home, schema.identity(connection), studies.count(connection))
                if keys.open_ring(home) is None and not studies.count(connection) and not folder.holds_files(home):
                    keys.begin(home)
                with suppress(
                    OSError
                ):  # a disk that is full, a folder of another user's: what is kept can still be used
                    folder.make_private(home)
                    for one in unnamed(connection, home):
                        trash.throw(home, one)
                    passport.refresh(connection, home)
            trash.empty(home, older_than=timedelta(days=trash.DAYS))
            forgetting.finish_all(engine, home)
        except BaseException:
            engine.dispose()
            raise
        return cls(home, engine)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    # Studies

    def create_study(self, name: str, goal: str | None = None) -> str:
        """Add a study and return its id."""
        with database.writing(self.engine) as connection:
            study_id = studies.create(connection, name, goal)
        self.note(study_id)
        return study_id

    def studies(self) -> list[StudyInfo]:
        """Return all studies, the one changed last first."""
        with database.reading(self.engine) as connection:
            return studies.fetch(connection)

    def study(self, study_id: str) -> StudyInfo:
        """Return one study; AnalysisError ``study_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            return studies.fetch(connection, study_id)[0]

    def study_named(self, named: str) -> str:
        """Return the id of the study that has this id or, alone, this name.

        Raises
        ------
        AnalysisError
            ``study_unknown`` (study, known); ``study_name_twice`` (study, ids).
        """
        studies = self.studies()
        found = [one.id for one in studies if named in (one.id, one.name)]
        if not found:
            raise AnalysisError("study_unknown", study=named, known=tuple(one.name for one in studies if one.name))
        if len(found) > 1:
            raise AnalysisError("study_name_twice", study=named, ids=", ".join(found))
        return found[0]

    def carried(self, study_id: str) -> Carried:
        """Return what results of a study rest on besides files and recipe, for another door than the app."""
        return Carried(self.merges(study_id), self.tag_values(study_id), self.forgotten(study_id))

    def rename_study(self, study_id: str, name: str) -> None:
        """Give a study another name, in the list and in its recipe."""
        with database.writing(self.engine) as connection:
            studies.rename(connection, study_id, name)
        self.note(study_id)

    def delete_study(self, study_id: str) -> None:
        """Delete a study with its snapshots and experiments, and its files unless another study holds them too."""
        with audit.auditing(self.engine, self.home) as connection:
            studies.need(connection, study_id)
            n_files = len({row.fingerprint for row in raw.fetch(connection, study_id)})
            audit.append(connection, "deleted", study_id, files=n_files)
            paths = raw.delete(connection, study_id)
            lost = experiments.ids(connection, study_id)
            # Before the pointer: a stop must not make it look as if the database had lost a study.
            passport.place_of(self.home, study_id).unlink(missing_ok=True)
            connection.execute(studies.studies.delete().where(studies.studies.c.id == study_id))
        with database.writing(self.engine) as connection:
            raw.remove_unused(connection, self.home, paths)
            experiments.remove_folders(self.home, lost)
            if self._study_folder(study_id).is_dir():
                files.remove(self._study_folder(study_id))

    def note(self, study_id: str) -> None:
        """Keep in the folder what a study is, so that it can be named again if the database is lost."""
        with suppress(OSError, AnalysisError), database.writing(self.engine) as connection:
            passport.refresh(connection, self.home, study_id)

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
        """Keep a setting, which is what a page looks like: any JSON value."""
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

    # Documents

    def documents(self, kind: str, study_id: str | None = None) -> list[Document]:
        """Return the documents of a kind (``documents.MODELS``) in the order they were added.

        Raises
        ------
        AnalysisError
            ``document_unreadable``: another version of Portrait wrote one of them.
        """
        with database.reading(self.engine) as connection:
            return documents.fetch(connection, study_id, kind)

    def document(self, kind: str, name: str, study_id: str | None = None) -> Document | None:
        """Return one document, or None."""
        with database.reading(self.engine) as connection:
            return documents.find(connection, study_id, kind, name)

    def save_document(
        self, kind: str, value: Params, name: str | None = None, study_id: str | None = None, *, revision: int | None
    ) -> Document:
        """Add a document, or replace the one that was read with ``revision`` (0: there was none, None: any).

        Raises
        ------
        AnalysisError
            ``document_changed_elsewhere``, ``study_gone``, ``workspace_not_saved``.
        """
        with database.writing(self.engine) as connection:
            return documents.save(connection, study_id, kind, value, name, revision)

    def change_document(
        self, kind: str, name: str, change: Callable[[Any | None], Params | None], study_id: str | None = None
    ) -> Document | None:
        """Apply a change to a document as it is now, so that two windows do not overwrite each other.

        ``change`` is handed None when there is none, and removes the document by returning None.
        """
        with database.writing(self.engine) as connection:
            return documents.change(connection, study_id, kind, name, change)

    def remove_document(self, kind: str, name: str, study_id: str | None = None) -> None:
        """Take a document out, if it is there."""
        with database.writing(self.engine) as connection:
            documents.remove(connection, study_id, kind, name)

    def tag_values(self, study_id: str) -> dict[str, ImportedValues]:
        """Return the values of tags that came from files, by the key of the tag."""
        return {one.name: one.value for one in self.documents("tag_values", study_id)}

    def persona_words(self, study_id: str) -> dict[str, dict[str, dict[str, str]]]:
        """Return what a person wrote on the cards of personas: by method, by segment, by field."""
        found: dict[str, dict[str, dict[str, str]]] = {}
        for one in self.documents("persona", study_id):
            found.setdefault(one.value.method, {})[one.value.segment] = one.value.words()
        return found

    def export_study(self, study_id: str, target: Path | BinaryIO) -> None:
        """Write a study as one zip of JSON and Parquet, to a path or into an open binary file.

        Runs that are damaged (``damaged_snapshots``) are left out: nobody could read them.

        Raises
        ------
        AnalysisError
            As ``raw_tables``; ``experiment_table_lost``, ``experiment_table_damaged``, ``study_not_exported``.
        """
        from analysis.workspace import archive

        self.raw_tables(study_id)
        self.record("exported", study_id, what="study", masked=False)
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

        study_id = archive.read(self.engine, self.home, source)
        self.record("imported", study_id)
        self.forget_again(study_id)
        self.note(study_id)
        return study_id
