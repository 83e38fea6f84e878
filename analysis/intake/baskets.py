"""What later stages ask of the products of order lines: orders as baskets of numbered products, and how each sold.

Customers, baskets and products are numbered from 0: customers and products by their text, baskets by customer and time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_arrow, fetch_frame
from analysis.intake.sales import SALE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables


@dataclass(frozen=True)
class Baskets:
    """Orders as sets of products.

    Attributes
    ----------
    customers : Index of str
        Those with a basket, sorted.
    items : Index of str
        Products, or values of another column, sorted.
    who, day : int arrays, shape (baskets,)
        Customer and ordinal day of each basket; by customer, then time.
    basket, item : int arrays, shape (pairs,)
        Which products lie in which basket, each once, by basket.
    """

    customers: pd.Index = field(repr=False)
    items: pd.Index = field(repr=False)
    who: np.ndarray = field(repr=False)
    day: np.ndarray = field(repr=False)
    basket: np.ndarray = field(repr=False)
    item: np.ndarray = field(repr=False)


def item_of(standard: StandardTables, by: str) -> str | None:
    """Write the SQL of what a line sold: a product by its id, by its name where that is missing, or another column.

    None where the lines have no such column.
    """
    if by == "auto" and {"product", "product_id"} <= standard.order_roles:
        return "coalesce(product_id, product)"
    if by == "auto":
        by = "product_id" if "product_id" in standard.order_roles else "product"
    return by if by in standard.order_roles else None


def baskets_of(standard: StandardTables, item: str, until: date) -> Baskets:
    """Return the orders up to a day as baskets of what ``item_of`` writes."""
    import numpy as np
    import pandas as pd

    lines = f"""
        lines AS (
            SELECT customer_id, order_id, {item} AS item, order_time, order_date FROM sales
            WHERE order_date <= ? AND {item} IS NOT NULL)
    """
    with standard.cursor() as cursor:
        items = fetch_frame(cursor, f"WITH {lines} SELECT item FROM lines GROUP BY item ORDER BY item", [until])["item"]
        # A row per basket, whose products lie side by side: no line has to be put in order, or told its basket.
        found: Any = fetch_arrow(
            cursor,
            f"""
            WITH {lines},
            items AS (SELECT item, (row_number() OVER (ORDER BY item) - 1)::INTEGER AS code FROM lines GROUP BY item)
            SELECT customer_id, ((max(order_date) - DATE '0001-01-01') + 1)::INTEGER AS day, list(code) AS codes
            FROM lines JOIN items USING (item) GROUP BY customer_id, order_id
            ORDER BY customer_id, max(order_time), order_id
            """,
            [until],
        )
    customers = found["customer_id"].combine_chunks().dictionary_encode()
    codes = found["codes"].combine_chunks()
    basket = np.repeat(np.arange(len(codes)), codes.value_lengths().to_numpy(zero_copy_only=False))
    key = np.sort(basket * max(len(items), 1) + codes.flatten().to_numpy())
    key = key[np.append(True, np.diff(key) > 0)[: len(key)]]  # each product once
    return Baskets(
        pd.Index(customers.dictionary.to_pandas()), pd.Index(items), customers.indices.to_numpy().astype(np.int64),
        found["day"].to_numpy(), key // max(len(items), 1), key % max(len(items), 1),
    )  # fmt: skip


def sold_items(standard: StandardTables, item: str, until: date) -> pd.DataFrame:
    """Return one row per product, sorted: what it is called, where it stands, and how it sold.

    ``item``, ``name`` (most frequent), ``category`` (most frequent; None where no column says it), ``n_orders``,
    ``n_buyers``, ``first`` and ``last`` (days, ordinal), ``longest`` (most days between two days with a sale; 0
    with one), ``margin`` (share of the price, of lines with a known cost; NaN without one).
    """
    named = (
        "product" if "product" in standard.order_roles and item not in ("category", "subcategory", "brand") else item
    )
    kept = "category" if "category" in standard.order_roles and item != "category" else "NULL::VARCHAR"

    def most(column: str, name: str) -> str:
        return (
            f"{name} AS (SELECT item, {name} FROM (SELECT {item} AS item, {column} AS {name}, count(*) AS n FROM sold "
            f"WHERE {column} IS NOT NULL GROUP BY ALL) "
            f"QUALIFY row_number() OVER (PARTITION BY item ORDER BY n DESC, {name}) = 1)"
        )

    query = f"""
        WITH sold AS (SELECT * FROM sales WHERE order_date <= $until AND {item} IS NOT NULL),
        {most(named, "name")}, {most(kept, "category")},
        silences AS (
            SELECT item, max(gap) AS longest FROM (
                SELECT item, order_date - lag(order_date) OVER (PARTITION BY item ORDER BY order_date) AS gap
                FROM (SELECT DISTINCT {item} AS item, order_date FROM sold)) GROUP BY item),
        figures AS (
            SELECT {item} AS item, count(DISTINCT (customer_id, order_id)) AS n_orders,
                   count(DISTINCT customer_id) AS n_buyers,
                   (min(order_date) - DATE '0001-01-01') + 1 AS first,
                   (max(order_date) - DATE '0001-01-01') + 1 AS last,
                   1 - sum(cost) FILTER (amount IS NOT NULL)::DOUBLE
                   / nullif(sum(amount) FILTER (cost IS NOT NULL), 0)::DOUBLE AS margin
            FROM sold GROUP BY 1)
        SELECT item, coalesce(name, item) AS name, category, n_orders, n_buyers, first, last,
               coalesce(longest, 0) AS longest, margin
        FROM figures LEFT JOIN name USING (item) LEFT JOIN category USING (item) LEFT JOIN silences USING (item)
        ORDER BY item
    """
    with standard.cursor() as cursor:
        return cursor.execute(query, {"until": until}).df()


def given_back(standard: StandardTables, item: str, until: date) -> pd.DataFrame:
    """Return ``customer_id`` and ``item`` of what a customer gave back and has not bought since.

    A line that takes a sale back may stand under the moment of the sale; one whose own money went back, as its state or
    a column beside the amount says, was a purchase of its own, and what was kept of another at the same moment is kept.
    """
    query = f"""
        WITH moved AS (
            SELECT customer_id, {item} AS item, order_time, is_return AS back, {SALE} AS sold, false AS undone
            FROM orders WHERE order_date <= $until AND (is_return OR {SALE})
            UNION ALL
            SELECT customer_id, {item}, order_time, is_return, false, NOT is_return FROM paid_back
            WHERE coalesce(order_date <= $until, true)),
        last AS (
            SELECT customer_id, item, max(order_time) FILTER (back) AS back, max(order_time) FILTER (sold) AS sold,
                   max(order_time) FILTER (undone) AS undone, bool_or(undone) AS any_undone
            FROM moved WHERE item IS NOT NULL GROUP BY 1, 2)
        SELECT customer_id, item FROM last
        WHERE coalesce(back >= sold, back IS NOT NULL) OR any_undone AND coalesce(undone > sold, sold IS NULL)
        ORDER BY 1, 2
    """
    with standard.cursor() as cursor:
        return cursor.execute(query, {"until": until}).df()
