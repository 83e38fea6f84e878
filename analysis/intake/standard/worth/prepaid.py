"""Visits that were paid before: rows of no money that a pass, a balance or a card pays for.

Such a row is an order without money of its own: its ``amount`` is NULL, its money stands with what was sold before.
What was given away stays a line of nothing, which is no sale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, fetch_value
from analysis.intake.cells.values import one_of
from analysis.intake.meaning.paying import WAYS_TO_PAY
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import IGNORE
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Cleaning
    from analysis.intake.mapped import Mapped

NAMES_GOODS = re.compile(
    r"\b(?:item|service|class|course|treatment|ticket|pass|leistung|kurs|angebot|prestation|servicio|sessione|zajęcia)\b|"
    r"项目|服务|课程|品名|商品|卡种|卡名|卡类|备注|メニュー|内容|서비스|услуг",
    re.IGNORECASE,
)
GOODS = ("product", "category", "sale_type", "status")
SPENDS = ("pass", "balance", "means")  # meanings of a way to pay that spends what was paid before
SELLS = ("pass", "voucher", "top_up")  # … and of what is sold to be used later
MOST_CELLS = 20_000
LEAST_OF_A_MEANS = 5  # rows, all of them of no money
OTHERS_PAY = 0.9  # of the rows of all other ways to pay have money
LEAST_TOLD = 0.005  # of all orders, from which words for a pass are those of passes
LEAST_UNTOLD, SHARE_UNTOLD = 20, 0.05  # orders of no money that may be visits, and their share of all orders
SURE, GUESSED = ("paid_with", "of_a_pass"), ("says_pass", "means_of_nothing", "bought_pass")
UNTOLD = "untold"


def prepaid_visits(connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, notes: list[Note]) -> None:
    """Take the money from the rows of ``one`` that were paid before, which makes them visits; say so in a note.

    ``paid_with``: the way to pay says it. ``of_a_pass``: the row names a pass, and the customer paid something before;
    ``says_pass``: … and paid nothing. ``means_of_nothing``: all rows of a way to pay have no money, those of the others
    do. ``bought_pass``: the customer bought something to be used later. All other orders of no money are ``untold``.
    """
    table = _candidates(connection, one, zero_kept=cleaning.zero_amounts == "keep")
    if table is None:
        return
    counts = f"SELECT kind, count(DISTINCT visit) FROM {table} WHERE kind <> 'none' GROUP BY kind ORDER BY kind"
    kinds = {str(kind): int(n) for kind, n in fetch_rows(connection, counts)}
    orders = int(fetch_value(connection, f"SELECT count(DISTINCT {_order(one)}) FROM {one.lines} WHERE reason IS NULL"))
    told = sum(n for kind, n in kinds.items() if kind in (*SURE, *GUESSED))
    if told < LEAST_TOLD * orders:  # an article may be called like a pass
        kinds = {kind: n for kind, n in kinds.items() if kind not in (*SURE[1:], *GUESSED)}
    wanted = {"auto": (*SURE, *GUESSED), "visits": (*SURE, *GUESSED, UNTOLD), "paid_only": ()}[cleaning.prepaid]
    counted = tuple(kind for kind in wanted if kind in kinds)
    n = sum(kinds.get(kind, 0) for kind in counted)
    if counted:
        connection.execute(
            f"UPDATE {one.lines} SET amount = NULL, reason = NULL FROM {table} AS found "
            f"WHERE {one.lines}.line = found.line AND {one_of('found.kind', counted)}"
        )
    connection.execute(f"DROP TABLE {table}")
    many = kinds.get(UNTOLD, 0) >= max(LEAST_UNTOLD, SHARE_UNTOLD * orders)
    if many or any(kinds.get(kind) for kind in (*SURE, *GUESSED)):
        notes.append(Note("visits_prepaid", {"table": one.table.key, "n": n, "kinds": kinds, "untold": many}))


def _order(one: Mapped) -> str:
    """Write what tells the orders of a customer apart in typed lines as SQL."""
    return f"(customer_id, coalesce({'order_id' if one.raw('order_id') else 'NULL'}, CAST(order_time AS VARCHAR)))"


def _candidates(connection: duckdb.DuckDBPyConnection, one: Mapped, *, zero_kept: bool) -> str | None:
    """Make a table of ``line`` and ``kind`` of the rows whose order has no money; None where there are none."""
    kept = "(reason IS NULL OR reason = 'zero_amount')" if zero_kept else "reason IS NULL"
    some = "quantity <> 0" if one.raw("quantity") else "true"
    nothing = f"NOT is_return AND amount = 0 AND coalesce({some}, true) AND {kept} AND customer_id IS NOT NULL"
    if not fetch_value(connection, f"SELECT count(*) FROM {one.lines} WHERE {nothing}"):
        return None
    means = _means(one)
    goods = [raw for role in GOODS if (raw := one.raw(role))] + _unused(one, NAMES_GOODS)
    columns = list(dict.fromkeys([*means, *goods]))
    if not columns:
        return None
    rows, table = f"{one.lines}_at_nothing", f"{one.lines}_paid_before"
    order, cells = _order(one), ", ".join(f"trim({raw}) AS {raw}" for raw in columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT * FROM (SELECT line, customer_id, order_time, amount, "
        f"{order} AS visit, {nothing} AS nothing, max(abs(amount)) OVER (PARTITION BY {order}) AS most "
        f"FROM {one.lines} WHERE {kept} AND customer_id IS NOT NULL) JOIN (SELECT line, {cells} FROM {one.view}) "
        "USING (line)"
    )
    try:
        said = _said(connection, rows, means, goods)
        if said is None:
            return None
        pays, gift, names, sold, of_nothing = said
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS WITH bought AS (SELECT customer_id, "
            f"min(order_time) AS first, min(order_time) FILTER ({sold}) AS first_pass FROM {rows} WHERE amount > 0 "
            "GROUP BY customer_id) "
            f"SELECT line, visit, CASE WHEN {pays} THEN 'paid_with' "
            f"WHEN {names} AND first <= order_time THEN 'of_a_pass' "
            f"WHEN {names} THEN 'says_pass' WHEN {of_nothing} THEN 'means_of_nothing' "
            "WHEN first_pass <= order_time THEN 'bought_pass' "
            f"WHEN first <= order_time THEN '{UNTOLD}' ELSE 'none' END AS kind "
            f"FROM {rows} LEFT JOIN bought USING (customer_id) WHERE nothing AND most = 0 AND NOT {gift}"
        )
    finally:
        connection.execute(f"DROP TABLE {rows}")
    return table


def _means(one: Mapped) -> list[str]:
    """Return the columns of ways to pay, by their role or else their heading."""
    return [raw] if (raw := one.raw("payment_method")) else _unused(one, WAYS_TO_PAY)


def _unused(one: Mapped, names: re.Pattern[str]) -> list[str]:
    """Return the columns that nothing else reads and whose heading holds a word."""
    used = {column.name for column in one.source.columns if column.role != IGNORE} if one.source else set()
    found = ((place, name) for place, name in enumerate(one.table.columns) if name not in used)
    return [f"c{place}" for place, name in found if names.search(name)]


def _said(
    connection: duckdb.DuckDBPyConnection, rows: str, means: Sequence[str], goods: Sequence[str]
) -> tuple[str, str, str, str, str] | None:
    """Write what cells say, as tests: paid before, given away, a pass by name, a pass sold, a way to pay of nothing.

    None where there are too many different cells to read them.
    """
    words = words_of("paying")
    cells: dict[str, tuple[list[str], list[str]]] = {}
    for raw in (*means, *goods):
        found = fetch_rows(
            connection,
            f"SELECT {raw}, bool_or(nothing), bool_or(amount > 0) FROM {rows} WHERE {raw} <> '' GROUP BY {raw} "
            f"ORDER BY {raw} LIMIT {MOST_CELLS}",
        )
        if len(found) == MOST_CELLS:
            return None
        cells[raw] = [str(cell) for cell, at, _ in found if at], [str(cell) for cell, _, paid in found if paid]

    def saying(columns: Iterable[str], at: int, meanings: Sequence[str]) -> str:
        return _any(
            (raw, [cell for cell in cells[raw][at] if any(words.says(cell, each) for each in meanings)])
            for raw in columns
        )

    pays = saying(means, 0, SPENDS)
    gift = f"({saying((*means, *goods), 0, ('gift',))} AND NOT {pays})"
    nothing = _any((raw, _of_nothing(connection, rows, raw)) for raw in means)
    return pays, gift, saying(goods, 0, ("pass",)), saying(goods, 1, SELLS), nothing


def _of_nothing(connection: duckdb.DuckDBPyConnection, rows: str, raw: str) -> list[str]:
    """Return the ways to pay of which no row has money, where nearly all rows of the others do."""
    found = fetch_rows(
        connection,
        f"SELECT {raw}, count(*), count(*) FILTER (amount <> 0) FROM {rows} WHERE {raw} <> '' GROUP BY {raw}",
    )
    none = [str(cell) for cell, n, paid in found if n >= LEAST_OF_A_MEANS and not paid]
    others, paying = (sum(row[at] for row in found if str(row[0]) not in none) for at in (1, 2))
    return none if paying and paying >= OTHERS_PAY * others else []


def _any(tests: Iterable[tuple[str, Sequence[str]]]) -> str:
    return f"({' OR '.join(f'coalesce({one_of(raw, said)}, false)' for raw, said in tests if said) or 'false'})"
