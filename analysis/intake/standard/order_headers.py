"""Orders in two tables: one row per order says whose it is and when, the lines with the amounts stand in another.

Shop databases export orders so (``orders`` and ``order_items``): the lines take the customer, the date, the state and
what else an order has once from its row, by the order's number. Refunds in a file of their own take it from the orders.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.errors import AnalysisError
from analysis.intake.cells.values import identifier
from analysis.intake.mapped import Mapped
from analysis.intake.standard.fill_down import OF_ORDERS
from analysis.intake.standard.mapped import with_surplus
from analysis.intake.standard.typed import read_id, read_time, text_value
from analysis.intake.tables import Note, TableCount

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices, Source

ORDER_HEADERS = "order_heads"  # the kind of the table, and the name it has among the standard tables
OF_MONEY = ("order_id", "amount", "refunded", "payment_state", "cancelled_flag", "currency")
LENDING = {"order_id", "customer_id", "order_date"}
HEADER_ROLES = tuple(role for role in OF_ORDERS if role not in OF_MONEY)


def roles_of_order_headers(recipe: Choices, present: set[str]) -> tuple[str, ...]:
    """Return the roles that a table of orders with these roles takes from the tables of heads.

    A table that names customer and date of each line needs none.

    Examples
    --------
    >>> from analysis.intake.choices import Column, Choices, Source
    >>> heads = [Column(name=role, role=role) for role in ("order_id", "customer_id", "order_date")]
    >>> recipe = Choices(sources=(Source(kind="order_heads", columns=tuple(heads)),))
    >>> roles_of_order_headers(recipe, {"order_id", "amount"})
    ('customer_id', 'order_date')
    """
    if "order_id" not in present or {"customer_id", "order_date"} <= present:
        return ()
    there = {column.role for source in recipe.sources if lends(source, present) for column in source.columns}
    return tuple(role for role in HEADER_ROLES if role in there - present)


def lends(source: Source, present: Collection[str]) -> bool:
    """Say whether a source tells whose the orders of a table with these roles are: its heads, or those of refunds."""
    if source.kind == ORDER_HEADERS:
        return True
    own = {column.role for column in source.columns}
    return source.kind == "orders" and "refunded" in present and own >= LENDING and "customer_id" not in present


def lenders(mapped: Sequence[Mapped]) -> list[Mapped]:
    """Return the tables that tell other tables whose the orders are, heads first."""
    sources = [(one, one.source) for one in mapped if one.source is not None and one.source.kind != "ignore"]
    heads = [one for one, source in sources if source.kind == ORDER_HEADERS]
    needs = [{column.role for column in source.columns} for _, source in sources if source.kind == "orders"]
    needs = [present for present in needs if "order_id" in present]
    return heads or [one for one, source in sources if any(lends(source, present) for present in needs)]


def read_order_headers(
    connection: duckdb.DuckDBPyConnection, heads: Sequence[Mapped], recipe: Choices, notes: list[Note]
) -> None:
    """Create ``order_heads``: the rows of all tables of heads, typed, with ``again`` true for a number seen before.

    Raises
    ------
    AnalysisError
        ``no_order_column``, ``no_customer_column`` or ``no_date_column``.
    """
    parts = []
    for one in heads:
        for role in ("order_id", "customer_id", "order_date"):
            if one.raw(role) is None:
                code = {"order_id": "no_order_column", "customer_id": "no_customer_column"}.get(role, "no_date_column")
                raise AnalysisError(code, table=one.table.key, columns=", ".join(one.table.columns[:12]))
        time, has_date, _ = read_time(connection, one, recipe, notes)
        typed = {"customer_id": one.customer(read_id(connection, one, "customer_id")), "order_date": time}
        for role in HEADER_ROLES:
            if role not in typed:
                raw = one.raw(role)
                typed[role] = (
                    text_value(connection, one, role, raw, recipe.cleaning) if raw else "CAST(NULL AS VARCHAR)"
                )
        columns = ", ".join(f"{expression} AS lent_{role}" for role, expression in typed.items())
        parts.append(
            f"SELECT {one.index} AS source, line, {read_id(connection, one, 'order_id')} AS order_id, {columns}, "
            f"{has_date} AS lent_has_date FROM {one.view}"
        )
    connection.execute(
        f"CREATE TEMP TABLE {ORDER_HEADERS} AS SELECT *, "
        "row_number() OVER (PARTITION BY order_id ORDER BY source, line) > 1 AS again "
        f"FROM ({' UNION ALL BY NAME '.join(parts)})"
    )


def joined_lines(one: Mapped, lent: Sequence[str]) -> str:
    """Write the rows of a table of lines beside what their order lends them, ``lent_<role>`` and ``lent_has_date``."""
    raw = one.raw("order_id")
    assert raw is not None
    columns = ", ".join(f"h.lent_{role}" for role in lent)
    return (
        f"(SELECT l.*, {columns}, coalesce(h.lent_has_date, false) AS lent_has_date FROM {one.view} l "
        f"LEFT JOIN (FROM {ORDER_HEADERS} WHERE NOT again) h ON {identifier('l.' + raw)} = h.order_id)"
    )


def count_order_headers(
    connection: duckdb.DuckDBPyConnection, heads: Sequence[Mapped], lines: Sequence[Mapped]
) -> list[TableCount]:
    """Set aside the heads that no line belongs to, and numbers that come again; count the others as kept."""
    found = " UNION ALL ".join(
        f"SELECT {identifier(raw)} AS order_id FROM {one.view}" for one in lines if (raw := one.raw("order_id"))
    )
    known = f"order_id IN ({found})" if found else "false"
    gone = heads[0].is_forgotten("lent_customer_id")
    connection.execute(
        f"CREATE TEMP TABLE judged_heads AS SELECT source, line, CASE WHEN {gone} THEN 'forgotten' "
        f"WHEN order_id IS NULL OR NOT {known} "
        f"THEN 'no_amount' WHEN again THEN 'duplicate_order' END AS reason FROM {ORDER_HEADERS}"
    )
    connection.execute("INSERT INTO set_aside SELECT source, line, reason FROM judged_heads WHERE reason IS NOT NULL")
    counts = []
    for one in heads:
        rows = fetch_rows(
            connection,
            f"SELECT reason, count(*) FROM judged_heads WHERE source = {one.index} GROUP BY reason ORDER BY reason",
        )
        reasons = {reason: int(n) for reason, n in rows if reason}
        kept = sum(int(n) for reason, n in rows if reason is None)
        counts.append(
            TableCount(one.table.key, ORDER_HEADERS, one.table.n_read, kept, with_surplus(connection, one, reasons))
        )
    return counts
