"""What is wrong with identifiers themselves: digits lost in a spreadsheet, masked ids that collide, near duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, fetch_value, literal
from analysis.intake.cells import normalise
from analysis.intake.cells.values import BARE_ID, identifier
from analysis.intake.roles import roles
from analysis.intake.tables import Note
from analysis.privacy.forms import form_of
from analysis.privacy.masks import mask_value

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

ROLES = ("customer_id", "order_id", "product_id", "phone", "id_number")
CHANCE = 20  # times as many long numbers ending in zeros as chance would give


def identifier_notes(connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]) -> list[Note]:
    """Look at the identifier columns of all tables in use, whose rows are open on the connection.

    Returns
    -------
    list of Note
        ``digits_lost`` (numbers such as ``6.9E+12``, or of more than 15 digits ending in zeros: what stood there cannot
        be known), ``masked_ids`` (customer ids with ``*``: different customers may look the same) and
        ``near_duplicate_ids`` (customer ids that differ by case, blanks, leading zeros or ``.0`` alone), each with the
        count of rows or ids and an example. Examples of personal columns are masked.
    """
    notes: list[Note] = []
    used = [one for one in mapped if one.source is not None and one.source.kind != "ignore"]
    customers = {one.index: _customer_cells(connection, one, raw) for one in used if (raw := one.raw("customer_id"))}
    for one in used:
        for role in ROLES:
            if raw := one.raw(role):
                every = f"(SELECT {raw} AS cell, 1 AS n FROM {one.view})"
                notes += _lost(connection, one, role, customers[one.index] if role == "customer_id" else every)
    with_customers = [(one, customers[one.index]) for one in used if one.index in customers]
    notes += _masked(connection, with_customers) + _near(connection, with_customers)
    for cells in customers.values():
        connection.execute(f"DROP TABLE {cells}")
    return notes


def _customer_cells(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> str:
    """Count the different cells that name customers, many times fewer than rows, in a table; return its name."""
    name = f"customer_cells_{one.index}"
    connection.execute(
        f"CREATE TEMP TABLE {name} AS SELECT {raw} AS cell, count(*) AS n FROM {one.view} "
        f"WHERE {raw} IS NOT NULL GROUP BY {raw}"
    )
    return name


def _lost(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, cells: str) -> list[Note]:
    # Only a long cell or one with a sign can have lost digits; looking for them is much cheaper than the patterns.
    suspect = (
        f"(SELECT cell, n FROM {cells} WHERE strlen(cell) >= 16 OR "
        "(strlen(cell) >= 5 AND (contains(cell, '.') OR contains(cell, '+'))))"
    )
    if not fetch_rows(connection, f"SELECT 1 FROM {suspect} LIMIT 1"):
        return []
    found = fetch_row(
        connection,
        "SELECT sum(n) FILTER (WHERE e), min(cell) FILTER (WHERE e), sum(n) FILTER (WHERE z > 0), "
        "min(cell) FILTER (WHERE z > 0), sum(n) FILTER (WHERE long > 0), "
        "sum(n * power(10.0, -least(long, 15))) FILTER (WHERE long > 0) FROM "
        f"(SELECT cell, n, {normalise.scientific('cell')} AS e, {normalise.zeros_after_15('cell')} AS z, "
        "CASE WHEN strlen(cell) BETWEEN 16 AND 60 AND regexp_full_match(trim(cell), '[0-9]{16,}') "
        f"THEN length(trim(cell)) - 15 ELSE 0 END AS long FROM {suspect})",
    )
    example, zero_example = found[1], found[3]
    n, n_zeros, n_long, by_chance = (found[place] or 0 for place in (0, 2, 4, 5))
    # Any number may end in a zero; only more of them than chance gives, or most of a column, show the loss.
    if n_zeros > CHANCE * by_chance or (n_zeros >= 2 and n_zeros >= 0.5 * n_long):
        n, example = n + n_zeros, example or zero_example
    if not n:
        return []
    column = one.source.column(role) if one.source else None
    header = column.name if column else ""
    return [
        Note(
            "digits_lost",
            {"table": one.table.key, "column": header, "n": int(n), "example": _shown(example, role)},
            "check",
        )
    ]


def _masked(connection: duckdb.DuckDBPyConnection, customers: Sequence[tuple[Mapped, str]]) -> list[Note]:
    notes = []
    for one, cells in customers:
        n_ids, n_rows, example = fetch_row(
            connection, f"SELECT count(*), sum(n), min(cell) FROM {cells} WHERE contains(cell, '**')"
        )
        if n_ids:
            facts = {"table": one.table.key, "n_ids": n_ids, "n": int(n_rows), "example": example.strip()}
            notes.append(Note("masked_ids", facts, "check"))
    return notes


def _are_bare(connection: duckdb.DuckDBPyConnection, cells: str) -> bool:
    return bool(fetch_value(connection, f"SELECT bool_and(regexp_full_match(cell, {literal(BARE_ID)})) FROM {cells}"))


def _near(connection: duckdb.DuckDBPyConnection, customers: Sequence[tuple[Mapped, str]]) -> list[Note]:
    """Compare the distinct customer ids of all tables together."""
    # The same cell of several tables is read once, where they are read alike.
    alike: dict[str, list[str]] = {}
    for one, cells in customers:
        read = one.customer(identifier("cell", is_bare=_are_bare(connection, cells)), "cell")
        alike.setdefault(read, []).append(f"SELECT cell FROM {cells}")
    if not alike:
        return []
    ids = [f"SELECT {read} AS customer_id FROM ({' UNION '.join(every)})" for read, every in alike.items()]
    # Materialised: merged into the query around it, reading an id would be computed again wherever its form needs it.
    groups, n, first, second = fetch_row(
        connection,
        f"WITH ids AS MATERIALIZED ({' UNION ALL '.join(ids)}) "
        "SELECT count(*), coalesce(sum(n), 0), min_by(first, first), min_by(second, first) FROM ("
        "SELECT min(customer_id) AS first, max(customer_id) AS second, count(*) AS n "
        f"FROM (SELECT DISTINCT customer_id, {normalise.same_key('customer_id')} AS form "
        "FROM ids WHERE customer_id IS NOT NULL) GROUP BY form HAVING n > 1)",
    )
    if not groups:
        return []
    return [
        Note(
            "near_duplicate_ids",
            {
                "groups": groups,
                "n": int(n),
                "first": _shown(first, "customer_id"),
                "second": _shown(second, "customer_id"),
            },
            "check",
        )
    ]


def _shown(example: str, role: str) -> str:
    """Return an example that names nobody."""
    kind = roles()[role].personal or form_of(example.strip())
    return mask_value(example, kind) if kind else example.strip()
