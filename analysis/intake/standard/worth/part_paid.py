"""Orders called off before they were paid in full: what is kept of one is what was paid less what went back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows
from analysis.intake.cells.values import category, one_of
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import IGNORE
from analysis.intake.standard.states import MOST_STATES, UNDONE, state_meanings
from analysis.intake.suggesting.receipts import came_in

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

MOST_ROWS = 100_000  # of larger tables each look at all rows takes long
WITHIN = 0.95  # of the rows say that no more was paid than the order is of
IN_FULL = 0.3  # … and of these that all of it was: a number of pieces, or of days, is seldom the sum of an order


def paid_column(one: Mapped) -> str | None:
    """Return the one column beside the amount whose heading says what was paid of an order, without deposits."""
    if one.source is None or one.table.n_rows > MOST_ROWS or not (one.raw("status") and one.raw("amount")):
        return None
    words, paying = words_of("amounts"), words_of("paying")
    amount = one.source.column("amount")
    if amount is None or came_in(amount.name):
        return None
    said = [
        column.name for column in one.source.columns
        if column.role == IGNORE and column.name in one.table.columns and words.says(column.name, "paid")
        and came_in(column.name) and not any(paying.says(column.name, part) for part in ("deposit", "means"))
    ]  # fmt: skip
    return f"c{one.table.columns.index(said[0])}" if len(said) == 1 else None


def with_part_paid(
    connection: duckdb.DuckDBPyConnection, one: Mapped, amount: str, paid: str, back: str
) -> tuple[str, str, int]:
    """Put what was paid in place of the amount of an order that was called off, where less than all had been paid.

    Only where the column proves to say that: an order has one row, what was paid is within its amount, often all of it,
    and what went back of an order that was called off is within what was paid.

    Parameters
    ----------
    amount, paid, back : str
        What an order is of, what was paid of it, and what went back, as SQL of a raw row.

    Returns
    -------
    tuple of str, str and int
        The amount as SQL, the heading of what was paid, empty where the amount stays as it was, and of how many orders.
    """
    raw, order = one.raw("status"), one.raw("order_id")
    place = paid_column(one)
    if raw is None or place is None:
        return amount, "", 0
    state = category(raw)
    found = fetch_rows(connection, f"SELECT DISTINCT {state} FROM {one.view} LIMIT {MOST_STATES}")
    undone = [word for word, meaning in state_meanings(text for (text,) in found if text).items() if meaning in UNDONE]
    if not undone:
        return amount, "", 0
    off = f"{one_of(state, undone)} AND {back} > 0"
    n, within, whole, right, of_off, repeated, part = fetch_row(
        connection,
        f"SELECT count(*) FILTER (amount > 0 AND paid IS NOT NULL), count(*) FILTER (amount > 0 AND paid <= amount), "
        f"count(*) FILTER (amount > 0 AND paid = amount), count(*) FILTER (gone AND back <= paid), "
        f"count(*) FILTER (gone), count(number) - count(DISTINCT number), "
        f"count(*) FILTER (gone AND paid < amount) FROM (SELECT {amount} AS amount, "
        f"{paid} AS paid, {back} AS back, coalesce({off}, false) AS gone, {order or 'NULL'} AS number FROM {one.view})",
    )
    is_paid = n and of_off and within >= WITHIN * n and whole >= IN_FULL * n and right == of_off and not repeated
    if not is_paid:
        return amount, "", 0
    header = one.table.columns[int(place[1:])]
    return f"CASE WHEN {off} AND {paid} < {amount} THEN {paid} ELSE {amount} END", header, int(part)
