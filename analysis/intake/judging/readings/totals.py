"""The total of an order that stands on each of its lines, beside the amounts of the lines that were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.decision import Alternative
from analysis.intake.judging.asked import revenue_of, shared_totals, swapped
from analysis.intake.roles import IGNORE
from analysis.intake.standard.worth.order_totals import says_order_total
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
