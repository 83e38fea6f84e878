"""The total of an order that stands on each of its lines, and the lines that belong to one order.

Exports of lines often number the lines and not the orders (子订单号), or say no number at all; then the lines of one
customer at one moment that all show one amount are an order with its total.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import fetch_row, fetch_value, literal
from analysis.intake.cells.values import MONEY
from analysis.intake.sales import SALE
from analysis.intake.suggesting.receipts import came_in, prices_beside

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

NOTHING_DIFFERS = "false"
LEAST_TOTALS = 0.9  # share of orders of several lines whose lines all show one amount
TOTALS_ORDERS = 5
FEW_ORDERS = 3  # enough to ask
LEAST_DIFFERENT = 0.2  # of them must differ in that amount
LEAST_DIFFERENT_UNTOLD = 0.5  # where no column tells lines apart: tickets at a few prices differ less
TOLERANCE = 0.005  # of money, below half a cent
LOOKED_AT = 50_000  # lines
MOSTLY = 0.9
# The number of an order with that of its line behind it: 100001-2.
NUMBERED_LINE = r"^(.*[0-9A-Za-z])[-_/.#]0*([1-9][0-9]?)$"
LEAST_NUMBERED = 0.95  # share of orders of several lines whose lines are numbered from one on, of one customer and day


# The heading of a total, which is that of a whole order also where few orders have several lines.
_ORDER_TOTAL = re.compile(
    r"\border[ _-]?(?:grand[ _-]?)?total|total[ _-](?:of[ _-])?order|\binvoice[ _-]total|\bgrand total|\bbasket total|"
    r"(?:bestell|auftrags?|rechnungs)(?:gesamt)?(?:summe|betrag|wert)|gesamtbestell|total (?:de la )?commande|"
    r"montant (?:de la )?(?:commande|facture)|total (?:del )?pedido|importe (?:del )?pedido|totale (?:dell.)?ordine|"
    r"(?:valor|total) do pedido|(?:order|bestel)totaal|totaal bestelling|сумма заказа|siparis toplam|sipariş toplam|"
    r"订单(?:总|合计|应付|实付)|整单|訂單總|請求(?:金額|額|合計)|注文(?:合計|金額)|(?:총 ?)?주문 ?(?:금액|총액|합계)",
    re.IGNORECASE,
)


def says_order_total(header: str) -> bool:
    """Say whether a heading names the total of a whole order.

    Examples
    --------
    >>> [says_order_total(one) for one in ("订单总金额", "Order total", "請求金額", "Line total", "金额")]
    [True, True, True, False, False]
    """
    return _ORDER_TOTAL.search(header) is not None


@dataclass(frozen=True)
class SubOrders:
    """The order of a line as SQL, and what is said of it."""

    order: str
    facts: dict[str, Any]
    level: Literal["check", "ask"]


def sub_orders(connection: duckdb.DuckDBPyConnection, lines: str, roles: Collection[str]) -> SubOrders | None:
    """Find the orders of lines of which each has a number of its own, or none; None where numbers are those of orders.

    The number says it (``100001-1``, ``100001-2``), or the lines of one customer at one moment show one amount although
    they differ, and these amounts differ from order to order.
    """
    if "amount" not in roles:
        return None
    numbered = "order_id" in roles
    few = f"(FROM {lines} WHERE reason IS NULL AND {SALE} LIMIT {LOOKED_AT})"
    if numbered and not fetch_value(
        connection, f"SELECT count(*) > 0 AND count(DISTINCT order_id) = count(*) FROM {few}"
    ):
        return None
    number = f"regexp_extract(order_id, {literal(NUMBERED_LINE)}, 1)"
    tests = [("number", f"CASE WHEN {number} = '' THEN order_id ELSE {number} END")] if numbered else []
    for by, key in (*tests, ("moment", "customer_id || ' @ ' || CAST(order_time AS VARCHAR)")):
        if by == "number" and not _numbered_from_one(connection, few):
            continue
        if by == "moment":
            as_orders = f"(SELECT * REPLACE ({key} AS order_id) FROM {lines})"
            named = {"product", "product_id", "quantity"} & set(roles)
            totals = find_totals(connection, as_orders, {*roles, "order_id"}) if named else None
            if totals is None or totals.level == "alike":
                continue
        n, several, n_lines, example = fetch_row(
            connection,
            "SELECT count(*), count(*) FILTER (n > 1), coalesce(sum(n) FILTER (n > 1), 0), min(first) FILTER (n > 1) "
            f"FROM (SELECT count(*) AS n, min({'order_id' if numbered else 'order_time'})::VARCHAR AS first "
            f"FROM {lines} WHERE reason IS NULL GROUP BY customer_id, {key})",
        )
        sure = by == "number" or several >= TOTALS_ORDERS
        facts = {"by": by, "orders": int(n), "n": int(several), "lines": int(n_lines), "example": example}
        return SubOrders(f"coalesce({key}, order_id)", facts, "check" if sure else "ask")
    return None


def _numbered_from_one(connection: duckdb.DuckDBPyConnection, lines: str) -> bool:
    """Say whether numbers end in that of the line: 1, 2, … in each order, of one customer at one moment."""
    number = literal(NUMBERED_LINE)
    n, so = fetch_row(
        connection,
        "SELECT count(*), count(*) FILTER (low = 1 AND high = n AND people = 1 AND moments = 1) FROM ("
        f"SELECT count(*) AS n, min(part) AS low, max(part) AS high, count(DISTINCT customer_id) AS people, "
        f"count(DISTINCT order_time) AS moments FROM (SELECT *, regexp_extract(order_id, {number}, 1) AS whole, "
        f"TRY_CAST(regexp_extract(order_id, {number}, 2) AS INTEGER) AS part FROM {lines}) "
        "WHERE whole <> '' GROUP BY whole HAVING count(*) > 1)",
    )
    return n >= FEW_ORDERS and so >= LEAST_NUMBERED * n


@dataclass(frozen=True)
class Totals:
    """Orders of several lines whose lines show one amount each: ``sure`` its total, too ``few``, or only ``alike``."""

    n: int
    level: Literal["sure", "few", "alike"]


def find_totals(
    connection: duckdb.DuckDBPyConnection, lines: str, roles: Collection[str], *, named: bool = False
) -> Totals | None:
    """Find the orders of several lines, where the amounts of lines are or may be those of their orders; else None.

    Nearly all orders of several lines show one amount on all of them although the lines differ. It is their total where
    quantity times price of the lines adds up to it, or where the orders differ in it; where every article has one
    price, equal amounts are only ``alike``. Where no column names what was bought, lines of one moment stand for it
    (those of other days are instalments), and hardly two orders may show the same amount.
    ``TOTALS_ORDERS`` are beyond doubt, fewer are asked about, unless the heading names the total of an order and all of
    them show one. What was paid back is looked at in neither.
    """
    if "amount" not in roles or "order_id" not in roles:
        return None
    lines = before_refunds(lines, roles)
    test, least = differs(roles), LEAST_DIFFERENT
    untold = test == NOTHING_DIFFERS
    if untold:
        test, least = "count(DISTINCT order_time) = 1", LEAST_DIFFERENT_UNTOLD
    priced = {"quantity", "unit_price"} <= set(roles)
    adds = f"abs(sum(quantity * unit_price) - min(amount)) <= count(*) * {TOLERANCE}" if priced else "false"
    few = f"{lines} WHERE reason IS NULL AND {SALE}"
    start = fetch_value(connection, f"SELECT min(line) + {LOOKED_AT} FROM {lines}")
    n, sure = 0, False
    for part in (f"{few} AND line < {int(start or 0)}", few):  # a look at the beginning clears nearly every table
        n, totals, different, added = fetch_row(
            connection,
            f"SELECT count(*), count(*) FILTER (total), count(DISTINCT amount) FILTER (total), "
            f"count(*) FILTER (total AND adds) FROM ("
            f"SELECT min(amount) AS amount, min(amount) = max(amount) AND ({test}) AS total, {adds} AS adds "
            f"FROM {part} GROUP BY customer_id, order_id HAVING count(*) > 1)",
        )
        if named and 0 < n == totals < TOTALS_ORDERS:
            sure = True
            continue
        if n < FEW_ORDERS or totals < LEAST_TOTALS * n:
            return None
        sure = added >= LEAST_TOTALS * n or different >= max(FEW_ORDERS, least * totals)
    if sure:
        return Totals(int(n), "sure" if n >= TOTALS_ORDERS or named else "few")
    return Totals(int(n), "alike") if n >= TOTALS_ORDERS and not untold else None


def told_totals(connection: duckdb.DuckDBPyConnection, one: Mapped) -> dict[str, bool]:
    """Say whether an amount is the price of an order on each of its receipts, and whether its heading names a total."""
    amount = one.source.column("amount") if one.source else None
    return {"once": on_receipts(connection, one), "named": amount is not None and says_order_total(amount.name)}


def on_receipts(connection: duckdb.DuckDBPyConnection, one: Mapped) -> bool:
    """Say whether the amount is the price of an order, which stands on each receipt of what came in for it."""
    amount, order, day = (one.raw(role) for role in ("amount", "order_id", "order_date"))
    if not (amount and order and day) or one.table.stored:
        return False
    price, *places = (int(column[1:]) for column in (amount, order, day))
    receipts = [at for at, name in enumerate(one.table.columns) if at not in (price, *places) and came_in(name)]
    return any(
        prices_beside(connection, one.view, order=places[0], day=places[1], receipt=receipt, prices=[price])
        for receipt in receipts
    )


def differs(roles: Collection[str]) -> str:
    """Write the test, over the lines of an order, that their one amount is no line's own price."""
    if {"quantity", "unit_price"} <= set(roles):
        return f"bool_or(abs(amount - quantity * unit_price) > {TOLERANCE})"
    named = [role for role in ("product", "product_id") if role in roles]
    tests = [f"count(DISTINCT coalesce({', '.join(named)})) > 1"] if named else []
    tests += ["count(DISTINCT quantity) > 1"] if "quantity" in roles else []
    return " OR ".join(tests) or NOTHING_DIFFERS


def before_refunds(lines: str, roles: Collection[str]) -> str:
    """Write the lines with what each was before anything was paid back: a total is that of its order until then."""
    return f"(SELECT * REPLACE ({_before()} AS amount) FROM {lines})" if "refunded" in roles else lines


def _before() -> str:
    return f"CASE WHEN is_return THEN amount ELSE CAST(amount + paid_back AS {MONEY}) END"


def split_amount(connection: duckdb.DuckDBPyConnection, lines: str, roles: Collection[str]) -> str:
    """Write the amount of a line when the order's total stands on each of its lines: an equal share, cents kept.

    What was paid back is taken off the total first: the sum of what the lines say, or, where the column says that of
    the order on each of its lines, or the lines together say more than was paid, once.
    """
    order = "PARTITION BY reason IS NULL, customer_id, order_id"
    n = f"count(*) OVER ({order})"
    before, total = "amount", "amount"
    if "refunded" in roles:
        before, back = _before(), f"CAST(sum(paid_back) OVER ({order}) AS {MONEY})"
        same = f"min(paid_back) OVER ({order}) = max(paid_back) OVER ({order})"
        once = same if _refunds_of_orders(connection, lines) else f"({same} AND {back} > {before})"
        total = f"CAST({before} - CASE WHEN {once} THEN paid_back ELSE {back} END AS {MONEY})"
    share = f"round({total} / ({n}), 6)"
    first = f"row_number() OVER ({order} ORDER BY line) = 1"
    constant = f"min({before}) OVER ({order}) = max({before}) OVER ({order})"
    return (
        f"CASE WHEN order_id IS NULL OR reason IS NOT NULL OR {n} = 1 OR NOT ({constant}) THEN amount "
        f"WHEN {first} THEN CAST({total} - ({n} - 1) * CAST({share} AS {MONEY}) AS {MONEY}) "
        f"ELSE CAST({share} AS {MONEY}) END"
    )


def _refunds_of_orders(connection: duckdb.DuckDBPyConnection, lines: str) -> bool:
    """Say whether a column tells what was paid back of an order on each of its lines, as its total.

    Lines that say one amount and together exactly the total may be those of a whole order sent back line by line.
    """
    n, same = fetch_row(
        connection,
        "SELECT count(*), count(*) FILTER (low = high AND taken <> total) FROM (SELECT min(paid_back) AS low, "
        f"max(paid_back) AS high, sum(paid_back) AS taken, max({_before()}) AS total FROM {lines} "
        "WHERE reason IS NULL AND NOT is_return GROUP BY customer_id, order_id "
        "HAVING count(*) > 1 AND max(paid_back) > 0)",
    )
    return n > 0 and same >= MOSTLY * n
