"""What a sale is, said once for each language that asks: a line that is no return and has an amount above zero.

Where the exports hold no money at all, every line without an amount is a sale unless it is a return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw

SALE = "(NOT is_return AND coalesce(amount > 0, true))"


def sale(*, has_money: bool = True) -> nw.Expr:
    """Return the same as a narwhals expression over order lines, whose table has money or has none."""
    import narwhals as nw

    return ~nw.col("is_return") & (nw.col("amount") > 0) if has_money else ~nw.col("is_return")


def add_sales(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the view ``sales``: the lines of ``orders`` that are one, with the same columns."""
    connection.execute(f"CREATE VIEW sales AS SELECT * FROM orders WHERE {SALE}")
