"""A study as it was on the day of one of its runs: opened to be read, and nothing can be changed from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.history.earlier import LEFT, files_then
from analysis.study.refresh import before_of
from analysis.study.steps import run
from analysis.study.version import engine_version
from analysis.workspace.database import READ_ONLY
from analysis.workspace.records import SavedRecipe
from analysis.workspace.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.act.campaign import Campaign
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from analysis.segments.fitted_study import FittedStudy
    from analysis.segments.frozen import Before
    from analysis.study.prepared import Progress
    from analysis.study.result import StudyResult
    from analysis.workspace.audit import Action
    from analysis.workspace.records import SnapshotInfo, StoredExperiment

COMPARED = ("customers", "orders", "revenue")


@dataclass(frozen=True)
class Differing:
    """A figure (``COMPARED``) that the run told otherwise than it is computed now from the same files."""

    figure: str
    then: float | None
    now: float | None


@dataclass(frozen=True)
class PastWorkspace(Workspace):
    """A workspace in which one study is as it was on the day of a run.

    Its files, its recipe, what its segmentations had learned and the runs before it are those of that day. Customers
    who were merged or forgotten since, and words on cards, are as they are today: ``differing`` tells what that, or
    another version of Portrait, does to the figures. Whatever would change something is refused with
    ``past_read_only`` (day); settings of pages are kept in memory, and what leaves the machine is logged.

    Attributes
    ----------
    today : Workspace
    info : SnapshotInfo
        Of the run.
    recipe : Recipe
    before : Before
        What the run learned, which is applied to the same customers again.
    """

    today: Workspace = field(kw_only=True)
    info: SnapshotInfo = field(kw_only=True)
    recipe: Recipe = field(kw_only=True, repr=False)
    before: Before = field(kw_only=True, repr=False)
    _pages: dict[str, Any] = field(default_factory=dict, kw_only=True, repr=False)

    @property
    def is_same_version(self) -> bool:
        """Whether the run was made by the code and the libraries of today."""
        return self.info.summary.get(LEFT, {}).get("engine") == engine_version()

    def load_recipe(self, study_id: str) -> SavedRecipe:
        """Return the recipe of the run; of any other study, today's."""
        return SavedRecipe(self.recipe, 0) if self._is_it(study_id) else super().load_recipe(study_id)

    def snapshots(self, study_id: str) -> list[SnapshotInfo]:
        """Return the run and those taken before it, newest first."""
        found = super().snapshots(study_id)
        if not self._is_it(study_id):
            return found
        place = next((place for place, one in enumerate(found) if one.id == self.info.id), 0)
        return found[place:]

    def latest_fit(self, study_id: str, kind: str) -> FittedStudy | None:
        """Return what the run learned."""
        return self.before.fitted if self._is_it(study_id) else super().latest_fit(study_id, kind)

    def experiments(self, study_id: str | None = None) -> list[StoredExperiment]:
        """Return the experiments that were begun by then."""
        found = super().experiments(study_id)
        return [one for one in found if one.created_at <= self.info.taken_at] if self._is_it(study_id) else found

    def campaigns(self, study_id: str) -> list[Campaign]:
        """Return the lists that were made by then."""
        found = super().campaigns(study_id)
        day = self.info.taken_at.date()
        return [one for one in found if one.made_on <= day] if self._is_it(study_id) else found

    def setting(self, name: str, default: Any = None, study_id: str | None = None) -> Any:
        """Return a setting: as it was changed while looking, else as it is kept."""
        if self._is_it(study_id) and name in self._pages:
            return self._pages[name]
        return self.today.setting(name, default, study_id)

    def set_setting(self, name: str, value: Any, study_id: str | None = None) -> None:
        """Keep what a page of the study looks like while it is looked at; settings of the workspace are kept."""
        if self._is_it(study_id):
            self._pages[name] = value
        else:
            self.today.set_setting(name, value, study_id)

    def record(self, action: Action, study_id: str | None = None, **facts: Any) -> None:
        """Log what was done with personal data: that holds for every day."""
        self.today.record(action, study_id, **facts)

    def note(self, study_id: str) -> None:
        """Leave the passport of the study as it is."""

    def result(self, progress: Progress = lambda step: None) -> StudyResult:
        """Compute the run again from its files."""
        study_id = self.info.study_id
        carried = self.carried(study_id)
        return run(
            self.raw_tables(study_id), self.recipe, merges=carried.merges, imported=carried.imported,
            forgotten=carried.forgotten, before=self.before, progress=progress,
        )  # fmt: skip

    def _tables(self, study_id: str) -> list[RawTable]:
        tables = super()._tables(study_id)
        return _of_run(tables, self.info) if self._is_it(study_id) else tables

    def _is_it(self, study_id: str | None) -> bool:
        return study_id == self.info.study_id


def open_past(workspace: Workspace, snapshot_id: str) -> PastWorkspace:
    """Open a study as it was on the day of a run.

    Parameters
    ----------
    workspace : Workspace
    snapshot_id : str
        Of the run (``Workspace.snapshots``).

    Raises
    ------
    AnalysisError
        ``snapshot_gone``, ``snapshot_damaged``; ``past_files_unknown`` (day): an older version of Portrait did not keep
        which files the run was made of; ``past_files_gone`` (day, files): some of them are in the study no more.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from analysis.study import read, run
    >>> from analysis.workspace import desk
    >>> from analysis.workspace.refreshing.refreshing import keep_run
    >>> workspace = Workspace.open(Path(tempfile.mkdtemp()))
    >>> study = desk.begin(workspace, read("sample_data/b2b_crm_en.xlsx"), name="CRM")
    >>> result = run(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
    >>> past = open_past(workspace, keep_run(workspace, study, result, result.to_frame()))
    >>> past.raw_tables(study)[0].file
    'b2b_crm_en.xlsx'
    >>> past.rename_study(study, "Another name")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    analysis.errors.AnalysisError: past_read_only
    """
    snapshot = workspace.load_snapshot(snapshot_id)
    study_id = snapshot.info.study_id
    found = PastWorkspace(
        workspace.home,
        workspace.engine.execution_options(**{READ_ONLY: snapshot.info.as_of}),
        today=workspace,
        info=snapshot.info,
        recipe=snapshot.recipe,
        before=before_of(snapshot),
    )
    found.raw_tables(study_id)
    return found


def differing(kept: Mapping[str, Any], result: StudyResult) -> tuple[Differing, ...]:
    """Return the figures that a run told otherwise (``SnapshotInfo.summary``) than its result of today."""
    now = summary(result)
    return tuple(Differing(one, kept.get(one), now[one]) for one in COMPARED if kept.get(one) != now[one])


def run_of_day(found: Sequence[SnapshotInfo], day: str) -> SnapshotInfo:
    """Return the newest of the runs that looked back from a day (``2024-06-30``).

    Raises
    ------
    AnalysisError
        ``past_no_run`` (day, known): no run did.
    """
    for one in found:
        if one.as_of.isoformat() == day:
            return one
    raise AnalysisError("past_no_run", day=day, known=tuple(sorted({str(one.as_of) for one in found})))


def _of_run(tables: Sequence[RawTable], info: SnapshotInfo) -> list[RawTable]:
    wanted = files_then(info.summary)
    if wanted is None:
        raise AnalysisError("past_files_unknown", day=info.as_of)
    there = {table.fingerprint for table in tables}
    if gone := [name for digest, name in wanted.items() if digest not in there]:
        raise AnalysisError("past_files_gone", day=info.as_of, files=", ".join(gone))
    return [table for table in tables if table.fingerprint in wanted]
