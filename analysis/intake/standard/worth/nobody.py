"""Keys that stand for nobody: the walk-ins of a till, who are no customer and never one giant customer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literals
from analysis.intake.cells.values import one_of, says
from analysis.intake.meaning.words import folded, word_list

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

LEAST_ROWS = 3
TIMES = 3  # as many rows as the customer with most others
SHORTER = 2  # signs less than any other key


@cache
def nobody_words() -> tuple[str, ...]:
    """Return the words for somebody unknown, in small letters."""
    words = [word.lower() for word in word_list("nobody", "nobody")]
    return tuple(dict.fromkeys([*words, *map(folded, words)]))


def is_nobody(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Write the test that a typed ``customer_id`` names nobody, as SQL."""
    zeros = zero_keys(connection, one)
    words = says("customer_id", nobody_words())
    return f"({words} OR {one_of('customer_id', zeros)})" if zeros else words


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
