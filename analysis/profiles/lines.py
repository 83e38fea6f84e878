"""Order lines as every dimension reads them: what a dimension asks of them, and the one pass that answers per base."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from analysis.intake.sales import sale

if TYPE_CHECKING:
    import pandas as pd

# Sums of logarithms are kept as whole numbers, so that they do not depend on the order in which rows are added.
LOG_UNIT = 10**10


@dataclass(frozen=True)
class Lines:
    """Order lines up to a date.

    Attributes
    ----------
    all : narwhals.LazyFrame
        Every kept line, returns included; ``sale`` says that a line sold something: no return, amount above zero.
    sales : narwhals.LazyFrame
        Lines that sold something. Orders are counted on these.
    roles : frozenset of str
        Columns that the files had.
    has_time : bool
        Times carry a time of day.
    texts : mapping of column to Index of str
        Columns that hold the numbers of their values in order, and the values by number.
    at_midnight : bool
        The engine has no dates of its own: ``order_date`` holds the first moment of each day.
    """

    all: nw.LazyFrame[Any]
    sales: nw.LazyFrame[Any]
    roles: frozenset[str]
    as_of: date
    has_time: bool
    texts: Mapping[str, pd.Index] = field(default_factory=dict)
    at_midnight: bool = False

    def moment_of(self, day: date) -> date:
        """Return a day as ``order_date`` can be compared with it."""
        return datetime.combine(day, time.min) if self.at_midnight else day


@dataclass(frozen=True)
class Ask:
    """One column a dimension wants per customer: a value of each row of a base, and how the rows become one.

    ``count`` counts the rows that hold a value. With ``at``, the value wanted is the one that stands where ``at`` is
    smallest (``min``) or largest (``max``). ``kind`` is what the result is cast to; ``text`` names the text column
    whose value the answer is.
    """

    name: str
    value: nw.Expr
    how: Literal["count", "sum", "min", "max"]
    kind: Literal["count", "number", "as_is"] = "as_is"
    at: nw.Expr | None = None
    text: str = ""


def how_often(name: str, test: nw.Expr) -> Ask:
    """Ask for the number of rows that pass a test: many such counts side by side take a quarter of the room of sums."""
    return Ask(name, nw.when(test).then(nw.lit(1)), "count", "count")


def how_many(name: str) -> Ask:
    """Ask for the number of rows."""
    return Ask(name, nw.lit(1), "count", "count")


@dataclass(frozen=True)
class Part:
    """What one dimension asks for.

    Attributes
    ----------
    lines : tuple of Ask
        Over all lines of a customer.
    orders : tuple of Ask
        Over the orders: ``order_time`` and ``order_date`` of the first line, ``day`` (its ``day_number``), ``gap``
        (days since the order before, null for the first, zero on the same day), ``new_day`` and ``new_month`` (no order
        before lies in it), and with money ``paid`` (its lines that have some: 0 for a visit that was paid before).
    favourites : tuple of str
        Columns whose most frequent value on a customer's sales is wanted.
    """

    lines: tuple[Ask, ...] = ()
    orders: tuple[Ask, ...] = ()
    favourites: tuple[str, ...] = ()


def order_lines(
    orders: Any,
    *,
    as_of: date,
    roles: frozenset[str],
    has_time: bool,
    texts: Mapping[str, pd.Index] | None = None,
) -> Lines:
    """Read the lines up to ``as_of`` from a native frame.

    Parameters
    ----------
    orders : DuckDB relation, pandas, polars, Arrow, SQLFrame or Spark frame, or what narwhals takes
        The columns of ``StandardTables.orders`` that ``roles`` names, and ``is_return``. Days may be dates, or times as
        pandas holds them; money decimals or doubles.
    texts : mapping, optional
        As ``profiles.compact`` numbers texts; without it columns hold the texts themselves.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.build import profile_orders
    >>> day = pd.to_datetime(["2024-05-01", "2024-05-31"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a"], "order_id": ["1", "2"], "order_date": day, "order_time": day,
    ...                        "is_return": [False, False], "amount": [3.5, 4.0]})
    >>> roles = frozenset({"customer_id", "order_id", "order_date", "amount"})
    >>> profiles, _ = profile_orders([order_lines(orders, as_of=date(2024, 6, 1), roles=roles, has_time=False)])
    >>> profiles.loc["a", ["spend", "mean_gap_days"]].tolist()
    [7.5, 30.0]
    """
    lines = nw.from_native(orders).lazy()
    if lines.implementation.is_pyarrow():  # which knows no row before: pandas takes its columns as they are
        lines = nw.from_native(lines.collect("pandas").to_native()).lazy()
    types, day = lines.collect_schema(), nw.col("order_date")
    money = [name for name in ("amount", "cost", "discount") if types.get(name) == nw.Object]  # decimals in pandas
    if money:
        lines = lines.with_columns(nw.col(*money).cast(nw.Float64()))
    at_midnight = types["order_date"] != nw.Date
    if at_midnight:
        lines = lines.with_columns(day.cast(nw.Datetime("us")).dt.truncate("1d"))
    found = Lines(lines, lines, roles, as_of, has_time, texts or {}, at_midnight)
    lines = lines.filter(day <= found.moment_of(as_of))
    sold = sale(has_money="amount" in roles)
    return replace(found, all=lines.with_columns(sale=sold), sales=lines.filter(sold))


def per_customer(
    rows: nw.LazyFrame[Any], asked: Sequence[Ask], texts: Mapping[str, pd.Index] | None = None
) -> pd.DataFrame:
    """Answer everything that is asked of one base in one pass; one row per customer, indexed by ``customer_id``.

    The value at the first or last moment takes a pass of its own each: ordering every group would hold all its rows.
    Numbers that stand for ``texts`` are turned back into them.
    """
    at_once = [ask for ask in asked if ask.at is None]
    found = _pass(rows, at_once) if at_once else None
    for ask in asked:
        if ask.at is not None:
            column = _at_edge(rows, ask)
            found = column if found is None else found.join(column)
    assert found is not None
    for ask in asked:
        if texts and ask.text in texts:
            found[ask.name] = _spelled(found[ask.name], texts[ask.text])
    return found


def _spelled(numbers: pd.Series, values: pd.Index) -> Any:
    import pandas as pd

    return pd.Categorical.from_codes(numbers.fillna(-1).to_numpy(dtype="int32"), categories=values)


def _pass(rows: nw.LazyFrame[Any], asked: Sequence[Ask]) -> pd.DataFrame:
    # Named apart from the columns of the base: a question may have the name of the column it is about.
    table = rows.select("customer_id", **{f"_{ask.name}": ask.value for ask in asked})
    found = table.group_by("customer_id").agg(*[_answer(ask) for ask in asked])
    return _collected(found.select("customer_id", *[_cast(ask) for ask in asked]))


def _answer(ask: Ask) -> nw.Expr:
    column = nw.col(f"_{ask.name}")
    return {"count": column.count, "sum": column.sum, "min": column.min, "max": column.max}[ask.how]().alias(ask.name)


def _cast(ask: Ask) -> nw.Expr:
    column = nw.col(ask.name)
    casts = {"count": nw.Int32(), "number": nw.Float64()}
    return column.cast(casts[ask.kind]) if ask.kind in casts else column


def _at_edge(rows: nw.LazyFrame[Any], ask: Ask) -> pd.DataFrame:
    """Return the value at the smallest or largest ``at`` that has one; the first in order of several."""
    assert ask.at is not None
    table = rows.select("customer_id", value=ask.value, at=ask.at).filter(~nw.col("value").is_null())
    at = nw.col("at")
    edge = table.group_by("customer_id").agg((at.max() if ask.how == "max" else at.min()).alias("edge"))
    found = table.join(edge, on="customer_id").filter(at == nw.col("edge"))
    return _collected(
        found.group_by("customer_id").agg(nw.col("value").min().alias(ask.name)).select("customer_id", _cast(ask))
    )


def single_orders(lines: Lines) -> nw.LazyFrame[Any]:
    """Return one row per order, lying where its first line lies, and what lies between it and the order before.

    A long basket is one decision to buy, not many, so weekdays and hours are counted on orders.
    """
    paid = (nw.col("amount").count().alias("paid"),) if "amount" in lines.roles else ()
    orders = lines.sales.group_by("customer_id", "order_id").agg(
        nw.col("order_time").min(), nw.col("order_date").min(), *paid
    )
    date, day, month = nw.col("order_date"), nw.col("day"), nw.col("month")
    numbered = orders.select(
        "customer_id",
        "order_time",
        "order_date",
        day=day_number(date).cast(nw.Int32()),
        month=(date.dt.year() * 12 + date.dt.month()).cast(nw.Int32()),
        **{"paid": nw.col("paid")} if paid else {},
    )
    before = numbered.with_columns(
        day_before=day.shift(1).over("customer_id", order_by="day"),
        month_before=month.shift(1).over("customer_id", order_by="day"),
    )
    no, yes = nw.lit(False), nw.lit(True)
    return before.with_columns(
        gap=(day - nw.col("day_before")).cast(nw.Float64()),  # whole, and its square has room
        new_day=nw.when(day == nw.col("day_before")).then(no).otherwise(yes),
        new_month=nw.when(month == nw.col("month_before")).then(no).otherwise(yes),
    )


def favourite(lines: nw.LazyFrame[Any], column: str, texts: Mapping[str, pd.Index] | None = None) -> pd.DataFrame:
    """Return each customer's most frequent value, its share of the lines, the number of values and their entropy.

    Ties go to the value that comes first in order, so that the answer does not depend on the order of the rows.
    """
    n, value, name = nw.col("n"), nw.col(column), f"favourite_{column}"
    counted = lines.filter(~value.is_null()).group_by("customer_id", column).agg(n=nw.len())
    per_value = counted.with_columns(logs=(n * n.log() * LOG_UNIT).round(0).cast(nw.Int64()))
    asked = (
        Ask("best", n, "max", "count"),
        Ask("total", n, "sum", "count"),
        how_many("different"),
        Ask("logs", nw.col("logs"), "sum", "number"),
    )
    if texts and column in texts:
        # The value is a number below ``several``: the largest difference tells the largest count and its first value.
        several = max(1, len(texts[column]))
        found = per_customer(per_value, (*asked, Ask(name, n * several - value, "max")))
        found[name] = _spelled(-found[name] % several, texts[column])
    else:
        found = per_customer(kept(per_value, column), (*asked, Ask(name, value, "max", at=n)))
    import numpy as np

    entropy = (np.log(found["total"]) - found["logs"] / LOG_UNIT / found["total"]) / math.log(2)
    found[f"{name}_share"] = found["best"] / found["total"]
    found[f"n_{column}"] = found["different"]
    found[f"{column}_entropy"] = np.where(found["different"] > 1, entropy, 0.0)
    return found.drop(columns=["best", "total", "different", "logs"])


def day_number(day: nw.Expr) -> nw.Expr:
    """Count the days of the Gregorian calendar up to a date, so that days can be subtracted on every engine."""
    year = day.dt.year() - 1
    # Divided and rounded down, which is exact here: DuckDB has no whole division that narwhals would take as it is.
    leap_days = (year / 4).floor() - (year / 100).floor() + (year / 400).floor()
    return year * 365 + leap_days + day.dt.ordinal_day()


def moment(time: nw.Expr) -> nw.Expr:
    """Write a time as a whole number of microseconds, to be turned round in an order."""
    day = day_number(time).cast(nw.Int64())
    seconds = ((day * 24 + time.dt.hour()) * 60 + time.dt.minute()) * 60 + time.dt.second()
    return seconds * 1_000_000 + time.dt.microsecond()


def kept(frame: nw.LazyFrame[Any], what: str) -> nw.LazyFrame[Any]:
    """Compute a base that is read several times once; in DuckDB it goes to a temporary table of the cursor.

    It takes the place of an earlier base of the same name.
    """
    if not frame.implementation.is_duckdb():
        return frame
    native = frame.to_native()
    name = f"base_{what}"
    native.query("base", f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM base")
    return nw.from_native(native.query("base", f"SELECT * FROM {name}")).lazy()


def _collected(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Bring an answer into pandas; repeated texts are held once."""
    table: Any = frame.collect("pyarrow").to_native()
    import pyarrow as pa

    for place, column in enumerate(table.schema):
        if column.name != "customer_id" and pa.types.is_string(column.type):
            table = table.set_column(place, column.name, table.column(place).dictionary_encode())
    # Without what pandas wrote beside it: an answer has the same types whichever engine gave it.
    return table.replace_schema_metadata(None).to_pandas().set_index("customer_id")
