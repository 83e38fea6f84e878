"""Kill -9 at many moments of every action of the desk, and damage the database: what was saved is there, or it is said.

``python -m benchmarks faults`` kills at up to 100 moments of each action: before each thing that it does to the disk or
the database.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import event as database_event

from analysis.errors import AnalysisError
from analysis.exports.contents import segment_table
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import source_of
from analysis.study.refresh import refresh
from analysis.workspace import Workspace, desk, files
from analysis.workspace.home import DATABASE
from analysis.workspace.refreshing.refreshing import keep_run, refresh_study
from analysis.workspace.upkeep import check
from benchmarks.apart import run_apart
from texts import translator

if TYPE_CHECKING:
    from analysis.study import StudyResult

MOST_MOMENTS = 100


def content(n: int) -> bytes:
    """Return a file of orders."""
    rows = b"".join(b"c%d,2024-0%d-0%d,5\n" % (i, n, i) for i in range(1, 8))
    return b"customer_id,order_date,amount\n" + rows


def tables(n: int) -> list[RawTable]:
    """Return the tables of that file."""
    return read_file(content(n), name=f"orders{n}.csv")


def begun(home: Path) -> str:
    """Begin a workspace with one study of two files; return its id."""
    workspace = Workspace.open(home)
    study = desk.begin(workspace, tables(1), name="Spring", originals=[content(1)])
    desk.add(workspace, study, tables(2), revision=1, originals=[content(2)])
    workspace.close()
    return study


def add(workspace: Workspace, study: str) -> None:
    """Add a file."""
    there = workspace.raw_tables(study)
    revision = workspace.load_recipe(study).revision
    desk.add(workspace, study, tables(3), revision=revision, known=inspect(there), originals=[content(3)])


def remove(workspace: Workspace, study: str) -> None:
    """Take a file out."""
    revision = workspace.load_recipe(study).revision
    desk.remove(workspace, study, workspace.raw_tables(study)[1].fingerprint, revision=revision)


def read_differently(workspace: Workspace, study: str) -> None:
    """Read a file in another way and keep it so."""
    old, revision = workspace.raw_tables(study)[0], workspace.load_recipe(study).revision
    new = desk.read_differently(workspace, old, encoding="latin-1", header_row=2)
    desk.keep_reading(workspace, study, old, new, encoding="latin-1", header_row=2, revision=revision)


def read_again(workspace: Workspace, study: str) -> None:
    """Lose the rows of a file and read its upload again."""
    (workspace.home / next(iter(workspace.home.glob("files/*/*.parquet")))).write_bytes(b"garbage")
    desk.read_again(workspace, study)


def refreshed(workspace: Workspace, study: str) -> None:
    """Take next month's file in, with its run, recipe and snapshot."""
    refresh_study(workspace, study, tables(4), listed=segment_list, originals=[content(4)])


def with_a_run(home: Path, study: str) -> None:
    """Run a study as it is, and keep the run."""
    workspace = Workspace.open(home)
    result = refresh(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
    keep_run(workspace, study, result, segment_list(result))
    workspace.close()


def segment_list(result: StudyResult) -> pd.DataFrame:
    """Return the list of segments that a snapshot keeps."""
    return segment_table(result, translator("en", "CNY"))


ACTIONS: dict[str, Callable[[Workspace, str], object]] = {
    "begin": lambda workspace, _: desk.begin(workspace, tables(9), name="New", originals=[content(9)]),
    "add": add,
    "remove": remove,
    "read differently": read_differently,
    "read again": read_again,
    "rename": lambda workspace, study: desk.rename(workspace, study, "Renamed"),
    "goal": lambda workspace, study: desk.set_goal(workspace, study, "win_back"),
    "forget": lambda workspace, study: workspace.forget(study, "c3"),
    "delete": lambda workspace, study: workspace.delete_study(study),
    "refresh": refreshed,
}


@dataclass(eq=False)
class Moments:
    """Counts what an action does to the disk and the database, and is killed before the one that is due."""

    due: int | None = None
    n: int = 0

    def __call__(self, *_: object, **__: object) -> None:
        """Count one moment; end there when it is due."""
        self.n += 1
        if self.n == self.due:
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def watched(workspace: Workspace, moments: Moments) -> Generator[None]:
    """Count what is done to the disk and the database meanwhile."""
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
        database_event.listen(workspace.engine, event, moments)
    try:
        yield
    finally:
        for (module, name), call in whole.items():
            setattr(module, name, call)
        for event in ("before_cursor_execute", "commit"):
            database_event.remove(workspace.engine, event, moments)


def state(home: Path) -> list[tuple[object, ...]]:
    """What a workspace holds, after making sure that it agrees with itself."""
    workspace = Workspace.open(home)
    found: list[tuple[object, ...]] = []
    for study in workspace.studies():
        recipe, kept = workspace.load_recipe(study.id).recipe, workspace.raw_tables(study.id)
        assert recipe is not None and kept and recipe.name == study.name and recipe.goal == study.goal
        forgotten = workspace.forgotten(study.id)
        assert not forgotten.unfinished
        for table in kept:
            assert isinstance(table.rows, Path) and len(pd.read_parquet(table.rows)) == table.n_rows
            assert (workspace.original(table.fingerprint) is None) == bool(forgotten.ids)
            source = source_of(recipe, kept, table)
            assert source is not None
            assert source.header_row in (None, table.header_row) and source.encoding in (None, table.encoding)
        read = tuple((table.file, table.header_row, table.encoding, table.n_rows) for table in kept)
        runs = tuple(len(workspace.load_snapshot(info.id).profiles) for info in workspace.snapshots(study.id))
        found.append((study.name, study.goal, read, runs))
    report = check.check(home)
    assert report.is_well and not report.unnamed
    workspace.close()
    return sorted(found, key=str)


def act_until(home: Path, study: str, action: str, due: int | None, counted: Path) -> None:
    """Do an action, and be killed before the moment that is due; write down how many moments there were."""
    workspace, moments = Workspace.open(home), Moments(due)
    with watched(workspace, moments):
        ACTIONS[action](workspace, study)
    counted.write_text(str(moments.n), "utf-8")


def kill_at_moments(base: Path, home: Path, study: str, action: str, most: int) -> tuple[int, int]:
    """Kill an action at up to ``most`` moments, each on a copy of ``base`` in ``home``; return at how many,
    and after how many moments the study was as it was.

    Raises
    ------
    AssertionError
        The study is neither as it was nor as it was to be.
    """
    if action == "refresh":  # the run before is a state of its own; here it is there already
        with_a_run(base, study)
    before = state(base)

    def trial(due: int | None) -> int:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        counted = home.with_name(f"{home.name}.moments")
        counted.unlink(missing_ok=True)
        code = run_apart(act_until, home, study, action, due, counted)
        assert code in (0, -signal.SIGKILL), code
        return int(counted.read_text("utf-8")) if code == 0 else 0

    n = trial(None)
    assert n > 0, "nothing was done to the disk"
    after = state(home)
    assert action == "read again" or after != before
    dues = sorted({1 + round(k * (n - 1) / max(most - 1, 1)) for k in range(most)})
    n_killed = n_before = 0
    for due in dues:
        # An action may do a thing less than the first time: it then came to its end.
        n_killed += trial(due) == 0
        if action == "read again":
            with suppress(AnalysisError):  # what was killed can be begun again
                desk.read_again(Workspace.open(home), study)
        left = state(home)
        assert left in (before, after), f"killed at moment {due} of {n}"
        n_before += left == before
    assert n_killed > len(dues) // 2, "it was not killed"
    return n_killed, n_before


def hurt_database(base: Path, home: Path, n: int) -> Counter[str]:
    """Cut the database short or put garbage into it ``n`` times; return the code of each refusal, or ``opened``."""
    chance = random.Random(0)
    found: Counter[str] = Counter()
    for turn in range(n):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        file = home / DATABASE
        whole = file.read_bytes()
        place = chance.randrange(len(whole))
        file.write_bytes(whole[:place] if turn % 2 else whole[:place] + chance.randbytes(4096) + whole[place + 4096 :])
        try:
            workspace = Workspace.open(home)
            for one in workspace.studies():
                workspace.load_recipe(one.id)
                workspace.raw_tables(one.id)
            workspace.close()
            found["opened"] += 1
        except AnalysisError as refusal:
            found[refusal.code] += 1
    return found


def main() -> None:
    """Kill every action at many moments, hurt the database, and print what became of it."""
    most = next((int(word) for word in sys.argv if word.isdigit()), MOST_MOMENTS)
    with tempfile.TemporaryDirectory() as place:
        base, home = Path(place) / "home", Path(place) / "trial"
        study = begun(base)
        total = 0
        asked = " ".join(word for word in sys.argv[2:] if word in ACTIONS)
        for action in [asked] if asked else ACTIONS:
            n, n_before = kill_at_moments(base, home, study, action, most)
            total += n
            print(
                f"{action}: killed at {n} moments, {n_before} before and the others after, none half done", flush=True
            )
        print(f"{total} kills: 0 half done")
        found = hurt_database(base, home, most)
        print(f"{most} databases cut or with garbage: " + ", ".join(f"{code} {n}" for code, n in found.most_common()))
