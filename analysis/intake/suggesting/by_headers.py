"""Whether the headers of a table say that it holds orders or customers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.intake.roles import Role, normal, roles
from analysis.intake.suggesting.against import numbers_each_row
from analysis.intake.suggesting.column_guess import ColumnGuess

OF_ORDERS, MORE = 3, 2  # headers that only orders have, and how many more than those of customers alone
CENTS = 0.3  # share of figures with decimals, from which they may be money
SUBSCRIPTION = re.compile(
    r"subscription|subskription|abonnement|\babo(?:\b|[-_ ]?n)|suscripci|assinatura|abbonament|подписк|abonelik|订阅"
    r"|サブスク|구독",
    re.IGNORECASE,
)
RUNS_ON = re.compile(
    r"\bplan\b|tarif|\bmrr\b|\barr\b|interval|billing cycle|renew|cancel|trial|next billing"
    r"|套餐|周期|续费|到期|プラン|更新|요금제",
    re.IGNORECASE,
)
MONEY_WORD = re.compile(
    r"fee|price|paid|cost|amount|charge|revenue|total|betrag|preis|kosten|prix|montant|importe|precio|importo|prezzo|valor|费|额|价|款|金"
)
BARE = ("id", "number", "no", "编号", "号码", "nr", "numero")


def says_customers(as_orders: Sequence[ColumnGuess], as_customers: Sequence[ColumnGuess]) -> bool:
    """With one row per customer, count the headers that only one kind of table has."""
    return _only_of("customers", as_customers) >= _only_of("orders", as_orders)


def numbers_orders(key: ColumnGuess, as_orders: Sequence[ColumnGuess], as_customers: Sequence[ColumnGuess]) -> bool:
    """Say whether an id that does not say whose it is stands on orders that lack something: they are no customers."""
    is_order = any(one.name == key.name and one.role == "order_id" for one in as_orders)
    if not is_order and normal(key.name) not in BARE:
        return False
    n_orders, n_customers = _only_of("orders", as_orders), _only_of("customers", as_customers)
    return n_orders >= OF_ORDERS and n_orders >= n_customers + MORE


def _only_of(kind: str, columns: Sequence[ColumnGuess]) -> int:
    catalogue = roles()
    return sum(1 for column in columns if column.reason == "header" and _only(catalogue[column.role], kind))


def _only(role: Role, kind: str) -> bool:
    """Say whether a role is one of orders but not of customers, or the other way round."""
    return kind in role.tables and not {"orders", "customers"} - {kind} & set(role.tables)


def lists_subscriptions(as_orders: Sequence[ColumnGuess]) -> bool:
    """Say whether rows are subscriptions: what is cancelled there is a customer who left, and no order undone.

    A number of its own for each row, which its header calls a subscription's, and a plan, a renewal or a monthly sum.
    """
    own = [one for one in as_orders if SUBSCRIPTION.search(one.name) and numbers_each_row(one.evidence)]
    return bool(own) and any(RUNS_ON.search(one.name) for one in as_orders if one not in own)


def visits_are_paid(events: Sequence[ColumnGuess], as_orders: Sequence[ColumnGuess]) -> bool:
    """Say whether rows taken for events are visits that somebody paid: no event is named, and money stands there."""
    if any(one.role == "event" for one in events):
        return False
    return any(
        one.evidence.kind == "number" and one.evidence.decimal_share > CENTS and MONEY_WORD.search(normal(one.name))
        for one in as_orders
    )
