"""What tells the orders of a study apart: a number, a number that starts again with the day, or customer and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows
from analysis.intake.suggesting.proven.one_order import held
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

LEAST_NUMBERS = 3
HALF = 0.5  # of the numbers of several lines, from which on they start again
MOSTLY = 0.8  # of the numbers of a day are of one customer
DAY = "CAST(order_time AS DATE)"
KEPT = "reason IS NULL AND NOT is_return AND order_id IS NOT NULL"


def restarted(connection: duckdb.DuckDBPyConnection, lines: str) -> tuple[str, dict[str, object]] | None:
    """Find how orders are told apart where their number starts again: most numbers hold several customers and days.

    Returns
    -------
    (by, facts) or None
        ``number_and_day`` where the number and the day are those of one customer, else ``customer_and_day``: then the
        number only counts rows. The facts count the numbers and one of them as it stands.
    """
    kept = f"(FROM {lines} WHERE {KEPT})"
    found = held(connection, kept, number="order_id", day=DAY, person="customer_id")
    if found.several < LEAST_NUMBERS or found.of_both < HALF * found.several:
        return None
    n, alone, example = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (people = 1), min(order_id) FROM (SELECT order_id, count(DISTINCT "
        f"customer_id) AS people FROM {lines} WHERE {KEPT} GROUP BY order_id, {DAY})",
    )
    by = "number_and_day" if alone >= MOSTLY * n else "customer_and_day"
    return by, {"by": by, "n": found.of_both, "of": found.several, "example": example}


def numbered_anew(by: str, *, day: str = DAY) -> str:
    """Write the order of a line, as SQL, whose number starts again."""
    number = f"order_id || ' @ ' || CAST({day} AS VARCHAR) || ' @ ' || customer_id"
    return number if by == "number_and_day" else "CAST(NULL AS VARCHAR)"


def number_anew(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], notes: list[Note]) -> None:
    """Tell orders apart whose number starts again in each table of a source, such as the sheet of a month.

    Within a table the number is that of an order, from its first day on. Notes ``numbers_start_again``.
    """
    told = {note.facts["table"] for note in notes if note.code == "numbers_start_again"}
    for one in tables:
        group = [one, *(other for other in tables if other.source is one.source and other.index > one.index)]
        first = all(other.source is not one.source for other in tables if other.index < one.index)
        numbered = all(each.raw("order_id") and each.table.key not in told for each in group)
        if len(group) == 1 or not first or not numbered:
            continue
        columns = "order_id, customer_id, order_time, reason, is_return"
        found = restarted(
            connection, f"({' UNION ALL '.join(f'SELECT {columns} FROM {each.lines}' for each in group)})"
        )
        if found is None:
            continue
        by, facts = found
        start = f"min({DAY}) OVER (PARTITION BY order_id, customer_id)"
        for each in group:
            connection.execute(
                f"CREATE OR REPLACE TABLE {each.lines} AS SELECT * REPLACE "
                f"({numbered_anew(by, day=start)} AS order_id) FROM {each.lines}"
            )
        notes.append(Note("numbers_start_again", {"table": one.table.key, **facts}, "check"))


def has_time(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> bool:
    """Say whether any kept line tells a time of the day."""
    return any(
        fetch_rows(
            connection,
            f"SELECT 1 FROM {one.lines} WHERE reason IS NULL AND order_time <> CAST(order_time AS DATE) LIMIT 1",
        )
        for one in tables
    )


def join_orders(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Mapped],
    columns_of_orders: Mapping[str, str],
    *,
    timed: bool,
    apart: bool,
    most: int,
) -> None:
    """Make the kept lines of all tables readable as ``orders``; columns that a table lacks are NULL.

    Those whose money went back without a line of ``orders`` that takes it back are readable as ``paid_back``: their
    state says so, they are returns that were set aside, or all that was paid is told as paid back beside the amount.

    Without an order number, lines of one customer with the same time (or day, without times) are one order; with
    ``apart`` each line is one. Tables of more than ``most`` lines are changed as they are read.
    """
    moment = "order_time" if timed else DAY
    parts: dict[str, list[str]] = {"orders": [], "paid_back": []}
    for one in tables:
        made_id = f"customer_id || ' @ ' || CAST({moment} AS VARCHAR)" + (" || ' # ' || line" if apart else "")
        if one.table.n_rows <= most:
            connection.execute(f"UPDATE {one.lines} SET order_id = {made_id} WHERE order_id IS NULL AND reason IS NULL")
        stored = {name for name, *_ in fetch_rows(connection, f"DESCRIBE {one.lines}")}
        derived = {"source": str(one.index), "order_date": DAY}
        if one.table.n_rows > most:
            derived["order_id"] = f"coalesce(order_id, {made_id})"
        columns = ", ".join(
            f"{derived.get(name, name if name in stored else f'CAST(NULL AS {kind})')} AS {name}"
            for name, kind in columns_of_orders.items()
        )
        back = "reason = 'return' OR (reason = 'excluded_state' AND returned AND NOT is_return)"
        if "paid_back" in stored:
            back += " OR (coalesce(reason = 'zero_amount', true) AND NOT is_return AND paid_back > 0 AND amount = 0)"
        for view, test in (("orders", "reason IS NULL"), ("paid_back", back)):
            parts[view].append(f"SELECT {columns} FROM {one.lines} WHERE {test}")
    none = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns_of_orders.items())
    for view, found in parts.items():
        connection.execute(f"CREATE VIEW {view} AS {' UNION ALL '.join(found) or f'SELECT {none} WHERE false'}")
