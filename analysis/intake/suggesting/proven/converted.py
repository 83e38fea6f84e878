"""Money of several currencies beside the same in one of them: the rows prove which column that is.

In the rows of the main currency both are the same, and in those of another their ratio hardly moves and is about what
the two are worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, look
from analysis.intake.cells.values import category, number
from analysis.intake.meaning.currency import code_of
from analysis.intake.roles import IGNORE, header_score, roles
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.other_money import is_other_money
from analysis.intake.suggesting.proven.rates import CENT, MOVES, way_round

if TYPE_CHECKING:
    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.suggesting.guess import TableGuess

LEAST_ROWS = 3  # of the main currency, and of all others
ALMOST = 1.02  # by so much a ratio is one
LEAST_MONEY = 1.0  # less says nothing of a ratio


@dataclass(frozen=True)
class Converted:
    """The column of money that holds all rows of another one in their main currency."""

    raw: str
    column: str
    main: str


def with_converted(guess: TableGuess) -> TableGuess:
    """Take money that was converted to one currency for the amount, where the rows prove it.

    Money that went back stands in the currency of its row: where that is another, nothing is taken.
    """
    told, amount = guess.column("currency"), guess.column("amount")
    if guess.kind != "orders" or told is None or amount is None or guess.table.stored:
        return guess
    if guess.column("fx_times") or guess.column("fx_divided"):
        return guess
    found = next((one for one in _all_converted(guess, told) if amount.name in (one.raw, one.column)), None)
    if found is None or _others_hold(guess, told, found):
        return guess
    return replace(guess, columns=tuple(_given(column, told, found) for column in guess.columns))


def _given(column: ColumnGuess, told: ColumnGuess, found: Converted) -> ColumnGuess:
    if column.name in (told.name, found.raw):
        return replace(column, role=IGNORE, reason="values")
    if column.name != found.column or column.role == "amount":
        return column
    named = header_score(column.name, roles()["amount"])
    return replace(column, role="amount", reason="header_part" if named else "values")


def main_of_converted(guess: TableGuess) -> str | None:
    """Return the currency of an amount that was converted, as the rows prove; None without one."""
    amount = guess.column("amount")
    if guess.kind != "orders" or amount is None or guess.column("currency"):
        return None
    codes = (
        column for column in guess.columns
        if column.role == IGNORE and column.reason == "values" and header_score(column.name, roles()["currency"])
    )  # fmt: skip
    found = (one for told in codes for one in _all_converted(guess, told) if one.column == amount.name)
    return next((one.main for one in found), None)


def _all_converted(guess: TableGuess, told: ColumnGuess) -> list[Converted]:
    """Return the pairs of money of which the second is the first in one currency."""
    money = [
        column for column in guess.columns
        if column.evidence.number_share == 1 and column.evidence.n_distinct > 1 and not is_other_money(column.name)
        and column.role in (IGNORE, "amount")
    ]  # fmt: skip
    amount = guess.column("amount")
    pairs = [(one, other) for one in money for other in money if one is not other and amount in (one, other)]
    found = [(raw.name, into.name, _main(guess, told, raw, into)) for raw, into in pairs]
    return [Converted(raw, into, main) for raw, into, main in found if main is not None]


def _main(guess: TableGuess, told: ColumnGuess, raw: ColumnGuess, into: ColumnGuess) -> str | None:
    """Return the currency in whose rows two columns are the same, where others are converted to it; else None."""
    places = {one.name: f"c{at}" for at, one in enumerate(guess.columns)}
    first, second = (f"CAST({number(places[one.name], decimal=one.evidence.decimal)} AS DOUBLE)" for one in (raw, into))
    ratio = f"(b / a) FILTER (abs(a) >= {LEAST_MONEY})"
    with look() as connection, scan(connection, guess.table) as rows:
        cells = fetch_rows(
            connection,
            f"SELECT code, count(*), count(*) FILTER (b IS NULL), count(*) FILTER (abs(a - b) <= {CENT}), "
            f"min{ratio}, max{ratio} FROM (SELECT {category(places[told.name])} AS code, {first} AS a, {second} AS b "
            f"FROM {rows}) WHERE a <> 0 GROUP BY code ORDER BY code LIMIT 60",
        )
    each = [(code_of(str(code or "")) or "", *rest) for code, *rest in cells]
    if any(not code or gaps for code, _, gaps, *_ in each):
        return None
    mains = {code: n for code, n, _, same, *_ in each if same == n}
    others = [(code, n, low, high) for code, n, _, same, low, high in each if same < n]
    if len(mains) != 1 or min(sum(mains.values()), sum(n for _, n, *_ in others)) < LEAST_ROWS:
        return None
    main = next(iter(mains))
    return main if all(_is_worth(main, code, low, high) for code, _, low, high in others) else None


def _is_worth(main: str, other: str, low: float | None, high: float | None) -> bool:
    """Say whether ratios hardly move and are about what a currency is worth in the main one.

    Examples
    --------
    >>> _is_worth("USD", "CAD", 0.71, 0.74), _is_worth("USD", "CAD", 1.3, 1.4), _is_worth("USD", "CAD", 0.2, 0.9)
    (True, False, False)
    """
    if low is None or high is None or low <= 0 or high > MOVES * low or 1 / ALMOST < high == low < ALMOST:
        return False
    way = way_round(math.sqrt(low * high), main, other)
    return way is not None and (way[0] == "fx_times" or way[1])


def _others_hold(guess: TableGuess, told: ColumnGuess, found: Converted) -> bool:
    """Say whether other money of the lines stands in rows of another currency, which nobody has converted."""
    kept = [column for column in guess.columns if column.role in ("refunded", "unit_price", "discount", "shipping")]
    if not kept:
        return False
    places = {one.name: f"c{at}" for at, one in enumerate(guess.columns)}
    some = " OR ".join(f"{number(places[one.name], decimal=one.evidence.decimal)} <> 0" for one in kept)
    with look() as connection, scan(connection, guess.table) as rows:
        cells = fetch_rows(
            connection, f"SELECT DISTINCT {category(places[told.name])} FROM {rows} WHERE {some} LIMIT 60"
        )
    return any(code_of(str(cell or "")) != found.main for (cell,) in cells)
