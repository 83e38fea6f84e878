"""Refunds that are rows of their own: each counts once, for the customer of the order that it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.mapped import Mapped


def settle_returns(connection: duckdb.DuckDBPyConnection, one: Mapped, earlier: Sequence[Mapped]) -> None:
    """Set aside the returns whose whole order is left out already, and give the others the customer of their order.

    An order is found by the number of the order that a refund names, else by its own. The lines of ``one`` are changed
    in place; those of ``earlier`` tables are looked at.
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
