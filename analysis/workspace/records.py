"""What the workspace hands out: plain records, no database objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.record import Experiment
    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable
    from analysis.privacy.forget import Forgotten
    from analysis.recipe import Recipe
    from analysis.segments.fitted_study import FittedStudy
    from analysis.tags.imported import ImportedValues


FORGOTTEN = "forgotten"  # in the summary of a snapshot: rows that were taken out of it


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
class Carried:
    """What results of a study rest on besides its files and its recipe; customers stand in it as salted hashes.

    ``merges`` says which ids are one customer, ``imported`` who has a tag whose values came from a file (by the key of
    the tag), ``forgotten`` whose rows are left out: what ``study.run`` takes under these names.
    """

    merges: Merges
    imported: Mapping[str, ImportedValues]
    forgotten: Forgotten

    @property
    def is_empty(self) -> bool:
        """Say whether files and recipe alone give the same results."""
        return not (self.merges.same or self.imported or self.forgotten.ids)


@dataclass(frozen=True)
class SnapshotInfo:
    """What a run left, without its tables. ``summary`` is what the run reported, as JSON values."""

    id: str
    study_id: str
    taken_at: datetime
    as_of: date
    summary: dict[str, Any] = field(repr=False)

    @property
    def n_forgotten(self) -> int:
        """Rows of customers that were taken out when they were forgotten: all that ever changes of a snapshot."""
        return int(self.summary.get(FORGOTTEN, 0))


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


@dataclass(frozen=True)
class Receipt:
    """What was touched when a customer was forgotten.

    Attributes
    ----------
    customer : str
        The hash under which the customer is known from now on, as in the log.
    rows : mapping of table to int
        Rows taken out of the files of the study.
    remarks : int
        Texts beside the tables that named the customer; they are blank now.
    snapshots, snapshot_rows : int
        Snapshots that held the customer, and rows taken out of them.
    tag_values, campaigns, experiment_rows, merges, settings, undo : int
        Imported values of tags; places on lists that were made; rows kept with experiments; decisions about ids;
        choices of pages, and lists of changes to undo, that named the customer.
    uploads, runs, trash : int
        Uploads as they were, kept results and things in the trash: deleted whole, because they can hold anybody.
    elsewhere : int
        Other studies that hold a file of this one: there the customer is still known.
    """

    customer: str
    rows: Mapping[str, int] = field(default_factory=dict)
    remarks: int = 0
    snapshots: int = 0
    snapshot_rows: int = 0
    tag_values: int = 0
    campaigns: int = 0
    experiment_rows: int = 0
    merges: int = 0
    settings: int = 0
    undo: int = 0
    uploads: int = 0
    runs: int = 0
    trash: int = 0
    elsewhere: int = 0

    @property
    def n_named(self) -> int:
        """Places that named the customer."""
        one_by_one = (
            self.remarks,
            self.snapshot_rows,
            self.tag_values,
            self.campaigns,
            self.experiment_rows,
            self.merges,
        )
        return sum(self.rows.values()) + sum(one_by_one) + self.settings + self.undo
