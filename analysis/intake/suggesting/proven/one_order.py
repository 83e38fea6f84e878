"""What the values of a number hold: one customer's day, as an order does, or many, as a monthly invoice does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, look
from analysis.intake.headings import is_numbering
from analysis.intake.roles import WHOLE_HEADER, Evidence, header_score, roles
from analysis.intake.suggesting.candidates import CODED
from analysis.intake.suggesting.column_guess import Taken
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.receipts import (
    LEAST_ORDERS,
    LOOKED_AT,
    MOSTLY_FULL,
    PEOPLE,
    by_instalments,
    by_invoices,
    by_receipts,
    take,
)

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.tables import RawTable

HALF = 0.5  # of the numbers with several rows hold several days, from which they are no order's
TIMES = 1.5  # as many of the finer number, and at most as many of it as customers and days
ONE_DAY = 0.95  # of the numbers stand with one customer and day


@dataclass(frozen=True)
class Held:
    """How many values a number has, those of several rows, and of these those of several days, people, and of both."""

    n: int
    several: int
    of_days: int
    of_people: int
    of_both: int

    @property
    def collects(self) -> bool:
        """Whether half of what has several rows, and no few, holds several days."""
        return self.several >= LEAST_ORDERS and self.of_days >= HALF * self.several


def held(connection: duckdb.DuckDBPyConnection, rows: str, *, number: str, day: str, person: str) -> Held:
    """Count the days and people that each value of a number holds.

    The number of an order holds one customer and one day; a collective one several days of a customer, and one that
    starts again several of both.

    Parameters
    ----------
    rows, number, day, person : str
        SQL that names rows, and what stands in them.
    """
    found = fetch_row(
        connection,
        "SELECT count(*), count(*) FILTER (n > 1), count(*) FILTER (n > 1 AND days > 1), "
        "count(*) FILTER (n > 1 AND people > 1), count(*) FILTER (n > 1 AND days > 1 AND people > 1) FROM ("
        f"SELECT count(*) AS n, count(DISTINCT {day}) AS days, count(DISTINCT {person}) AS people "
        f"FROM {rows} WHERE {number} IS NOT NULL GROUP BY {number})",
    )
    return Held(*map(int, found))


def held_in_cells(connection: duckdb.DuckDBPyConnection, rows: str, number: int, day: int, person: int) -> Held:
    """Count what the values of a number hold in rows of cells ``c0``, ``c1``, …; times of the day make no day."""
    number_of, who = (f"trim(c{place})" for place in (number, person))
    return held(connection, f"(FROM {rows} LIMIT {LOOKED_AT})", number=number_of, day=day_of(day), person=who)


def day_of(place: int) -> str:
    """Write the day of a cell, without its time, as SQL."""
    return f"split_part(replace(trim(c{place}), 'T', ' '), ' ', 1)"


def by_papers(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take number and amount of orders that come in parts, on papers of several days, or are paid bit by bit."""
    both = (roles_taken, columns_taken)
    if not (by_instalments(table, evidence, *both) or by_receipts(table, evidence, *both)):
        _by_finer_number(table, evidence, *both)
    by_invoices(table, evidence, *both)


def _by_finer_number(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take the number of a delivery for the order rather than that of an invoice over several days."""
    coarse, day = roles_taken.get("order_id"), roles_taken.get("order_date")
    person = next((roles_taken[role] for role in PEOPLE if role in roles_taken), None)
    if coarse is None or day is None or person is None or table.stored:
        return
    free = [
        i for i, seen in enumerate(evidence)
        if (i not in columns_taken or columns_taken[i][0].key == "parent_order") and _may_number(table.columns[i], seen)
    ]  # fmt: skip
    if not free:
        return
    with look() as connection, scan(connection, table) as rows:
        if not held_in_cells(connection, rows, coarse, day, person).collects:
            return
        for fine in sorted(free, key=lambda i: -header_score(table.columns[i], roles()["order_id"])):
            if is_finer(connection, rows, fine=fine, coarse=coarse, day=day, person=person):
                if columns_taken.pop(fine, None) is not None:
                    roles_taken.pop("parent_order")
                take({"order_id": fine}, roles_taken, columns_taken)
                return


def _may_number(header: str, seen: Evidence) -> bool:
    """Say whether a column may hold numbers of papers, one for each row or for several."""
    if seen.personal or seen.decimal_share or seen.kind in ("date", "flag", "empty") or seen.fill < MOSTLY_FULL:
        return False
    named = is_numbering(header) or header_score(header, roles()["order_id"]) >= WHOLE_HEADER
    codes = bool(seen.examples) and all(CODED.match(cell.strip()) for cell in seen.examples)
    return seen.n_distinct > 1 and (named or codes)


def is_finer(
    connection: duckdb.DuckDBPyConnection, rows: str, *, fine: int, coarse: int, day: int, person: int
) -> bool:
    """Say whether a number parts another one into papers of one customer and day, and not into single lines."""
    who = f"trim(c{person})"
    n, alone, pairs, wholes = fetch_row(
        connection,
        "SELECT count(*), count(*) FILTER (days = 1 AND people = 1 AND coarse <= 1), "
        f"(SELECT count(DISTINCT ({day_of(day)}, {who})) FROM (FROM {rows} LIMIT {LOOKED_AT})), "
        f"(SELECT count(DISTINCT c{coarse}) FROM (FROM {rows} LIMIT {LOOKED_AT})) FROM ("
        f"SELECT count(DISTINCT {day_of(day)}) AS days, count(DISTINCT {who}) AS people, "
        f"count(DISTINCT c{coarse}) AS coarse FROM (FROM {rows} LIMIT {LOOKED_AT}) "
        f"WHERE c{fine} IS NOT NULL GROUP BY trim(c{fine}))",
    )
    return alone >= ONE_DAY * n and TIMES * wholes <= n <= TIMES * pairs
