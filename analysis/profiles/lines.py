"""Order lines as every dimension reads them, and two questions asked of them: the favourite and the latest value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw


@dataclass(frozen=True)
class Lines:
    """Order lines up to a date.

    Attributes
    ----------
    all : narwhals.LazyFrame
        Every kept line, returns included.
    sales : narwhals.LazyFrame
        Lines that sold something: no return, amount above zero. Orders are counted on these.
    roles : frozenset of str
        Columns that the files had.
    has_time : bool
        Times carry a time of day.
    """

    all: nw.LazyFrame[Any]
    sales: nw.LazyFrame[Any]
    roles: frozenset[str]
    as_of: date
    has_time: bool


def order_lines(orders: Any, *, as_of: date, roles: frozenset[str], has_time: bool) -> Lines:
    """Read the lines up to ``as_of`` from a native frame (DuckDB relation, pandas, ...)."""
    lines = nw.from_native(orders).lazy().filter(nw.col("order_date") <= as_of)
    sales = lines.filter(~nw.col("is_return"), nw.col("amount") > 0)
    return Lines(lines, sales, roles, as_of, has_time)


def favourite(lines: nw.LazyFrame[Any], column: str, name: str) -> nw.LazyFrame[Any]:
    """Return each customer's most frequent value, its share of the lines (0..1) and the number of different values.

    Ties go to the value that comes first in order, so that the answer does not depend on the order of the rows.
    """
    per_value = lines.filter(~nw.col(column).is_null()).group_by("customer_id", column).agg(n=nw.len())
    per_customer = per_value.with_columns(
        best=nw.col("n").max().over("customer_id"), total=nw.col("n").sum().over("customer_id"), one=nw.lit(1)
    ).with_columns(different=nw.col("one").sum().over("customer_id"), share=nw.col("best") / nw.col("total"))
    return (
        per_customer.filter(nw.col("n") == nw.col("best"))
        .group_by("customer_id")
        .agg(
            nw.col(column).min().alias(name),
            nw.col("share").max().alias(f"{name}_share"),
            nw.col("different").max().alias(f"n_{name}"),
        )
    )


def latest(lines: nw.LazyFrame[Any], column: str, name: str) -> nw.LazyFrame[Any]:
    """Return each customer's most recent value of a column that stands on order lines."""
    known = lines.filter(~nw.col(column).is_null())
    newest = known.with_columns(newest=nw.col("order_time").max().over("customer_id"))
    return (
        newest.filter(nw.col("order_time") == nw.col("newest"))
        .group_by("customer_id")
        .agg(nw.col(column).min().alias(name))
    )
