"""The customer of an orders table, looked for among the keys that the other tables have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.intake.cells.values import identifier
from analysis.intake.roles import normal
from analysis.intake.suggesting.candidates import SURE_ALONE, Candidate, candidates, joined
from analysis.intake.suggesting.customer import LEAST, chosen
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.guess import TableGuess, guess_as, missing_roles

if TYPE_CHECKING:
    import duckdb

KNOWN = 0.5  # share of the values of a column that the other table's key must hold


def by_keys_of_others(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Tell the customers of orders apart by a column whose values are the key of another table, each there once.

    The other table is then one of customers, if nothing said before what it is.
    """
    for place, guess in enumerate(found):
        orders = guess if guess.kind == "orders" else None
        if orders is None and guess.kind == "ignore" and guess.missing == ("customer_id",) and not guess.repeats:
            orders = guess_as(guess.table, [column.evidence for column in guess.columns], "orders")
        if orders is None or (orders.customer == "high" and orders.column("customer_id")):
            continue
        with scan(connection, guess.table) as rows:
            taken = [column.role for column in orders.columns]
            ones = candidates(connection, rows, guess.table, [column.evidence for column in orders.columns], taken)
            held: dict[str, tuple[int, str]] = {}
            for other, theirs in enumerate(found):
                if other == place or theirs.repeats or set(theirs.table.columns) == set(guess.table.columns):
                    continue
                for one in ones:
                    key = one.name not in held and _key_of(connection, rows, one, theirs)
                    if key:
                        held[one.name] = (other, key)
        if not held:
            continue
        marked = [joined(one, found[held[one.name][0]].table.key) if one.name in held else one for one in ones]
        columns, rivals, confidence = chosen(orders.columns, [one for one in marked if one.score >= LEAST])
        if orders.column("customer_id") and not (rivals and rivals[0].name in held):
            continue  # what was found before, by more than a score
        missing = missing_roles("orders", {column.role for column in columns})
        found[place] = replace(
            guess, kind=guess.kind if missing else "orders", columns=columns, missing=missing,
            candidates=rivals, customer=confidence,
        )  # fmt: skip
        if rivals and rivals[0].name in held:
            other, key = held[rivals[0].name]
            found[other] = _members(found[other], key)


def _key_of(connection: duckdb.DuckDBPyConnection, rows: str, one: Candidate, theirs: TableGuess) -> str | None:
    """Return the header of a key of another table that holds most values of a column."""
    for index, column in enumerate(theirs.columns):
        seen = column.evidence
        named = column.role == "customer_id" or normal(column.name) == normal(one.name)
        if not named or seen.n_distinct < SURE_ALONE * max(1, seen.n_filled):
            continue
        with scan(connection, theirs.table) as others:
            known, n = fetch_rows(
                connection,
                f"SELECT count(*) FILTER (v IN (SELECT {identifier(f'c{index}')} FROM {others})), count(*) FROM "
                f"(SELECT DISTINCT {identifier(f'c{one.place}')} AS v FROM {rows}) WHERE v IS NOT NULL",
            )[0]
        if n and known >= KNOWN * n:
            return column.name
    return None


def _members(theirs: TableGuess, key: str) -> TableGuess:
    if theirs.kind not in ("ignore", "customers"):
        return theirs
    guess = guess_as(theirs.table, [column.evidence for column in theirs.columns], "customers")
    columns = tuple(
        replace(column, role="customer_id", reason="values")
        if column.name == key
        else replace(column, role="ignore")
        if column.role == "customer_id"
        else column
        for column in guess.columns
    )
    return replace(guess, columns=columns, missing=())
