"""Yes/no columns of a table: which they are, seen over all files, and their cells as BOOLEAN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.booleans import MOST_CELLS, Flags, read_flags
from analysis.engine import fetch_rows
from analysis.intake.cells.categories import follow
from analysis.intake.cells.values import NOTHING, one_of
from analysis.intake.roles import EXTRA, roles

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Column
    from analysis.intake.mapped import Mapped


def flag_columns(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> dict[str, Flags]:
    """Return the yes/no columns of customers tables by ``column_key``, with their cells.

    One column may lie in several files, of which one holds only yes and another only no; they are looked at together.
    A column whose blanks a person counts as a value of its own is no yes/no column, and neither is one whose values
    are not such words once merged as a person said.
    """
    cells: dict[str, dict[str, str]] = {}
    nothing: dict[str, tuple[str, ...]] = {}
    headers: dict[str, str] = {}
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
            cells.setdefault(key, {}).update({cell: chosen.get(cell.strip(), cell) for cell in found})
    result = {}
    for key, meant in cells.items():
        if key in apart:
            continue
        flags = read_flags(set(meant.values()), header=headers[key], nothing=nothing[key])
        if flags is not None:
            sides = (frozenset(raw for raw, cell in meant.items() if cell in side) for side in (flags.yes, flags.no))
            result[key] = Flags(*sides)
    return result


def column_key(column: Column) -> str:
    """Return what columns of several files share: their role, or the header of an extra feature."""
    return f"{EXTRA} {column.name}" if column.role == EXTRA else column.role


def distinct_cells(connection: duckdb.DuckDBPyConnection, rows: str, raw: str) -> list[str]:
    """Return the different cells of a column, no more than tell that there are too many for yes and no."""
    query = f"SELECT DISTINCT {raw} FROM {rows} WHERE {raw} IS NOT NULL LIMIT {MOST_CELLS + 1}"
    return [cell for (cell,) in fetch_rows(connection, query)]


def flag_sql(column: str, flags: Flags) -> str:
    """Read the cells of a yes/no column as BOOLEAN, as SQL; any other cell is missing."""
    yes, no = (one_of(column, sorted(side)) for side in (flags.yes, flags.no))
    return f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
