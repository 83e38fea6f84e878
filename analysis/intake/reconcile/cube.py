"""The lines of orders summed up by everything that a report may treat otherwise, small enough to try every way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from analysis.engine import fetch_frame, fetch_row, fetch_rows, fetch_value, literal, watched
from analysis.intake.cells.decimals import read_decimal
from analysis.intake.cells.values import number
from analysis.intake.meaning.words import folded, word_list
from analysis.intake.standard.clean import is_test_order, line_identity
from analysis.intake.standard.mapped import match_sources, open_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import numpy as np
    import pandas as pd

    from analysis.intake.choices import Choices
    from analysis.intake.mapped import Mapped
    from analysis.intake.tables import RawTable, StandardTables

HOURS = 14  # time zones are at most so far apart
MOST_STATES = 12
MOST_COLUMNS = 8
READABLE = 0.95  # share of filled cells that must be numbers
# Roles whose money an amount may hold or not; other roles mean something else than money of the order.
OPEN_ROLES = ("ignore", "discount", "shipping", "refunded")
# Reasons for which another report may count lines all the same; rows that are no lines of orders have none.
COUNTED_ELSEWHERE = (
    "no_customer", "excluded_state", "return", "test_order", "duplicate_line", "repeated_line", "duplicate_order",
    "not_a_sale", "other_level", "zero_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """Money of a line beside its amount: a column, counted on each line or once an order."""

    header: str
    once: bool
    role: str = "ignore"
    source: int = 0


@dataclass(frozen=True)
class Cube:
    """Sums of the lines near a period.

    Attributes
    ----------
    cells : pandas.DataFrame
        One row per ``reason`` (empty for a line that counts), ``state``, ``is_return``, ``is_test``, ``is_repeat`` and
        hours since the begin (``from_begin``) and the end (``from_end``) of the period, kept within ``HOURS``.
    money : numpy.ndarray, shape (cells, 1 + measures)
        The sum of the amounts, then of each measure.
    """

    cells: pd.DataFrame
    money: np.ndarray
    measures: tuple[Measure, ...]
    since: date
    until: date
    has_time: bool


def cube_of(
    tables: Sequence[RawTable],
    recipe: Choices,
    standard: StandardTables,
    *,
    since: date | None,
    until: date | None,
) -> Cube | None:
    """Sum the lines up; None when the study has no lines of orders."""
    import numpy as np
    import pandas as pd

    connection = watched(standard.connection.cursor())
    orders = [
        replace(one, view=f"reconciled_{one.index}")
        for one in match_sources(tables, recipe)
        if one.source is not None and one.source.kind == "orders"
    ]
    if not orders:
        return None
    for one in orders:
        open_rows(connection, one)
    begin, end = _period(connection, since, until)
    parts, found = [], []
    for one in orders:
        measures = _measures(connection, one)
        parts.append(_summed(connection, one, measures, begin, end))
        found.append(measures)
    every = tuple(dict.fromkeys(replace(one, source=0) for measures in found for one in measures))
    # A column of two tables (one export a month) is one measure.
    columns = [
        pd.DataFrame(
            {place: part.get(f"m{measures.index(known)}", 0.0) if known else 0.0 for place, known in enumerate(
                [next((m for m in measures if replace(m, source=0) == one), None) for one in every]
            )},
            index=part.index,
        )
        for part, measures in zip(parts, found, strict=True)
    ]  # fmt: skip
    cells = pd.concat(parts, ignore_index=True)
    extra = pd.concat(columns, ignore_index=True).to_numpy(dtype=float, na_value=0.0)
    money = np.column_stack([cells["amount"].to_numpy(dtype=float), extra.reshape(len(cells), len(every))])
    first = {replace(m, source=0): m for measures in reversed(found) for m in measures}
    return Cube(cells, money, tuple(first[one] for one in every), begin, end, standard.has_time)


def _period(connection: duckdb.DuckDBPyConnection, since: date | None, until: date | None) -> tuple[date, date]:
    first, last = fetch_row(connection, "SELECT min(order_date), max(order_date) FROM orders")
    days = [day.date() if isinstance(day, datetime) else day for day in (first, last)]
    return since or days[0], until or days[1]


def _measures(connection: duckdb.DuckDBPyConnection, one: Mapped) -> tuple[Measure, ...]:
    """Return the columns that hold money which an amount may or may not include."""
    assert one.source is not None
    words = [folded(word) for word in word_list("beside", "money")]
    found = []
    roles = {column.name: column.role for column in one.source.columns}
    for place, header in enumerate(one.table.columns):
        role = roles.get(header, "ignore")
        name = folded(header)
        if role not in OPEN_ROLES or (role == "ignore" and not any(word in name for word in words)):
            continue
        read = _number(connection, one, place)
        filled, numbers, least, most = fetch_row(
            connection,
            f"SELECT count(*) FILTER (nullif(trim(c{place}), '') IS NOT NULL), count({read}), min({read}), max({read}) "
            f"FROM {one.view}",
        )
        if not numbers or numbers < READABLE * filled or not (least or most):
            continue
        found.append(Measure(header, False, role, one.index))
        if one.raw("order_id") and _repeats(connection, one, place):
            found.append(Measure(header, True, role, one.index))
        if len(found) >= MOST_COLUMNS:
            break
    return tuple(found)


def _number(connection: duckdb.DuckDBPyConnection, one: Mapped, place: int) -> str:
    return number(f"c{place}", decimal=read_decimal(connection, one, f"c{place}", is_money=True))


def _repeats(connection: duckdb.DuckDBPyConnection, one: Mapped, place: int) -> bool:
    """Say whether the lines of an order of several lines all show one amount in a column."""
    order = one.raw("order_id")
    n, same = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (least = most AND cells = lines) FROM (SELECT min(c{place}) AS least, "
        f"max(c{place}) AS most, count(c{place}) AS cells, count(*) AS lines FROM {one.view} "
        f"WHERE {order} IS NOT NULL GROUP BY {order} HAVING count(*) > 1)",
    )
    return n > 0 and same >= 0.9 * n


def _summed(
    connection: duckdb.DuckDBPyConnection, one: Mapped, measures: Sequence[Measure], begin: date, end: date
) -> pd.DataFrame:
    assert one.source is not None
    present = {column.role for column in one.source.columns}
    same = line_identity(present)
    repeat = f"row_number() OVER (PARTITION BY reason, {', '.join(same)} ORDER BY line) > 1" if same else "false"
    after = end + timedelta(days=1)

    def hours(since: date) -> str:
        gap = f"floor(epoch(order_time - TIMESTAMP {literal(since.isoformat())}) / 3600)"
        return f"CAST(greatest(least({gap}, {HOURS + 1}), {-HOURS - 1}) AS INTEGER)"

    read = [f"{_number(connection, one, one.table.columns.index(m.header))} AS v{i}" for i, m in enumerate(measures)]
    raw = f"SELECT {', '.join(['line AS raw_line', *read])} FROM {one.view}"
    order = "PARTITION BY coalesce(order_id, CAST(line AS VARCHAR)) ORDER BY line"
    counted = [
        f"coalesce(v{i}, 0) * CAST(row_number() OVER ({order}) = 1 AS INTEGER) AS w{i}" if m.once
        else f"coalesce(v{i}, 0) AS w{i}"
        for i, m in enumerate(measures)
    ]  # fmt: skip
    sums = "".join(f", CAST(sum(w{i}) AS DOUBLE) AS m{i}" for i in range(len(measures)))
    state = _state(connection, one)
    near = timedelta(hours=HOURS + 1)
    midnight = datetime.min.time()
    return fetch_frame(
        connection,
        f"SELECT reason, state, is_return, is_test, is_repeat, {hours(begin)} AS from_begin, "
        f"{hours(after)} AS from_end, CAST(sum(amount) AS DOUBLE) AS amount{sums} "
        f"FROM (SELECT coalesce(reason, '') AS reason, {state} AS state, "
        f"is_return, {is_test_order(present)} AS is_test, {repeat} AS is_repeat, order_time, "
        f"coalesce(amount, 0) AS amount{''.join(', ' + w for w in counted)} "
        f"FROM {one.lines} JOIN ({raw}) ON raw_line = line) "
        f"WHERE order_time >= {_moment(datetime.combine(begin, midnight) - near)} "
        f"AND order_time < {_moment(datetime.combine(after, midnight) + near)} "
        "GROUP BY ALL ORDER BY ALL",
    )


def _moment(moment: datetime) -> str:
    return f"TIMESTAMP {literal(moment.isoformat(sep=' '))}"


def _state(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Write the state of a line; empty where a table has none, or so many that they are no states."""
    names = {name for name, *_ in fetch_rows(connection, f"DESCRIBE {one.lines}")}
    if "status" not in names:
        return "''"
    n = int(fetch_value(connection, f"SELECT count(DISTINCT status) FROM {one.lines}"))
    return "coalesce(status, '')" if n <= MOST_STATES else "''"
