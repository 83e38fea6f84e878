"""CSV that opens right in Excel: UTF-8 with BOM, ids as text, and no cell that runs as a formula."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pandas as pd

# A cell is a formula when, after blanks and invisible characters, it starts with one of these; the full-width forms
# are read as the plain ones by Chinese and Japanese versions of Excel. Every blank is named: what ``\s`` stands for
# differs between Python and the database, which looks for the same.
_HIDDEN = (
    "\\x00-\\x20\x85\xa0\xad\u034f\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_SIGNS = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]"
# Where the list separator is another one than ours, a spreadsheet splits a cell at it, quoted or not: what stands
# behind is a cell of its own.
_SPLIT = "[;|\\t\\r\\n]"
MAY_RUN = f"^[{_HIDDEN}]*{_SIGNS}|{_SPLIT}"
"""Found in every text that ``formula_safe`` changes, for Python and for SQL."""
# A leading tab or CR hides the sign from a check.
_START = re.compile(f"[{_HIDDEN}]*(?:{_SIGNS}|[\\t\\r\\n])")
_NEGATIVE_NUMBER = re.compile(r"-\d+(?:\.\d+)?")
# A whole run of separators is taken at once, so that long cells take linear time.
_RUN = re.compile(f'[;|"{_HIDDEN}]+')
_SPLITS = re.compile(_SPLIT)
_SIGN = re.compile(_SIGNS)
_NEGATIVE_PART = re.compile(rf"-\d+(?:\.\d+)?(?={_SPLIT}|$)")


def formula_safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula, also behind ``;``, ``|``, tab or line end.

    References
    ----------
    OWASP, "CSV Injection".

    Examples
    --------
    >>> [formula_safe(text) for text in ("=1+1", "-12.5", "＋A1", "fine", "red;=1+1")]
    ["'=1+1", '-12.5', "'＋A1", 'fine', "red;'=1+1"]
    """
    starts = _START.match(text) and not _NEGATIVE_NUMBER.fullmatch(text)
    safe = _RUN.sub(partial(_run_safe, text), text) if _SPLITS.search(text) else text
    return "'" + safe if starts else safe


def _run_safe(text: str, run: re.Match[str]) -> str:
    behind = run.end()
    starts = _SPLITS.search(run[0]) and _SIGN.match(text, behind) and not _NEGATIVE_PART.match(text, behind)
    return run[0] + "'" if starts else run[0]


def csv_safe(values: pd.Series) -> pd.Series:
    """Return values for a spreadsheet: texts as ``formula_safe`` has them, numbers, dates and flags as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_safe(pd.Series(["=1+1", "-12.5", "fine"])).tolist()
    ["'=1+1", '-12.5', 'fine']
    """
    if not _may_hold_text(values):
        return values
    touched = values.astype("str").where(values.notna()).str.contains(MAY_RUN, regex=True, na=False)
    # Of mixed values only text is touched: a negative number stays a number.
    touched &= values.map(lambda value: isinstance(value, str)).astype(bool)
    if not touched.any():
        return values
    safe = values.astype(object)
    safe[touched] = safe[touched].map(formula_safe)
    return safe


def write_csv(
    frame: pd.DataFrame,
    target: Path | str | BinaryIO,
    *,
    ids: tuple[str, ...] = ("customer_id",),
    as_is: tuple[str, ...] = (),
) -> None:
    """Write a frame as CSV for a spreadsheet.

    Parameters
    ----------
    frame : DataFrame
        Column names become the header as they are; rename before for words.
    target : path or open binary file
    ids : tuple of str
        Columns written as text, whatever their type: 1042 and never 1042.0.
    as_is : tuple of str
        Columns of which somebody else has made sure that nothing in them runs.
    """
    import pandas as pd

    out = {}
    for place, name in enumerate(frame.columns):
        values = frame.iloc[:, place]
        if name in ids and pd.api.types.is_float_dtype(values.dtype) and (values.dropna() % 1 == 0).all():
            values = values.astype("Int64")
        if name in ids:
            values = values.astype("str").where(values.notna())
        out[place] = values if name in as_is else csv_safe(values)
    safe = pd.DataFrame(out, index=frame.index)
    safe.columns = csv_safe(pd.Series([str(name) for name in frame.columns], dtype="str"))
    text = safe.to_csv(index=False, lineterminator="\r\n", date_format=_date_format(frame))
    content = text.encode("utf-8-sig", errors="replace")
    if isinstance(target, (Path, str)):
        Path(target).write_bytes(content)
    else:
        target.write(content)


def csv_bytes(frame: pd.DataFrame, *, ids: tuple[str, ...] = ("customer_id",)) -> bytes:
    """Return what ``write_csv`` writes."""
    buffer = io.BytesIO()
    write_csv(frame, buffer, ids=ids)
    return buffer.getvalue()


def _may_hold_text(values: pd.Series) -> bool:
    import pandas as pd

    kind = values.dtype
    return not (
        pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)
        or pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_timedelta64_dtype(kind)
    )  # fmt: skip


def _date_format(frame: pd.DataFrame) -> str:
    dates = frame.select_dtypes(include=["datetime", "datetimetz"])
    has_time = any((dates[name].dropna().dt.normalize() != dates[name].dropna()).any() for name in dates.columns)
    return "%Y-%m-%d %H:%M:%S" if has_time else "%Y-%m-%d"
