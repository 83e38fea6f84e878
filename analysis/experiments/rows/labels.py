"""The arms of a table of results: one label each, however it is written, and labels that are slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, fetch_value, literal, quoted_name
from analysis.errors import AnalysisError
from analysis.intake.meaning.words import words_of

if TYPE_CHECKING:
    import duckdb

MAX_ARMS = 10
# A label that is no arm: of a row or two, or near to an arm, or not planned while others were, the arms have a hundred
# times as many rows at least; any other label a thousand times. Of a row or two and near to an arm a few times do.
MOST_STRAY = 2
A_FEW_TIMES = 5
STRAY_BELOW = 100
HARDLY_ANY = 1000
# Letters that a slip changes, of labels that have so many.
_LETTERS = ((12, 2), (0, 1))


@dataclass(frozen=True)
class Slip:
    """A label that is read as a slip: its rows, the first of them (from 1), and how it is written.

    ``label`` is None where it is near to no arm: what else stands in such a cell may be a name or a phone number.
    """

    label: str | None
    n: int
    row: int


def find_arms(
    con: duckdb.DuckDBPyConnection, column: str, control: str | None, planned: Collection[str] = ()
) -> tuple[list[str], dict[str, str], tuple[Slip, ...]]:
    """Return the arms, control first, the spellings read as another, and the labels of hardly any row.

    A label of hardly any row beside two others and more that have many is a slip of the pen: as an arm it would raise
    every alarm. ``planned`` are labels that are arms however few rows they have.
    """
    text = f"CAST({quoted_name(column)} AS VARCHAR)"
    found = fetch_rows(con, f"SELECT {text} AS label, count(*) AS n FROM rows GROUP BY 1 ORDER BY n DESC, 1")
    spellings: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    for label, n in found:
        if label is not None and (key := folded(label)):
            spellings.setdefault(key, []).append(label)
            rows[key] = rows.get(key, 0) + n
    arms = {folded(label) for label in planned}
    slips = _slips(rows, arms if control is None else {*arms, folded(control)}, is_planned=bool(arms))
    left_out = tuple(_slip(con, column, spellings.pop(key), rows[key], near) for key, near in slips.items())
    if len(spellings) < 2:
        raise AnalysisError("experiment_one_arm")
    if len(spellings) > MAX_ARMS:
        raise AnalysisError("experiment_too_many_arms", arms=len(spellings), most=MAX_ARMS)
    # The most frequent spelling names the arm.
    names = {key: labels[0] for key, labels in spellings.items()}
    merged = {label: names[key] for key, labels in spellings.items() for label in labels[1:]}
    wanted = None if control is None else folded(control)
    if wanted is not None and wanted not in names:
        raise AnalysisError("experiment_unknown_control", control=control, known=tuple(sorted(names.values())))
    first = wanted or _control(names)
    return [names[first], *(names[key] for key in sorted(names) if key != first)], merged, left_out


def _control(labels: Collection[str]) -> str:
    """Return the label that says, the most plainly, that the others are compared with it; else the first in order."""
    words = words_of("arms")
    saying = ((label for label in sorted(labels) if words.says(label, meaning)) for meaning in words.names)
    return next((label for found in saying for label in found), min(labels))


def folded(label: str) -> str:
    """Return a label without case and surplus spaces."""
    return " ".join(label.split()).casefold()


def _slips(rows: Mapping[str, int], arms: Collection[str], *, is_planned: bool) -> dict[str, bool]:
    """Return the labels that are slips, and whether they are written nearly as an arm."""
    second = sorted(rows.values())[-2] if len(rows) > 2 else 0
    found = {}
    for key, n in rows.items():
        times = A_FEW_TIMES if n <= MOST_STRAY else STRAY_BELOW
        if key in arms or n * times > second:
            continue
        near = any(_is_near(key, other) for other in rows if rows[other] >= n * times)
        if not near and n * STRAY_BELOW > second:
            continue
        if near or is_planned or n <= MOST_STRAY or n * HARDLY_ANY <= second:
            found[key] = near
    return found


def _is_near(label: str, arm: str) -> bool:
    """Say whether a label is an arm's with a letter or two changed; numbers and words of their own tell arms apart."""
    from rapidfuzz.distance import OSA

    if re.findall(r"\d+", label) != re.findall(r"\d+", arm) or len(label.split()) != len(arm.split()):
        return False
    most = next(most for least, most in _LETTERS if min(len(label), len(arm)) >= least)
    same_length = len(label) == len(arm)
    # Of one letter only another beside it is a slip: A and B are two arms.
    return not (same_length and len(arm) < 3) and OSA.distance(label, arm, score_cutoff=most) <= most


def _slip(con: duckdb.DuckDBPyConnection, column: str, labels: list[str], n: int, near: bool) -> Slip:
    said = ", ".join(literal(label) for label in labels)
    row = first_row(con, f"CAST({quoted_name(column)} AS VARCHAR) IN ({said})")
    return Slip(labels[0] if near else None, n, row)


def first_row(con: duckdb.DuckDBPyConnection, condition: str, rows: str = "rows") -> int:
    """Return the first of the rows, counted from 1, on which a condition on its columns holds."""
    numbered = f"SELECT row_number() OVER () AS __row__, * FROM {rows}"
    return int(fetch_value(con, f"SELECT min(__row__) FROM ({numbered}) AS rows WHERE {condition}"))
