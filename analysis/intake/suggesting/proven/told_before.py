"""Tables that tell sales of another table once more: what was sold and its use, what was booked and its invoice."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows
from analysis.intake.cells.dates import date_form, timestamp
from analysis.intake.cells.values import identifier, number
from analysis.intake.meaning.paying import DRAWS_DOWN, WAYS_TO_PAY
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.by_headers import INVOICE
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.guess import TableGuess
from analysis.intake.suggesting.receipts import came_in

if TYPE_CHECKING:
    import duckdb

MOSTLY = 0.9  # of the customers of one table stand in the other
NEEDED = ("customer_id", "order_date", "amount")
LEAST_ROWS, MOST_ROWS = 20, 50_000
MOST_PAIRS = 20
DAYS = 3  # at most between two stages of a sale
TOLD_AGAIN = 0.75  # of the rows of one table stand in the other with customer and amount, a few days apart
SAME_LAG = 0.4  # of them with the same number of days between, or else amounts are too many to agree by chance
VARIED = 0.5  # different amounts to rows
WHOLE = 0.6  # of the rows of the larger table too, below which the other one is only a part of it


def drawn_down(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Leave out a table of how often what another one sold was used: its money came in with the sale.

    It says so, tells no way to pay and no order, and nearly all of its customers stand in the other one, which does.
    """
    orders = [place for place, guess in enumerate(found) if guess.kind == "orders" and guess.column("customer_id")]
    ways = {place: [*filter(WAYS_TO_PAY.search, found[place].table.columns)] for place in orders}
    paid = [place for place in orders if ways[place] or found[place].column("payment_method")]
    for place, guess in [(place, found[place]) for place in orders if place not in paid]:
        said = any(map(DRAWS_DOWN.search, [*guess.table.columns, guess.table.key.rsplit("/")[-1]]))
        said = said and guess.column("amount") is not None and guess.column("order_id") is None
        for other in paid if said else ():
            if _share_of_customers(connection, guess, found[other]) >= MOSTLY:
                found[place] = replace(guess, kind=IGNORE, paid_in_for=found[other].table.key, drawn_down=True)
                break


def _share_of_customers(connection: duckdb.DuckDBPyConnection, guess: TableGuess, other: TableGuess) -> float:
    """Return the share of the customers of one table, 0..1, whom another one knows too."""
    with ExitStack() as open_tables:
        ids = []
        for one in (guess, other):
            rows = open_tables.enter_context(scan(connection, one.table))
            typed = identifier(f"c{[column.role for column in one.columns].index('customer_id')}")
            ids.append(f"(SELECT DISTINCT {typed} AS id FROM {rows} WHERE {typed} IS NOT NULL)")
        n, known = fetch_row(connection, f"SELECT count(*), count(o.id) FROM {' u LEFT JOIN '.join(ids)} o USING (id)")
    return known / n if n else 0.0


def two_stages(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Leave out a table that tells, under numbers of its own, the sales of another one at an earlier stage.

    Appointments and their invoices, orders and their payments: most rows of the one have customer and amount of a row
    of the other, within a few days. The invoice or the payment counts, unless it tells only a part of the sales.
    """
    places = [
        place for place, guess in enumerate(found)
        if guess.kind == "orders" and all(guess.column(role) for role in NEEDED) and not guess.table.stored
        and LEAST_ROWS <= guess.table.n_rows <= MOST_ROWS
    ]  # fmt: skip
    apart = ((a, b) for a, b in combinations(places, 2) if set(found[a].table.columns) != set(found[b].table.columns))
    for first, second in islice(apart, MOST_PAIRS):
        if IGNORE in (found[first].kind, found[second].kind):
            continue
        told = _told_again(connection, found[first], found[second])
        if told is None:
            continue
        early, late = sorted((first, second), key=lambda place: (_is_paper(found[place]), place))
        shares = dict(zip((first, second), (told.first, told.second), strict=True))
        if shares[early] < WHOLE:  # the later one tells a part
            early, late = late, early
        found[early] = replace(found[early], kind=IGNORE, paid_in_for=found[late].table.key, told_again=told.n)


@dataclass(frozen=True)
class _Told:
    """The rows of two tables that agree, and their shares of the rows of each."""

    n: int
    first: float
    second: float


def _told_again(connection: duckdb.DuckDBPyConnection, first: TableGuess, second: TableGuess) -> _Told | None:
    """Say how many rows of two tables agree in customer and amount, a few days apart; None where it may be chance."""
    with ExitStack() as open_tables:
        one, two = (_sales(connection, guess, open_tables) for guess in (first, second))
        near = f"u.who = o.who AND u.money = o.money AND abs(o.day - u.day) <= {DAYS}"
        pairs = fetch_rows(
            connection,
            f"SELECT u.r, o.r, o.day - u.day, u.money FROM {one} u JOIN {two} o ON {near} "
            "ORDER BY abs(o.day - u.day), u.r, o.r",
        )
        sizes = [fetch_row(connection, f"SELECT count(*) FROM {sales}")[0] for sales in (one, two)]
    gone: tuple[set[int], set[int]] = (set(), set())
    met: list[tuple[int, float]] = []
    for here, there, lag, money in pairs:  # each row once, the nearest first
        if here not in gone[0] and there not in gone[1]:
            gone[0].add(here)
            gone[1].add(there)
            met.append((int(lag), float(money)))
    n = len(met)
    if n < LEAST_ROWS or n < TOLD_AGAIN * min(sizes):
        return None
    lags, amounts = Counter(lag for lag, _ in met), len({money for _, money in met})
    if lags.most_common(1)[0][1] < SAME_LAG * n and amounts < VARIED * n:
        return None
    return _Told(n, n / sizes[0], n / sizes[1])


def _sales(connection: duckdb.DuckDBPyConnection, guess: TableGuess, open_tables: ExitStack) -> str:
    """Write the rows with money of a table, numbered: customer, day and amount, as SQL."""
    columns = {role: column for role in NEEDED if (column := guess.column(role)) is not None}
    raw = {role: f"c{guess.table.columns.index(column.name)}" for role, column in columns.items()}
    rows = open_tables.enter_context(scan(connection, guess.table))
    day = raw["order_date"]
    cells = [str(cell) for (cell,) in fetch_rows(connection, f"SELECT DISTINCT {day} FROM {rows} WHERE {day} <> ''")]
    money = number(raw["amount"], decimal=columns["amount"].evidence.decimal)
    return (
        f"(SELECT row_number() OVER () AS r, {identifier(raw['customer_id'])} AS who, "
        f"CAST({timestamp(day, form=date_form(cells))} AS DATE) AS day, round(CAST({money} AS DOUBLE), 2) AS money "
        f"FROM {rows} QUALIFY money > 0 AND who IS NOT NULL AND day IS NOT NULL)"
    )


def _is_paper(guess: TableGuess) -> int:
    """Rank a table by how late it tells a sale: 2 for what was paid, 1 for invoices, 0 for all else."""
    amount, names = guess.column("amount"), [guess.table.key.rsplit("/")[-1], *guess.table.columns]
    if amount is not None and (came_in(amount.name) or came_in(names[0])):
        return 2
    return int(any(map(INVOICE.search, names)))
