"""Customers who were forgotten: their rows are known by the hash of their id and left out, in any month's files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.engine import connect, fetch_rows, fetch_value
from analysis.intake.cells.values import identifier
from analysis.intake.mapped import FORGOTTEN, TABLE, canonical_sql
from analysis.intake.standard.alike import phone_form
from analysis.intake.standard.mapped import match_sources, open_rows
from analysis.intake.standard.merges import ID_ROLES, ids_sql, unite
from analysis.notes import Note
from analysis.privacy.salted import hash_sql

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices
    from analysis.intake.mapped import Mapped
    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable
    from analysis.privacy.forget import Forgotten

REASON = "forgotten"


def find_forgotten(
    connection: duckdb.DuckDBPyConnection,
    mapped: Sequence[Mapped],
    forgotten: Forgotten | None,
    notes: list[Note],
    *,
    merged: bool,
) -> bool:
    """Create the table ``mapped.FORGOTTEN`` when customers of these tables were forgotten; say whether it is there.

    Known is who has one id that was forgotten, among all that are one customer; a phone also when it is written in
    another way.
    """
    if forgotten is None or not forgotten.ids:
        return False
    import pyarrow as pa

    salt = forgotten.salt
    connection.register("forgotten_hashes", pa.table({"h": list(forgotten.ids)}))
    connection.execute(
        f"CREATE TABLE {FORGOTTEN} AS SELECT DISTINCT customer FROM {_with_customer(mapped, merged=merged)} "
        f"WHERE {hash_sql('customer_id', salt)} IN (FROM forgotten_hashes) "
        f"OR {hash_sql(phone_form('customer_id'), salt)} IN (FROM forgotten_hashes)"
    )
    connection.unregister("forgotten_hashes")
    n = int(fetch_value(connection, f"SELECT count(*) FROM {FORGOTTEN}"))
    if n:
        notes.append(Note("forgotten_left_out", {"n": n}))
    return n > 0


def left_out(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped], forgotten: Forgotten | None, *, merged: bool
) -> list[Mapped]:
    """Return the tables, which are readable, without the rows that name a customer who was forgotten."""
    if not find_forgotten(connection, mapped, forgotten, [], merged=merged):
        return list(mapped)
    found = []
    for one in mapped:
        raws = [raw for role in ID_ROLES if (raw := one.raw(role))] if one.source else []
        typed = {raw: identifier(raw, nothing=()) for raw in raws}
        ids = [canonical_sql(raw, sql) if merged else sql for raw, sql in typed.items()]
        named = [f"coalesce({sql} IN (FROM {FORGOTTEN}), false)" for sql in ids]
        if named:
            view = f"{one.view}_without_forgotten"
            connection.execute(f"CREATE VIEW {view} AS FROM {one.view} WHERE NOT ({' OR '.join(named)})")
            one = replace(one, view=view)
        found.append(one)
    return found


def ids_of(tables: Sequence[RawTable], recipe: Choices, merges: Merges | None, customer_id: str) -> tuple[str, ...]:
    """Return every id under which these tables know a customer, in each way it is written; empty when they do not."""
    with connect() as connection:
        mapped = match_sources(tables, recipe)
        for one in mapped:
            open_rows(connection, one)
        merged = unite(connection, mapped, merges, [])
        connection.execute(f"CREATE TEMP TABLE known AS FROM {_with_customer(mapped, merged=merged)}")
        found = fetch_rows(
            connection,
            f"SELECT DISTINCT trim(written), customer_id, {phone_form('customer_id')} FROM known "
            "WHERE customer IN (SELECT customer FROM known WHERE customer_id = ? OR customer = ?)",
            [customer_id, customer_id],
        )
    return tuple(sorted({one for row in found for one in row if one}))


def customers_forgotten(
    tables: Sequence[RawTable], recipe: Choices, merges: Merges | None, forgotten: Forgotten
) -> tuple[str, ...]:
    """Return the customers of these tables who were forgotten, by the one id that stands for each."""
    with connect() as connection:
        mapped = match_sources(tables, recipe)
        for one in mapped:
            open_rows(connection, one)
        merged = unite(connection, mapped, merges, [])
        if not find_forgotten(connection, mapped, forgotten, [], merged=merged):
            return ()
        return tuple(str(row[0]) for row in fetch_rows(connection, f"FROM {FORGOTTEN} ORDER BY ALL"))


def _with_customer(mapped: Sequence[Mapped], *, merged: bool) -> str:
    """Write the ids of all tables as SQL: as written, as typed, and the one that stands for their customer."""
    customer = f"coalesce((SELECT canonical FROM {TABLE} s WHERE s.written = i.written), customer_id)"
    return (
        f"(SELECT *, {customer if merged else 'customer_id'} AS customer FROM (SELECT written, "
        # No word stands for nothing here: NA can be an id.
        f"{identifier('written', nothing=())} AS customer_id FROM ({ids_sql(mapped)})) i WHERE customer_id IS NOT NULL)"
    )
