"""Refunds that are rows of their own: each counts once, for the customer of the order that it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.mapped import Mapped

REVERSES = (  # words of a type or a number, in small letters
    "storn|sztorn|revers|annul|anul|cancel|void|estorn|iptal|сторн|анул|аннул|冲|沖|作废|作廢|红字|取消|赤伝|취소|إلغاء|ยกเลิก"
)


def settle_returns(connection: duckdb.DuckDBPyConnection, one: Mapped, earlier: Sequence[Mapped]) -> None:
    """Set aside the returns whose whole order is left out already, and give the others the customer of their order.

    An order is found by the number of the order that a refund names, else by its own, else by customer and sum: the
    document that reverses a cancelled one has a number of its own. The lines of ``one`` are changed in place; those of
    ``earlier`` tables are looked at.
    """
    [(back,)] = fetch_rows(
        connection, f"SELECT count(*) FROM {one.lines} WHERE is_return AND (reason IS NULL OR reason = 'no_customer')"
    )
    if not back:
        return
    parts = " UNION ALL ".join(
        f"SELECT order_id, customer_id, reason FROM {each.lines} WHERE order_id IS NOT NULL AND NOT is_return"
        for each in (*earlier, one)
    )
    sold = (
        "(SELECT order_id AS sold, any_value(customer_id) AS bought_by, "
        f"bool_and(coalesce(reason = 'excluded_state', false)) AS left_out FROM ({parts}) GROUP BY order_id)"
    )
    has_parent = one.raw("parent_order") is not None
    of = "coalesce(nullif(parent_order, '0'), order_id)" if has_parent else "order_id"
    connection.execute(
        f"UPDATE {one.lines} SET reason = 'excluded_state' FROM {sold} "
        f"WHERE is_return AND reason IS NULL AND {of} = sold AND left_out"
    )
    if has_parent:
        connection.execute(
            f"UPDATE {one.lines} SET customer_id = bought_by FROM {sold} "
            f"WHERE is_return AND reason IS NULL AND {of} = sold AND bought_by IS NOT NULL"
        )
    _leave_out_reversals(connection, one)


def _leave_out_reversals(connection: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Set aside documents that take back, for the same customer and sum, one that is left out: once each.

    Where the customer also bought something of that sum that counts, only what is called a reversal is one of it.
    """
    shown = " || ' ' || ".join(
        f"coalesce(lower(r.{raw}), '')" for role in ("sale_type", "order_id") if (raw := one.raw(role))
    )
    says = f"bool_or(regexp_matches({shown}, {literal(REVERSES)}))" if shown else "false"
    documents = (
        "SELECT l.reason, l.is_return, coalesce(l.order_id, '#' || l.line) AS doc, any_value(l.customer_id) AS who, "
        f"abs(round(sum(l.amount), 2)) AS total, min(l.order_time) AS day, {says} AS reverses "
        f"FROM {one.lines} AS l JOIN {one.view} AS r ON r.line = l.line "
        "WHERE l.customer_id IS NOT NULL AND coalesce(l.reason, '') IN ('', 'excluded_state') GROUP BY 1, 2, 3"
    )
    once = "row_number() OVER (PARTITION BY who, total ORDER BY day, doc) AS at"
    kept = "FROM documents AS k WHERE NOT k.is_return AND k.reason IS NULL AND k.who = b.who AND k.total = b.total"
    connection.execute(
        f"UPDATE {one.lines} SET reason = 'excluded_state' FROM (WITH documents AS ({documents}), "
        f"gone AS (SELECT *, {once} FROM documents WHERE NOT is_return AND reason = 'excluded_state' AND total > 0), "
        f"back AS (SELECT *, {once} FROM documents AS b WHERE is_return AND reason IS NULL "
        f"AND (reverses OR NOT EXISTS ({kept}))) "
        "SELECT b.doc FROM back AS b JOIN gone AS g ON g.who = b.who AND g.total = b.total AND g.at = b.at "
        "WHERE b.day >= g.day) AS pairs "
        f"WHERE is_return AND reason IS NULL AND coalesce(order_id, '#' || line) = pairs.doc"
    )
