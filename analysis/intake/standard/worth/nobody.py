"""Keys that stand for nobody: the walk-ins of a till, who are no customer and never one giant customer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, fetch_value, literals
from analysis.intake.cells.values import NOTHING, TOTAL_WORDS, identifier, one_of, says
from analysis.intake.meaning.words import folded, word_list
from analysis.intake.roles import WHOLE_HEADER, personal_by_header
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from analysis.intake.mapped import Mapped

LEAST_ROWS = 3
MOST_ACCOUNTS = 5  # that a shop keeps for walk-ins
TIMES = 3  # as many rows as the customer with most others
SHORTER = 2  # signs less than any other key
CONTACTS = ("phone", "email", "address")  # what nearly every customer leaves, and nobody never does
LEAST_OF_NOBODY, LEAST_OTHERS = 10, 5  # rows without a contact; customers beside
REACHED = 0.9  # of the rows of all others say a contact
LOOKED_AT = 1_000_000  # rows


@cache
def nobody_words() -> tuple[str, ...]:
    """Return the words for somebody unknown, in small letters."""
    words = [word.lower() for word in word_list("nobody", "nobody")]
    return tuple(dict.fromkeys([*words, *map(folded, words)]))


def is_nobody(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Write the test that a typed ``customer_id`` names nobody, as SQL."""
    keys = (*zero_keys(connection, one), *stand_ins(connection, one), *named_nobody(connection, one))
    words = says("customer_id", nobody_words())
    return f"({words} OR {one_of('customer_id', keys)})" if keys else words


def stand_ins(connection: duckdb.DuckDBPyConnection, one: Mapped) -> tuple[str, ...]:
    """Return the name that holds far more rows than any other and never a contact, where nearly all others leave one.

    A till writes it for everybody whom it does not know, in whatever word. None where a person has said which words
    mean nothing in the column.
    """
    raw, column = one.raw("customer_id"), one.source.column("customer_id") if one.source else None
    if raw is None or column is None or column.nothing != "auto" or one.table.n_rows > LOOKED_AT:
        return ()
    # Contacts by what headings promise: a phone that a platform lends to many has no role of its own.
    contacts = [
        f"c{place}"
        for place, header in enumerate(one.table.columns)
        if header != column.name and personal_by_header(header, WHOLE_HEADER) in CONTACTS
    ]
    if not contacts:
        return ()
    reached = " OR ".join(f"nullif(trim({contact}), '') IS NOT NULL" for contact in contacts)
    counted = (
        f"SELECT trim({raw}) AS key, count(*) AS n, count(*) FILTER ({reached}) AS reached FROM {one.view} "
        f"WHERE nullif(trim({raw}), '') IS NOT NULL AND NOT {says(raw, (*nobody_words(), *TOTAL_WORDS))} GROUP BY key"
    )
    key, n, of_it = (fetch_rows(connection, f"{counted} ORDER BY n DESC, key LIMIT 1") or [("", 0, 0)])[0]
    if n < LEAST_OF_NOBODY or of_it:
        return ()
    others, most, rows, with_contact = fetch_row(
        connection,
        f"SELECT count(*), max(n), sum(n), sum(reached) FROM ({counted}) WHERE key <> ?", [key],
    )  # fmt: skip
    if others < LEAST_OTHERS or n < TIMES * most or with_contact < REACHED * rows:
        return ()
    return (str(key),)


def named_nobody(connection: duckdb.DuckDBPyConnection, one: Mapped) -> tuple[str, ...]:
    """Return the numbers of accounts that a shop keeps for walk-ins: the name beside them is a word for nobody.

    Many such numbers tell people apart who only left no name. None where a person has said which words mean nothing.
    """
    raw, name, column = (
        one.raw("customer_id"),
        one.raw("name"),
        one.source.column("customer_id") if one.source else None,
    )
    if raw is None or name is None or column is None or column.nothing != "auto":
        return ()
    named = says(f"trim({name})", nobody_words())
    reached = "".join(f" OR nullif(trim({one.raw(role)}), '') IS NOT NULL" for role in CONTACTS if one.raw(role))
    found = fetch_rows(
        connection,
        f"SELECT key FROM (SELECT {identifier(raw)} AS key, bool_and({named} AND NOT (false{reached})) AS is_nobody "
        f"FROM {one.view} WHERE nullif(trim({name}), '') IS NOT NULL GROUP BY key) WHERE is_nobody AND key IS NOT NULL "
        f"ORDER BY key LIMIT {MOST_ACCOUNTS + 1}",
    )
    return tuple(str(key) for (key,) in found) if len(found) <= MOST_ACCOUNTS else ()


def note_stand_ins(connection: duckdb.DuckDBPyConnection, one: Mapped) -> Iterator[Note]:
    """Note ``stand_in`` with the column, the name, its rows and their money, and the words that mean nothing there."""
    for key in stand_ins(connection, one):
        raw = one.raw("customer_id")
        assert raw is not None and one.source is not None
        n, money = fetch_row(
            connection,
            f"SELECT count(*), coalesce(sum(amount), 0) FROM {one.lines} WHERE reason = 'no_customer' "
            f"AND {one_of('customer_id', (key,))}",
        )
        cell = f"lower(trim({raw}))"
        held = f"SELECT list(DISTINCT {cell}) FROM {one.view} WHERE {one_of(cell, NOTHING)}"
        column = next(column.name for column in one.source.columns if column.role == "customer_id")
        facts = {"table": one.table.key, "column": column, "name": key, "n": int(n), "money": float(money)}
        if n:
            yield Note("stand_in", facts | {"nothing": tuple(sorted(fetch_value(connection, held) or ()))}, "check")


def zero_keys(connection: duckdb.DuckDBPyConnection, one: Mapped) -> tuple[str, ...]:
    """Return the keys such as 0 or 99999 that hold far more rows than any customer, or are shorter than every other."""
    raw = one.raw("customer_id")
    if raw is None:
        return ()
    keys = word_list("nobody", "zero")
    found = fetch_rows(
        connection,
        f"SELECT trim({raw}), count(*) FROM {one.view} WHERE {raw} IN ({literals(keys)}) GROUP BY 1 HAVING count(*) >= "
        f"{LEAST_ROWS} ORDER BY 1",
    )
    if not found:
        return ()
    most, shortest = fetch_rows(
        connection,
        f"SELECT max(n), min(length(key)) FROM (SELECT trim({raw}) AS key, count(*) AS n FROM {one.view} "
        f"WHERE {raw} IS NOT NULL AND {raw} NOT IN ({literals(keys)}) GROUP BY 1)",
    )[0]
    if not most:
        return ()
    return tuple(
        str(key)
        for key, n in found
        if n >= TIMES * most or (set(key) == {"0"} and len(key) + SHORTER <= shortest)
    )  # fmt: skip
