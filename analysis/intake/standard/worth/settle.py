"""Refunds that are rows of their own: each counts once, for the customer of the order that it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal
from analysis.intake.cells.values import one_of
from analysis.intake.standard.states import state_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.mapped import Mapped

REVERSES = (  # words of a type or a number, in small letters
    "storn|sztorn|revers|annul|anul|cancel|void|estorn|iptal|сторн|анул|аннул|冲|沖|作废|作廢|红字|取消|赤伝|취소|إلغاء|ยกเลิก"
)


def settle_returns(
    connection: duckdb.DuckDBPyConnection, one: Mapped, earlier: Sequence[Mapped], *, net: bool = True
) -> None:
    """Set aside the returns whose whole order is left out already, and give the others the customer of their order.

    Where returns are ``net``, what is called off below nought takes back a sale that stands, and stands as well.

    An order is found by the number of the order that a refund names, else by its own, else by customer and sum: the
    document that reverses a cancelled one has a number of its own. The lines of ``one`` are changed in place; those of
    ``earlier`` tables are looked at.
    """
    if net:
        _keep_counter_entries(connection, one)
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


def _keep_counter_entries(connection: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Keep what is called off below nought and takes back a sale that stands, which would be left whole without it.

    The sale has its number, or is one of the same customer and sum; those that are called off themselves go first, once
    each, for nothing is left of them to take back.
    """
    if not one.raw("status"):
        return
    below = f"{one.lines} WHERE is_return AND reason = 'excluded_state' AND amount < 0 AND customer_id IS NOT NULL"
    found = fetch_rows(connection, f"SELECT DISTINCT status FROM {below} AND status IS NOT NULL ORDER BY status")
    called_off = [state for state, said in state_meanings(str(one) for (one,) in found).items() if said == "cancelled"]
    if not called_off:
        return
    doc = "coalesce(order_id, '#' || line)"
    of = f"coalesce(nullif(parent_order, '0'), {doc})" if one.raw("parent_order") else doc
    documents = (
        f"SELECT {doc} AS doc, any_value({of}) AS of, customer_id AS who, is_return, "
        f"reason IS NULL AS stands, abs(round(sum(amount), 2)) AS total, min(order_time) AS day FROM {one.lines} "
        f"WHERE customer_id IS NOT NULL AND (NOT is_return AND (reason IS NULL OR reason = 'excluded_state') OR "
        f"is_return AND reason = 'excluded_state' AND {one_of('status', called_off)}) GROUP BY 1, 3, 4, 5"
    )
    ranked = "row_number() OVER (PARTITION BY who, total ORDER BY day, doc) AS at"
    numbered = "EXISTS (FROM documents AS s WHERE NOT s.is_return AND s.doc = b.of AND {})"
    connection.execute(
        f"UPDATE {one.lines} SET reason = NULL FROM (WITH documents AS ({documents}), "
        f"back AS (SELECT *, {numbered.format('s.stands')} AS takes, {numbered.format('NOT s.stands')} AS gone "
        "FROM documents AS b WHERE is_return), "
        f"others AS (SELECT *, {ranked} FROM back WHERE NOT takes AND NOT gone), "
        f"sold AS (SELECT *, {ranked} FROM documents WHERE NOT is_return AND stands), "
        "called_off AS (SELECT who, total, count(*) AS n FROM documents WHERE NOT (is_return OR stands) GROUP BY 1, 2) "
        "SELECT doc FROM back WHERE takes UNION SELECT o.doc FROM others AS o LEFT JOIN called_off AS c "
        "USING (who, total) JOIN sold AS s ON s.who = o.who AND s.total = o.total AND s.at = o.at - coalesce(c.n, 0) "
        "WHERE s.day <= o.day OR o.day IS NULL) AS pairs "
        f"WHERE is_return AND reason = 'excluded_state' AND {doc} = pairs.doc"
    )
