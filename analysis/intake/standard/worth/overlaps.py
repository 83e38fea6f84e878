"""Exports of periods that overlap: an order that two of them tell counts once, as the later one tells it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.mapped import Mapped

AGREE = 0.9  # of the lines of the days that both tell, where orders have no number
ALIKE = 0.5  # of the days of customers that both tell, from which on they are likely to be the same orders
LEAST_LINES = 3
MOSTLY_TOLD = 0.5  # of the lines of its days, from which on an export that leaves some out is one of all orders


def count_once(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], notes: list[Note]) -> dict[int, int]:
    """Set aside the orders of a table that a later export of the same source tells too; return the lines, by table.

    The later export is the one that ends later; of two that end at the same time the one that came later, in the order
    of ``tables``: how many rows each has says nothing, since corrected ones lose rows and gain some.

    Orders are the same when number, customer and day are; without numbers where the files agree on nearly all lines of
    the days that both tell, and then another amount of the same customer and day is a correction. Notes
    ``orders_in_two_files`` with the lines and their money, ``orders_told_otherwise`` where numberless files tell mostly
    the same customers on the same days, but other lines: both count. ``orders_gone`` are those within the time of an
    export that came later and does not tell them, with number, lines and money: they count as well, and it is said.
    """
    left: dict[int, int] = {}
    spans = {one.index: _span(connection, one) for one in tables}
    for first, second in combinations(tables, 2):
        if first.source is not second.source or _apart(spans[first.index], spans[second.index]):
            continue
        older, newer = sorted((first, second), key=lambda one: (spans[one.index][1], one.index))
        told = 0
        for same in _same(connection, older, newer):
            test = f"reason IS NULL AND line IN (SELECT line FROM ({same}))"
            n, money = fetch_rows(connection, f"SELECT count(*), sum(amount) FROM {older.lines} WHERE {test}")[0]
            if not n:
                continue
            connection.execute(
                f"INSERT INTO set_aside SELECT {older.index}, line, 'duplicate_order' FROM {older.lines} WHERE {test}"
            )
            connection.execute(f"UPDATE {older.lines} SET reason = 'duplicate_order' WHERE {test}")
            left[older.index], told = left.get(older.index, 0) + int(n), told + int(n)
            facts = {"table": older.table.key, "other": newer.table.key, "n": int(n), "money": float(money or 0)}
            notes.append(Note("orders_in_two_files", facts, "check"))
        if told:
            notes += _gone(connection, first, second)
        if not older.raw("order_id") and not left.get(older.index) and (n := _told_otherwise(connection, older, newer)):
            facts = {"table": newer.table.key, "other": older.table.key, "n": n}
            notes.append(Note("orders_told_otherwise", facts, "check"))
    return left


def _gone(connection: duckdb.DuckDBPyConnection, first: Mapped, second: Mapped) -> list[Note]:
    """Note the orders of a table that one that came after it leaves out, although it tells most of those beside them.

    What the later one tells in addition is late, and no reason for a note.
    """
    before, after = sorted((first, second), key=lambda one: one.index)
    key = "order_id" if before.raw("order_id") else "customer_id || ' @ ' || CAST(CAST(order_time AS DATE) AS VARCHAR)"
    theirs = f"(SELECT {key} AS key, order_time FROM {after.lines} WHERE reason IS NULL OR reason = 'duplicate_order')"
    inside = f"order_time BETWEEN (SELECT min(order_time) FROM {theirs}) AND (SELECT max(order_time) FROM {theirs})"
    n, rows, money, told = fetch_rows(
        connection,
        f"SELECT count(DISTINCT key) FILTER (gone), count(*) FILTER (gone), sum(amount) FILTER (gone), "
        f"count(*) FILTER (NOT gone) FROM (SELECT {key} AS key, amount, reason, "
        f"reason IS NULL AND ({key}) NOT IN (SELECT key FROM {theirs} WHERE key IS NOT NULL) AS gone "
        f"FROM {before.lines} "
        f"WHERE NOT is_return AND ({key}) IS NOT NULL AND (reason IS NULL OR reason = 'duplicate_order') "
        f"AND {inside})",
    )[0]
    if not n or told < LEAST_LINES or told < MOSTLY_TOLD * (told + rows):
        return []
    facts = {"table": before.table.key, "other": after.table.key, "n": int(n), "rows": int(rows)}
    return [Note("orders_gone", facts | {"money": float(money or 0)}, "check")]


def _span(connection: duckdb.DuckDBPyConnection, one: Mapped) -> tuple[str, str]:
    """Return the first and the last day of the kept lines, empty where there are none."""
    [(first, last)] = fetch_rows(
        connection,
        f"SELECT CAST(min(order_time) AS VARCHAR), CAST(max(order_time) AS VARCHAR) FROM {one.lines} "
        "WHERE reason IS NULL",
    )
    return first or "", last or ""


def _apart(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two spans have no day in common, as those of monthly files; by the days, ten letters of a time."""
    return not one[0] or not other[0] or one[1][:10] < other[0][:10] or other[1][:10] < one[0][:10]


def _same(connection: duckdb.DuckDBPyConnection, older: Mapped, newer: Mapped) -> list[str]:
    """Write the lines of the older table that the newer one tells too."""
    if older.raw("order_id"):
        return [
            f"SELECT o.line FROM {older.lines} o SEMI JOIN (SELECT order_id, customer_id, "
            f"CAST(order_time AS DATE) AS day FROM {newer.lines} WHERE order_id IS NOT NULL) n "
            "ON o.order_id = n.order_id AND o.customer_id = n.customer_id AND CAST(o.order_time AS DATE) = n.day"
        ]
    product = [role for role in ("product", "product_id") if older.raw(role)]
    columns = ", ".join(("customer_id", "order_time", "amount", *product))
    ranked = (
        "SELECT line, {columns}, row_number() OVER (PARTITION BY {columns} ORDER BY line) AS again FROM {lines} "
        "WHERE reason IS NULL AND order_time >= ({start})"
    )
    start = f"SELECT min(order_time) FROM {newer.lines} WHERE reason IS NULL"
    parts = {one.index: ranked.format(columns=columns, lines=one.lines, start=start) for one in (older, newer)}
    end = f"SELECT max(order_time) FROM {older.lines} WHERE reason IS NULL"
    same = f"SELECT o.line FROM ({parts[older.index]}) o SEMI JOIN ({parts[newer.index]}) n USING ({columns}, again)"
    both, ours, theirs = fetch_rows(
        connection,
        f"SELECT (SELECT count(*) FROM ({same})), (SELECT count(*) FROM ({parts[older.index]})), "
        f"(SELECT count(*) FROM ({parts[newer.index]}) WHERE order_time <= ({end}))",
    )[0]
    if both < LEAST_LINES or both < AGREE * max(ours, theirs):
        return []
    return [same, _corrected(parts[older.index], parts[newer.index], columns)]


def _corrected(ours: str, theirs: str, columns: str) -> str:
    """Write the lines of the older table that only it tells, where the newer one tells others of customer and day."""
    day = "customer_id, CAST(order_time AS DATE) AS day"
    left, right = (
        f"SELECT line, {day}, row_number() OVER (PARTITION BY customer_id, CAST(order_time AS DATE) ORDER BY line) "
        f"AS place FROM ({one}) ANTI JOIN ({other}) USING ({columns}, again)"
        for one, other in ((ours, theirs), (theirs, ours))
    )
    return f"SELECT o.line FROM ({left}) o SEMI JOIN ({right}) n USING (customer_id, day, place)"


def _told_otherwise(connection: duckdb.DuckDBPyConnection, older: Mapped, newer: Mapped) -> int:
    """Return how many lines of the newer table are of customers and days that the older one tells too, by most of them.

    0 where they are fewer than half of the customers' days within the days of both.
    """
    of_day = "SELECT customer_id, CAST(order_time AS DATE) AS day FROM {lines} WHERE reason IS NULL"
    one, other = (f"({of_day.format(lines=table.lines)})" for table in (older, newer))
    within = "day BETWEEN (SELECT min(day) FROM {0}) AND (SELECT max(day) FROM {0})"
    both, ours, theirs, n = fetch_rows(
        connection,
        f"WITH a AS (SELECT DISTINCT * FROM {one} WHERE {within.format(other)}), "
        f"b AS (SELECT DISTINCT * FROM {other} WHERE {within.format(one)}) "
        f"SELECT (SELECT count(*) FROM a SEMI JOIN b USING (customer_id, day)), (SELECT count(*) FROM a), "
        f"(SELECT count(*) FROM b), (SELECT count(*) FROM {other} SEMI JOIN a USING (customer_id, day))",
    )[0]
    return int(n) if both >= LEAST_LINES and both >= ALIKE * max(ours, theirs) else 0
