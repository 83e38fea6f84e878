"""Look at tables together: rows that another table repeats, orders told twice or in two parts, members' numbers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, fetch_value, look
from analysis.intake.cells.units import multiplied, said_scale
from analysis.intake.cells.values import identifier, number
from analysis.intake.meaning.paying import WAYS_TO_PAY, pays_from_balance, pays_in
from analysis.intake.roles import EXTRA, IGNORE, roles
from analysis.intake.suggesting.describe import least_rows, row_hash, scan
from analysis.intake.suggesting.guess import ColumnGuess, TableGuess, guess_as
from analysis.intake.suggesting.keys import by_keys_of_others
from analysis.intake.suggesting.proven.told_before import drawn_down, two_stages
from analysis.intake.suggesting.without_money import orders_without_money

if TYPE_CHECKING:
    import duckdb


SAMPLED = 400
LEAST_ROWS = 10  # shorter tables agree by chance
REPEATED = 0.98
ONCE = 0.8  # different order numbers of a table with a row per order
MOSTLY = 0.9  # share of lines whose order a table of orders must know
KNOWN = 0.5  # share of the members' numbers that orders must know
UNKNOWN = 0.1  # at most so many are known by the column that was guessed
AGREES = 0.01
MOST_WAYS = 50  # ways to pay that are looked at


def relate(guesses: Sequence[TableGuess]) -> tuple[TableGuess, ...]:
    """Return the guesses as they are once all tables are seen.

    A table whose rows stand in another one too, and orders that another table tells in lines or as totals, are not
    used, so that nothing counts twice; a table of members is keyed by the column whose numbers the orders use.
    """
    found = _without_hidden(guesses)
    if len(found) < 2:
        orders_without_money(found)
        return tuple(found)
    with look() as connection:
        _in_two_parts(connection, found)
        _refunds_apart(connection, found)
        orders_without_money(found)
        for place, other in _repeats(connection, found):
            found[place] = replace(found[place], kind="ignore", repeats=found[other].table.key)
        for place, other in _told_twice(connection, found):
            found[place] = replace(found[place], kind="ignore", repeats=found[other].table.key)
        _paid_in(connection, found)
        drawn_down(connection, found)
        two_stages(connection, found)
        by_keys_of_others(connection, found)
        for place, guess in enumerate(found):
            if guess.kind == "customers":
                named = [one for one in found if one.kind in ("orders", "order_heads") and one.column("customer_id")]
                found[place] = _keyed(connection, guess, named)
        _set_apart(connection, found)
    return tuple(found)


def _set_apart(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Leave out sheets that disagree: people without a number beside other tables, and lists of something else.

    A table whose key no header names, and whose values no other table knows, is a dictionary or a list of its own.
    """
    for place, guess in enumerate(found):
        others = [one for one in found if one is not guess and one.kind != IGNORE]
        key = guess.column("customer_id")
        if guess.kind != "customers" or not others:
            continue
        if key is not None and key.evidence.personal in ("phone", "email"):
            continue  # people, and that hardly any of them bought is said
        if key is None or (key.reason == "values" and not any(_shares(connection, guess, one) for one in others)):
            found[place] = replace(guess, kind=IGNORE)


def _shares(connection: duckdb.DuckDBPyConnection, guess: TableGuess, other: TableGuess) -> bool:
    if other.column("customer_id") is None or set(other.table.columns) == set(guess.table.columns):
        return other.column("customer_id") is not None
    key = guess.column("customer_id")
    write = _end_of_phone if key is not None and key.evidence.personal == "phone" else identifier
    with scan(connection, guess.table) as rows, scan(connection, other.table) as theirs:
        known, n = fetch_rows(
            connection,
            f"SELECT count(*) FILTER (v IN (SELECT {write(_raw(other, 'customer_id'))} FROM {theirs})), count(*) "
            f"FROM (SELECT DISTINCT {write(_raw(guess, 'customer_id'))} AS v FROM {rows}) WHERE v IS NOT NULL",
        )[0]
    return bool(n) and known > UNKNOWN * n


def _end_of_phone(column: str) -> str:
    """Write the last digits of a phone number, which no country code or sign changes, as SQL."""
    return f"nullif(right(regexp_replace({column}, '[^0-9]', '', 'g'), 8), '')"


def _without_hidden(guesses: Sequence[TableGuess]) -> list[TableGuess]:
    """Leave hidden sheets unused where what everybody sees can be used; where all is hidden there is nothing else."""
    if not any(guess.kind != IGNORE and not guess.table.hidden for guess in guesses):
        return list(guesses)
    return [replace(guess, kind=IGNORE) if guess.table.hidden else guess for guess in guesses]


def _in_two_parts(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Take a table of orders without amounts, and one of amounts without customers, for the two parts of orders.

    Where several tables have amounts for the same orders, such as items and payments, the one that names articles is
    used, and the others are not.
    """
    as_orders = [guess_as(guess.table, [column.evidence for column in guess.columns], "orders") for guess in found]
    numbered = [place for place, guess in enumerate(as_orders) if guess.column("order_id")]
    heads = [place for place in numbered if as_orders[place].missing == ("amount",) and _is_key(as_orders[place])]
    parts = [place for place in numbered if _is_part(as_orders[place])]
    for head in heads:
        lines = [place for place in parts if _orders_known(connection, as_orders[place], as_orders[head]) >= MOSTLY]
        if not lines:
            continue
        found[head] = guess_as(found[head].table, [column.evidence for column in found[head].columns], "order_heads")
        best = max(lines, key=lambda place: (_names_articles(as_orders[place]), as_orders[place].table.n_rows))
        for place in lines:
            alike = set(found[place].table.columns) == set(found[best].table.columns)
            if alike:
                found[place] = _lines_alone(as_orders[place])
            else:
                found[place] = replace(_lines_alone(as_orders[place]), kind=IGNORE, repeats=found[best].table.key)


def _refunds_apart(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Use a table of refunds that names no customer: the orders that it takes back do, by their numbers."""
    orders = [
        guess for guess in found if guess.kind == "orders" and guess.column("order_id") and guess.column("customer_id")
    ]
    for place, guess in enumerate(found):
        if guess.kind != IGNORE or guess.repeats or guess.table.hidden:
            continue
        back = guess_as(guess.table, [column.evidence for column in guess.columns], "orders")
        sum_back, order, customer = back.column("refunded"), back.column("order_id"), back.column("customer_id")
        if sum_back is None or order is None or (customer is not None and customer.reason != "values"):
            continue
        if any(_orders_known(connection, back, one) >= MOSTLY for one in orders):
            columns = tuple(replace(one, role=IGNORE) if one is customer else one for one in back.columns)
            found[place] = replace(back, kind="orders", columns=columns, missing=())


def _paid_in(connection: duckdb.DuckDBPyConnection, found: list[TableGuess]) -> None:
    """Say which tables of orders tell of money that is paid in to be spent later, beside the orders themselves.

    Where orders are paid from it, it is no sale of its own: it would count twice.
    """
    orders = [place for place, guess in enumerate(found) if guess.kind == "orders" and guess.column("amount")]
    paying_in = [place for place in orders if _pays_in(found[place])]
    others = [place for place in orders if place not in paying_in]
    if not paying_in or not others:
        return
    spent = next((place for place in others if _from_balance(connection, found[place])), None)
    for place in paying_in:
        beside = found[others[0] if spent is None else spent].table.key
        kind = found[place].kind if spent is None else IGNORE
        found[place] = replace(_read_alike(found[place], found[others[0]]), kind=kind, paid_in_for=beside)


def _read_alike(guess: TableGuess, other: TableGuess) -> TableGuess:
    """Return a guess with the roles of another table, where both have the same columns."""
    of_other = {column.name: column.role for column in other.columns}
    if set(of_other) != set(guess.table.columns):
        return guess
    return replace(guess, columns=tuple(replace(column, role=of_other[column.name]) for column in guess.columns))


def _pays_in(guess: TableGuess) -> bool:
    headers = [column.name for role in ("amount", "order_date", "order_id") if (column := guess.column(role))]
    return any(map(pays_in, [*headers, guess.table.key.rsplit("/")[-1]]))


def _from_balance(connection: duckdb.DuckDBPyConnection, guess: TableGuess) -> bool:
    """Say whether some orders of a table are paid from money that was paid in before."""
    for place, column in enumerate(guess.columns):
        if column.evidence.kind in ("category", "flag", "text") and WAYS_TO_PAY.search(column.name):
            with scan(connection, guess.table) as rows:
                cells = fetch_rows(connection, f"SELECT DISTINCT trim(c{place}) FROM {rows} LIMIT {MOST_WAYS}")
            if pays_from_balance(column.name, (str(cell) for (cell,) in cells if cell)):
                return True
    return False


def _is_key(guess: TableGuess) -> bool:
    order = guess.column("order_id")
    return order is not None and order.evidence.n_distinct >= ONCE * max(1, order.evidence.n_filled)


def _is_part(guess: TableGuess) -> bool:
    """Say whether a table has amounts of orders and no column that names the customer."""
    customer = guess.column("customer_id")
    has_amount = guess.column("amount") or (guess.column("quantity") and guess.column("unit_price"))
    return bool(has_amount) and (customer is None or customer.reason == "values")


def _names_articles(guess: TableGuess) -> bool:
    return guess.column("product") is not None or guess.column("product_id") is not None


def _lines_alone(guess: TableGuess) -> TableGuess:
    """Return a guess without the customer and the date that only its values suggested: its orders say them."""
    columns = tuple(
        replace(column, role=IGNORE, reason="better_elsewhere")
        if column.role in ("customer_id", "order_date") and column.reason == "values"
        else column
        for column in guess.columns
    )
    return replace(guess, kind="orders", columns=columns, missing=())


def _orders_known(connection: duckdb.DuckDBPyConnection, lines: TableGuess, heads: TableGuess) -> float:
    """Return the share of the lines whose order stands in a table of heads."""
    with scan(connection, lines.table) as rows, scan(connection, heads.table) as others:
        key = identifier(_raw(lines, "order_id"))
        known, n = fetch_row(
            connection,
            f"SELECT count(*) FILTER ({key} IN (SELECT {identifier(_raw(heads, 'order_id'))} FROM {others})), "
            f"count({key}) FROM {rows}",
        )
    return known / n if n else 0.0


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
        rows = {place: least_rows(connection, guesses[place].table) for place in places} if len(places) > 1 else {}
        for at, big in enumerate(places):
            small = [one for one in places[at + 1 :] if one not in gone and rows[one].may_stand_in(rows[big])]
            if big in gone or not small:
                continue
            shares = _shares_in(connection, [guesses[place] for place in small], guesses[big])
            held = [place for place, share in zip(small, shares, strict=True) if share >= REPEATED]
            gone.update(held)
            found += [(place, big) for place in held]
    return found


def _shares_in(connection: duckdb.DuckDBPyConnection, small: Sequence[TableGuess], big: TableGuess) -> list[float]:
    """Return the share of rows of each table, looked at evenly, that stand in another with the same columns.

    The rows of the large table are read once, however many others there are.
    """
    with ExitStack() as stack:
        looked_at = []
        for place, one in enumerate(small):
            rows, step = stack.enter_context(scan(connection, one.table)), max(1, one.table.n_rows // SAMPLED)
            numbered = f"(SELECT *, row_number() OVER () AS r FROM {rows})"
            looked_at.append(
                f"SELECT {place} AS place, {row_hash(one.table)} AS h FROM {numbered} WHERE r % {step} = 0"
            )
        others = stack.enter_context(scan(connection, big.table))
        found = fetch_rows(
            connection,
            f"WITH looked AS ({' UNION ALL '.join(looked_at)}), "
            f"held AS (SELECT DISTINCT h FROM (SELECT {row_hash(big.table)} AS h FROM {others}) "
            "SEMI JOIN looked USING (h)) "
            "SELECT place, count(held.h) / count(*) FROM looked LEFT JOIN held USING (h) GROUP BY place",
        )
    shares = {int(place): float(share) for place, share in found}
    return [shares.get(place, 0.0) for place in range(len(small))]


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
        shared, n_first, n_second = fetch_row(
            connection,
            f"SELECT (SELECT count(*) FROM {one} SEMI JOIN {two} USING (key)), (SELECT count(key) FROM {one}), "
            f"(SELECT count(key) FROM {two})",
        )
    return int(shared), min(int(n_first), int(n_second))


def _total(connection: duckdb.DuckDBPyConnection, guess: TableGuess) -> float:
    def read(role: str) -> str:
        column, raw = guess.column(role), _raw(guess, role)
        typed = number(raw, decimal=column.evidence.decimal if column else "point")
        times = said_scale(guess.table, column.name, role) if column else 1
        return typed if times == 1 else multiplied(typed, raw, times)

    amount = read("amount") if guess.column("amount") else f"{read('quantity')}::DOUBLE * {read('unit_price')}::DOUBLE"
    with scan(connection, guess.table) as rows:
        return float(fetch_value(connection, f"SELECT coalesce(sum({amount}), 0) FROM {rows}"))


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
        shares = fetch_row(
            connection, f"SELECT {', '.join(_known(members, column, known) for column in candidates)} FROM {rows}"
        )
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
        other = EXTRA if column.evidence.kind in ("category", "flag") else IGNORE
        personal = column.evidence.personal
        return replace(column, role=personal if personal in roles() else other)
    return column


def _raw(guess: TableGuess, role: str) -> str:
    column = guess.column(role)
    assert column is not None
    return f"c{guess.table.columns.index(column.name)}"
