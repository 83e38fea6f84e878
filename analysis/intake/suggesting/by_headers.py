"""Whether the headers of a table say that it holds orders or customers."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.intake.roles import Role, normal, roles
from analysis.intake.suggesting.column_guess import ColumnGuess

OF_ORDERS, MORE = 3, 2  # headers that only orders have, and how many more than those of customers alone
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
