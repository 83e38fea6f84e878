"""The standard table of customers: one row per customer id, mapped attributes and extra features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.dates import date_form, timestamp
from analysis.intake.roles import EXTRA, roles
from analysis.intake.tables import TableCount
from analysis.intake.values import TOTAL_WORDS, category, column_style, identifier, is_nothing, literals, number

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.standardise import Mapped

MOSTLY = 0.95  # share of filled cells that must read as numbers before an extra feature counts as a number


def standardise_customers(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], counts: list[TableCount]
) -> tuple[tuple[str, str], ...]:
    """Create the table ``customers`` and add what became of the rows to ``counts``.

    The first row of an id counts; later rows of the same table are set aside as ``duplicate_customer``. Several tables
    of customers are joined on the id, and the first table with a value wins. The rows of merged ids are joined too, the
    row of the id that stands for the customer first.

    Returns
    -------
    tuple of (column, header)
        The extra features.
    """
    from analysis.intake.standardise import with_surplus

    extras: dict[str, str] = {}
    kinds: dict[str, str] = {}
    selects: list[str] = []
    for one in tables:
        key = one.raw("customer_id")
        if key is None:
            raise AnalysisError("no_customer_column", table=one.table.key, columns=", ".join(one.table.columns[:12]))
        expressions = _expressions(connection, one, extras, kinds)
        copy = "row_number() OVER (PARTITION BY own_id ORDER BY line)"
        connection.execute(
            f"CREATE TEMP TABLE members_{one.index} AS SELECT *, CASE WHEN customer_id IS NULL THEN 'no_customer' "
            f"WHEN lower(customer_id) IN ({literals(TOTAL_WORDS)}) THEN 'total_row' "
            f"WHEN {copy} > 1 THEN 'duplicate_customer' END AS reason "
            f"FROM (SELECT line, {identifier(key)} AS own_id, {one.customer(identifier(key))} AS customer_id{expressions} "
            f"FROM {one.view})"
        )
        connection.execute(
            f"INSERT INTO set_aside SELECT {one.index}, line, reason FROM members_{one.index} WHERE reason IS NOT NULL"
        )
        found = connection.execute(
            f"SELECT reason, count(*) FROM members_{one.index} GROUP BY reason ORDER BY reason"
        ).fetchall()
        reasons = with_surplus(connection, one, {reason: int(n) for reason, n in found if reason})
        kept = sum(int(n) for reason, n in found if reason is None)
        counts.append(TableCount(one.table.key, "customers", one.table.n_read, kept, reasons))
        selects.append(f"SELECT *, {one.index} AS source_rank FROM members_{one.index} WHERE reason IS NULL")
    if not selects:
        connection.execute("CREATE TABLE customers (customer_id VARCHAR)")
        return ()
    merged = ", ".join(
        f"first({name} ORDER BY source_rank, customer_id <> own_id, line) FILTER (WHERE {name} IS NOT NULL) AS {name}" for name in kinds
    )
    connection.execute(
        f"CREATE TABLE customers AS SELECT customer_id{', ' + merged if merged else ''} "
        f"FROM ({' UNION ALL BY NAME '.join(selects)}) GROUP BY customer_id"
    )
    for one in tables:
        connection.execute(f"DROP TABLE members_{one.index}")
    return tuple(extras.items())


def _expressions(
    connection: duckdb.DuckDBPyConnection, one: Mapped, extras: dict[str, str], kinds: dict[str, str]
) -> str:
    """Write the typed columns of one table as SQL, and enter their names into ``kinds`` and ``extras``."""
    assert one.source is not None
    parts = []
    for column in one.source.columns:
        if column.role in ("ignore", "customer_id"):
            continue
        raw = f"c{one.table.columns.index(column.name)}"
        if column.role == EXTRA:
            name = next((key for key, header in extras.items() if header == column.name), f"extra_{len(extras)}")
            extras[name] = column.name
            kind = kinds.get(name) or _extra_kind(connection, one, raw)
        else:
            name, kind = column.role, roles()[column.role].kind
        kinds[name] = kind
        parts.append(f", {_typed(connection, one, raw, kind, column.date_order, column.decimal)} AS {name}")
    return "".join(parts)


def _extra_kind(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> str:
    filled, numbers, dates = connection.execute(
        f"SELECT count(*), count({number(raw)}), count({timestamp(raw)}) FILTER (WHERE {raw} LIKE '%-%-%' OR "
        f"{raw} LIKE '%/%/%' OR {raw} LIKE '%年%') FROM {one.view} WHERE NOT {is_nothing(raw)}"
    ).fetchall()[0]
    if filled and dates >= MOSTLY * filled:
        return "date"
    return "number" if filled and numbers >= MOSTLY * filled else "category"


def _typed(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, kind: str, date_order: str, decimal: str
) -> str:
    if kind == "number":
        if decimal == "auto":
            decimal = column_style(connection, one.view, raw)
        return f"CAST({number(raw, decimal=decimal)} AS DOUBLE)"
    if kind == "date":
        if date_order == "auto":
            cells = connection.execute(f"SELECT DISTINCT {raw} FROM {one.view} WHERE {raw} IS NOT NULL LIMIT 50000")
            date_order = date_form([cell for (cell,) in cells.fetchall()]).order
        return f"CAST({timestamp(raw, order=date_order)} AS DATE)"  # pyright: ignore
    return category(raw) if kind in ("category", "text") else identifier(raw)
