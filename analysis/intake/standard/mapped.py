"""Which source of the recipe says what a raw table is, and the rows of the table made readable on a connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.answers.asked import rows_named
from analysis.engine import fetch_value, literal, literals
from analysis.errors import AnalysisError
from analysis.intake.cells.values import identifier
from analysis.intake.mapped import Mapped
from analysis.intake.roles import EXTRA, IGNORE, roles
from analysis.intake.standard.worth.guests import guest_ids, may_have_guests
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices, Source


# Profiles and segments of more take more memory than most machines have: half a kilobyte each, several times over.
MOST_CUSTOMERS = 5_000_000
ONE_IN = 64  # customers that are counted where all would take too long
SURELY = 1.05  # times the limit, from which the estimate leaves no doubt: its error is below 1 % there
LIKE = 0.5  # share of its columns from which a table is taken for one of a source that lacks the others


def match_sources(tables: Sequence[RawTable], recipe: Choices) -> list[Mapped]:
    """Give every raw table the source whose used columns it has; its own name decides between several.

    Next month's file has another name, so the columns count, and files with the same columns share a source.
    """
    _refuse_roles(recipe)
    places = find_sources(tables, recipe)
    for place, source in enumerate(recipe.sources):
        if source.kind != "ignore" and place not in places:
            unused = [one for one, at in zip(tables, places, strict=True) if at is None and not one.hidden]
            raise _missing(source, unused)
    found = (
        Mapped(index, table, None if place is None else recipe.sources[place], "")
        for index, (table, place) in enumerate(zip(tables, places, strict=True))
    )
    return [replace(one, view=_name(one)) for one in found]


def _name(one: Mapped) -> str:
    """Name the rows of a table as they are read: as they are written, or with what its source makes of some cells."""
    if one.source is not None and (blanked_columns(one) or may_have_guests(one)):
        said = one.source.model_dump_json(
            include={"kind", "columns"}
        )  # not the file that the source was first read from
        return rows_named("raw", one.index, one.table.content, one.table.columns, said)
    return rows_named("raw", one.index, one.table.content)


def _missing(source: Source, unused: Sequence[RawTable]) -> AnalysisError:
    """Say which columns the table most like a source lacks; without a table like it, that the table is missing."""
    needed = [column.name for column in source.columns if column.name in source.needed]

    def n_shared(table: RawTable) -> int:
        return sum(name in table.columns for name in needed)

    nearest = max(unused, key=lambda table: (n_shared(table), table.file == source.file), default=None)
    if nearest is None or n_shared(nearest) < LIKE * len(needed):
        return AnalysisError("source_missing", file=source.file, sheet=source.sheet, columns=", ".join(needed))
    lacking = [name for name in needed if name not in nearest.columns]
    free = tuple(name for name in nearest.columns if name not in needed)
    facts = {"column": lacking[0], "columns": ", ".join(lacking), "n": len(lacking), "table": nearest.key}
    return AnalysisError("source_column_missing", **facts, known=free)


def with_sisters(mapped: Sequence[Mapped]) -> list[Mapped]:
    """Tell every table which others its source reads, and which other sources do."""
    return [
        replace(
            one,
            sisters=tuple(other for other in mapped if other.source is one.source and other is not one),
            others=tuple(other for other in mapped if other.source is not None and other.source is not one.source),
        )
        if one.source is not None
        else one
        for one in mapped
    ]


def find_sources(tables: Sequence[RawTable], recipe: Choices) -> list[int | None]:
    """Return for every raw table the place of its source in the recipe, None for a table that no source fits.

    A hidden sheet is read only by a source that names it: what nobody sees does not count unasked.
    """
    places: list[int | None] = []
    for table in tables:
        fitting = [
            (source.file == table.file) * 2 + (source.sheet == table.sheet) * 3 + _likeness(source, table)
            if source.needed <= set(table.columns) and (not table.hidden or source.sheet == table.sheet)
            else -1.0
            for source in recipe.sources
        ]
        best = max(range(len(fitting)), key=lambda i: fitting[i], default=None)
        places.append(best if best is not None and fitting[best] >= 0 else None)
    return places


def _likeness(source: Source, table: RawTable) -> float:
    """Return the share 0..1 of all columns of either that both have."""
    names = {column.name for column in source.columns}
    return len(names & set(table.columns)) / len(names | set(table.columns))


def _refuse_roles(recipe: Choices) -> None:
    """Refuse a role that does not exist, and a role given to two columns of one table: neither says what is meant."""
    for source in recipe.sources:
        taken: dict[str, str] = {}
        for column in source.columns:
            if column.role in (EXTRA, IGNORE):
                continue
            if column.role not in roles():
                raise AnalysisError("role_unknown", role=column.role, column=column.name, known=tuple(roles()))
            if source.kind != "ignore" and column.role in taken:
                raise AnalysisError("role_twice", role=column.role, first=taken[column.role], second=column.name)
            taken[column.role] = column.name


def open_rows(connection: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Make the rows of a table readable under its view; words that a person said mean nothing are blank.

    Who bought without an account has a name for an id.
    """
    from pathlib import Path

    blanks = blanked_columns(one)
    whole = f"{one.view}_with_blank_ids" if may_have_guests(one) else one.view
    name = f"{one.view}_as_written" if blanks else whole
    if isinstance(one.table.rows, Path):
        connection.execute(f"CREATE VIEW {name} AS {one.table.scan_sql()}")
    else:
        connection.register(name, one.table.rows)
    if blanks:
        connection.execute(f"CREATE VIEW {whole} AS SELECT * REPLACE ({blanks}) FROM {name}")
    if whole != one.view:
        guests = guest_ids(connection, one, whole)
        columns = f"* REPLACE ({guests})" if guests else "*"
        connection.execute(f"CREATE VIEW {one.view} AS SELECT {columns} FROM {whole}")


def refuse_crowds(connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]) -> None:
    """Refuse, before the work, files that name many more customers than profiles are made of.

    Of ids spread by their hash one in ``ONE_IN`` is counted, with all its rows, so the estimate needs little memory.
    Near the limit nothing is refused here: profiles count exactly.
    """
    naming = [
        (one, raw)
        for one in mapped
        if one.source is not None and one.source.kind in ("orders", "order_heads", "customers")
        if (raw := one.raw("customer_id"))
    ]
    if sum(one.table.n_rows for one, _ in naming) <= MOST_CUSTOMERS * SURELY:
        return
    ids = " UNION ALL ".join(f"SELECT {identifier(raw)} AS id FROM {one.view}" for one, raw in naming)
    counted = fetch_value(connection, f"SELECT count(DISTINCT id) FROM ({ids}) WHERE hash(id) % {ONE_IN} = 0")
    if counted * ONE_IN > MOST_CUSTOMERS * SURELY:
        about = float(f"{counted * ONE_IN:.2g}")
        raise AnalysisError("too_many_customers_named", n=int(about), most=MOST_CUSTOMERS)


def blanked_columns(one: Mapped) -> str:
    """Write the columns whose words for nothing a person has chosen."""
    parts = []
    for column in one.source.columns if one.source else ():
        if column.nothing != "auto" and column.nothing and column.name in one.table.columns:
            place = one.table.columns.index(column.name)
            words = literals(word.strip().lower() for word in column.nothing)
            said = f"coalesce(lower(trim(c{place})) IN ({words}), false)"
            stored = (f"c{place}", f"t{place}") if one.table.stored else (f"c{place}",)
            parts += [f"CASE WHEN NOT {said} THEN {name} END AS {name}" for name in stored]
    return ", ".join(parts)


def with_surplus(connection: duckdb.DuckDBPyConnection, one: Mapped, reasons: dict[str, int]) -> dict[str, int]:
    """Set aside the records that are no rows of the table, beside the reasons found so far."""
    if not one.table.surplus:
        return reasons
    lines = ", ".join(f"({one.index}, {left.line}, {literal(left.reason)})" for left in one.table.surplus)
    connection.execute(f"INSERT INTO set_aside VALUES {lines}")
    return {**reasons, **Counter(left.reason for left in one.table.surplus)}
