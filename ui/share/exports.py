"""Files of a study: their names, what goes into each, and how much work the workbook is."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import parquet
from analysis.exports.contents import (
    contents_for_others,
    customer_table,
    shown_profiles,
    with_segments,
    workbook_contents,
    write_set_aside_rows,
)
from analysis.exports.files import recipe_to_yaml
from analysis.exports.names import safe_file_name
from analysis.exports.words import left_out
from analysis.exports.workbook import LISTED
from analysis.privacy.small_groups import is_small
from analysis.study.for_others import SharedStudy, for_others
from ui import compute, session, show
from ui.work import Job

if TYPE_CHECKING:
    from datetime import date

    from analysis.study import StudyResult
    from texts import Translator

# Cells that are written while a reader waits for the download to begin: some three seconds.
QUICK_CELLS = 250_000


def file_name(study: compute.LoadedStudy, result: StudyResult, what: str) -> str:
    """Return a file name of study, contents and as-of date; ``what`` is the last part, with its ending."""
    name = study.recipe.name or Path(study.tables[0].file).stem
    stem, dot, ending = what.rpartition(".")
    return safe_file_name(f"{name[:60]} {stem} {result.profiles.as_of.isoformat()}{dot}{ending}")


def workbook_cells(result: StudyResult) -> int:
    """Return about how many cells the workbook has: most customers stand in it twice, and once a method in short."""
    n, methods = len(result.profiles.customers), max(len(result.edited) - 1, 0)
    return n * (2 * (3 + len(result.profiles.features)) + methods * (2 + len(LISTED)))


def write_workbook(
    result: StudyResult, t: Translator, name: str, *, unmask: bool, confirmed: date | None
) -> Callable[[Job[Path]], Path]:
    """Return what writes the workbook into the folder of a job, tells how far it is and returns where it lies."""

    edits = _persona_edits()

    def write(job: Job[Path]) -> Path:
        from analysis.exports import workbook

        contents = workbook_contents(result, t, unmask=unmask, persona_edits=edits, confirmed=confirmed)
        workbook.write_workbook(job.folder / name, contents, t, progress=job.report)
        return job.folder / name

    return write


def workbook_bytes(result: StudyResult, t: Translator, *, unmask: bool, confirmed: date | None) -> Callable[[], bytes]:
    """Return what makes the workbook of a study that takes no longer than a reader waits."""

    edits = _persona_edits()

    def make() -> bytes:
        from analysis.exports import workbook

        buffer = io.BytesIO()
        workbook.write_workbook(
            buffer, workbook_contents(result, t, unmask=unmask, persona_edits=edits, confirmed=confirmed), t
        )
        return buffer.getvalue()

    return make


def _persona_edits() -> dict[str, Any]:
    """Return what a person rewrote on persona cards; read before the writing, which may run in the background."""
    study_id = session.study_id()
    return dict(compute.workspace().persona_words(study_id)) if study_id else {}


def workbook_for_others(result: StudyResult, t: Translator) -> Callable[[], bytes]:
    """Return what makes the workbook that holds no row of a customer."""
    edits = _persona_edits()

    def make() -> bytes:
        from analysis.exports import workbook

        buffer = io.BytesIO()
        workbook.write_workbook(buffer, contents_for_others(for_others(result), t, persona_edits=edits), t)
        return buffer.getvalue()

    return make


def customers_csv(result: StudyResult, t: Translator, *, unmask: bool, confirmed: date | None) -> Callable[[], bytes]:
    """Return what makes the customers with their segments as CSV, in words."""

    def make() -> bytes:
        from analysis.exports.csv import csv_bytes

        return csv_bytes(
            customer_table(result, t, unmask=unmask, confirmed=confirmed), ids=(t("workbook.customer_id"),)
        )

    return make


def customers_parquet(result: StudyResult, *, unmask: bool) -> Callable[[], bytes]:
    """Return what makes the customers with their segments as Parquet, in the keys of the code."""

    def make() -> bytes:
        buffer = io.BytesIO()
        frame = with_segments(result, shown_profiles(result, unmask=unmask).customers)
        parquet.write_frame(frame, buffer)
        return buffer.getvalue()

    return make


def set_aside_csv(result: StudyResult, *, unmask: bool) -> Callable[[], bytes]:
    """Return what makes the CSV of every row that was set aside."""

    def make() -> bytes:
        from analysis.temporary import own_folder

        with tempfile.TemporaryDirectory(dir=own_folder()) as folder:
            path = Path(folder) / "set_aside.csv"
            write_set_aside_rows(result, path, unmask=unmask)
            return path.read_bytes()

    return make


def recipe_yaml(result: StudyResult) -> Callable[[], str]:
    """Return what makes the recipe as text."""
    return lambda: recipe_to_yaml(result.recipe)


def pictures_zip(result: StudyResult, t: Translator) -> Callable[[], bytes]:
    """Return what makes the zip of all charts, as others may see them; each says what is not in it."""
    source = show.study_source()

    def make() -> bytes:
        from analysis.exports import pictures

        shared = for_others(result)
        said = " ".join(part for part in (source, left_out(shared, t)) if part)
        return pictures.pictures_zip(charts(shared, t), language=t.language, source=said)

    return make


def charts(result: SharedStudy, t: Translator) -> dict[str, Any]:
    """Return every chart of the study by file name: the segments of each method, and the customer base over time."""
    from analysis.charts import overview, segments
    from analysis.charts.methods import own_pictures
    from analysis.exports.contents import names_of

    found: dict[str, Any] = {}
    if (data := _overview(result)) and not data.over_time["buyers"].map(is_small).any():
        found["orders_over_time"] = overview.over_time(data, t)
    for method, edited in result.edited.items():
        names = names_of(result, method, t)
        found |= own_pictures(result.segmentations[method], edited, result.profiles, t, names)
        if edited.shown:
            found[f"{method}_segments"] = segments.segment_bars(
                edited.segmentation, t, names=names, hidden=edited.hidden
            )
    return found


def _overview(result: StudyResult) -> Any:
    from analysis.errors import AnalysisError
    from analysis.overview.overview import overview
    from analysis.overview.params import OverviewParams

    try:
        return overview(result.standard, result.profiles, OverviewParams())
    except AnalysisError:
        # Customers without orders have no orders over time; the other charts stand.
        return None
