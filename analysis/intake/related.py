"""Look at tables together: one that repeats the rows of another, orders told twice, members under another number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.engine import connect
from analysis.intake.describe import scan
from analysis.intake.roles import EXTRA, IGNORE
from analysis.intake.units import multiplied, said_scale
from analysis.intake.values import identifier, number

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.suggest import ColumnGuess, TableGuess

SAMPLED = 400
LEAST_ROWS = 10  # shorter tables agree by chance
REPEATED = 0.98
KNOWN = 0.5  # share of the members' numbers that orders must know
UNKNOWN = 0.1  # at most so many are known by the column that was guessed
AGREES = 0.01


def relate(guesses: Sequence[TableGuess]) -> tuple[TableGuess, ...]:
    """Return the guesses as they are once all tables are seen.

    A table whose rows stand in another one too, and orders that another table tells in lines or as totals, are not
    used, so that nothing counts twice; a table of members is keyed by the column whose numbers the orders use.
    """
    found = list(guesses)
    if len(found) < 2:
        return tuple(found)
    with connect() as connection:
        for place, other in _repeats(connection, found):
            found[place] = replace(found[place], kind="ignore", repeats=found[other].table.key)
        for place, other in _told_twice(connection, found):
            found[place] = replace(found[place], kind="ignore", repeats=found[other].table.key)
        for place, guess in enumerate(found):
            if guess.kind == "customers":
                found[place] = _keyed(connection, guess, [one for one in found if one.kind == "orders"])
    return tuple(found)


def _repeats(connection: duckdb.DuckDBPyConnection, guesses: Sequence[TableGuess]) -> list[tuple[int, int]]:
    """Return pairs of places: a table, and the longer (or earlier) one with the same columns that holds its rows."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for place, guess in enumerate(guesses):
        if guess.kind == "orders" and guess.table.n_rows >= LEAST_ROWS:
            alike.setdefault(tuple(sorted(guess.table.columns)), []).append(place)
    found = []
    for places in alike.values():
        places.sort(key=lambda place: (-guesses[place].table.n_rows, place))
        gone: set[int] = set()
        for big, small in combinations(places, 2):
            if (
                small not in gone
                and big not in gone
                and _share_in(connection, guesses[small], guesses[big]) >= REPEATED
            ):
                gone.add(small)
                found.append((small, big))
    return found


def _share_in(connection: duckdb.DuckDBPyConnection, small: TableGuess, big: TableGuess) -> float:
    """Return the share of rows of one table, looked at evenly, that stand in another with the same columns."""
    step = max(1, small.table.n_rows // SAMPLED)
    with scan(connection, small.table) as rows, scan(connection, big.table) as others:
        looked_at = (
            f"(SELECT {_row(small)} AS h FROM (SELECT *, row_number() OVER () AS r FROM {rows}) WHERE r % {step} = 0)"
        )
        found, n = connection.execute(
            f"SELECT (SELECT count(*) FROM {looked_at} SEMI JOIN (SELECT {_row(big)} AS h FROM {others}) USING (h)), "
            f"(SELECT count(*) FROM {looked_at})"
        ).fetchall()[0]
    return found / n if n else 0.0


def _row(guess: TableGuess) -> str:
    columns = sorted(range(len(guess.table.columns)), key=lambda index: guess.table.columns[index])
    return f"hash({', '.join(f'c{index}' for index in columns)})"


def _told_twice(connection: duckdb.DuckDBPyConnection, guesses: Sequence[TableGuess]) -> list[tuple[int, int]]:
    """Return pairs of places: a table of orders, and the one of other columns that tells the same orders better.

    Lines tell more than totals, unless they sum to something else or only the totals say which orders were cancelled.
    """
    places = [place for place, guess in enumerate(guesses) if guess.kind == "orders" and guess.column("order_id")]
    found: list[tuple[int, int]] = []
    for first, second in combinations(places, 2):
        if any(place in (first, second) for place, _ in found):
            continue
        if set(guesses[first].table.columns) == set(guesses[second].table.columns):
            continue
        shared, least = _orders_shared(connection, guesses[first], guesses[second])
        if shared < LEAST_ROWS or shared < REPEATED * least:
            continue
        few, many = sorted((first, second), key=lambda place: guesses[place].table.n_rows)
        few_sum, many_sum = _total(connection, guesses[few]), _total(connection, guesses[many])
        says_states = guesses[few].column("status") is not None and guesses[many].column("status") is None
        lines = (
            guesses[many].column("product") or guesses[many].column("quantity") or guesses[many].column("product_id")
        )
        agree = abs(few_sum - many_sum) <= AGREES * max(abs(few_sum), abs(many_sum))
        found.append((few, many) if lines and agree and not says_states else (many, few))
    return found


def _orders_shared(connection: duckdb.DuckDBPyConnection, first: TableGuess, second: TableGuess) -> tuple[int, int]:
    """Return how many order numbers two tables share, and how many the table with fewer has."""
    with scan(connection, first.table) as rows, scan(connection, second.table) as others:
        one, two = (
            f"(SELECT DISTINCT {identifier(_raw(guess, 'order_id'))} AS key FROM {view})"
            for guess, view in ((first, rows), (second, others))
        )
        shared, n_first, n_second = connection.execute(
            f"SELECT (SELECT count(*) FROM {one} SEMI JOIN {two} USING (key)), (SELECT count(key) FROM {one}), "
            f"(SELECT count(key) FROM {two})"
        ).fetchall()[0]
    return int(shared), min(int(n_first), int(n_second))


def _total(connection: duckdb.DuckDBPyConnection, guess: TableGuess) -> float:
    def read(role: str) -> str:
        column, raw = guess.column(role), _raw(guess, role)
        typed = number(raw, decimal=column.evidence.decimal if column else "point")
        times = said_scale(guess.table, column.name, role) if column else 1
        return typed if times == 1 else multiplied(typed, raw, times)

    amount = read("amount") if guess.column("amount") else f"{read('quantity')}::DOUBLE * {read('unit_price')}::DOUBLE"
    with scan(connection, guess.table) as rows:
        return float(connection.execute(f"SELECT coalesce(sum({amount}), 0) FROM {rows}").fetchall()[0][0])


def _keyed(connection: duckdb.DuckDBPyConnection, members: TableGuess, orders: Sequence[TableGuess]) -> TableGuess:
    """Key members by the column whose values the orders know, when the guessed one is unknown to them."""
    key = members.column("customer_id")
    if key is None or not orders:
        return members
    largest = max(orders, key=lambda guess: guess.table.n_rows)
    with scan(connection, members.table) as rows, scan(connection, largest.table) as others:
        known = f"(SELECT DISTINCT {identifier(_raw(largest, 'customer_id'))} FROM {others})"
        candidates = [
            column
            for column in members.columns
            if column is key or column.evidence.n_distinct >= 0.8 * max(1, column.evidence.n_filled) > 0
        ]
        shares = connection.execute(
            f"SELECT {', '.join(_known(members, column, known) for column in candidates)} FROM {rows}"
        ).fetchall()[0]
    found = dict(zip((column.name for column in candidates), shares, strict=True))
    best = max(candidates, key=lambda column: found[column.name] or 0)
    if best is key or (found[best.name] or 0) < KNOWN or (found[key.name] or 0) > UNKNOWN:
        return members
    columns = tuple(_swapped(column, key, best) for column in members.columns)
    return replace(members, columns=columns)


def _known(members: TableGuess, column: ColumnGuess, known: str) -> str:
    value = identifier(f"c{members.table.columns.index(column.name)}")
    return f"count(*) FILTER ({value} IN {known}) / nullif(count({value}), 0)"


def _swapped(column: ColumnGuess, key: ColumnGuess, best: ColumnGuess) -> ColumnGuess:
    if column is best:
        return replace(column, role="customer_id", reason="values")
    if column is key:
        personal = column.evidence.personal
        return replace(column, role=personal or (EXTRA if column.evidence.kind == "category" else IGNORE))
    return column


def _raw(guess: TableGuess, role: str) -> str:
    column = guess.column(role)
    assert column is not None
    return f"c{guess.table.columns.index(column.name)}"
