"""Exports of periods that overlap: an order that two of them tell counts once, as the later one tells it."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.mapped import Mapped

AGREE = 0.9  # of the lines of the days that both tell, where orders have no number
LEAST_LINES = 3


def count_once(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], notes: list[Note]) -> dict[int, int]:
    """Set aside the orders of a table that a later export of the same source tells too; return the lines, by table.

    Orders are the same when number, customer and day are. Notes ``orders_in_two_files`` with the lines and their money.
    """
    left: dict[int, int] = {}
    ends = {one.index: _end(connection, one) for one in tables}
    for first, second in combinations(tables, 2):
        if first.source is not second.source:
            continue
        older, newer = sorted((first, second), key=lambda one: (ends[one.index] or "", one.table.n_rows))
        for same in _same(connection, older, newer):
            test = f"reason IS NULL AND line IN (SELECT line FROM ({same}))"
            n, money = connection.execute(f"SELECT count(*), sum(amount) FROM {older.lines} WHERE {test}").fetchall()[0]
            if not n:
                continue
            connection.execute(
                f"INSERT INTO set_aside SELECT {older.index}, line, 'duplicate_order' FROM {older.lines} WHERE {test}"
            )
            connection.execute(f"UPDATE {older.lines} SET reason = 'duplicate_order' WHERE {test}")
            left[older.index] = left.get(older.index, 0) + int(n)
            facts = {"table": older.table.key, "other": newer.table.key, "n": int(n), "money": float(money or 0)}
            notes.append(Note("orders_in_two_files", facts, "check"))
    return left


def _end(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str | None:
    [(end,)] = connection.execute(
        f"SELECT CAST(max(order_time) AS VARCHAR) FROM {one.lines} WHERE reason IS NULL"
    ).fetchall()
    return end


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
    both, ours, theirs = connection.execute(
        f"SELECT (SELECT count(*) FROM ({same})), (SELECT count(*) FROM ({parts[older.index]})), "
        f"(SELECT count(*) FROM ({parts[newer.index]}) WHERE order_time <= ({end}))"
    ).fetchall()[0]
    return [same] if both >= LEAST_LINES and both >= AGREE * max(ours, theirs) else []
