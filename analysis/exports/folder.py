"""What ``portrait run`` leaves behind: figures, lists, rows set aside, recipe, all of them whole or none."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from analysis import parquet
from analysis.errors import AnalysisError
from analysis.exports.code import KEPT_ARGUMENTS, KEPT_COMMENT
from analysis.exports.contents import (
    contents_for_others,
    customer_table,
    predictions_table,
    segment_table,
    shown_profiles,
    with_segments,
    workbook_contents,
    write_set_aside_rows,
)
from analysis.exports.csv import write_csv
from analysis.exports.files import recipe_to_yaml
from analysis.exports.workbook import write_workbook
from analysis.figures import summary
from analysis.intake.reading.written import FIT, PARQUET_MARK, PREDICTIONS, RECIPE, SET_ASIDE, SUMMARY, is_of_a_run
from analysis.predict import methods as predict
from analysis.predict.churn.definition import HAS_LEFT, known_left
from analysis.study import StudyResult
from analysis.study.refresh import write_fit

if TYPE_CHECKING:
    from datetime import date

    from analysis.study.for_others import SharedStudy
    from analysis.translate import Translate

ListFormat = Literal["parquet", "csv", "xlsx"]
WORKBOOK_CUSTOMERS = 50_000


def list_formats(chosen: str | Sequence[str]) -> tuple[ListFormat, ...]:
    """Return the formats that were chosen, also as one text with commas.

    Raises
    ------
    AnalysisError
        ``format_unknown`` (format, known).

    Examples
    --------
    >>> list_formats("CSV, xlsx"), list_formats(["parquet"])
    (('csv', 'xlsx'), ('parquet',))
    """
    parts = chosen.split(",") if isinstance(chosen, str) else chosen
    formats = tuple(dict.fromkeys(part.strip().lower() for part in parts))
    for one in formats:
        if one not in get_args(ListFormat):
            raise AnalysisError("format_unknown", format=one, known=get_args(ListFormat))
    return formats  # pyright: ignore[reportReturnType]


def write_folder(
    result: StudyResult,
    out: Path | str,
    t: Translate,
    *,
    unmask: bool = False,
    only: str | Sequence[ListFormat] | None = None,
    confirmed: date | None = None,
) -> list[Path]:
    """Write ``summary.json``, ``recipe.yaml``, ``set_aside.csv``, ``fit.json`` and the lists of customers and segments.

    Where the recipe predicts, ``predictions.csv`` holds each customer's score and its interval, ``trend.csv`` the
    months ahead.

    The fit is what the segmentations learned: with the profiles it is the run before of the next one.

    All files are complete or none is: they are written in a folder beside their place, and moved when the last one
    stands. What an earlier run left in the folder and this one does not write is removed.

    Parameters
    ----------
    out : path
        Created when it is not there.
    unmask : bool
        Names, phones, e-mails, id numbers and addresses in full; masked otherwise.
    only : "parquet", "csv" or "xlsx", or several, optional
        Which lists: ``profiles.parquet``; ``customers.csv`` with ``segments.csv``; ``segments.xlsx``. Without it
        Parquet and the workbook, and above ``WORKBOOK_CUSTOMERS`` (50,000) customers Parquet and CSV, because a
        workbook of this size takes longer than everything before it.
    confirmed : date, optional
        The day on which a person confirmed that customers may be contacted, for data that does not say it.
    """
    is_large = len(result.profiles.customers) > WORKBOOK_CUSTOMERS
    formats = list_formats(only) if only else list_formats(("parquet", "csv" if is_large else "xlsx"))
    return _write_whole(_steps(result, t, formats, unmask=unmask, confirmed=confirmed), Path(out))


def write_for_others(
    result: SharedStudy, out: Path | str, t: Translate, *, only: str | Sequence[ListFormat] | None = None
) -> list[Path]:
    """Write what others may see: the table of segments as CSV and the workbook without customers, whole or not at all.

    Parameters
    ----------
    result : SharedStudy
        From ``study.for_others``.
    out : path
        Created when it is not there; what an earlier run left in it is removed.
    only : "csv" or "xlsx", optional
        Both without it.

    Raises
    ------
    AnalysisError
        ``format_unknown`` (format, known): Parquet holds a row per customer.
    """
    steps: dict[str, Callable[[Path], object]] = {
        "segments.csv": lambda path: write_csv(segment_table(result, t), path),
        "segments.xlsx": lambda path: write_workbook(path, contents_for_others(result, t), t),
    }
    known: dict[ListFormat, str] = {"csv": "segments.csv", "xlsx": "segments.xlsx"}
    formats = list_formats(only) if only else tuple(known)
    for one in formats:
        if one not in known:
            raise AnalysisError("format_unknown", format=one, known=tuple(known))
    return _write_whole({known[one]: steps[known[one]] for one in formats}, Path(out))


def _write_whole(steps: Mapping[str, Callable[[Path], object]], out: Path) -> list[Path]:
    """Write files beside their place, and move them when the last one stands."""
    out.mkdir(parents=True, exist_ok=True)
    stale = [path for path in out.iterdir() if path.name not in steps and is_of_a_run(path)]
    parts = Path(tempfile.mkdtemp(prefix=".portrait-", dir=out))
    atexit.register(shutil.rmtree, parts, ignore_errors=True)  # whatever stops the work
    try:
        # The rows set aside are written by the database, all else by the interpreter.
        with ThreadPoolExecutor(1) as beside:
            rows = beside.submit(steps[SET_ASIDE], parts / SET_ASIDE) if SET_ASIDE in steps else None
            for name, write in steps.items():
                if name != SET_ASIDE:
                    write(parts / name)
            if rows is not None:
                rows.result()
        for path in stale:
            path.unlink()
        return [(parts / name).replace(out / name) for name in steps]
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _steps(
    result: StudyResult, t: Translate, formats: Sequence[ListFormat], *, unmask: bool, confirmed: date | None
) -> dict[str, Callable[[Path], object]]:
    """Return what writes each file, by its name."""
    steps: dict[str, Callable[[Path], object]] = {
        SUMMARY: lambda path: path.write_text(_json(summary(result, t)), "utf-8"),
        RECIPE: lambda path: path.write_text(recipe_to_yaml(result.recipe), "utf-8"),
        SET_ASIDE: lambda path: write_set_aside_rows(result, path, unmask=unmask),
        FIT: lambda path: write_fit(result, path),
    }
    for kind, one in result.predicted.results.items() if result.predicted is not None else ():
        steps.update(_step_of(result, kind, one, unmask=unmask))
    if "parquet" in formats:
        steps["profiles.parquet"] = lambda path: _write_profiles(result, path, unmask=unmask)
    if "csv" in formats:
        steps["customers.csv"] = lambda path: write_csv(
            table := customer_table(result, t, unmask=unmask, confirmed=confirmed), path, ids=(str(table.columns[0]),)
        )
        steps["segments.csv"] = lambda path: write_csv(segment_table(result, t), path)
    if "xlsx" in formats:
        steps["segments.xlsx"] = lambda path: write_workbook(
            path, workbook_contents(result, t, unmask=unmask, confirmed=confirmed), t
        )
    return steps


def _step_of(result: StudyResult, kind: str, one: Any, *, unmask: bool) -> dict[str, Callable[[Path], object]]:
    """Return what writes a prediction: all of customers into one file, every other into one of its own."""
    prediction = predict.PREDICTIONS[kind]
    if prediction.table is None:
        return {
            PREDICTIONS: lambda path: write_csv(predictions_table(result, unmask=unmask), path, ids=("customer_id",))
        }
    return {prediction.table: lambda path: write_csv(prediction.rows(one), path)}


def _write_profiles(result: StudyResult, path: Path, *, unmask: bool) -> None:
    import pyarrow as pa

    frame = with_segments(result, shown_profiles(result, unmask=unmask).customers)
    if (left := known_left(result.profiles)) is not None:
        frame = frame.assign(**{HAS_LEFT: left.astype("boolean").array})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    parquet.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), PARQUET_MARK: b"profiles"}), path
    )


def folder_code(files: Sequence[str], language: str, *, kept_in: str | None = None) -> str:
    """Return the lines of Python that read the files with ``recipe.yaml`` and write the folder again.

    Parameters
    ----------
    files : sequence of str
        Names of the files; the lines expect them, and ``recipe.yaml``, beside the notebook.
    language : "en" or "zh"
    kept_in : str, optional
        As for ``segmentation_code``.

    Examples
    --------
    >>> print(folder_code(["orders.xlsx"], "en").splitlines()[-1])
        print(edited.segmentation.segments)
    """
    names = ", ".join(repr(name) for name in dict.fromkeys(files))
    kept = () if kept_in is None else (KEPT_COMMENT, f"kept = Workspace.open().carried({kept_in!r})")
    return "\n".join(
        (
            "from pathlib import Path",
            "",
            "from analysis.exports.files import recipe_from_yaml",
            "from analysis.exports.folder import write_folder",
            "from analysis.study import read, run",
            *(("from analysis.workspace import Workspace",) if kept else ()),
            "from texts import translator",
            "",
            'recipe = recipe_from_yaml(Path("recipe.yaml").read_text("utf-8"))',
            *kept,
            f"result = run(read({names}, recipe=recipe), recipe{KEPT_ARGUMENTS if kept else ''})",
            f'write_folder(result, Path("out"), translator({language!r}, recipe.money_in))',
            "for edited in result.edited.values():",
            "    print(edited.segmentation.segments)",
        )
    )


def _json(figures: dict[str, Any]) -> str:
    return json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
