"""What later stages ask of two periods side by side: whose money came, went and changed, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.engine import fetch_row
from analysis.intake.questions import number_ids, table_of
from analysis.intake.sales import SALE, net

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from analysis.intake.questions import Days
    from analysis.intake.tables import StandardTables


class Step(NamedTuple):
    """Customers of one value whose money changed in one way: ``before`` and ``now`` are exact, 0 without money."""

    value: str
    step: str
    customers: int
    before: Decimal
    now: Decimal


def revenue_steps(
    standard: StandardTables, before: Days, now: Days, *, by: str | pd.DataFrame | None = None, outside: str = ""
) -> list[Step]:
    """Return how the money of two periods differs, one row per value and step, each in its order.

    Parameters
    ----------
    standard : StandardTables
        With orders.
    before, now : pairs of dates
        First and last day; the later period begins after the earlier one ends.
    by : str or DataFrame, optional
        A text column of orders or customers that has a ``table_of``, or a frame with one row per customer:
        ``customer_id``, ``was`` and ``value`` (where its money of the earlier and of the later period stands).
    outside : str
        Stands where a line, or a customer, has no value.

    Returns
    -------
    list of Step
        ``new`` (first sale in the later period), ``returned`` (sales before both, none in the earlier one), ``lost``
        (sales in the earlier one alone), of all others ``up``, ``down``, ``same``, and ``moved_in``, ``moved_out`` of
        those whose two values differ. Money is net of returns.
    """
    known = f"""
        SELECT customer_id, count(*) FILTER ({SALE} AND order_date < $before_start) AS earlier,
            count(*) FILTER ({SALE} AND order_date BETWEEN $before_start AND $before_end) AS n_before,
            count(*) FILTER ({SALE} AND order_date BETWEEN $start AND $end) AS n_now
        FROM orders WHERE order_date <= $end GROUP BY customer_id
    """
    source, was, value = "orders", "$outside", "$outside"
    if by is not None and not isinstance(by, str):
        source = "orders LEFT JOIN values_of_customers AS chosen USING (customer_id)"
        was, value = "coalesce(chosen.was, $outside)", "coalesce(chosen.value, $outside)"
    elif by is not None and table_of(standard, by) == "customers":
        source = f"orders LEFT JOIN (SELECT customer_id, {by} AS value FROM customers) AS chosen USING (customer_id)"
        was = value = "coalesce(chosen.value, $outside)"
    elif by is not None:
        was = value = f"coalesce({by}, $outside)"
    sums = f"""
        SELECT customer_id, {was} AS was, {value} AS value,
            coalesce(sum(amount) FILTER (order_date BETWEEN $before_start AND $before_end), 0) AS before,
            coalesce(sum(amount) FILTER (order_date BETWEEN $start AND $end), 0) AS now
        FROM {source} WHERE order_date BETWEEN $before_start AND $end GROUP BY 1, 2, 3
    """
    query = f"""
        WITH known AS ({known}), sums AS ({sums}),
        parts AS (
            SELECT customer_id, value, before, now, '' AS way FROM sums WHERE was = value
            UNION ALL SELECT customer_id, was, before, 0, 'moved_out' FROM sums WHERE was <> value
            UNION ALL SELECT customer_id, value, 0, now, 'moved_in' FROM sums WHERE was <> value),
        steps AS (
            SELECT value, customer_id, before, now, CASE
                WHEN n_now > 0 AND n_before = 0 AND earlier = 0 THEN 'new'
                WHEN n_now > 0 AND n_before = 0 THEN 'returned'
                WHEN n_before > 0 AND n_now = 0 THEN 'lost'
                WHEN way <> '' THEN way WHEN now > before THEN 'up' WHEN now < before THEN 'down' ELSE 'same'
                END AS step
            FROM parts JOIN known USING (customer_id))
        SELECT value, step, count(DISTINCT customer_id), sum(before), sum(now) FROM steps
        GROUP BY value, step ORDER BY value, step
    """
    days = {"before_start": before[0], "before_end": before[1], "start": now[0], "end": now[1], "outside": outside}
    with standard.cursor() as cursor:
        if by is not None and not isinstance(by, str):
            cursor.register("values_of_customers", by)
        rows: list[Any] = cursor.execute(query, days).fetchall()
    return [Step(str(value), step, int(n), Decimal(first), Decimal(second)) for value, step, n, first, second in rows]


def two_periods(standard: StandardTables, before: Days, now: Days, until: date) -> pd.DataFrame:
    """Return one row per customer: lines sold ``ever``, ``earlier`` than both, ``n_before``, ``n_now``, and the money.

    ``before`` and ``now`` are net of returns, NULL where a period has no line.
    """
    query = f"""
        SELECT customer_id,
               count(*) FILTER ({SALE} AND order_date <= $until) AS ever,
               count(*) FILTER ({SALE} AND order_date < $start AND NOT order_date BETWEEN $before_start AND $before_end)
                   AS earlier,
               count(*) FILTER ({SALE} AND order_date BETWEEN $before_start AND $before_end) AS n_before,
               count(*) FILTER ({SALE} AND order_date BETWEEN $start AND $end) AS n_now,
               sum(amount) FILTER (order_date BETWEEN $before_start AND $before_end)::DOUBLE AS before,
               sum(amount) FILTER (order_date BETWEEN $start AND $end)::DOUBLE AS now
        FROM orders WHERE order_date <= $until GROUP BY customer_id ORDER BY customer_id
    """
    facts = {"before_start": before[0], "before_end": before[1], "start": now[0], "end": now[1], "until": until}
    with standard.cursor() as cursor:
        return cursor.execute(query, facts).df().set_index("customer_id")


def months_until(standard: StandardTables, until: date) -> list[tuple[date, int, Decimal | None, int]]:
    """Return each month with lines up to a day: its first day, orders, money net of returns (exact), and buyers."""
    query = f"""
        SELECT date_trunc('month', order_date)::DATE, count(DISTINCT order_id) FILTER ({SALE}),
            {net(standard.order_roles)}, count(DISTINCT customer_id) FILTER ({SALE})
        FROM orders WHERE order_date <= ? GROUP BY 1 ORDER BY 1
    """
    with standard.cursor() as cursor:
        rows: list[Any] = cursor.execute(query, [until]).fetchall()
    return [(month, int(n), None if money is None else Decimal(money), int(people)) for month, n, money, people in rows]


def buyers_of(standard: StandardTables, before: Days, now: Days) -> tuple[int, int]:
    """Count the customers with a sale in each of two periods."""
    query = """
        SELECT count(DISTINCT customer_id) FILTER (order_date BETWEEN ? AND ?),
            count(DISTINCT customer_id) FILTER (order_date BETWEEN ? AND ?) FROM sales
        WHERE order_date BETWEEN ? AND ?
    """
    whole = min(before[0], now[0]), max(before[1], now[1])
    with standard.cursor() as cursor:
        rows: list[Any] = cursor.execute(query, [*before, *now, *whole]).fetchall()
    return int(rows[0][0]), int(rows[0][1])


def price_index(standard: StandardTables, before: Days, now: Days) -> tuple[float, int, int] | None:
    """Return how prices changed between two periods, for the products sold in both at the pieces sold in the later one.

    Returns
    -------
    tuple of float, int and int, or None
        The index (1 is no change; Paasche), the products in it, and how many of them cost more; None where orders hold
        no products, pieces and prices, or no product stands in both.
    """
    price = "unit_price" if "unit_price" in standard.order_roles else "amount / quantity"
    if not {"product", "quantity"} <= standard.order_roles or not {"amount", "unit_price"} & standard.order_roles:
        return None
    query = f"""
        WITH lines AS (
            SELECT product, quantity::DOUBLE AS n, ({price})::DOUBLE AS price, order_date >= $start AS is_now FROM sales
            WHERE (order_date BETWEEN $before_start AND $before_end OR order_date BETWEEN $start AND $end)
                AND product IS NOT NULL AND quantity > 0 AND ({price}) > 0),
        products AS (
            SELECT product, sum(n) FILTER (is_now) AS n, sum(n * price) FILTER (is_now) / sum(n) FILTER (is_now) AS now,
                sum(n * price) FILTER (NOT is_now) / sum(n) FILTER (NOT is_now) AS before
            FROM lines GROUP BY product HAVING bool_or(is_now) AND NOT bool_and(is_now))
        SELECT sum(n * now) / sum(n * before), count(*), count(*) FILTER (now > 1.005 * before) FROM products
    """
    days = {"before_start": before[0], "before_end": before[1], "start": now[0], "end": now[1]}
    with standard.cursor() as cursor:
        rows: list[Any] = cursor.execute(query, days).fetchall()
    index, products, dearer = rows[0]
    return None if index is None else (float(index), int(products), int(dearer))


def buyers_between(standard: StandardTables, spans: Sequence[Days], ids: pd.Series) -> list[pd.DataFrame]:
    """Return ``last_day`` (ordinal, of a sale), ``n_orders``, ``spend`` (net of returns) in each of some spans of days.

    Each frame has a row per place in ``ids``; those who have no line in any of the spans have none.
    """
    inside = [f"order_date BETWEEN $start_{at} AND $end_{at}" for at in range(len(spans))]
    # Each order once, for all spans at a time: it is its texts that cost.
    orders = ", ".join(
        f"max(order_date) FILTER ({SALE} AND {one}) AS day_{at}, sum(amount) FILTER ({one}) AS money_{at}"
        for at, one in enumerate(inside)
    )
    sums = ", ".join(
        f"(max(day_{at}) - DATE '0001-01-01') + 1 AS last_day_{at}, count(day_{at}) FILTER (order_id IS NOT NULL) "
        f"AS n_orders_{at}, sum(money_{at})::DOUBLE AS spend_{at}"
        for at in range(len(spans))
    )
    query = f"""
        SELECT row, {sums} FROM (
            SELECT row, order_id, {orders} FROM orders JOIN rows_of_ids USING (customer_id) GROUP BY row, order_id)
        GROUP BY row ORDER BY row
    """
    days = {
        f"{edge}_{at}": day for at, span in enumerate(spans) for edge, day in zip(("start", "end"), span, strict=True)
    }
    with standard.cursor() as cursor:
        number_ids(cursor, ids)
        found = cursor.execute(query, days).df().set_index("row")
    names = ("last_day", "n_orders", "spend")
    return [found[[f"{name}_{at}" for name in names]].set_axis(list(names), axis=1) for at in range(len(spans))]


def given_back_or_free(standard: StandardTables) -> tuple[Any, ...]:
    """Return the rows of returns and their money, the free rows and their worth, and the rows paid back and theirs.

    The worth of what was free is NULL where no column tells its price.
    """
    priced = {"quantity", "unit_price"} <= standard.order_roles
    worth = "sum(abs(quantity * unit_price)) FILTER (NOT is_return AND amount = 0)" if priced else "NULL"
    query = f"""
        SELECT count(*) FILTER (is_return), coalesce(-sum(amount) FILTER (is_return), 0),
            count(*) FILTER (NOT is_return AND amount = 0), {worth},
            (SELECT count(*) FROM paid_back), (SELECT coalesce(sum(amount), 0) FROM paid_back)
        FROM orders
    """
    with standard.cursor() as cursor:
        return fetch_row(cursor, query)


class Outline(NamedTuple):
    """Order lines in a few figures: ``median`` is the money of a usual sale, None without money."""

    lines: int
    customers: int
    first: date | None
    last: date | None
    median: float | None


def outline(standard: StandardTables, since: date | None = None) -> Outline:
    """Return the figures of the sales from a day on, or of all."""
    query = """
        SELECT count(*), count(DISTINCT customer_id), min(order_date), max(order_date), median(amount)::DOUBLE
        FROM sales WHERE order_date >= ?
    """
    from datetime import date as day

    with standard.cursor() as cursor:
        rows: list[Any] = cursor.execute(query, [since or day.min]).fetchall()
    return Outline(*rows[0])
