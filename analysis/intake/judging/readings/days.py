"""Days of orders: what tells apart those of one customer and day, and rows that have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, look
from analysis.intake.cells.dates import clock_time
from analysis.intake.cells.values import identifier, is_nothing
from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import SourceFix
from analysis.intake.judging.asked import in_main_currency, money_cell, revenue_of, swapped, tables_of
from analysis.intake.meaning.words import folded
from analysis.intake.roles import IGNORE, header_score, roles
from analysis.intake.suggesting.by_headers import INVOICE
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.proven.one_order import held_in_cells, is_finer
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used
    from analysis.intake.suggesting.column_guess import ColumnGuess

MOST_LOOKED_AT = 4  # columns
MOST_OFFERED = 2
MOST_UNDATED = 0.1  # of the rows
HALF = 0.5  # of the rows without a date have another
FULL = 0.9  # of the rows
OF_ONE = 0.95  # of the numbers belong to one customer and day
LEAST_APART = 0.05  # of the customers and days with several rows
CLOCK = re.compile(r"^\D{0,4}\d{1,2}:\d{2}")
NUMBERED = re.compile(
    r"\b(?:no|nr|num|number|numero|nummer|seq|sequence|slip|ticket|receipt|ref|reference|id|code|bon|lfd|laufend\w*|"
    r"folio|txn|trans\w*|check|chk|job|visit|session|order|doc)\b|[#№]|号|流水|序|单|番|번호|номер|чек"
)


def undated(asked: Asked) -> Iterator[Decision]:
    """Mark the rows that have no date and are left out for it, where they are many, with other dates that they have."""
    for one in asked.used if asked.standard is not None else ():
        date, amount = one.source.column("order_date"), one.guess.column("amount")
        keys = {asked.tables[place].key for place in tables_of(asked, one)}
        counted = [count for count in asked.standard.counts if count.table in keys] if asked.standard else []
        most = MOST_UNDATED * sum(count.read for count in counted)
        undated_rows = sum(count.set_aside.get("no_date", 0) for count in counted)
        if one.source.kind != "orders" or date is None or undated_rows <= most:
            continue
        others = [
            column for column in one.guess.columns
            if column.name != date.name and column.role == IGNORE and column.evidence.kind == "date"
        ][:MOST_LOOKED_AT]  # fmt: skip
        n, money, filled = _left_undated(asked, one, amount, [column.name for column in others])
        if n <= most:
            continue
        revenue = revenue_of(asked, one)
        effect = {"rows": sum(count.kept for count in counted)} | (
            {} if revenue is None else {"revenue": round(revenue, 6)}
        )
        yield Decision(
            "left_out", "not_sold", "middle",
            (Note("undated", {"header": date.name, "n": n, "money": money}),), effect,
            tuple(
                Alternative(
                    column.name, {"rows": column.evidence.n_filled},
                    swapped(one, date.name, column.name, "order_date"),
                )
                for column in others if filled[column.name] >= HALF * n
            )[:MOST_OFFERED], "guessed", column=date.name, **one.about,
        )  # fmt: skip


def _left_undated(
    asked: Asked, one: Used, amount: ColumnGuess | None, others: Sequence[str]
) -> tuple[int, float, dict[str, int]]:
    """Return the orders left out for want of a date, their money, and how many of them fill each of other columns.

    A row without the number of an order, or without money, is none: a subtotal, a remark, a line of another table.
    """
    assert asked.standard is not None
    n, money, filled = 0, 0.0, dict.fromkeys(others, 0)
    needed = [column.name for role in ("order_id", "amount") if (column := one.source.column(role)) is not None]
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            cell = money_cell(table, amount.name, amount.evidence.decimal) if amount else "0"
            counts = ", ".join(
                f"count(*) FILTER (NOT {is_nothing(f'c{table.columns.index(name)}')})" for name in others
            )
            with scan(cursor, table) as rows:
                found = fetch_row(
                    cursor,
                    f"SELECT count(*), coalesce(sum({in_main_currency(cell, one, table)}), 0)"
                    f"{', ' + counts if counts else ''} FROM {rows} WHERE line IN "
                    f"(SELECT line FROM set_aside WHERE source = {place} AND reason = 'no_date')"
                    + "".join(f" AND NOT {is_nothing(f'c{table.columns.index(name)}')}" for name in needed),
                )
            n, money = n + int(found[0]), money + float(found[1])
            filled = {name: filled[name] + int(more) for name, more in zip(others, found[2:], strict=True)}
    return n, round(money, 6), filled


def of_several_days(asked: Asked) -> Iterator[Decision]:
    """Mark the number of a delivery that is the order where that of an invoice collects those of several days."""
    for one in asked.used if asked.standard is not None else ():
        taken = [one.source.column(role) for role in ("order_id", "order_date", "customer_id")]
        names = [column.name for column in taken if column is not None]
        if one.source.kind != "orders" or len(names) < len(taken) or one.guess.table.stored or not one.as_guessed:
            continue
        number = one.guess.column("order_id")
        for column in one.guess.columns:
            if number is None or number.name != names[0] or column.role != IGNORE or column.evidence.personal:
                continue
            named = header_score(column.name, roles()["order_id"]) >= HALF or INVOICE.search(column.name)
            if not named or not 1 < column.evidence.n_distinct < number.evidence.n_distinct or _is_money(column):
                continue
            if not any(sign.isdigit() for cell in column.evidence.examples for sign in cell):
                continue  # a kind of order
            n, days = _collected(one, column.name, names)
            if n:
                ours, theirs = (_numbers(asked, one, header) for header in (number.name, column.name))
                yield Decision(
                    "order", number.name, "middle",
                    (Note("collects_days", {"header": column.name, "n": days, "of": n}),), {"orders": ours},
                    (Alternative(column.name, {"orders": theirs}, swapped(one, number.name, column.name, "order_id")),),
                    "guessed", column=number.name, **one.about,
                )  # fmt: skip
                break


def _is_money(column: ColumnGuess) -> bool:
    return column.evidence.decimal_share > 0 or column.evidence.kind in ("date", "flag")


def _collected(one: Used, header: str, names: Sequence[str]) -> tuple[int, int]:
    """Return how many values a coarser number has, and those of several days; none where it collects no orders."""
    table = one.guess.table
    fine, day, person, coarse = (table.columns.index(name) for name in (*names, header))
    with look() as connection, scan(connection, table) as rows:
        found = held_in_cells(connection, rows, coarse, day, person)
        if found.collects and is_finer(connection, rows, fine=fine, coarse=coarse, day=day, person=person):
            return found.n, found.of_days
    return 0, 0


def _numbers(asked: Asked, one: Used, header: str) -> int:
    """Count the different numbers of a column on the lines that count as sales."""
    assert asked.standard is not None
    n = 0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            with scan(cursor, table) as rows:
                (found,) = fetch_row(
                    cursor,
                    f"SELECT count(DISTINCT {identifier(f'r.c{table.columns.index(header)}')}) FROM orders o "
                    f"JOIN {rows} r ON r.line = o.line WHERE o.source = {place} AND NOT o.is_return",
                )
            n += int(found)
    return n


def told_apart(asked: Asked, one: Used) -> list[Alternative]:
    """Return the columns without a role that tell orders of a day apart, with the orders that there are by each."""
    used = {column.name for column in one.source.columns if column.role != IGNORE}
    left = [column for column in one.guess.columns if column.name not in used and _may_tell(column)]
    found = []
    for column in left[:MOST_LOOKED_AT]:
        clock = _is_clock(column)
        n, several, apart, numbers, of_one = _counted(asked, one, column.name, clock=clock)
        if not several or apart < max(1, LEAST_APART * several) or (not clock and of_one < OF_ONE * numbers):
            continue
        role = "order_clock" if clock else "order_id"
        found.append(Alternative(column.name, {"orders": n}, SourceFix(source=one.place, roles=((column.name, role),))))
    return found[:MOST_OFFERED]


def _is_clock(column: ColumnGuess) -> bool:
    cells = column.evidence.examples
    return bool(cells) and all(CLOCK.match(cell.strip()) for cell in cells)


def _may_tell(column: ColumnGuess) -> bool:
    seen = column.evidence
    if seen.fill < FULL or seen.n_distinct < 2 or seen.personal is not None:
        return False
    if seen.n_distinct == seen.n_rows and seen.examples[:1] == ("1",):
        return False  # the number of the row
    return _is_clock(column) or (not seen.decimal_share and NUMBERED.search(folded(column.name)) is not None)


def _counted(asked: Asked, one: Used, header: str, *, clock: bool) -> tuple[int, int, int, int, int]:
    """Return the orders by a column, the customers and days with several rows, those that it parts, and its numbers."""
    assert asked.standard is not None
    counts = [0, 0, 0, 0, 0]
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            raw = f"r.c{table.columns.index(header)}"
            cell = f"CAST({clock_time(raw)} AS VARCHAR)" if clock else identifier(raw)
            with scan(cursor, table) as rows:
                lines = (
                    f"SELECT o.customer_id AS who, o.order_date AS day, {cell} AS told FROM orders o "
                    f"JOIN {rows} r ON r.line = o.line WHERE o.source = {place} AND NOT o.is_return"
                )
                order = "who, day, told" if clock else "coalesce(told, who || ' @ ' || day)"
                found = fetch_row(
                    cursor,
                    f"WITH lines AS ({lines}), days AS (SELECT count(*) AS n, count(DISTINCT told) AS parts FROM lines "
                    "GROUP BY who, day), numbers AS (SELECT count(DISTINCT (who, day)) AS days FROM lines "
                    f"WHERE told IS NOT NULL GROUP BY told) SELECT (SELECT count(DISTINCT ({order})) FROM lines), "
                    "(SELECT count(*) FROM days WHERE n > 1), (SELECT count(*) FROM days WHERE parts > 1), "
                    "(SELECT count(*) FROM numbers), (SELECT count(*) FROM numbers WHERE days = 1)",
                )
            counts = [before + int(more) for before, more in zip(counts, found, strict=True)]
    return counts[0], counts[1], counts[2], counts[3], counts[4]
