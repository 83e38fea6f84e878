"""What a study keeps besides its files and its recipe, as a report tells it: one way for page, command and code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from analysis.history.brief import Brief
    from analysis.history.earlier import KeptSnapshot
    from analysis.study import StudyResult


class _Info(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def taken_at(self) -> datetime: ...
    @property
    def summary(self) -> dict[str, Any]: ...


class Home(Protocol):
    """What is asked of the workspace."""

    def experiments(self, study_id: str) -> Any: ...  # noqa: D102
    def persona_words(self, study_id: str) -> Any: ...  # noqa: D102
    def play_settings(self, study_id: str) -> Any: ...  # noqa: D102
    def campaigns(self, study_id: str) -> Any: ...  # noqa: D102
    def snapshots(self, study_id: str) -> Sequence[_Info]: ...  # noqa: D102
    def load_snapshot(self, snapshot_id: str) -> KeptSnapshot: ...  # noqa: D102


def kept_parts(home: Home, study_id: str) -> dict[str, Any]:
    """Return what ``build_report`` takes by name: experiments, a person's words on personas, choices of the playbook.

    Parameters
    ----------
    home : Workspace
    study_id : str
    """
    from analysis.act.playbook.plays import PlaySettings
    from analysis.reports.material import KeptExperiment

    plays = home.play_settings(study_id)
    return {
        "experiments": tuple(KeptExperiment(one.experiment, one.created_at) for one in home.experiments(study_id)),
        "persona_edits": home.persona_words(study_id),
        "plays": None if plays == PlaySettings() else plays,
    }


def mark_of(parts: Mapping[str, Any]) -> str:
    """Return a text that changes whenever what ``kept_parts`` returned would make another report."""
    from analysis.act.playbook.plays import PlaySettings

    plays = parts["plays"] or PlaySettings()
    told = [
        [one.experiment.model_dump_json() for one in parts["experiments"]],
        parts["persona_edits"],
        [plays.trade, plays.cost, sorted(plays.responses.items()), plays.texts, plays.trades],
        [(one.name, one.made_on, one.state, one.n_sent, one.came, one.verdict) for one in plays.campaigns],
    ]
    return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()


def run_before(home: Home, study_id: str, result: StudyResult, *, since: str = "") -> _Info | None:
    """Return the latest run that is kept of a day before the result's, of all or of the month or day ``since``.

    One of other kinds of tables is none: what a table more says is no change.

    Raises
    ------
    AnalysisError
        ``report_no_snapshot`` (day, days): none is kept of ``since``.
    """
    from analysis.history.earlier import state_of

    now = state_of(result.standard, result.profiles.as_of)
    earlier = (one for one in home.snapshots(study_id) if one.as_of < now.as_of)
    kept = [one for one in earlier if now.follows(one.as_of, one.summary)]
    found = [one for one in kept if one.as_of.isoformat().startswith(since)]
    if since and not found:
        raise AnalysisError("report_no_snapshot", day=since, days=", ".join(sorted({str(one.as_of) for one in kept})))
    return max(found, key=lambda one: one.as_of, default=None)


def changes_since(home: Home, study_id: str, result: StudyResult, before: _Info | None) -> Brief | None:
    """Return what changed since a run that is kept, for ``since`` of ``build_report``; None without one."""
    from analysis.history.earlier import earlier_of
    from analysis.history.telling import brief

    if before is None:
        return None
    earlier, campaigns = earlier_of(home.load_snapshot(before.id)), home.campaigns(study_id)
    return brief(result, earlier, campaigns=campaigns, read_since=before.taken_at)
