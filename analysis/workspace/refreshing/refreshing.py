"""One refresh of a study: the run is made first, then files, recipe and snapshot are put in place in one transaction.

A stop at any moment leaves the study as it was, or as it was to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from analysis.answers.asked import within
from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.history.alarms import told as alarms_told
from analysis.history.arrival import Arrival, Known, arrivals, as_json, known_of, need_usable
from analysis.history.earlier import LEFT, Earlier, State, earlier_of, files_then, known_then, left_behind
from analysis.history.telling import brief
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import source_of, with_tables, without_tables
from analysis.recipe import Recipe
from analysis.segments.edit import labelled
from analysis.study.refresh import refresh
from analysis.study.steps import begin
from analysis.workspace import audit, desk, files, raw, snapshots, studies
from analysis.workspace.records import Snapshot, SnapshotInfo
from analysis.workspace.refreshing.alarming import alarms_now, promises_now
from analysis.workspace.stores.placing import need_unchanged, placed

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import sqlalchemy as sa

    from analysis.history.brief import Brief
    from analysis.intake.tables import RawTable
    from analysis.study.result import StudyResult
    from analysis.workspace.store import Workspace

Listed = Callable[["StudyResult"], "pd.DataFrame"]
"""Writes the list of segments that a snapshot keeps (``exports.contents.segment_table`` in English)."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to.

    Attributes
    ----------
    study_id, snapshot_id : str
    arrivals : tuple of Arrival
        Every table that came in.
    result : StudyResult
    earlier : Earlier
        The run before.
    brief : Brief
    """

    study_id: str
    snapshot_id: str
    arrivals: tuple[Arrival, ...]
    result: StudyResult
    earlier: Earlier
    brief: Brief


def look(workspace: Workspace, study_id: str, tables: Sequence[RawTable]) -> tuple[Arrival, ...]:
    """Recognise tables as the next ones of a study, and say what differs; nothing is changed.

    Raises
    ------
    AnalysisError
        ``study_gone``; what reading the study's tables refuses.
    """
    recipe = workspace.load_recipe(study_id).recipe or Recipe()
    there = workspace.raw_tables(study_id)
    kept = _kept_run(workspace, study_id, there)
    return arrivals(tables, there, recipe, _known(workspace, study_id, there, recipe, kept))


def refresh_study(
    workspace: Workspace,
    study_id: str,
    tables: Sequence[RawTable],
    *,
    listed: Listed,
    accepted: Sequence[str] = (),
    replaces: bool = False,
    originals: Iterable[bytes | Path] = (),
    say: Say = lambda _: None,
) -> Refreshed:
    """Take the next files into a study, run it, keep the run, and tell what became of it.

    Parameters
    ----------
    workspace, study_id, tables
        The files as they were read.
    listed : callable
    accepted : sequence of str
        Codes of serious differences that a person has looked at (``arrival.SERIOUS``).
    replaces : bool
        Whether a file that holds all days of the study takes the place of the files before it.
    originals : iterable of bytes or paths
        The files as they were, to be read again in another way.
    say : callable
        Told the step: ``looking``, those of a run, ``saving``.

    Raises
    ------
    AnalysisError
        ``arrival_nothing_new``, ``arrival_foreign``, ``arrival_not_accepted``, ``recipe_changed_elsewhere``; what a run
        refuses. The study is as it was then.
    """
    answers = workspace.answers(study_id)
    with within(answers):
        done = _refreshed(
            workspace, study_id, tables, listed=listed, accepted=accepted, replaces=replaces, originals=originals,
            say=say,
        )  # fmt: skip
    answers.save()
    return done


def _refreshed(
    workspace: Workspace, study_id: str, tables: Sequence[RawTable], *, listed: Listed, accepted: Sequence[str],
    replaces: bool, originals: Iterable[bytes | Path], say: Say,
) -> Refreshed:  # fmt: skip
    say("looking")
    saved, there = workspace.load_recipe(study_id), workspace.raw_tables(study_id)
    recipe = saved.recipe or Recipe()
    kept = _kept_run(workspace, study_id, there)
    found = arrivals(tables, there, recipe, _known(workspace, study_id, there, recipe, kept))
    need_usable(found, accepted)
    before = _run_before(workspace, study_id, there, recipe, kept, listed, say)
    new = desk.named(there, [one.table for one in found if one.mode != "same"])
    gone = _replaced(found, there, recipe) if replaces else set()
    left = [table for table in there if table.fingerprint not in gone]
    together = [*left, *new]
    unread = [one for one in new if (source := source_of(recipe, [*there, *new], one)) is None or source.kind == IGNORE]
    recipe = with_tables(recipe, [*there, *new], inspect(unread))  # what a source reads is known
    recipe = without_tables(recipe, together) if gone else recipe
    carried = workspace.carried(study_id)
    result = refresh(
        together, recipe, before, merges=carried.merges, imported=carried.imported, forgotten=carried.forgotten,
        progress=say,
    )  # fmt: skip
    told = as_json(found)
    say("saving")
    snapshot_id = _keep(
        workspace, study_id, there, new, gone, result, listed(result), told, revision=saved.revision,
        originals=originals,
    )  # fmt: skip
    earlier = earlier_of(before)
    experiments = [one.experiment for one in workspace.experiments(study_id)]
    method = result.cards.method
    keys = result.edited[method].shown if method in result.edited else ()
    alarms = alarms_told(alarms_now(workspace, study_id, method, keys))
    says = brief(
        result, earlier, experiments=experiments, campaigns=workspace.campaigns(study_id),
        read_since=before.info.taken_at, arrived=told, alarms=alarms,
    )  # fmt: skip
    return Refreshed(study_id, snapshot_id, found, result, earlier, says)


def keep_run(
    workspace: Workspace,
    study_id: str,
    result: StudyResult,
    segments: pd.DataFrame,
    arrived: tuple[Mapping[str, Any], ...] = (),
) -> str:
    """Keep a run of a study as it is as a snapshot, with what the next brief asks of it; return its id."""
    anew = [one for one in result.fitted.methods if (plan := result.recipe.plan(one.kind)) and plan.fit == "refit"]
    workspace.keep_fit(study_id, result.fitted.model_copy(update={"methods": tuple(anew)}))
    return workspace.add_snapshot(
        study_id,
        result.profiles.as_of,
        result.recipe,
        summary(result) | {LEFT: left_behind(result, arrived, promises_now(workspace, study_id, result))},
        labelled(result.profiles.customers, result.edited),
        segments,
        result.fitted,
    )


def runs_before(found: Sequence[SnapshotInfo], fingerprints: set[str], now: State) -> list[SnapshotInfo]:
    """Return the runs of other files that the state of today follows, the newest of each state of the files.

    A brief of the files of today is told against the first.

    Parameters
    ----------
    found : sequence of SnapshotInfo
        Of the study, newest first.
    fingerprints : set of str
        Of the files of today.
    now : State
        Of today.
    """
    seen, before = {frozenset(fingerprints)}, []
    for one in found:
        kept = files_then(one.summary)
        if kept is None or (files := frozenset(kept)) in seen or not now.follows(one.as_of, one.summary):
            continue
        seen.add(files)
        before.append(one)
    return before


def _kept_run(workspace: Workspace, study_id: str, there: Sequence[RawTable]) -> Snapshot | None:
    """Return the newest run of the files that are there; None where none was kept, or it is gone or damaged."""
    files = {table.fingerprint for table in there}
    for info in workspace.snapshots(study_id):
        if (files_then(info.summary) or {}).keys() == files:
            with suppress(AnalysisError):
                return workspace.load_snapshot(info.id)
    return None


def _known(
    workspace: Workspace, study_id: str, there: Sequence[RawTable], recipe: Recipe, kept: Snapshot | None
) -> Known | None:
    """Return the figures of the study as the newest run of its files left them, else counted now."""
    if kept is not None and (known := known_then(kept.info.summary)):
        return known.with_customers(kept.profiles)
    if not there:
        return None
    carried = workspace.carried(study_id)
    found = begin(there, recipe, merges=carried.merges, forgotten=carried.forgotten).untagged()
    if "order_date" not in found.standard.order_roles:
        return None
    return known_of(found.standard).with_customers(found.profiles.customers)


def _run_before(
    workspace: Workspace, study_id: str, there: Sequence[RawTable], recipe: Recipe, kept: Snapshot | None,
    listed: Listed, say: Say,
) -> Snapshot:  # fmt: skip
    """Return the newest run of the files that are there; where none was kept, it is made now."""
    if kept is not None:
        return kept
    carried = workspace.carried(study_id)
    result = refresh(
        there, recipe, None, merges=carried.merges, imported=carried.imported, forgotten=carried.forgotten,
        progress=say,
    )  # fmt: skip
    segments, told = listed(result), summary(result) | {LEFT: left_behind(result)}
    # Not read back: one of the same state that is there may be damaged, or kept by a version that noted less.
    made = keep_run(workspace, study_id, result, segments)
    info = SnapshotInfo(made, study_id, datetime.now(UTC), result.profiles.as_of, told)
    return Snapshot(info, result.recipe, labelled(result.profiles.customers, result.edited), segments, result.fitted)


def _replaced(found: Sequence[Arrival], there: Sequence[RawTable], recipe: Recipe) -> set[str]:
    """Return the files whose tables are all read as one that came in and holds all of their days."""
    places = {one.place for one in found if one.mode == "replace"}
    sources = [recipe.sources[place] for place in places if place is not None]
    read = {
        table.fingerprint: [source_of(recipe, there, one) for one in there if one.fingerprint == table.fingerprint]
        for table in there
    }
    return {digest for digest, used in read.items() if all(one in sources for one in used)}


def _keep(
    workspace: Workspace,
    study_id: str,
    there: Sequence[RawTable],
    new: Sequence[RawTable],
    gone: set[str],
    result: StudyResult,
    segments: pd.DataFrame,
    told: tuple[Mapping[str, Any], ...],
    *,
    revision: int,
    originals: Iterable[bytes | Path],
) -> str:
    """Put files, recipe and snapshot of a refresh in place, all of it or nothing; return the snapshot's id."""
    left = left_behind(result, told, promises_now(workspace, study_id, result))
    text = snapshots.as_json(summary(result) | {LEFT: left})
    old: set[str] = set()
    with placed(workspace.home, new) as place, audit.auditing(workspace.engine, workspace.home) as connection:
        need_unchanged(connection, study_id, there)
        for digest in sorted(gone):
            old |= raw.delete(connection, study_id, digest)
            audit.append(connection, "removed", study_id, fingerprint=digest)
        for table in new:
            place.insert(connection, study_id, table)
        for upload in originals:  # before the end of it: a refresh that is stopped after that can still read them again
            with suppress(AnalysisError):  # a study without them works
                workspace.keep_original(upload)
        audit.uploaded(connection, study_id, new)
        studies.save_recipe(connection, study_id, result.recipe, revision)
        studies.touch(connection, study_id)
        snapshot_id = _add_snapshot(workspace, connection, study_id, result, segments, text)
    workspace.note(study_id)
    if old:
        desk.remove_unused(workspace, study_id, old)
    anew = [one for one in result.fitted.methods if (plan := result.recipe.plan(one.kind)) and plan.fit == "refit"]
    workspace.keep_fit(study_id, result.fitted.model_copy(update={"methods": tuple(anew)}))
    return snapshot_id


def _add_snapshot(
    workspace: Workspace, connection: sa.Connection, study_id: str, result: StudyResult, segments: pd.DataFrame,
    text: str,
) -> str:  # fmt: skip
    as_of = result.profiles.as_of
    digest = snapshots.content(connection, study_id, as_of, result.recipe, result.fitted)
    if known := snapshots.find(connection, study_id, digest):
        return known
    recipe = result.recipe.model_dump_json()
    snapshot_id = snapshots.insert(connection, study_id, as_of, recipe, digest, text, studies.now())
    profiles = labelled(result.profiles.customers, result.edited)
    files.write_folder(
        snapshots.folder(workspace.home, study_id, snapshot_id),
        lambda place: snapshots.write_tables(place, profiles, segments, result.fitted),
    )
    return snapshot_id
