"""Next month's files with the same recipe: groups, names and stored fits follow the customers of the run before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from analysis import parquet
from analysis.errors import AnalysisError, ChoiceError
from analysis.intake.reading.written import FIT, LISTS
from analysis.segments.frozen import Before
from analysis.study.result import StudyResult
from analysis.study.settling import settled
from analysis.study.steps import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable
    from analysis.privacy.forget import Forgotten
    from analysis.recipe import Recipe
    from analysis.segments.clustering.fitted import FittedClusters
    from analysis.segments.fitted_study import FittedStudy
    from analysis.study.prepared import Progress
    from analysis.tags.imported import ImportedValues

PROFILES_FILE = LISTS["parquet"][0]


class Kept(Protocol):
    """What a snapshot of the workspace holds of a run: what it learned, and its profiles with their segments."""

    @property
    def fitted(self) -> FittedStudy | None: ...  # noqa: D102
    @property
    def profiles(self) -> pd.DataFrame: ...  # noqa: D102


def refresh(
    tables: Sequence[RawTable],
    recipe: Recipe | None = None,
    previous: StudyResult | Kept | Before | None = None,
    *,
    merges: Merges | None = None,
    imported: Mapping[str, ImportedValues] | None = None,
    forgotten: Forgotten | None = None,
    progress: Progress = lambda step: None,
) -> StudyResult:
    """Run a recipe again on newer tables, with the run before at hand.

    Clusters that hold most of the same customers keep number, name and edits (where the runs share too few customers,
    those that lie where they lay); a name whose group is gone is given to nobody, and a note says so. Plans with
    ``fit="frozen"`` apply what the run before left.

    Parameters
    ----------
    tables : sequence of RawTable
    recipe : Recipe, optional
        With the names given to the groups of the run before; as suggested when left out.
    previous : StudyResult, Snapshot or Before, optional
        The run before: its result, its snapshot, or ``read_before`` of its folder. Without it this is ``run``.
    merges, imported, forgotten, progress
        As ``run`` takes them.

    Returns
    -------
    StudyResult
        Its ``recipe`` holds the numbers, places and edits of today, for the refresh after this one.

    Raises
    ------
    AnalysisError
        What ``run`` refuses.

    Examples
    --------
    >>> from analysis.study import read, suggest
    >>> tables = read("sample_data/b2b_crm_en.xlsx")
    >>> first = refresh(tables, suggest(tables))
    >>> refresh(tables, first.recipe, first).segmentations["clusters"].matched_by
    'customers'
    """
    before = None if previous is None else before_of(previous)
    result = run(
        tables, recipe, merges=merges, before=before, imported=imported, forgotten=forgotten, progress=progress
    )
    return result if before is None else settled(result)


def freeze(result: StudyResult) -> FittedStudy:
    """Return what every segmentation of a run learned, to be kept and applied to other customers.

    Returns
    -------
    FittedStudy
        Numbers and keys only; ``not_kept`` says which methods cannot be applied to others, and why.
    """
    return result.fitted


def before_of(previous: StudyResult | Kept | Before) -> Before:
    """Return the run before as the next one needs it, from its result or from a snapshot of the workspace."""
    if isinstance(previous, Before):
        return previous
    if isinstance(previous, StudyResult):
        found = previous.segmentations.get("clusters")
        labels = None if found is None else found.segmentation.labels
        return Before(previous.fitted, previous.profiles.customers["customer_id"], labels)
    return _from_frame(previous.fitted, previous.profiles)


def write_fit(result: StudyResult, path: Path) -> None:
    """Write what a run learned as JSON, for ``read_before``."""
    path.write_text(result.fitted.model_dump_json(indent=1), "utf-8")


def read_before(folder: Path) -> Before:
    """Read a run from the folder that it was written to.

    Raises
    ------
    AnalysisError
        ``previous_missing`` (folder, file): no fit is there; ``previous_unreadable`` (file).
    """

    from analysis.segments.fitted_study import FittedStudy

    try:
        fitted = FittedStudy.model_validate_json((folder / FIT).read_bytes())
    except FileNotFoundError as problem:
        raise AnalysisError("previous_missing", folder=folder.name, file=FIT) from problem
    except ChoiceError as problem:
        raise AnalysisError("previous_unreadable", file=FIT) from problem
    try:
        profiles = parquet.read_frame(folder / PROFILES_FILE)
    except FileNotFoundError:
        return Before(fitted)
    except parquet.ReadError as problem:
        raise AnalysisError("previous_unreadable", file=PROFILES_FILE) from problem
    if "customer_id" not in profiles:
        raise AnalysisError("previous_unreadable", file=PROFILES_FILE)
    return _from_frame(fitted, profiles)


def _from_frame(fitted: FittedStudy | None, frame: pd.DataFrame) -> Before:
    """Return a run before from its profiles as they were written."""
    from analysis.segments.methods import SEGMENT_COLUMNS

    column = SEGMENT_COLUMNS["clusters"]
    # Ids that were masked on the way out may repeat, and are nobody's: then the groups are known by where they lay.
    if column not in frame or frame[column].isna().all() or frame["customer_id"].duplicated().any():
        return Before(fitted)
    labels: pd.Series = frame[column].reset_index(drop=True)
    known: Any = fitted.of("clusters") if fitted else None
    if known is not None and any(edit.merge_into for edit in known.edits):
        labels = _before_merges(frame, known, labels)
    return Before(fitted, frame["customer_id"].reset_index(drop=True), labels)


def _before_merges(frame: pd.DataFrame, fitted: FittedClusters, labels: pd.Series) -> pd.Series:
    """Return the groups as they were before a person's merges, which follow from the fit."""
    import pandas as pd

    needed = {each.feature for each in (*fitted.scalings, *fitted.levels)}
    inside = labels.notna().to_numpy()
    if not fitted.by_centre or not needed <= set(frame.columns) or not inside.any():
        return labels
    keys = pd.array(list(fitted.keys), dtype="str")
    found = labels.copy()
    found[inside] = keys.take(fitted.positions(fitted.matrix(frame[inside])))
    return found
