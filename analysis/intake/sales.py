"""What a sale is, said once for each language that asks: a line that is no return and has an amount above zero.

Where the exports hold no money at all, every line without an amount is a sale unless it is a return. Where they do,
such a line is a visit that was paid before: an order, whose money stands with what was sold then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb
    import narwhals as nw

SALE = "(NOT is_return AND coalesce(amount > 0, true))"


def sale(*, has_money: bool = True) -> nw.Expr:
    """Return the same as a narwhals expression over order lines, whose table has money or has none."""
    import narwhals as nw

    amount, stays = nw.col("amount"), ~nw.col("is_return")
    return stays & ((amount > 0) | amount.is_null()) if has_money else stays


def net(roles: Collection[str]) -> str:
    """Write the money of lines net of returns as SQL: nothing for visits paid before, NULL where nobody tells money.

    Examples
    --------
    >>> net({"amount"}), net({"order_date"})
    ('coalesce(sum(amount), 0)', 'sum(amount)')
    """
    return "coalesce(sum(amount), 0)" if "amount" in roles else "sum(amount)"


def with_money(roles: Collection[str]) -> str:
    """Write the test for a sale with money of its own as SQL: no visit that was paid before; any, without money.

    Examples
    --------
    >>> with_money({"amount"})
    'amount IS NOT NULL'
    """
    return "amount IS NOT NULL" if "amount" in roles else "true"


def add_sales(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the view ``sales``: the lines of ``orders`` that are one, with the same columns."""
    connection.execute(f"CREATE VIEW sales AS SELECT * FROM orders WHERE {SALE}")
