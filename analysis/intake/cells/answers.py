"""Answers of which a person may tick several: "Web;Store" in one cell becomes a yes or no for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, fetch_value, literal
from analysis.intake.cells.values import NOTHING, is_nothing

if TYPE_CHECKING:
    import duckdb

STRONG = (";", "；", "|")  # signs that stand in no name; of the others an answer must stand alone as well
WEAK = ("、", ", ", ",", "，")
LEAST_ROWS, LEAST_SEVERAL = 8, 3  # rows with an answer, and with several
MOST_ANSWERS = 20
LONGEST = 80  # characters of an answer; more are sentences
AGAIN = 0.9  # share of the answers that more than one person gave
MOST_CELLS = 2000


@dataclass(frozen=True)
class Answers:
    """The sign between answers, and the answers, the most frequent first."""

    separator: str
    answers: tuple[str, ...]


def several_answers(cells: Mapping[str, int]) -> Answers | None:
    """Say which answers stand together in the cells of a column; None where each cell is one.

    Parameters
    ----------
    cells : mapping of str to int
        Rows by cell.

    Examples
    --------
    >>> several_answers({"Web;Store": 6, "App": 6, "Store;App;Web": 6})
    Answers(separator=';', answers=('App', 'Store', 'Web'))
    >>> several_answers({"Web": 6, "Web, Store": 6, "Store": 6}).answers
    ('Store', 'Web')
    >>> several_answers({"Berlin, Germany": 6, "Paris, France": 6, "Lyon, France": 3})
    """
    filled = {cell: n for cell, n in cells.items() if cell.strip() and cell.strip().lower() not in NOTHING}
    if sum(filled.values()) < LEAST_ROWS:
        return None
    for separator in (*STRONG, *WEAK):
        together = {cell: n for cell, n in filled.items() if len(_parts(cell, separator)) > 1}
        if sum(together.values()) < LEAST_SEVERAL:
            continue
        given: Counter[str] = Counter()
        for cell, n in filled.items():
            for part in set(_parts(cell, separator)):
                given[part] += n
        alone = {cell.strip() for cell in filled if cell not in together}
        if not 2 <= len(given) <= MOST_ANSWERS or any(len(part) > LONGEST for part in given):
            continue
        if all(not any(map(str.isalpha, part)) for part in given):
            continue  # numbers, and not answers
        if sum(n > 1 for n in given.values()) < AGAIN * len(given):
            continue
        if separator in WEAK and sum(part in alone for part in given) < 0.5 * len(given):
            continue
        return Answers(separator, tuple(sorted(given, key=lambda part: (-given[part], part))))
    return None


def read_answers(connection: duckdb.DuckDBPyConnection, rows: str, raw: str) -> Answers | None:
    """Look for several answers in the cells of a stored column."""
    signs = " OR ".join(f"contains({raw}, {literal(sign.strip())})" for sign in (*STRONG, *WEAK))
    if fetch_value(connection, f"SELECT count(*) FROM {rows} WHERE {signs}") < LEAST_SEVERAL:
        return None
    query = f"SELECT {raw}, count(*) FROM {rows} WHERE {raw} IS NOT NULL GROUP BY 1 LIMIT {MOST_CELLS + 1}"
    cells = {str(cell): int(n) for cell, n in fetch_rows(connection, query)}
    return several_answers(cells) if len(cells) <= MOST_CELLS else None


def ticked(raw: str, found: Answers, answer: str) -> str:
    """Write whether a cell holds an answer as SQL; NULL where nothing was answered."""
    parts = f"list_transform(string_split({raw}, {literal(found.separator)}), lambda part: trim(part))"
    return f"CASE WHEN NOT {is_nothing(raw)} THEN list_contains({parts}, {literal(answer)}) END"


def _parts(cell: str, separator: str) -> list[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]
