"""What the workspace hands out: plain records, no database objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.record import Experiment
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from analysis.segments.fitted_study import FittedStudy


@dataclass(frozen=True)
class StudyInfo:
    """One study in the list of studies.

    ``n_files``, ``n_rows`` and ``n_snapshots`` are counts; ``as_of`` and ``n_customers`` are those of the last
    snapshot, None before the first one. Times are UTC.
    """

    id: str
    name: str
    goal: str | None
    created_at: datetime
    changed_at: datetime
    revision: int
    n_files: int = 0
    n_rows: int = 0
    n_snapshots: int = 0
    as_of: date | None = None
    n_customers: int | None = None


@dataclass(frozen=True)
class SavedRecipe:
    """A recipe and its revision; ``recipe`` is None and ``revision`` 0 before the first save."""

    recipe: Recipe | None
    revision: int


@dataclass(frozen=True)
class SnapshotInfo:
    """What a run left, without its tables. ``summary`` is what the run reported, as JSON values."""

    id: str
    study_id: str
    taken_at: datetime
    as_of: date
    summary: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Snapshot:
    """A run as it was: ``profiles`` has one row per customer, ``segments`` the labels or segments it was given.

    ``fitted`` is what its segmentations learned; None for runs kept before that was.
    """

    info: SnapshotInfo
    recipe: Recipe
    profiles: pd.DataFrame = field(repr=False)
    segments: pd.DataFrame = field(repr=False)
    fitted: FittedStudy | None = field(default=None, repr=False)


@dataclass(frozen=True)
class StoredExperiment:
    """An experiment of a study, or of the workspace itself when ``study_id`` is None. Times are UTC."""

    id: str
    study_id: str | None
    created_at: datetime
    changed_at: datetime
    experiment: Experiment = field(repr=False)


@dataclass(frozen=True)
class Damage:
    """A table whose stored rows are ``missing``, ``unreadable``, or ``other`` ones than were stored.

    ``has_original`` says whether the upload is kept, so that it can be read again.
    """

    table: RawTable
    why: str
    has_original: bool
