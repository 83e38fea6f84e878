"""Orders of which no column tells whose they are: what can be said all the same, in the words of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_row, fetch_rows
from analysis.errors import AnalysisError
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.guess import guess_as

if TYPE_CHECKING:
    from analysis.intake.choices import Choices
    from analysis.intake.suggesting.guess import TableGuess

LEAST_ORDERS = 10
NAMED = ("header", "header_part")


def refuse_unowned(guesses: Sequence[TableGuess], recipe: Choices) -> None:
    """Refuse orders that lack nothing but their customers, with what they say of time and products.

    The money is read by the same rules as that of any other orders: states, refunds, fees. Nothing is refused where a
    table can be used, nor where it is not sure that there are orders.

    Parameters
    ----------
    recipe : Choices
        A recipe without sources, for the cleaning and the currency that it names.

    Raises
    ------
    AnalysisError
        ``orders_of_nobody`` (table, n, revenue, first, last, month, columns), with ``orders_of_nobody_products``
        instead where an article is named (product, product_revenue).
    """
    from analysis.intake.choices import Column, Source
    from analysis.intake.standard.standardise import standardise

    if any(guess.kind != IGNORE for guess in guesses):
        return
    owned = [guess for guess in guesses if guess.missing == ("customer_id",) and guess.table.n_rows >= LEAST_ORDERS]
    best = max(owned, key=lambda guess: guess.table.n_rows, default=None)
    if best is None:
        return
    guess = guess_as(best.table, [column.evidence for column in best.columns], "orders")
    day, money = guess.column("order_date"), guess.column("amount") or guess.column("unit_price")
    order = guess.column("order_id")
    if any(one is None or one.reason not in NAMED for one in (day, money, order)):
        return  # figures by day or article are no orders
    # The engine counts lines of customers: each order stands in as one, so that no line is left out.
    found = [replace(one, role=IGNORE) if one.role == "customer_id" else one for one in guess.columns]
    columns = [replace(one, role="customer_id") if one is order else one for one in found]
    source = Source(
        kind="orders", columns=tuple(Column(name=one.name, role=one.role) for one in columns if one.role != IGNORE)
    )
    try:
        standard = standardise([best.table], recipe.model_copy(update={"sources": (source,)}))
    except AnalysisError:
        return  # nothing of it can be read, and the plain refusal says enough
    facts = _said(standard.cursor(), "product" in {one.role for one in columns})
    if facts:
        code = "orders_of_nobody_products" if "product" in facts else "orders_of_nobody"
        raise AnalysisError(code, table=best.table.key, columns=", ".join(best.table.columns[:12]), **facts)


def _said(connection: Any, has_product: bool) -> dict[str, Any]:
    n, revenue, first, last = fetch_row(
        connection, "SELECT count(DISTINCT customer_id), (SELECT sum(amount) FROM orders), min(order_date), "
        "max(order_date) FROM sales",
    )  # fmt: skip
    if not n or revenue is None:
        return {}
    month = fetch_row(
        connection, "SELECT strftime(order_date, '%Y-%m') AS month FROM sales GROUP BY month "
        "ORDER BY sum(amount) DESC, month LIMIT 1",
    )[0]  # fmt: skip
    facts = {"n": int(n), "revenue": float(revenue), "first": first, "last": last, "month": month}
    if has_product:
        [(product, sum_of)] = fetch_rows(
            connection, "SELECT product, sum(amount) FROM sales WHERE product IS NOT NULL GROUP BY product "
            "ORDER BY 2 DESC, 1 LIMIT 1",
        ) or [(None, 0)]  # fmt: skip
        if product is not None:
            facts |= {"product": str(product), "product_revenue": float(sum_of)}
    return facts
