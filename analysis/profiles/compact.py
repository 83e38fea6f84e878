"""Order lines with numbers in place of texts: what profiles read, many times over, at a fraction of the rows' size.

A customer id or a category is hashed and compared once here, and whole numbers afterwards. Numbers are given in the
order of the texts, so that the smallest number is the first text. Many lines are read as slices of the customers, one
after the other, so that what is computed from a slice fits in memory however many slices there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.profiles.basic import FROM_LINES
from analysis.profiles.preference import TASTES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

NUMBERS = ("amount", "cost", "discount", "age")
SLICE = 3_000_000  # lines
TEXTS = (*TASTES, "channel", "payment_method", *(column for column in FROM_LINES if column not in NUMBERS))


@dataclass(frozen=True)
class Compact:
    """Lines for ``lines.order_lines`` on a cursor.

    Attributes
    ----------
    customers : Index of str
        The customer ids in order, by number.
    texts : mapping of column to Index of str
        The values of each text column in order, by number.
    n_slices : int
    """

    cursor: duckdb.DuckDBPyConnection = field(repr=False)
    lines: str = field(repr=False)
    customers: pd.Index
    texts: dict[str, pd.Index]
    n_slices: int

    def slices(self) -> Iterator[Any]:
        """Yield the lines of some of the customers as a relation, which the next one replaces.

        They are as ``StandardTables.orders``, without the columns that no profile reads; ``customer_id`` and texts are
        numbers from 0, and ``order_id`` a number that stands for the order within its customer.
        """
        n = len(self.customers)
        for place in range(self.n_slices):
            first, after = (n * edge // self.n_slices for edge in (place, place + 1))
            self.cursor.execute(
                f"CREATE OR REPLACE TEMP TABLE compact_lines AS {self.lines} "
                f"WHERE codes_customer_id.code >= {first} AND codes_customer_id.code < {after}"
            )
            yield self.cursor.table("compact_lines")


def compact(cursor: duckdb.DuckDBPyConnection, *, as_of: date, roles: frozenset[str], n_lines: int) -> Compact:
    """Number the texts of the ``n_lines`` up to ``as_of`` on a cursor, which must live as long as the result.

    Orders are told apart by a hash of 64 bits together with the number of their customer: two orders of one customer
    look the same with a chance below 1 in 10**11 in ten million lines.
    """
    texts = [column for column in TEXTS if column in roles]
    cursor.execute(f"CREATE TEMP VIEW lines_in_time AS SELECT * FROM orders WHERE order_date <= DATE '{as_of}'")
    indexes = {column: _number(cursor, column) for column in ("customer_id", *texts)}
    numbers = "".join(f", {column}" for column in NUMBERS if column == "amount" or column in roles)
    joined = "".join(f", codes_{column}.code AS {column}" for column in texts)
    joins = "".join(f" LEFT JOIN codes_{column} ON lines.{column} = codes_{column}.value" for column in texts)
    lines = (
        "SELECT codes_customer_id.code AS customer_id, hash(order_id) AS order_id, "
        f"order_time, order_date, is_return{numbers}{joined} FROM lines_in_time AS lines "
        f"JOIN codes_customer_id ON lines.customer_id = codes_customer_id.value{joins}"
    )
    customers = indexes.pop("customer_id")
    return Compact(cursor, lines, customers, indexes, min(len(customers), max(1, round(n_lines / SLICE))))


def _number(cursor: duckdb.DuckDBPyConnection, column: str) -> pd.Index:
    """Number the values of a column in order."""
    import pandas as pd

    cursor.execute(
        f"CREATE TEMP TABLE codes_{column} AS SELECT value, CAST(row_number() OVER (ORDER BY value) - 1 AS INTEGER) "
        f"AS code FROM (SELECT DISTINCT {column} AS value FROM lines_in_time WHERE {column} IS NOT NULL)"
    )
    values = cursor.sql(f"SELECT value FROM codes_{column} ORDER BY code").to_arrow_table()["value"]
    return pd.Index(values.to_pandas().astype("str"))
