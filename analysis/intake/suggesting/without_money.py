"""Orders in exports without money: who bought what and when, which is enough for recency and frequency."""

from __future__ import annotations

from dataclasses import replace

from analysis.intake.roles import normal, tells_money
from analysis.intake.suggesting.guess import TableGuess, guess_as

BOUGHT = ("order_id", "product", "product_id", "quantity", "category")  # one of these says that a row is a purchase
COMES_BACK = 0.8  # different customers to rows; with more of them a row may be anything of a person's
BARE = ("id", "no", "number", "编号", "序号")  # of what, they do not say
NAMED = ("header", "header_part")


def orders_without_money(found: list[TableGuess]) -> None:
    """Take tables that nothing else uses for orders that are counted, where no table of the study tells money."""
    if any(
        guess.kind in ("orders", "order_heads") and tells_money({column.role for column in guess.columns})
        for guess in found
    ):
        return
    for place, guess in enumerate(found):
        lacks = {"amount"} <= set(guess.missing) <= {"amount", "customer_id"}
        if guess.kind == "ignore" and lacks and not guess.repeats and not guess.table.hidden:
            as_orders = guess_as(guess.table, [column.evidence for column in guess.columns], "orders")
            if _tells_purchases(as_orders):
                found[place] = replace(as_orders, missing=(), sure="high" if _says_all(as_orders) else "middle")


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
