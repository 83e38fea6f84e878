"""What a sale is, said once for each language that asks: a line that is no return and has an amount above zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw

SALE = "(NOT is_return AND amount > 0)"


def sale() -> nw.Expr:
    """Return the same as a narwhals expression over order lines."""
    import narwhals as nw

    return ~nw.col("is_return") & (nw.col("amount") > 0)


def add_sales(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the view ``sales``: the lines of ``orders`` that are one, with the same columns."""
    connection.execute(f"CREATE VIEW sales AS SELECT * FROM orders WHERE {SALE}")
