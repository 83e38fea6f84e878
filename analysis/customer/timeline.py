"""What happened with one customer, of every kind of records in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from analysis.intake.people.one import orders_of, records_of
from analysis.intake.questions import last_orders
from analysis.intake.record_kinds import RECORDS

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables

Kind = Literal["order", "return", "events", "feedback", "referrals", "contacts", "consents"]
MOST = 50


@dataclass(frozen=True)
class Happening:
    """An order, a return or a record.

    Attributes
    ----------
    day : date, optional
        None where a referral names no day.
    kind : Kind
    facts : tuple of (role, value)
        What the record says, by role, as text; yes and no as ``true`` and ``false``. Of an order the names of at most
        three products, each under ``product``. Values are as in the files: who shows them masks them.
    n_more : int
        Products of the order beyond those named.
    amount : float, optional
        Of an order or return, where the files hold money.
    """

    day: date | None
    kind: Kind
    facts: tuple[tuple[str, str], ...]
    n_more: int = 0
    amount: float | None = None


@dataclass(frozen=True)
class Timeline:
    """What happened, newest first; ``n`` counts what there is, of which at most ``MOST`` is held."""

    happenings: tuple[Happening, ...]
    n: int


def timeline(standard: StandardTables, customer_id: str, until: date, *, most: int = MOST) -> Timeline:
    """Return what happened with a customer up to a day, newest first.

    Parameters
    ----------
    standard : StandardTables
    customer_id : str
    until : date
        Day of reckoning.
    most : int
        How much at most; ``Timeline.n`` counts the rest too.
    """
    found: list[Happening] = []
    n = 0
    if "order_date" in standard.order_roles:
        orders = last_orders(standard, customer_id, until, most)
        found += [_order(row) for row in orders.to_dict("records")]
        n += orders_of(standard, customer_id, until)
    for kind in RECORDS:
        if kind in standard.record_roles:
            records, counted = _records(standard, kind, customer_id, until, most)
            found += records
            n += counted
    newest = sorted(found, key=lambda one: one.day or date.min, reverse=True)
    return Timeline(tuple(newest[:most]), n)


def _order(row: dict[Any, Any]) -> Happening:
    import pandas as pd

    products = tuple(("product", str(one)) for one in row["products"] if one is not None)
    amount = None if pd.isna(row["amount"]) else float(row["amount"])
    kind = "return" if row["is_return"] else "order"
    return Happening(row["day"].date(), kind, products, max(int(row["n_products"]) - len(products), 0), amount)


def _records(
    standard: StandardTables, kind: str, customer_id: str, until: date, most: int
) -> tuple[list[Happening], int]:
    roles, rows = records_of(standard, kind, customer_id, until, most)
    found = [
        Happening(day, kind, tuple((role, text) for role, text in zip(roles, cells, strict=True) if text is not None))  # pyright: ignore
        for day, _, *cells in rows
    ]
    return found, rows[0][1] if rows else 0
