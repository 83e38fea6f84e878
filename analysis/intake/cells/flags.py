"""Yes/no columns of a table: which they are, seen over all files, and their cells as BOOLEAN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.booleans import MOST_CELLS, Flags, read_flags
from analysis.engine import fetch_rows, fetch_value
from analysis.intake.cells.categories import follow
from analysis.intake.cells.values import NOTHING, is_nothing, one_of
from analysis.intake.roles import EXTRA, roles
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Column
    from analysis.intake.mapped import Mapped

MOST_WORDS = 5


def flag_columns(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> dict[str, Flags]:
    """Return the yes/no columns of customers tables by ``column_key``, with their cells.

    One column may lie in several files, of which one holds only yes and another only no; they are looked at together.
    A column whose blanks a person counts as a value of its own is no yes/no column, and neither is one whose values
    are not such words once merged as a person said.
    """
    cells: dict[str, dict[str, str]] = {}
    rows: dict[str, Counter[str]] = {}
    nothing: dict[str, tuple[str, ...]] = {}
    headers: dict[str, str] = {}
    empty: Counter[str] = Counter()
    apart: set[str] = set()
    for one in tables:
        for column in one.source.columns if one.source else ():
            if column.role != EXTRA and (column.role not in roles() or roles()[column.role].kind != "category"):
                continue
            key = column_key(column)
            headers.setdefault(key, column.name)
            nothing[key] = NOTHING if column.nothing == "auto" else ()
            if column.missing == "unknown":
                apart.add(key)
            found = distinct_cells(connection, one.view, f"c{one.table.columns.index(column.name)}")
            chosen = follow(dict(column.merges))
            rows.setdefault(key, Counter())  # of an empty column too
            empty[key] += max(0, one.table.n_rows - sum(found.values()))
            cells.setdefault(key, {}).update({cell: chosen.get(cell.strip(), cell) for cell in found})
            for cell, n in found.items():
                rows[key][chosen.get(cell.strip(), cell)] += n
    result = {}
    for key, meant in cells.items():
        if key in apart:
            continue
        flags = read_flags(
            set(meant.values()), header=headers[key], nothing=nothing[key], rows=rows[key], n_empty=empty[key]
        )
        if flags is not None:
            yes, no, unread = (
                frozenset(raw for raw, cell in meant.items() if cell in side)
                for side in (flags.yes, flags.no, flags.unread)
            )
            result[key] = Flags(yes, no, unread, flags.nothing_is_no)
    return result


def column_key(column: Column) -> str:
    """Return what columns of several files share: their role, or the header of an extra feature."""
    return f"{EXTRA} {column.name}" if column.role == EXTRA else column.role


def distinct_cells(connection: duckdb.DuckDBPyConnection, rows: str, raw: str) -> dict[str, int]:
    """Return the different cells of a column with their rows, no more than show that it has too many for yes and no."""
    query = f"SELECT {raw}, count(*) FROM {rows} WHERE {raw} IS NOT NULL GROUP BY 1 LIMIT {MOST_CELLS + 1}"
    return {cell: int(n) for cell, n in fetch_rows(connection, query)}


def unread_note(connection: duckdb.DuckDBPyConnection, one: Mapped, column: Column, flags: Flags) -> Note | None:
    """Return which words of a yes/no column mean neither, and in how many rows; None when there are none."""
    if not flags.unread:
        return None
    found = distinct_cells(connection, one.view, f"c{one.table.columns.index(column.name)}")
    rows = {cell: n for cell, n in found.items() if cell in flags.unread}
    if not rows:
        return None
    words = sorted({cell.strip() for cell in rows}, key=lambda word: (-rows.get(word, 0), word))
    facts = {"table": one.table.key, "column": column.name, "n": sum(rows.values())}
    return Note("flag_words_unread", {**facts, "n_words": len(words), "words": ", ".join(words[:MOST_WORDS])}, "check")


def ticked_note(connection: duckdb.DuckDBPyConnection, one: Mapped, column: Column, flags: Flags) -> Note | None:
    """Return in how many rows of a column that is ticked or left empty nothing counts as no; None for another one."""
    if not flags.nothing_is_no:
        return None
    raw = f"c{one.table.columns.index(column.name)}"
    n = fetch_value(connection, f"SELECT count(*) FROM {one.view} WHERE {is_nothing(raw)}")
    facts = {"table": one.table.key, "column": column.name, "n": int(n), "word": min(flags.yes).strip()}
    return Note("ticked_or_empty", facts, "check") if n else None


def flag_sql(column: str, flags: Flags) -> str:
    """Read the cells of a yes/no column as BOOLEAN, as SQL; any other cell is missing."""
    yes, no = (one_of(column, sorted(side)) for side in (flags.yes, flags.no))
    if flags.nothing_is_no:
        no = f"({is_nothing(column)})"
    return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
