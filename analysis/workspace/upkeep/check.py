"""Look over a whole workspace and mend what can be mended; nothing is deleted by either."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.sealed.ring import KeyState
from analysis.workspace import database, desk, raw, schema, studies
from analysis.workspace.home import DATABASE, database_url, home_folder
from analysis.workspace.records import Damage
from analysis.workspace.sealing import keys
from analysis.workspace.store import Workspace
from analysis.workspace.stores.care import kept_too_long
from analysis.workspace.upkeep import folder, passport, trash
from analysis.workspace.upkeep.trash import Item, Unnamed
from analysis.workspace.upkeep.unnamed import unnamed


@dataclass(frozen=True)
class Finding:
    """Something that was found or done: a code and its facts; the sentence is ``workspace.<code>``."""

    code: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Report:
    """What a workspace is like.

    Attributes
    ----------
    home : Path
    n_studies : int
        Studies that the database names.
    problem : AnalysisError or None
        Why the workspace cannot be opened; what follows is then what the folder alone tells.
    damages : tuple of (study name, Damage)
        Rows that a study names and that are missing or damaged.
    broken : tuple of (study name, part)
        Snapshots of a study whose tables are missing or damaged.
    unnamed : tuple of Unnamed
        What of ours nobody names.
    trash : tuple of Item
    lost : tuple of str
        Names of studies that the folder knows and the database does not.
    foreign : tuple of str
        What lies in our folders and is not ours.
    key : KeyState
        Whether personal data is encrypted, and the key there.
    past : tuple of (study name, day)
        Studies that are kept longer than a person said.
    """

    home: Path
    n_studies: int
    problem: AnalysisError | None
    damages: tuple[tuple[str, Damage], ...]
    broken: tuple[tuple[str, str], ...]
    unnamed: tuple[Unnamed, ...]
    trash: tuple[Item, ...]
    lost: tuple[str, ...]
    foreign: tuple[str, ...]
    key: KeyState = "open"
    past: tuple[tuple[str, date], ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether all that is named is there."""
        return not (self.problem or self.damages or self.broken or self.lost or self.key in ("lost", "wrong"))

    def findings(self) -> list[Finding]:
        """Return what there is to say, in order."""
        found = [Finding("at", {"folder": str(self.home), "n": self.n_studies})]
        found += [
            Finding(
                f"rows_{damage.why}{'' if damage.has_original else '_for_good'}", {"study": study, "file": one.file}
            )
            for study, damage in self.damages
            for one in [damage.table]
        ]
        found += [Finding("snapshot_broken", {"study": study, "part": part}) for study, part in self.broken]
        facts = {"place": keys.place(self.home)} if self.key == "open" else {}
        found += [Finding(f"key_{self.key}", facts)] if self.problem is None else []
        found += [Finding("retention_past", {"study": study, "day": day}) for study, day in self.past]
        found += [Finding("study_lost", {"study": name}) for name in self.lost]
        found += [Finding(f"unnamed_{one.kind}", {"path": one.path, "kb": one.n_bytes / 1000}) for one in self.unnamed]
        found += _in_words(self.trash)
        found += [Finding("foreign", {"path": path}) for path in self.foreign]
        return [*found, Finding("well" if self.is_well else "not_well", {})]


def _in_words(items: Iterable[Item]) -> list[Finding]:
    return [
        Finding(f"trash_{one.kind}", {"item": one.id, "path": one.path, "day": one.moved_at.date()}) for one in items
    ]


def trash_findings(home: Path) -> list[Finding]:
    """Return what is in the trash, to be said in words."""
    return _in_words(trash.items(home))


def check(home: Path | None = None, url: str | None = None) -> Report:
    """Look over a workspace, also one that cannot be opened, and change nothing.

    Raises
    ------
    AnalysisError
        ``workspace_none``: there is none in this folder.
    """
    home = home_folder(home)
    url = url or database_url()
    if not home.is_dir() or not (
        url or (home / DATABASE).exists() or folder.read_mark(home) or folder.holds_files(home)
    ):
        raise AnalysisError("workspace_none", folder=str(home))
    outside = tuple(trash.items(home)), tuple(folder.foreign(home))
    try:
        folder.check_before_opening(home, has_database=url is not None or (home / DATABASE).exists())
        with _as_it_is(home, url) as engine, database.reading(engine) as connection:
            problem = _not_ours(connection, home)
            ring, past = keys.open_ring(home), tuple(kept_too_long(connection, date.today()))
            n_studies = studies.count(connection)
            lost, thrown = tuple(one.name for one in passport.lost(connection, home)), tuple(unnamed(connection, home))
            damages, broken = _damages(connection, home), _broken(connection, home)
    except AnalysisError as error:
        names = tuple(one.name for one in passport.read_all(home))
        return Report(home, 0, error, (), (), (), outside[0], names, outside[1])
    return Report(
        home,
        n_studies,
        problem,
        damages,
        broken,
        thrown,
        outside[0],
        lost,
        outside[1],
        "none" if ring is None else ring.state,
        past,
    )


def repair(home: Path | None = None, url: str | None = None) -> list[Finding]:
    """Mend a workspace as far as it can be: put back, read again, name again; return what was done.

    A database that cannot be read is moved aside, never deleted, and a new one names the studies that the folder knows.
    What nobody names goes to the trash.

    Raises
    ------
    AnalysisError
        ``workspace_none``, ``workspace_newer``, ``workspace_folder_foreign``, ``workspace_not_writable``,
        ``workspace_not_saved``.
    """
    report = check(home, url)
    home, url = report.home, url or database_url()
    code = None if report.problem is None else report.problem.code
    if report.problem is not None and code in ("workspace_newer", "workspace_folder_foreign", "workspace_not_writable"):
        raise report.problem
    done: list[Finding] = []
    if code in ("workspace_unreadable", "workspace_no_version") and url is None:
        done.append(Finding("database_aside", {"file": _move_aside(home)}))
    elif code in ("workspace_unreadable", "workspace_no_version", "workspace_not_saved") and report.problem is not None:
        raise report.problem
    elif code == "workspace_database_lost" and report.problem is not None and not report.lost:
        raise report.problem  # the folder does not tell what its files were: only the database does
    done += _name_again(home, url)
    done += _put_back(home, url)
    workspace = Workspace.open(home, url)
    try:
        for study in workspace.studies():
            try:
                done += [
                    Finding("read_again", {"study": study.name, "file": t.file})
                    for t in desk.read_again(workspace, study.id)
                ]
            except AnalysisError:
                continue  # the check after the repair says what is left
    finally:
        workspace.close()
    return done


def restore(item_id: str, home: Path | None = None, url: str | None = None) -> Item:
    """Put something back from the trash; a study is named in the database again, with the files it needs.

    Raises
    ------
    AnalysisError
        ``trash_item_gone``, ``trash_place_taken``, and as ``check``.
    """
    home, url = home_folder(home), url or database_url()
    item = trash.restore(home, item_id)
    if item.kind == "study":
        _name_again(home, url)
        _put_back(home, url)
    return item


@contextmanager
def _as_it_is(home: Path, url: str | None) -> Generator[sa.Engine]:
    """Open the database without preparing anything."""
    if url is None and not (home / DATABASE).exists():
        raise AnalysisError("workspace_database_lost", folder=str(home), database=DATABASE)
    engine = database.connect(url or database.default_url(home))
    try:
        yield engine
    finally:
        engine.dispose()


def _not_ours(connection: sa.Connection, home: Path) -> AnalysisError | None:
    from analysis.workspace import migrations

    at = migrations.found(connection)
    if at is None:
        raise AnalysisError("workspace_database_lost", folder=str(home), database=DATABASE)
    if at != migrations.NEWEST:
        raise AnalysisError("workspace_older", folder=str(home))
    mark = folder.read_mark(home)
    if mark is not None and mark.id != schema.identity(connection):
        raise AnalysisError("workspace_database_other", folder=str(home))
    if folder.holds_studies(home) and not studies.count(connection):
        return AnalysisError("workspace_database_lost", folder=str(home), database=DATABASE)
    return None


def _damages(connection: sa.Connection, home: Path) -> tuple[tuple[str, Damage], ...]:
    names = {row.id: row.name for row in connection.execute(sa.select(schema.studies.c.id, schema.studies.c.name))}
    found = []
    for study_id, name in names.items():
        for row in raw.fetch(connection, study_id):
            table = raw.from_row(row, home)
            if why := raw.damage(table, thorough=True):
                found.append((name, Damage(table, why, raw.original(home, table.fingerprint) is not None)))
    return tuple(found)


def _broken(connection: sa.Connection, home: Path) -> tuple[tuple[str, str], ...]:
    from analysis.workspace import snapshots

    columns = schema.studies.c.name, schema.snapshots.c.study_id, schema.snapshots.c.id
    query = sa.select(*columns).join(schema.studies, schema.studies.c.id == schema.snapshots.c.study_id)
    found = []
    for name, study_id, snapshot_id in connection.execute(query).all():
        place = snapshots.folder(home, study_id, snapshot_id)
        for part in snapshots.PARTS:
            path = place / f"{part}.parquet"
            if raw.unreadable(path, thorough=True):
                found.append((name, path.relative_to(home).as_posix()))
    return tuple(found)


def _move_aside(home: Path) -> str:
    number = 1
    while (home / f"{DATABASE}.damaged-{number}").exists():
        number += 1
    for ending in ("", "-wal", "-shm"):
        if (home / f"{DATABASE}{ending}").exists():
            (home / f"{DATABASE}{ending}").rename(home / f"{DATABASE}.damaged-{number}{ending}")
    return f"{DATABASE}.damaged-{number}"


def _put_back(home: Path, url: str | None) -> list[Finding]:
    """Put back from the trash what the database names and what is not where it says."""
    engine = database.connect(url or database.default_url(home))
    try:
        with database.writing(engine) as connection:
            named = set(connection.execute(sa.select(schema.raw_tables.c.path)).scalars())
            known = set(connection.execute(sa.select(schema.studies.c.id)).scalars())
            known |= set(connection.execute(sa.select(schema.snapshots.c.id)).scalars())
            known |= set(connection.execute(sa.select(schema.experiments.c.id)).scalars())
            done = []
            for item in trash.items(home):
                parts = item.path.split("/")
                wanted = parts[-1] in known or item.path in named
                wanted = wanted or any(path.startswith(item.path + "/") for path in named)
                if wanted and not (home / item.path).exists():
                    trash.restore(home, item.id)
                    done.append(Finding("put_back", {"path": item.path}))
            return done
    finally:
        engine.dispose()


def _name_again(home: Path, url: str | None) -> list[Finding]:
    """Name in the database the studies that only the folder knows, and tie the two to each other."""
    engine = database.connect(url or database.default_url(home))
    try:
        database.prepare(engine)
        with database.writing(engine) as connection:
            done = []
            for one in passport.lost(connection, home):
                n = passport.insert(connection, home, one)
                done.append(Finding("named_again", {"study": one.name, "n": n, "of": len(one.tables)}))
            folder.write_mark(home, folder.Mark(id=schema.identity(connection)))
            return done
    finally:
        engine.dispose()
