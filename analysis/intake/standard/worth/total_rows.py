"""Rows of a table that are no rows of it but its totals: known by their label, or as the sum of what stands above."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_row, fetch_rows, literal
from analysis.intake.cells.values import NOTHING, TOTAL_CELL, TOTAL_TEXT, looks_like_number, number
from analysis.intake.suggesting.describe import filled_cell

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

ANY = f"{TOTAL_TEXT}|{TOTAL_CELL.removeprefix('(?i)')}"
# Further to the right an article may begin with such a word, and only a label ends in one.
FURTHER = rf"{TOTAL_CELL}|\b(?:sub-?)?totals?\s*[:：]?\s*$|(?:合计|总计|小计|汇总)\s*[:：]?\s*$"
LABELS = 6  # first cells of a row in which a total may be named
MOST_ROWS = 100_000  # larger tables come from databases, which write no totals
MOST_LABELLED = 100  # rows with a word of totals: more of them are names
LEAST_ROWS = 4  # fewer add up by chance
LEAST_SUMS = 2  # columns that a row without a word must be the sum of
CENTS = Decimal("0.011")  # by which a rounded sum may be off


def label_cells(one: Mapped) -> list[str]:
    """Return the first cells of a row that hold text: a number of the file's own says no word, and is slow to write."""
    cells = [filled_cell(one.table, place)[0] for place in range(min(LABELS, len(one.table.columns)))]
    return [cell for cell in cells if cell.startswith("c")]


def says_total(one: Mapped, words: str = ANY) -> str:
    """Write the test, as SQL, that one of the first cells of a row holds a word of totals."""
    cells = label_cells(one)
    if cells and one.table.n_rows <= MOST_ROWS:  # to make the words out once for each column takes longer than to look
        return f"(len(list_filter([{', '.join(cells)}], lambda x: regexp_matches(x, {literal(words)}))) > 0)"
    said = [f"coalesce(regexp_matches({cell}, {literal(words)}), false)" for cell in cells]
    return f"({' OR '.join(said) or 'false'})"


def names_total(one: Mapped) -> str:
    """Write the test, as SQL, that a row of nobody and no day says total, in whichever of its cells."""
    return f"({says_total(one)} OR {_label_beyond(one, ANY)})"


def _label_beyond(one: Mapped, words: str = FURTHER) -> str:
    """Write the test, as SQL, of a row of nobody and no day in which a cell further on is a word of totals."""
    who, day = one.raw("customer_id"), one.raw("order_date")
    cells = [filled_cell(one.table, place)[0] for place in range(LABELS, len(one.table.columns))]
    said = [f"coalesce(regexp_matches({cell}, {literal(words)}), false)" for cell in cells if cell[0] == "c"]
    if who is None or not said:
        return "false"
    empty = " AND ".join(f"nullif(trim({raw}), '') IS NULL" for raw in (who, day) if raw)
    return f"CASE WHEN {empty} THEN {' OR '.join(said)} ELSE false END"


def is_total(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Write the test, as SQL, of a row of orders without a date or a customer: it says total, or is a sum."""
    lines = total_lines(connection, one, last=True)
    return f"({says_total(one)} OR line IN ({', '.join(map(str, lines))}))" if lines else says_total(one)


def total_lines(connection: duckdb.DuckDBPyConnection, one: Mapped, *, last: bool = False) -> tuple[int, ...]:
    """Return the lines of a table that hold its totals, of the ``last`` row alone where others are judged elsewhere.

    A row is one that holds nothing but numbers beside a cell that is a word of totals as a whole (Report Total), or
    beside one that begins with such a word where a number is the sum of its column; and the last row, whatever it is
    called, where each of its numbers is that sum and nearly all else is empty.
    """
    if not 0 < one.table.n_rows <= MOST_ROWS or not label_cells(one):
        return ()
    places = range(len(one.table.columns))
    cells = ", ".join(f"c{place}" for place in places)
    beyond = _label_beyond(one)
    wanted = f"line = (SELECT max(line) FROM {one.view}) OR {beyond}" + ("" if last else f" OR {says_total(one)}")
    found = fetch_rows(
        connection,
        f"SELECT line, {says_total(one, TOTAL_CELL)} OR {beyond}, {says_total(one)} OR {beyond}, {cells} "
        f"FROM {one.view} WHERE {wanted} ORDER BY line LIMIT {MOST_LABELLED + 1}",
    )
    if len(found) > MOST_LABELLED:
        return ()  # so many are names
    return tuple(int(row[0]) for row in found if _is_total(connection, one, row))


def _is_total(connection: duckdb.DuckDBPyConnection, one: Mapped, row: tuple[Any, ...]) -> bool:
    whole, labelled = bool(row[1]), bool(row[2])
    filled = {place: str(cell).strip() for place, cell in enumerate(row[3:])}
    filled = {place: cell for place, cell in filled.items() if cell.lower() not in NOTHING and cell != "None"}
    figures = [place for place, cell in filled.items() if looks_like_number(cell)]
    if len(filled) - len(figures) > 1 or not figures or (len(figures) == len(filled) and labelled):
        return False
    if whole:
        return True
    sums = [_is_sum(connection, one, place, int(row[0])) for place in figures]
    if labelled:
        return one.table.n_rows >= LEAST_ROWS and any(sums)
    return one.table.n_rows >= LEAST_ROWS and len(sums) >= LEAST_SUMS and all(sums)


def _is_sum(connection: duckdb.DuckDBPyConnection, one: Mapped, place: int, line: int) -> bool:
    """Say whether a cell is the sum of all others of its column, in either way to write numbers."""
    for decimal in ("point", "comma"):
        value = number(f"c{place}", decimal=decimal)
        total, own = fetch_row(
            connection,
            f"SELECT sum({value}) FILTER (line <> {line}), sum({value}) FILTER (line = {line}) FROM {one.view}",
        )
        if own and total is not None and abs(own - total) <= CENTS:
            return True
    return False
