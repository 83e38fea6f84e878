"""What later stages ask of standard tables: each question by its name, its SQL here and nowhere else.

Every answer is a number, a row or a small frame; rows of the tables themselves come from ``StandardTables.orders`` and
its sisters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from analysis.intake.sales import SALE, net, with_money

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from analysis.intake.tables import StandardTables

FEW_DAYS, SHARE_OF_FEW, MOST_SHARE = 3, 0.005, 0.05  # rows with days that may be no real ones
FAR_DAYS = 366  # after all others, and further than these reach
Days = tuple[date, date]


class OrderSpan(NamedTuple):
    """Order lines, their first day, and the last day with a sale or a return (with a line, where there is neither).

    A refund after the last sale still lowers what its customer spent, so the day of reckoning lies behind it.
    """

    lines: int
    first: date | None
    last: date | None


def order_span(standard: StandardTables) -> OrderSpan:
    """Return how many order lines there are and which days they cover."""
    n, first = _row(standard, "SELECT count(*), min(order_date) FROM orders")
    moved = f"(SELECT order_date FROM orders WHERE {SALE} OR is_return)"
    last = last_day_of(standard, moved, "order_date") or last_day_of(standard, "orders", "order_date")
    return OrderSpan(n, first, last)


def matched_members(standard: StandardTables) -> tuple[int, int, int]:
    """Return the customers with orders, how many of them stand in the customers table, and how many that lists."""
    return _row(
        standard,
        "SELECT count(*), count(*) FILTER (customer_id IN (SELECT customer_id FROM customers)), "
        "(SELECT count(*) FROM customers) FROM (SELECT DISTINCT customer_id FROM orders)",
    )


def lines_set_aside(standard: StandardTables, reason: str) -> list[tuple[int, int]]:
    """Return source and line of every row set aside for a reason, in order."""
    query = "SELECT source, line FROM set_aside WHERE reason = ? ORDER BY source, line"
    with standard.cursor() as cursor:
        return cursor.execute(query, [reason]).fetchall()


def lines_after(standard: StandardTables, day: date) -> int:
    """Count the order lines later than a day."""
    return _row(standard, "SELECT count(*) FROM orders WHERE order_date > ?", [day])[0]


def order_count(standard: StandardTables, until: date) -> int:
    """Count the orders that sold something up to a day."""
    return _row(standard, "SELECT count(DISTINCT order_id) FROM sales WHERE order_date <= ?", [until])[0]


def last_day_of(standard: StandardTables, table: str, column: str) -> date | None:
    """Return the last plausible day in a date column of a table.

    Few days far ahead of all others, and few after today, are typing errors or stand for "never": they move no day of
    reckoning.
    """
    query = f"""
        WITH days AS (SELECT {column} AS day, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY day),
        seen AS (
            SELECT day, lag(day) OVER up AS before, min(day) OVER () AS first, sum(n) OVER () AS total,
                sum(n) OVER (ORDER BY day DESC) AS later FROM days WINDOW up AS (ORDER BY day))
        SELECT coalesce(min(before) FILTER (
            later <= greatest({FEW_DAYS}, {SHARE_OF_FEW} * total) AND later <= {MOST_SHARE} * total
            AND (day - before > greatest({FAR_DAYS}, before - first) OR (day > current_date AND before <= current_date))
        ), max(day)) FROM seen
    """
    return _row(standard, query)[0]


def n_lines_and_sales(standard: StandardTables) -> tuple[int, int]:
    """Count the order lines, and those of them that are a sale."""
    return _row(standard, f"SELECT count(*), count(*) FILTER ({SALE}) FROM orders")


def order_days(standard: StandardTables, until: date, ids: pd.Series | None = None) -> pd.DataFrame:
    """Return ``customer_id`` and ``day`` (ordinal, as ``date.toordinal``), in order: when a customer bought.

    With ``ids`` only theirs, and ``row``, the place among them, for ``customer_id``: many texts cost more than numbers.
    """
    who, source = ("customer_id", "sales") if ids is None else ("row", "sales JOIN rows_of_ids USING (customer_id)")
    query = f"""
        SELECT {who}, (order_date - DATE '0001-01-01') + 1 AS day FROM {source}
        WHERE order_date <= ? GROUP BY {who}, order_date ORDER BY {who}, day
    """
    with standard.cursor() as cursor:
        if ids is not None:
            number_ids(cursor, ids)
        return cursor.execute(query, [until]).df()


def number_ids(cursor: duckdb.DuckDBPyConnection, ids: pd.Series) -> None:
    """Give a cursor the table ``rows_of_ids``: ``customer_id``, and ``row``, its place among them."""
    import pyarrow as pa

    rows = {"customer_id": pa.array(ids, pa.string()), "row": pa.array(range(len(ids)), pa.int64())}
    cursor.register("rows_of_ids", pa.table(rows))


def purchase_histories(standard: StandardTables, until: date, window: int, since: date = date.min) -> pd.DataFrame:
    """Return how each customer bought up to a day, by days with a sale; one row per customer with one, sorted by id.

    ``customer_id``, ``first`` and ``last`` (days, ordinal), ``days`` (how many), ``recent`` (those of the last
    ``window`` days up to ``until``), ``mean`` (of the money of the days after the first; NaN without one or
    without money), and ``later`` (days with a sale in the ``window`` days after ``until``). What was bought before
    ``since`` counts as never bought, and a visit that was paid before brings no money: it is none of these days.
    """
    query = f"""
        WITH days AS (
            SELECT customer_id, order_date, sum(amount) AS money FROM sales
            WHERE {with_money(standard.order_roles)} AND order_date BETWEEN $since AND $until + $window::INTEGER
            GROUP BY customer_id, order_date),
        firsts AS (SELECT customer_id, min(order_date) AS first FROM days GROUP BY customer_id)
        SELECT customer_id, (any_value(first) - DATE '0001-01-01') + 1 AS first,
               (max(order_date) FILTER (order_date <= $until) - DATE '0001-01-01') + 1 AS last,
               count(*) FILTER (order_date <= $until)::DOUBLE AS days,
               count(*) FILTER (order_date <= $until AND order_date > $until - $window::INTEGER)::DOUBLE AS recent,
               sum(money) FILTER (order_date <= $until AND order_date > first)::DOUBLE
               / count(money) FILTER (order_date <= $until AND order_date > first) AS mean,
               count(*) FILTER (order_date > $until)::DOUBLE AS later
        FROM days JOIN firsts USING (customer_id) WHERE first <= $until GROUP BY customer_id ORDER BY customer_id
    """
    return _frame(standard, query, {"until": until, "window": window, "since": since})


def purchase_days_after(standard: StandardTables, cut: date, until: date, since: date = date.min) -> pd.DataFrame:
    """Return ``day`` (ordinal) and ``n``: purchase days after a cut, up to a day, of customers who bought before it.

    What was bought before ``since`` counts as never bought.
    """
    paid = with_money(standard.order_roles)  # as in histories
    query = f"""
        WITH known AS (SELECT DISTINCT customer_id FROM sales WHERE order_date BETWEEN $since AND $cut AND {paid})
        SELECT (order_date - DATE '0001-01-01') + 1 AS day, count(DISTINCT customer_id)::DOUBLE AS n
        FROM sales JOIN known USING (customer_id)
        WHERE order_date > $cut AND order_date <= $until AND {paid} GROUP BY order_date ORDER BY order_date
    """
    return _frame(standard, query, {"cut": cut, "until": until, "since": since})


def share_kept(standard: StandardTables, until: date) -> float:
    """Return the share of the money of sales up to a day that returns did not take back; 1 without money."""
    sold, net = _row(
        standard,
        f"SELECT sum(amount) FILTER ({SALE})::DOUBLE, sum(amount)::DOUBLE FROM orders WHERE order_date <= ?",
        [until],
    )
    return max(0.0, min(1.0, (net or 0.0) / sold)) if sold else 1.0


def order_days_of(standard: StandardTables, column: str, until: date) -> pd.DataFrame:
    """Return ``customer_id``, ``value`` and ``day`` (as ``order_days``): days with a sale of each value of a column."""
    query = f"""
        SELECT customer_id, {column} AS value, (order_date - DATE '0001-01-01') + 1 AS day FROM sales
        WHERE order_date <= ? AND {column} IS NOT NULL GROUP BY customer_id, value, order_date
        ORDER BY value, customer_id, day
    """
    return _frame(standard, query, [until])


def monthly(standard: StandardTables, until: date, by: str | pd.DataFrame | None = None) -> pd.DataFrame:
    """Return ``value``, ``month`` (its first day), ``orders``, ``customers`` and ``revenue`` (net; NaN without money).

    Parameters
    ----------
    by : str or DataFrame, optional
        A text column of orders or customers that has a ``table_of``, or a frame of ``customer_id`` and ``value``; lines
        without a value stand in no row. Nothing: one ``value``, empty.
    """
    source, value = "orders", "''"
    with standard.cursor() as cursor:
        if by is not None and not isinstance(by, str):
            cursor.register("values_of_customers", by)
            source, value = "orders JOIN values_of_customers AS chosen USING (customer_id)", "chosen.value"
        elif by is not None and table_of(standard, by) == "customers":
            source = f"orders JOIN (SELECT customer_id, {by} AS value FROM customers) AS chosen USING (customer_id)"
            value = "chosen.value"
        elif by is not None:
            value = by
        query = f"""
            SELECT {value}::VARCHAR AS value, date_trunc('month', order_date)::DATE AS month,
                count(DISTINCT order_id) FILTER ({SALE})::DOUBLE AS orders,
                count(DISTINCT customer_id) FILTER ({SALE})::DOUBLE AS customers,
                {net(standard.order_roles)}::DOUBLE AS revenue
            FROM {source} WHERE order_date <= ? AND {value} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
        """
        return cursor.execute(query, [until]).df()


def gap_quantiles(standard: StandardTables, until: date) -> tuple[float | None, float | None, float | None, int]:
    """Return median, 75th and 90th percentile (type 7) of the days between order days of a customer, and their n."""
    query = """
        WITH days AS (SELECT DISTINCT customer_id, order_date FROM sales WHERE order_date <= ?),
        gaps AS (
            SELECT order_date - lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date) AS gap FROM days
        )
        SELECT quantile_cont(gap, 0.5), quantile_cont(gap, 0.75), quantile_cont(gap, 0.9), count(gap) FROM gaps
    """
    return _row(standard, query, [until])


def within(standard: StandardTables, days: Days) -> pd.DataFrame:
    """Return ``n`` (orders that sold something) and ``money`` (net of returns) per customer with a line in the days."""
    query = f"""
        SELECT customer_id, count(DISTINCT order_id) FILTER ({SALE})::DOUBLE AS n,
            {net(standard.order_roles)}::DOUBLE AS money
        FROM orders WHERE order_date BETWEEN ? AND ? GROUP BY customer_id ORDER BY customer_id
    """
    return _frame(standard, query, list(days)).set_index("customer_id")


def last_orders(standard: StandardTables, customer_id: str, until: date, most: int) -> pd.DataFrame:
    """Return the last orders and returns of a customer up to a day, the last first.

    ``day``, ``products`` (at most three, by name), ``n_products``, ``amount`` (NaN without money), ``is_return``.
    """
    named = "product" if "product" in standard.order_roles else "NULL::VARCHAR"
    query = f"""
        SELECT max(order_date) AS day, list_sort(list_distinct(list({named})))[:3] AS products,
               count(DISTINCT {named}) AS n_products, sum(amount)::DOUBLE AS amount, bool_and(is_return) AS is_return
        FROM orders WHERE customer_id = ? AND order_date <= ? AND ({SALE} OR is_return)
        GROUP BY order_id ORDER BY day DESC, order_id DESC LIMIT {most}
    """
    return _frame(standard, query, [customer_id, until])


def lines_until(standard: StandardTables, until: date) -> tuple[date | None, int]:
    """Return the first day of the order lines up to a day, and how many lie on that day itself."""
    query = "SELECT min(order_date), count(*) FILTER (WHERE order_date = $1) FROM orders WHERE order_date <= $1"
    return _row(standard, query, [until])


def most_frequent(standard: StandardTables, column: str, most: int) -> list[tuple[str, int]]:
    """Return the values of a text column of orders or customers with their rows, the most frequent first."""
    found = _rows(
        standard,
        f"SELECT {column}, count(*) AS n FROM {table_of(standard, column)} WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY n DESC, {column} LIMIT {most}",
    )
    return [(str(value), int(n)) for value, n in found]


def table_of(standard: StandardTables, column: str) -> Literal["orders", "customers"] | None:
    """Return the table that has the column; None when neither does."""
    if column in standard.order_roles:
        return "orders"
    return "customers" if column in standard.customer_roles else None


class Totals(NamedTuple):
    """Lines, orders, revenue (None where no line has an amount), and the orders that were not paid before."""

    lines: int
    orders: int
    revenue: float | None
    paid: int


@dataclass(frozen=True)
class ChosenLines:
    """Order lines that pass filters, and what is asked of them.

    Made by ``chosen_lines``; ``within`` narrows them to days, both included. Sums are net of returns, orders and
    customers are counted on sales.
    """

    standard: StandardTables
    where: str
    values: tuple[Any, ...]

    def within(self, days: Days) -> ChosenLines:
        """Return those of some days."""
        return ChosenLines(self.standard, f"{self.where} AND order_date BETWEEN ? AND ?", (*self.values, *days))

    def totals(self) -> Totals:
        """Return the number of lines, the orders, the revenue and the orders with money of their own."""
        lines, orders, revenue, paid = _row(
            self.standard,
            f"SELECT count(*), count(DISTINCT order_id) FILTER (WHERE {SALE}), CAST(sum(amount) AS DOUBLE), "
            f"count(DISTINCT order_id) FILTER (WHERE {SALE} AND amount IS NOT NULL) FROM orders WHERE {self.where}",
            list(self.values),
        )
        return Totals(int(lines), int(orders), None if revenue is None else float(revenue), int(paid))

    def buyers(self, since: date) -> pd.DataFrame:
        """Return ``n`` orders, ``spend``, and ``is_new`` (no sale of any line before ``since``), one row per buyer."""
        return _frame(
            self.standard,
            "SELECT n, spend, first >= ? AS is_new FROM "
            f"(SELECT customer_id, count(DISTINCT order_id) FILTER (WHERE {SALE}) AS n, "
            f"CAST({net(self.standard.order_roles)} AS DOUBLE) AS spend FROM orders WHERE {self.where} "
            "GROUP BY customer_id HAVING n > 0) "
            "JOIN (SELECT customer_id, min(order_date) AS first FROM sales GROUP BY customer_id) USING (customer_id) "
            "ORDER BY customer_id",
            [since, *self.values],
        )

    def customers(self) -> pd.Series:
        """Return the ids of the customers who have a line."""
        query = f"SELECT DISTINCT customer_id FROM orders WHERE {self.where} ORDER BY customer_id"
        return _frame(self.standard, query, list(self.values))["customer_id"]

    def over_time(self, bucket: str) -> dict[date, tuple[int, int, float | None]]:
        """Return orders, buyers and revenue by the first day of each ``day``, ``week``, ``month``, ..."""
        found = _rows(
            self.standard,
            f"SELECT CAST(date_trunc('{bucket}', order_date) AS DATE), count(DISTINCT order_id) FILTER (WHERE {SALE}), "
            f"count(DISTINCT customer_id) FILTER (WHERE {SALE}), CAST({net(self.standard.order_roles)} AS DOUBLE) "
            f"FROM orders WHERE {self.where} GROUP BY 1 ORDER BY 1",
            list(self.values),
        )
        return {
            start: (int(orders), int(buyers), None if revenue is None else float(revenue))
            for start, orders, buyers, revenue in found
        }

    def activity(self) -> list[tuple[date, date, int]]:
        """Return how many buyers of each month of first purchase bought in which month."""
        return _rows(
            self.standard,
            "SELECT cohort, active, count(*) AS buyers FROM (SELECT customer_id, active, "
            "min(active) OVER (PARTITION BY customer_id) AS cohort FROM (SELECT DISTINCT customer_id, "
            f"CAST(date_trunc('month', order_date) AS DATE) AS active FROM sales WHERE {self.where})) "
            "GROUP BY cohort, active ORDER BY cohort, active",
            list(self.values),
        )

    def products(self, most: int) -> pd.DataFrame:
        """Return the products that lead by any of the three measures, so that each ranking is right when sorted."""
        leads = (
            f"row_number() OVER (ORDER BY {measure} DESC, product) <= {most}"
            for measure in ("revenue", "orders", "customers")
        )
        return _frame(
            self.standard,
            "SELECT product, revenue, orders, customers FROM "
            f"(SELECT product, CAST({net(self.standard.order_roles)} AS DOUBLE) AS revenue, "
            f"count(DISTINCT order_id) FILTER (WHERE {SALE}) AS orders, "
            f"count(DISTINCT customer_id) FILTER (WHERE {SALE}) AS customers "
            f"FROM orders WHERE {self.where} AND product IS NOT NULL GROUP BY product) "
            f"QUALIFY {' OR '.join(leads)} ORDER BY revenue DESC NULLS LAST, orders DESC, product",
            list(self.values),
        )


def chosen_lines(standard: StandardTables, until: date, filters: Mapping[Any, Sequence[str]]) -> ChosenLines:
    """Choose order lines up to a day by the values of columns; a column of the customers table chooses customers.

    Every column of ``filters`` has a ``table_of`` its own.
    """
    where, values = "order_date <= ?", (until,)
    for column, chosen in filters.items():
        passes = f"list_contains(CAST(? AS VARCHAR[]), {column})"
        if table_of(standard, column) == "customers":
            passes = f"customer_id IN (SELECT customer_id FROM customers WHERE {passes})"
        where, values = f"{where} AND {passes}", (*values, list(chosen))
    return ChosenLines(standard, where, values)


def _rows(standard: StandardTables, query: str, values: Any = None) -> list[Any]:
    with standard.cursor() as cursor:
        return cursor.execute(query, values).fetchall()


def _row(standard: StandardTables, query: str, values: Any = None) -> Any:
    return _rows(standard, query, values)[0]


def _frame(standard: StandardTables, query: str, values: Any = None) -> pd.DataFrame:
    with standard.cursor() as cursor:
        return cursor.execute(query, values).df()
