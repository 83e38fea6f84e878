"""A list as a file: CSV, or a workbook that is written row by row, with progress and a way to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from analysis.exports.csv import write_csv
from analysis.exports.names import sheet_name
from analysis.intake.reading.written import AUTHOR

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FileKind = Literal["csv", "xlsx"]
_E164 = r"\+\d{7,15}"
_ROWS_PER_REPORT = 2_000
_ROWS = 1_048_575  # of a sheet, below the heading


def write_list(
    frame: pd.DataFrame,
    target: Path | BinaryIO,
    kind: FileKind,
    *,
    title: str,
    day: date,
    progress: Callable[[int, int], None] = lambda done, n: None,
) -> None:
    """Write a list.

    Parameters
    ----------
    frame : DataFrame
        ``layouts.list_frame``: ids, numbers and addresses as text.
    target : path or open binary file
    title, day : str and date
        Properties of a workbook, so that the same list gives the same bytes.
    progress : callable
        Told how many rows are written, of how many; an error that it raises stops the writing.

    Raises
    ------
    AnalysisError
        ``act_too_many_rows`` (n, most): more than a sheet holds.
    """
    if kind == "csv":
        texts = tuple(name for name in frame.columns if frame[name].dtype.kind not in "iufb")
        # A number of E.164 begins with a plus, which whoever sends needs as it is; nothing but digits follows.
        numbers = tuple(name for name in texts if _are_numbers(frame[name]))
        write_csv(frame, target, ids=texts, as_is=numbers)
        progress(len(frame), len(frame))
    else:
        _write_workbook(frame, target, title, day, progress)


def _write_workbook(
    frame: pd.DataFrame, target: Path | BinaryIO, title: str, day: date, progress: Callable[[int, int], None]
) -> None:
    from xlsxwriter import Workbook

    from analysis.errors import AnalysisError

    if len(frame) > _ROWS:
        raise AnalysisError("act_too_many_rows", n=len(frame), most=_ROWS)
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    place: Any = target if hasattr(target, "write") else str(target)
    book = Workbook(place, options)
    book.set_properties({"title": title, "author": AUTHOR, "created": datetime.combine(day, datetime.min.time())})
    sheet = book.add_worksheet(sheet_name(title, set()))
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    columns = [_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    for place, (_, is_text) in enumerate(columns):
        sheet.set_column(place, place, 18, text if is_text else None)
    for place, name in enumerate(frame.columns):
        sheet.write_string(0, place, str(name), bold)
    writers = [sheet.write_string if is_text else sheet.write_number for _, is_text in columns]
    n = len(frame)
    try:
        for line, row in enumerate(zip(*(values for values, _ in columns), strict=True), start=1):
            for place, value in enumerate(row):
                if value is not None:
                    writers[place](line, place, value)
            if line % _ROWS_PER_REPORT == 0:
                progress(line, n)
    except BaseException:
        book.fileclosed = True  # what was stopped is no workbook, and says so by being none
        raise
    book.close()
    progress(n, n)


def _are_numbers(values: pd.Series) -> bool:
    told = values.dropna()
    return len(told) > 0 and bool(told.astype("str").str.fullmatch(_E164).all())


def _cells(values: pd.Series) -> tuple[list[Any], bool]:
    """Return the cells of a column and whether they are text."""
    import numpy as np

    if values.dtype.kind in "iuf":
        numbers = values.to_numpy(dtype=float)
        found = numbers.astype(object)
        found[~np.isfinite(numbers)] = None
        return found.tolist(), False
    told = values.astype("str").str.slice(0, 32_767)
    return told.astype(object).where(values.notna().to_numpy(dtype=bool), None).tolist(), True
