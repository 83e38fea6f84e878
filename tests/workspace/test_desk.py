"""Each action of the desk is done whole or not at all: stopped at any moment, refused, or beside another window."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import source_of
from analysis.workspace import Workspace, desk, files
from analysis.workspace.upkeep import check

N_MOMENTS = 5


def content(n: int) -> bytes:
    rows = b"".join(b"c%d,2024-0%d-0%d,5\n" % (i, n, i) for i in range(1, 8))
    return b"customer_id,order_date,amount\n" + rows


def tables(n: int) -> list[RawTable]:
    return read_file(content(n), name=f"orders{n}.csv")


@pytest.fixture
def study(tmp_path: Path) -> str:
    workspace = Workspace.open(tmp_path / "home")
    begun = desk.begin(workspace, tables(1), name="Spring", originals=[content(1)])
    desk.add(workspace, begun, tables(2), revision=1, originals=[content(2)])
    workspace.close()
    return begun


def add(workspace: Workspace, study: str) -> None:
    there = workspace.raw_tables(study)
    revision = workspace.load_recipe(study).revision
    desk.add(workspace, study, tables(3), revision=revision, known=inspect(there), originals=[content(3)])


def remove(workspace: Workspace, study: str) -> None:
    revision = workspace.load_recipe(study).revision
    desk.remove(workspace, study, workspace.raw_tables(study)[1].fingerprint, revision=revision)


def read_differently(workspace: Workspace, study: str) -> None:
    old, revision = workspace.raw_tables(study)[0], workspace.load_recipe(study).revision
    new = desk.read_differently(workspace, old, encoding="latin-1", header_row=2)
    desk.keep_reading(workspace, study, old, new, encoding="latin-1", header_row=2, revision=revision)


def read_again(workspace: Workspace, study: str) -> None:
    (workspace.home / next(iter(workspace.home.glob("files/*/*.parquet")))).write_bytes(b"garbage")
    desk.read_again(workspace, study)


ACTIONS: dict[str, Callable[[Workspace, str], object]] = {
    "begin": lambda workspace, _: desk.begin(workspace, tables(9), name="New", originals=[content(9)]),
    "add": add,
    "remove": remove,
    "read differently": read_differently,
    "read again": read_again,
    "rename": lambda workspace, study: desk.rename(workspace, study, "Renamed"),
    "goal": lambda workspace, study: desk.set_goal(workspace, study, "win_back"),
    "delete": lambda workspace, study: workspace.delete_study(study),
}


@dataclass(eq=False)
class Moments:
    """Counts what an action does to the disk and the database, and is killed before the one that is due."""

    due: int | None = None
    n: int = 0

    def __call__(self, *_: object, **__: object) -> None:
        self.n += 1
        if self.n == self.due:
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def watched(workspace: Workspace, moments: Moments) -> Iterator[None]:
    whole = {(os, name): getattr(os, name) for name in ("fsync", "replace", "unlink", "rmdir")}
    whole[files.shutil, "rmtree"] = files.shutil.rmtree

    def before(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **options: object) -> object:
            moments()
            return call(*args, **options)

        return counted

    for (module, name), call in whole.items():
        setattr(module, name, before(call))
    for event in ("before_cursor_execute", "commit"):
        sa.event.listen(workspace.engine, event, moments)
    try:
        yield
    finally:
        for (module, name), call in whole.items():
            setattr(module, name, call)
        for event in ("before_cursor_execute", "commit"):
            sa.event.remove(workspace.engine, event, moments)


def state(home: Path) -> list[tuple[object, ...]]:
    """What a workspace holds, after making sure that it agrees with itself."""
    workspace = Workspace.open(home)
    found: list[tuple[object, ...]] = []
    for study in workspace.studies():
        recipe, kept = workspace.load_recipe(study.id).recipe, workspace.raw_tables(study.id)
        assert recipe is not None and kept and recipe.name == study.name and recipe.goal == study.goal
        for table in kept:
            assert isinstance(table.rows, Path) and len(pd.read_parquet(table.rows)) == table.n_rows
            assert workspace.original(table.fingerprint) is not None
            source = source_of(recipe, kept, table)
            assert source is not None
            assert source.header_row in (None, table.header_row) and source.encoding in (None, table.encoding)
        read = tuple((table.file, table.header_row, table.encoding) for table in kept)
        found.append((study.name, study.goal, read))
    report = check.check(home)
    assert report.is_well and not report.unnamed
    workspace.close()
    return sorted(found, key=str)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9, which Windows does not have")
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_that_is_killed_is_done_or_not_begun(tmp_path: Path, study: str, action: str) -> None:
    import shutil

    base, home = tmp_path / "home", tmp_path / "trial"
    before = state(base)

    def trial(due: int | None) -> int:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            workspace, moments = Workspace.open(home), Moments(due)
            try:
                with watched(workspace, moments):
                    ACTIONS[action](workspace, study)
                os.write(write, str(moments.n).encode())
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        with os.fdopen(read) as said:
            return int(said.read() or 0)

    n = trial(None)
    assert n > 0, "the action itself fails"
    after = state(home)
    assert action == "read again" or after != before
    for k in range(N_MOMENTS):
        due = 1 + round(k * (n - 1) / (N_MOMENTS - 1))
        assert trial(due) == 0, "it was not killed"
        if action == "read again":
            with suppress(AnalysisError):  # what was killed can be begun again
                desk.read_again(Workspace.open(home), study)
        assert state(home) in (before, after), f"killed at moment {due} of {n}"


def test_a_study_that_cannot_be_begun_leaves_nothing(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    with pytest.raises(AnalysisError, match="no_"):
        desk.begin(workspace, read_file(b"a,b\nx,y\nz,w\n", name="a.csv"))
    assert workspace.studies() == [] and not list(tmp_path.glob("files/*"))


def test_a_window_that_has_not_seen_the_newest_recipe_changes_no_file(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    there, revision = workspace.raw_tables(study), workspace.load_recipe(study).revision
    desk.rename(workspace, study, "Elsewhere")
    now = state(tmp_path / "home")
    new = desk.read_differently(workspace, there[0], encoding=None, header_row=2)
    for late in (
        lambda: desk.add(workspace, study, tables(3), revision=revision),
        lambda: desk.remove(workspace, study, there[0].fingerprint, revision=revision),
        lambda: desk.keep_reading(workspace, study, there[0], new, encoding=None, header_row=2, revision=revision),
    ):
        with pytest.raises(AnalysisError, match="recipe_changed_elsewhere"):
            late()
    assert state(tmp_path / "home") == now


def test_a_file_that_is_there_is_refused_and_the_study_stays(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    before, revision = state(tmp_path / "home"), workspace.load_recipe(study).revision
    with pytest.raises(AnalysisError, match="file_already_there"):
        desk.add(workspace, study, tables(2), revision=revision)
    assert state(tmp_path / "home") == before


def test_another_file_of_the_same_name_is_numbered_and_mapped_under_its_number(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    new = read_file(b"customer_id,city\nc1,Rome\nc2,Oslo\n", name="orders1.csv")
    desk.add(workspace, study, new, revision=workspace.load_recipe(study).revision)
    assert [table.file for table in workspace.raw_tables(study)] == ["orders1.csv", "orders2.csv", "orders1 (2).csv"]


def test_a_disk_that_is_full_leaves_the_study_as_it_was(
    tmp_path: Path, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(tmp_path / "home")
    before = state(tmp_path / "home")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("put", "temporary_beside"):
        monkeypatch.setattr(files, name, full)
        for action in ("begin", "add", "read differently"):
            with pytest.raises(AnalysisError, match=r"workspace_not_saved.*No space left"):
                ACTIONS[action](workspace, study)
        monkeypatch.undo()
    assert state(tmp_path / "home") == before


def test_a_name_that_is_changed_in_the_recipe_is_the_studys_too(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    workspace.save_recipe(study, saved.recipe.model_copy(update={"name": "Autumn"}), saved.revision)
    assert workspace.study(study).name == "Autumn"
    desk.rename(workspace, study, " Winter ")
    renamed = workspace.load_recipe(study)
    assert renamed.recipe is not None and workspace.study(study).name == renamed.recipe.name == "Winter"
    assert renamed.revision == saved.revision + 2
