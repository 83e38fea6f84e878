"""Run every study whose time has come from the folder that it watches; for a scheduler of the system to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, of_the_machine
from analysis.history.watch import Watch, new_files, with_taken
from analysis.intake.reading.overrides import read_as_chosen
from analysis.workspace.refreshing.lock import only_refresh
from analysis.workspace.refreshing.refreshing import Listed, Refreshed, refresh_study
from analysis.workspace.refreshing.watching import save_watch, watch_of

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from analysis.workspace.store import Workspace


@dataclass(frozen=True)
class Ran:
    """How the turn of one study went: refreshed, nothing new (both None), or what stopped it."""

    study_id: str
    name: str
    files: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    refreshed: Refreshed | None = None
    problem: AnalysisError | None = None


def run_due(
    workspace: Workspace,
    *,
    listed: Listed,
    now: datetime | None = None,
    accepted: Sequence[str] = (),
    settled: float | None = None,
    told: Callable[[Ran], None] = lambda ran: None,
) -> tuple[Ran, ...]:
    """Look at every folder that is due and refresh its study; what stops one stops no other.

    Parameters
    ----------
    workspace, listed
    now : datetime, optional
        UTC; that of the clock when left out.
    accepted : sequence of str
        As ``refresh_study`` takes it.
    settled : float, optional
        Seconds without a change after which a file is whole.
    told : callable
        Told of each study when it is done.

    Raises
    ------
    AnalysisError
        ``refresh_running``: another process is at it.
    """
    now = now or datetime.now(UTC)
    found = []
    with only_refresh(workspace.home):
        for study in workspace.studies():
            watch = watch_of(workspace, study.id)
            if watch is None or watch.next_run(now) > now:
                continue
            ran = _run(workspace, study.id, study.name, watch, listed, now, accepted, settled)
            told(ran)
            found.append(ran)
    return tuple(found)


def read_files(paths: Sequence[Path], recipe: Recipe | None) -> list[RawTable]:
    """Read files as the recipe of a study says where it says so; the first that cannot be read is refused."""
    return [table for path in paths for table in read_as_chosen(path, recipe, name=path.name, lasting=False)]


def _run(
    workspace: Workspace, study_id: str, name: str, watch: Watch, listed: Listed, now: datetime,
    accepted: Sequence[str], settled: float | None,
) -> Ran:  # fmt: skip
    files: tuple[Path, ...] = ()
    unfinished: tuple[str, ...] = ()
    try:
        found = new_files(watch) if settled is None else new_files(watch, settled=settled)
        files, unfinished = found.whole, tuple(path.name for path in found.unfinished)
        refreshed = None
        if files:
            recipe = workspace.load_recipe(study_id).recipe
            try:
                refreshed = refresh_study(
                    workspace, study_id, read_files(files, recipe), listed=listed, accepted=accepted, originals=files
                )
            except AnalysisError as problem:
                if problem.code != "arrival_nothing_new":
                    raise
        done = with_taken(watch, files).model_copy(update={"last_run": now, "problem": "", "failures": 0})
        save_watch(workspace, study_id, done)
        return Ran(study_id, name, tuple(path.name for path in files), unfinished, refreshed)
    except Exception as error:
        problem = error if isinstance(error, AnalysisError) else of_the_machine(error)
        if problem is None:
            raise
        failed = {"last_run": now, "problem": problem.code, "failures": watch.failures + 1}
        save_watch(workspace, study_id, watch.model_copy(update=failed))
        return Ran(study_id, name, tuple(path.name for path in files), unfinished, problem=problem)
