"""The total of an order that stands on each of its lines, beside the amounts of the lines that were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_value, look
from analysis.intake.decision import Alternative
from analysis.intake.judging.asked import money_cell, revenue_of, shared_totals, swapped, tables_of, tried
from analysis.intake.roles import IGNORE
from analysis.intake.standard.worth.order_totals import says_order_total
from analysis.intake.suggesting.describe import scan
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used

LEAST_APART = 0.005  # of the revenue: less changes no figure that anybody reads


def total_beside(asked: Asked, one: Used, amount: str | None) -> tuple[tuple[Note, ...], tuple[Alternative, ...]]:
    """Return what is said of a total of orders beside their lines where it gives another revenue, and the reading."""
    used = {column.name for column in one.source.columns if column.role != IGNORE}
    named = [
        column.name for column in one.guess.columns
        if column.name not in used and column.evidence.kind == "number" and says_order_total(column.name)
    ]  # fmt: skip
    revenue = revenue_of(asked, one) if named and amount else None
    if not revenue or amount is None:
        return (), ()
    for name, total in shared_totals(asked, one, named).items():
        if total and abs(total - revenue) > LEAST_APART * abs(revenue):
            other = Alternative(name, {"revenue": total}, swapped(one, amount, name, "amount"))
            return (Note("order_total_beside", {"header": name, "money": total}),), (other,)
    return (), ()


def other_side(asked: Asked, one: Used, amount: str, other: str) -> Alternative:
    """Offer the other of debit and credit as the amount, with what a run gives or else what all its cells hold."""
    fix = swapped(one, amount, other, "amount")
    money = tried(asked, one, fix)
    if money is None:
        decimal, money = next(column.evidence.decimal for column in one.guess.columns if column.name == other), 0.0
        for place in tables_of(asked, one):
            table = asked.tables[place]
            cell = money_cell(table, other, decimal)
            with look() as cursor, scan(cursor, table) as rows:
                money += float(fetch_value(cursor, f"SELECT coalesce(sum({cell}), 0) FROM {rows}"))
    return Alternative(other, {"revenue": round(money, 6)}, fix)
