"""What is wrong with identifiers themselves: digits lost in a spreadsheet, masked ids that collide, near duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.intake import normalise
from analysis.intake.roles import roles
from analysis.intake.tables import Note
from analysis.intake.values import identifier

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
    for one in mapped:
        if one.source is None or one.source.kind == "ignore":
            continue
        for role in ROLES:
            if raw := one.raw(role):
                notes += _lost(connection, one, role, raw)
    return notes + _masked(connection, mapped) + _near(connection, mapped)


def _lost(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, raw: str) -> list[Note]:
    zeros = normalise.zeros_after_15(raw)
    found = connection.execute(
        f"SELECT count(*) FILTER (WHERE e), min({raw}) FILTER (WHERE e), count(*) FILTER (WHERE z > 0), "
        f"min({raw}) FILTER (WHERE z > 0), count(*) FILTER (WHERE long > 0), "
        "coalesce(sum(power(10.0, -least(long, 15))) FILTER (WHERE long > 0), 0) FROM "
        f"(SELECT {raw}, {normalise.scientific(raw)} AS e, {zeros} AS z, CASE WHEN strlen({raw}) BETWEEN 16 AND 60 AND "
        f"regexp_full_match(trim({raw}), '[0-9]{{16,}}') THEN length(trim({raw})) - 15 ELSE 0 END AS long "
        # Only a long cell or one with a sign can have lost digits; looking for them is much cheaper than the patterns.
        f"FROM {one.view} WHERE strlen({raw}) >= 16 OR "
        f"(strlen({raw}) >= 5 AND (contains({raw}, '.') OR contains({raw}, '+'))))"
    ).fetchall()[0]
    n, example, n_zeros, zero_example, n_long, by_chance = found
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
            {"table": one.table.key, "column": header, "n": n, "example": _shown(example, role)},
            "check",
        )
    ]


def _masked(connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]) -> list[Note]:
    notes = []
    for one in mapped:
        raw = one.raw("customer_id") if one.source and one.source.kind != "ignore" else None
        if raw is None:
            continue
        n_ids, n_rows, example = connection.execute(
            f"SELECT count(DISTINCT {raw}), count(*), min({raw}) FROM {one.view} WHERE contains({raw}, '**')"
        ).fetchall()[0]
        if n_ids:
            facts = {"table": one.table.key, "n_ids": n_ids, "n": n_rows, "example": example.strip()}
            notes.append(Note("masked_ids", facts, "check"))
    return notes


def _near(connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]) -> list[Note]:
    """Compare the distinct customer ids of all tables together."""
    ids = [
        f"SELECT {one.customer(identifier('cell'), 'cell')} AS customer_id "
        f"FROM (SELECT DISTINCT {raw} AS cell FROM {one.view})"
        for one in mapped
        if one.source and one.source.kind != "ignore" and (raw := one.raw("customer_id"))
    ]
    if not ids:
        return []
    # Materialised: merged into the query around it, reading an id would be computed again wherever its form needs it.
    groups, n, first, second = connection.execute(
        f"WITH ids AS MATERIALIZED ({' UNION ALL '.join(ids)}) "
        "SELECT count(*), coalesce(sum(n), 0), min_by(first, first), min_by(second, first) FROM ("
        "SELECT min(customer_id) AS first, max(customer_id) AS second, count(*) AS n "
        f"FROM (SELECT DISTINCT customer_id, {normalise.same_key('customer_id')} AS form "
        "FROM ids WHERE customer_id IS NOT NULL) GROUP BY form HAVING n > 1)"
    ).fetchall()[0]
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
    """Return an example that names nobody: a phone or an id number keeps its last four signs."""
    personal = roles()[role].personal or "@" in example or (example.isdigit() and len(example) == 11)
    return f"***{example.strip()[-4:]}" if personal else example.strip()
