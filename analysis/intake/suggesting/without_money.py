"""Orders in exports without money: who bought what and when, which is enough for recency and frequency."""

from __future__ import annotations

from dataclasses import replace

from analysis.engine import fetch_value, look
from analysis.intake.cells.values import number
from analysis.intake.roles import IGNORE, normal, tells_money
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.guess import TableGuess, guess_as

BOUGHT = ("order_id", "product", "product_id", "quantity", "category")  # one of these says that a row is a purchase
COMES_BACK = 0.8  # different customers to rows; with more of them a row may be anything of a person's
MOST_REFUNDED = 0.5  # share of the rows with money paid back, from which they are refunds and no orders
BARE = ("id", "no", "number", "编号", "序号")  # of what, they do not say
NAMED = ("header", "header_part")


def orders_without_money(found: list[TableGuess]) -> None:
    """Take tables that nothing else uses for orders that are counted, where no table of the study tells money."""
    if any(
        guess.kind in ("orders", "order_heads") and tells_money({column.role for column in guess.columns})
        for guess in found
    ):
        return
    for place, whole in enumerate(found):
        only_refunds = whole.kind == "orders" and whole.column("refunded") is not None
        guess = replace(whole, kind=IGNORE, missing=("amount",)) if only_refunds else whole
        found[place] = guess
        lacks = {"amount"} <= set(guess.missing) <= {"amount", "customer_id"}
        if guess.kind == IGNORE and lacks and not guess.repeats and not guess.table.hidden:
            as_orders = _without_refunds(guess_as(guess.table, [column.evidence for column in guess.columns], "orders"))
            if as_orders is not None and _tells_purchases(as_orders):
                found[place] = replace(as_orders, missing=(), sure="high" if _says_all(as_orders) else "middle")


def _without_refunds(guess: TableGuess) -> TableGuess | None:
    """Leave out the column of refunds, which nothing can be taken off; None where most rows are refunds."""
    refunded = guess.column("refunded")
    if refunded is None:
        return guess
    back = number(f"c{guess.table.columns.index(refunded.name)}", decimal=refunded.evidence.decimal)
    with look() as connection, scan(connection, guess.table) as rows:
        share = fetch_value(connection, f"SELECT avg(CAST(coalesce({back}, 0) <> 0 AS DOUBLE)) FROM {rows}")
    if (share or 0) > MOST_REFUNDED:
        return None
    columns = tuple(replace(column, role=IGNORE) if column is refunded else column for column in guess.columns)
    return replace(guess, columns=columns)


def _tells_purchases(guess: TableGuess) -> bool:
    """Say whether headers name customer, day and what was bought, and customers come back or orders have numbers.

    Where nothing says what was bought, customers that come back on other days say that rows are visits.
    """
    customer, day = guess.column("customer_id"), guess.column("order_date")
    if customer is None or day is None or guess.customer == "low":
        return False
    if customer.reason not in NAMED and guess.customer != "high" and customer.evidence.personal is None:
        return False
    bought = [role for role in BOUGHT if (column := guess.column(role)) is not None and column.reason in NAMED]
    come_back = customer.evidence.n_distinct < customer.evidence.n_filled
    if not bought:
        says_whose = customer.reason == "header" and normal(customer.name) not in BARE
        return says_whose and customer.evidence.n_distinct <= COMES_BACK * customer.evidence.n_filled
    return come_back or "order_id" in bought


def _says_all(guess: TableGuess) -> bool:
    """Say whether each of them is named by a header of its own, and no part of one."""
    roles = ("customer_id", "order_date")
    whole = [column for role in roles if (column := guess.column(role)) and column.reason == "header"]
    bought = any(column.role in BOUGHT and column.reason in NAMED for column in guess.columns)
    return len(whole) == len(roles) and guess.customer == "high" and bought
