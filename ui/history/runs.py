"""The runs of the open study: today's result, the run before, and what became of it, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.earlier import LEFT, Earlier, earlier_of, files_then, state_of
from analysis.workspace.refreshing import refreshing
from analysis.workspace.refreshing.alarming import alarms_now, judged_now
from ui import compute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.history.alarms import Alarm
    from analysis.history.brief import Brief
    from analysis.study import StudyResult
    from analysis.workspace.records import SnapshotInfo

MOST_RUNS = 24


@dataclass(frozen=True)
class Pair:
    """Today's result, and the run that it is compared with."""

    result: StudyResult
    earlier: Earlier
    info: SnapshotInfo


def files_of(study: compute.LoadedStudy) -> set[str]:
    """Return the fingerprints of the files of a study."""
    return {table.fingerprint for table in study.tables}


def runs_before(study: compute.LoadedStudy) -> list[SnapshotInfo]:
    """Return the runs that today's can be compared with, the newest first."""
    prepared = compute.prepared_or_stop(study)
    now = state_of(prepared.standard, prepared.profiles.as_of)
    return refreshing.runs_before(compute.workspace().snapshots(study.id), files_of(study), now)[:MOST_RUNS]


def pair(study: compute.LoadedStudy, info: SnapshotInfo | None = None) -> Pair | None:
    """Return today's run beside an earlier one, by default the newest of other files; None without one."""
    info = info or next(iter(runs_before(study)), None)
    if info is None:
        return None
    chosen = info

    def load() -> Earlier | None:
        try:
            return earlier_of(compute.workspace().load_snapshot(chosen.id))
        except AnalysisError:  # gone or damaged: then there is nothing to compare with
            return None

    earlier = study.run.memo("matching", f"earlier {info.id} {info.n_forgotten}", load)
    return None if earlier is None else Pair(compute.study_result(study), earlier, info)


def key_of(study: compute.LoadedStudy, found: Pair) -> str:
    """Return what everything about two runs depends on."""
    before = study.run.before.state if study.run.before else ""
    return f"{found.info.id} {found.info.n_forgotten} {study.recipe.model_dump_json()} {before}"


def between(study: compute.LoadedStudy, found: Pair, what: str, make: Any) -> Any:
    """Return something about two runs, computed once."""
    return study.run.kept("matching", f"{what} {key_of(study, found)}", make)


def brief_of(study: compute.LoadedStudy, found: Pair) -> Brief:
    """Return what became of the study since the earlier run."""
    from analysis.history.alarms import told
    from analysis.history.telling import brief

    experiments = [one.experiment for one in compute.workspace().experiments(study.id)]
    campaigns = compute.workspace().campaigns(study.id)
    newest = compute.workspace().snapshots(study.id)[:1]
    arrived = [
        one for info in newest for one in info.summary.get(LEFT, {}).get("arrived", ())
        if (files_then(info.summary) or {}).keys() == files_of(study)
    ]  # fmt: skip
    read = str([(one.name, one.state, len(one.readings)) for one in experiments])
    read += str([(one.name, one.state, one.verdict, one.came) for one in campaigns])

    alarms = told(alarms_of(study, found.result))

    def make() -> Brief:
        return brief(
            found.result, found.earlier, experiments=experiments, campaigns=campaigns, read_since=found.info.taken_at,
            arrived=arrived, alarms=alarms,
        )  # fmt: skip

    return between(study, found, f"brief {read} {arrived} {alarms}", make)


def alarms_of(study: compute.LoadedStudy, result: StudyResult) -> tuple[Alarm, ...]:
    """Return the alarms of the study, open ones first."""
    return alarms_now(compute.workspace(), study.id, *_watched(result))


def judged_of(study: compute.LoadedStudy, result: StudyResult) -> tuple[int, int]:
    """Return how many of the figures that alarms watch can be judged by now, and how many there are."""
    return judged_now(compute.workspace(), study.id, *_watched(result))


def _watched(result: StudyResult) -> tuple[str, Sequence[str]]:
    method = result.cards.method
    return method, result.edited[method].shown if method in result.edited else ()
