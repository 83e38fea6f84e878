"""What a table that is refused for want of a column may hold in its place: the columns that a person could choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.intake.decision import Alternative
from analysis.intake.fixes import SourceFix
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.guess import guess_as

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.intake.roles import Evidence
    from analysis.intake.suggesting.guess import TableGuess

# The role that each refusal asks for.
LACKING = {
    "no_customer_column": "customer_id", "orders_of_nobody": "customer_id", "orders_of_nobody_products": "customer_id",
    "no_date_column": "order_date", "no_amount_column": "amount",
}  # fmt: skip
MOST_OFFERED = 3
LEAST_SHARE = 0.5  # of the cells that must look like it
FREE = (IGNORE, "name", "phone", "email", "company", "id_number", "product", "region", "city", "category")


def read_as_orders(guesses: Sequence[TableGuess], problem: AnalysisError) -> int | None:
    """Return the place of the table that a refusal is about; None for other refusals."""
    table = problem.facts.get("table")
    places = [place for place, guess in enumerate(guesses) if guess.table.key == table]
    return places[0] if problem.code in LACKING and places else None


def as_orders(guess: TableGuess) -> TableGuess:
    """Return the guess of a table as if it held orders, with the roles that are known."""
    return guess_as(guess.table, [column.evidence for column in guess.columns], "orders")


def ways_on(guess: TableGuess, place: int, problem: AnalysisError) -> tuple[Alternative, ...]:
    """Return the columns of a table that may be the lacking one, the likeliest first, each with what chooses it.

    Where none can be, the rows may still be customers.
    """
    role = LACKING[problem.code]
    found = as_orders(guess)
    fits = {"customer_id": _may_name, "order_date": _may_be_day, "amount": _may_be_money}[role]
    free = [column for column in found.columns if column.role in FREE and column.evidence.n_filled]
    likely = sorted((column for column in free if fits(column.evidence) > 0), key=lambda one: -fits(one.evidence))
    offered = [
        Alternative(column.name, {}, SourceFix(source=place, value="orders", roles=((column.name, role),)))
        for column in likely[:MOST_OFFERED]
    ]
    rows = Alternative("customers", {"rows": guess.table.n_rows}, SourceFix(source=place, value="customers"))
    return (*offered, rows)


def _may_name(seen: Evidence) -> float:
    """Say how likely cells tell people apart, 0 to 1: several, that come back."""
    if seen.kind in ("date", "flag") or seen.n_distinct < 2 or seen.decimal_share > 0:
        return 0.0
    comes_back = 1 - seen.n_distinct / seen.n_filled
    return seen.fill * (0.2 + 0.8 * comes_back) * (seen.n_distinct / (seen.n_distinct + 5))


def _may_be_day(seen: Evidence) -> float:
    likely = max(seen.date_share, seen.serial_share)
    return seen.fill * likely if likely >= LEAST_SHARE else 0.0


def _may_be_money(seen: Evidence) -> float:
    return seen.fill * (seen.number_share + seen.decimal_share) / 2 if seen.number_share >= LEAST_SHARE else 0.0
