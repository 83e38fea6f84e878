"""Whether day or month comes first in a column, where only what stands beside it in the rows can say: 03/04/2024.

Other dates of the row whose order is certain lie near the right reading, a document's number may hold the month, and
dates that are written with the same signs are written in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_rows
from analysis.intake.cells.dates import decided_order

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

LOOKED_AT = 1000  # rows
LEAST_ROWS = 3  # that can be read both ways
NEAR = 45  # days between an order and its delivery, payment or invoice
MOSTLY = 0.9  # of the rows agree with one reading …
SHARED = 0.9  # of the customers of the smaller of two tables stand in the other
FEW = 0.6  # … and with the other at most so many
_PAIR = re.compile(r"^\D{0,3}(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_IN_NUMBER = re.compile(r"(?<!\d)(20\d\d)[-/._]?(0[1-9]|1[0-2])(?:[-/._]?(0[1-9]|[12]\d|3[01]))?")

Day = tuple[int, int, int | None]


def order_beside(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str
) -> tuple[Literal["dmy", "mdy"], str] | None:
    """Return the order of day and month that another column of the rows decides, and its header; None without one."""
    place = int(raw[1:])
    columns = ", ".join(f"c{at}" for at in range(len(one.table.columns)))
    rows = fetch_rows(connection, f"SELECT {columns} FROM {one.view} WHERE {raw} IS NOT NULL LIMIT {LOOKED_AT}")
    for at, header in enumerate(one.table.columns):
        if at == place:
            continue
        order = order_by([row[place] for row in rows], [row[at] for row in rows])
        if order is not None:
            return order, header
    return None


def order_elsewhere(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str
) -> tuple[Literal["dmy", "mdy"], str] | None:
    """Return the order that dates of tables of the same customers decide, and the first table: one system wrote them.

    All of them that are written with the same signs and show it have to agree.
    """
    signs = _signs(connection, one.view, raw)
    found: dict[str, str] = {}
    for other in one.others if len(signs) == 1 else ():
        if other.table.stored or not _same_customers(connection, one, other):
            continue
        for at in range(len(other.table.columns)):
            cells = _some(connection, other.view, f"c{at}")
            written = [_PAIR.match(cell) for cell in cells]
            if cells and all(written) and {cell[2] for cell in written if cell} == signs:
                order = decided_order(cells)
                found |= {order: found.get(order, other.table.key)} if order else {}
    order = next(iter(found), None) if len(found) == 1 else None
    return (order, found[order]) if order in ("dmy", "mdy") else None


def _same_customers(connection: duckdb.DuckDBPyConnection, one: Mapped, other: Mapped) -> bool:
    ids = [(mapped.view, raw) for mapped in (one, other) if (raw := mapped.raw("customer_id"))]
    if len(ids) < len((one, other)):
        return False
    ours, theirs = ({cell.lower() for cell in _some(connection, view, raw)} for view, raw in ids)
    return len(ours & theirs) >= SHARED * max(1, min(len(ours), len(theirs)))


def _signs(connection: duckdb.DuckDBPyConnection, view: str, raw: str) -> set[str]:
    written = [_PAIR.match(cell) for cell in _some(connection, view, raw)]
    return {cell[2] for cell in written if cell} if all(written) else set()


def _some(connection: duckdb.DuckDBPyConnection, view: str, raw: str) -> list[str]:
    rows = fetch_rows(connection, f"SELECT DISTINCT {raw} FROM (SELECT {raw} FROM {view} LIMIT {LOOKED_AT})")
    return [cell for (found,) in rows if (cell := str(found or "").strip())]


def order_by(cells: Sequence[object], others: Sequence[object]) -> Literal["dmy", "mdy"] | None:
    """Return the order of the dates of one column that the cells beside them decide.

    Examples
    --------
    >>> cells = ["03/08/2024", "05/11/2024", "01/07/2024"]
    >>> order_by(cells, ["2024-08-05", "2024-11-06", "2024-07-04"])
    'dmy'
    >>> order_by(cells, ["R-202403-1", "R-202405-2", "R-202401-3"])
    'mdy'
    >>> order_by(cells, ["13/04/2024", "25/06/2024", "02/07/2024"]), order_by(cells, ["1990-01-01"] * 3)
    ('dmy', None)
    """
    pairs = [
        (found, str(other))
        for cell, other in zip(cells, others, strict=True)
        if other and (found := _PAIR.match(str(cell).strip()))
    ]
    open_ones = [
        (found, other) for found, other in pairs if found[1] != found[3] and max(int(found[1]), int(found[3])) <= 12
    ]
    if len(open_ones) < LEAST_ROWS:
        return None
    beside = [(found, _PAIR.match(other.strip())) for found, other in pairs]
    if all(other is not None and other[2] == found[2] for found, other in beside):
        order = decided_order([other for _, other in pairs])
        return order if order in ("dmy", "mdy") else None
    told = [(found, day) for found, other in open_ones if (day := _told(other)) is not None]
    if len(told) < max(LEAST_ROWS, MOSTLY * len(open_ones)):
        return None
    day_first, month_first = (
        sum(_agrees(found, day, first=first) for found, day in told) / len(told) for first in (1, 3)
    )
    if day_first >= MOSTLY and month_first <= FEW:
        return "dmy"
    return "mdy" if month_first >= MOSTLY and day_first <= FEW else None


def _told(cell: str) -> Day | None:
    """Return the year, month and day that a cell says for certain; of a document's number perhaps no day."""
    found = _ISO.match(cell.strip())
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    found = _IN_NUMBER.search(cell)
    return (int(found[1]), int(found[2]), int(found[3]) if found[3] else None) if found else None


def _agrees(found: re.Match[str], told: Day, *, first: int) -> bool:
    """Say whether a date, its day in the ``first`` part, is near another one, or in the month of a number."""
    day, month, year = int(found[first]), int(found[4 - first]), int(found[4])
    year += 2000 if year < 100 else 0
    if told[2] is None:
        return (year, month) == told[:2]
    try:
        return abs((date(year, month, day) - date(told[0], told[1], told[2])).days) <= NEAR
    except ValueError:
        return False
