"""Lines of one order of which only the first says whose order it is, when, and how much: the others are filled from it.

Spreadsheets with merged cells and exports of shops write orders so: the customer, the date and the total stand on the
first line of an order, and the lines below it are blank there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, literal
from analysis.intake.cells.values import TOTAL_TEXT
from analysis.intake.meaning.words import words_of
from analysis.intake.standard.worth.total_rows import names_total
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

KEYS = ("customer_id", "order_id", "order_date")
# What an order has once, and its lines have in common.
OF_ORDERS = (
    *KEYS, "status", "channel", "payment_method", "coupon", "device", "name", "company", "phone", "email", "address",
    "region", "city", "country", "amount", "refunded", "payment_state", "cancelled_flag", "currency",
)  # fmt: skip
OF_CUSTOMERS = ("customer_id", "name", "company", "phone", "email", "address", "region", "city", "country")
OF_LINES = ("product", "product_id", "quantity", "unit_price", "amount")
LEAST_SHARE = 0.02  # of the rows; a few blank cells are gaps, and not a way of writing
LEAST_ROWS = 3
MOSTLY = 0.9
LEAST_BLANK = 0.2  # of the rows without a day, from which it may be written once for several
BY_CHANCE = 0.01  # of so many rows of a state none has a day, though as many rows as elsewhere might
BY_DAYS = 0.5  # of the numbers of several rows, from which on they start again
GO_ON = 0.95  # of the days are not before the one above


def fill_down(
    connection: duckdb.DuckDBPyConnection, one: Mapped, notes: list[Note], *, totals: bool
) -> tuple[str, bool]:
    """Return the view of a table of orders in which lines are filled from the first line of their order.

    The table's own view comes back when it is not written so. Notes ``cells_filled_down`` with the lines filled.

    Parameters
    ----------
    totals : bool
        An amount that stands on one line of an order alone may be filled too; it must then be shared out.

    Returns
    -------
    (view, shared) : str and bool
        Whether amounts were filled.
    """
    raw = {role: column for role in (*OF_ORDERS, *OF_LINES) if (column := one.raw(role))}
    line = [raw[role] for role in OF_LINES if role in raw]
    keys = [raw[role] for role in KEYS if role in raw]
    if not line or len(keys) < 2 or one.table.stored:
        return one.view, False
    group = _by_number(connection, one, raw) or _by_place(connection, one, raw, keys, line)
    columns = [raw[role] for role in OF_ORDERS if role in raw]
    if group is None:
        group = _by_customer(connection, one, raw)
        columns, totals = [raw[role] for role in OF_CUSTOMERS if role in raw], False
    if group is None:
        group = _by_day(connection, one, raw)
        if group is None:
            return one.view, False
        columns = [raw["order_date"]]
    shared = totals and "amount" in raw and "order_id" in raw and _stands_once(connection, one, raw["amount"], group)
    for role in ("amount", "refunded"):
        if role in raw and raw[role] in columns and not shared:
            columns.remove(raw[role])
    filled = ", ".join(f"coalesce({c}, first_value({c} IGNORE NULLS) OVER part) AS {c}" for c in columns)
    name = f"filled_{one.index}"
    before = " + ".join(f"({c} IS NULL)::INTEGER" for c in columns)
    connection.execute(
        f"CREATE TEMP TABLE {name} AS SELECT * REPLACE ({filled}), {before} AS blanks FROM "
        f"(SELECT *, {group} AS part_of FROM {one.view}) WINDOW part AS "
        "(PARTITION BY part_of ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    )
    after = " + ".join(f"({c} IS NULL)::INTEGER" for c in columns)
    n = fetch_rows(connection, f"SELECT count(*) FROM {name} WHERE blanks > {after}")[0][0]
    connection.execute(f"ALTER TABLE {name} DROP COLUMN blanks")
    connection.execute(f"ALTER TABLE {name} DROP COLUMN part_of")
    if n:
        notes.append(Note("cells_filled_down", {"table": one.table.key, "n": int(n)}, "check"))
    return name, shared


def _by_number(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: dict[str, str]) -> str | None:
    """Group by the number of the order, when it stands on lines that lack the rest."""
    order = raw.get("order_id")
    rest = [raw[role] for role in ("customer_id", "order_date", "amount") if role in raw]
    if order is None or not rest:
        return None
    blank = " OR ".join(f"{column} IS NULL" for column in rest)
    n, rows = fetch_rows(
        connection, f"SELECT count(*) FILTER ({order} IS NOT NULL AND ({blank})), count(*) FROM {one.view}"
    )[0]
    if n < max(LEAST_ROWS, LEAST_SHARE * rows):
        return None
    found = fetch_rows(
        connection,
        f"SELECT count(*) FROM {one.view} WHERE ({blank}) AND {order} IN "
        f"(SELECT {order} FROM {one.view} WHERE NOT ({blank}))",
    )[0][0]
    if found < MOSTLY * n:
        return None
    return _again(connection, one, raw, order)


def _again(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: dict[str, str], order: str) -> str:
    """Group by a number of orders; where it starts again, only with the rows below that have no day of their own.

    A number of two customers, or one that stands on several days with other rows between as most of them do, is no
    order: a row of nobody that bears it is that of somebody else.
    """
    customer, day = raw.get("customer_id", "CAST(NULL AS VARCHAR)"), raw.get("order_date")
    if day is None:
        return order
    on_days = f"count(DISTINCT regexp_extract(trim({day}), '^[^ T]+'))"
    of_number = (
        f"(SELECT {order} AS number, count(DISTINCT {customer}) > 1 AS people, "
        f"{on_days} > 1 AND max(line) - min(line) >= count(*) AS days "
        f"FROM {one.view} GROUP BY number HAVING count(*) > 1)"
    )
    n, days = fetch_rows(connection, f"SELECT count(*), count(*) FILTER (days) FROM {of_number}")[0]
    again = "true" if days > BY_DAYS * n else f"{order} IN (SELECT number FROM {of_number} WHERE people)"
    block = f"{order} || ' @ ' || count({day}) OVER (ORDER BY line ROWS UNBOUNDED PRECEDING)"
    return f"CASE WHEN {again} THEN {block} ELSE {order} END"


def _by_place(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: dict[str, str], keys: list[str], line: list[str]
) -> str | None:
    """Group by the last line above that has keys, when lines with an article or an amount lack all of them."""
    article = [raw[role] for role in ("product", "product_id") if role in raw] or line
    none = " AND ".join(f"{column} IS NULL" for column in keys)
    goods = " OR ".join(
        f"({column} IS NOT NULL AND NOT regexp_matches({column}, {literal(TOTAL_TEXT)}))" for column in article
    )
    bare, rows = fetch_rows(connection, f"SELECT count(*) FILTER ({none}), count(*) FROM {one.view}")[0]
    enough = max(LEAST_ROWS, LEAST_SHARE * rows)
    if bare < enough:  # in most tables, and without a look at any text
        return None
    n = fetch_rows(connection, f"SELECT count(*) FROM {one.view} WHERE {none} AND ({goods})")[0][0]
    if n < enough:
        return None
    goods = f"({goods}) AND NOT {names_total(one)}"
    continues = f"({none} AND {goods})"
    return (
        f"CASE WHEN {none} AND NOT ({goods}) THEN -line ELSE "
        f"count(*) FILTER (NOT {continues}) OVER (ORDER BY line ROWS UNBOUNDED PRECEDING) END"
    )


def _by_customer(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: dict[str, str]) -> str | None:
    """Group by the last customer above, where each stands once, on the first of their orders, and no row is above it.

    Buyers who are not known leave blanks too, but those who are come back and stand more than once. Where days go on
    from one customer to the next it is a journal, and only rows of one number and moment are of one customer.
    """
    customer = raw.get("customer_id")
    if customer is None or "order_date" not in raw:
        return None
    rows, filled, different, first, top, dated = fetch_rows(
        connection,
        f"SELECT count(*), count({customer}), count(DISTINCT {customer}), min(line) FILTER ({customer} IS NOT NULL), "
        f"min(line), count({raw['order_date']}) FROM {one.view}",
    )[0]
    once = filled == different >= LEAST_ROWS and first == top
    if not once or rows - filled < filled or dated < MOSTLY * rows:
        return None
    block = f"count({customer}) OVER (ORDER BY line ROWS UNBOUNDED PRECEDING)"
    day, order = raw["order_date"], raw.get("order_id")
    went_on = _went_on(connection, one, day, f"{customer} IS NOT NULL")
    if went_on < GO_ON * (filled - 1):
        return block
    return f"{block} || ' @ ' || coalesce({day}, '')" + (f" || ' @ ' || coalesce({order}, '')" if order else "")


def _by_day(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: dict[str, str]) -> str | None:
    """Group by the last day above, where each stands on the first row of its block and the days go on down the table.

    Every row has a customer; dates that are missing here and there are no way of writing. A sum between the blocks has
    no day of its own: by its words, or by the number that all orders bear and it does not.
    """
    customer, day = raw.get("customer_id"), raw.get("order_date")
    if customer is None or day is None:
        return None
    order = raw.get("order_id", "NULL")
    sums = f"coalesce(regexp_matches({customer}, {literal(TOTAL_TEXT)}), false)"
    rows, bare, plain, dated, different, first, top, numbered = fetch_row(
        connection,
        f"SELECT count(*), count({customer}) FILTER ({day} IS NULL AND NOT {sums} AND {order} IS NOT NULL), "
        f"count({customer}) FILTER ({day} IS NULL AND NOT {sums}), count({day}), count(DISTINCT {day}), "
        f"min(line) FILTER ({day} IS NOT NULL), min(line), count({order}) FILTER ({day} IS NOT NULL) FROM {one.view}",
    )
    if _is_told_by_another(connection, one, day):
        return None
    has_numbers = numbered >= MOSTLY * dated
    bare = bare if has_numbers else plain
    if bare < max(LEAST_ROWS, LEAST_BLANK * rows) or dated < LEAST_ROWS or first != top or different < MOSTLY * dated:
        return None
    if _went_on(connection, one, day, "true") < GO_ON * (dated - 1):
        return None
    own = f"{sums} OR {order} IS NULL" if has_numbers else sums
    return f"CASE WHEN {own} THEN -line ELSE count({day}) OVER (ORDER BY line ROWS UNBOUNDED PRECEDING) END"


def _went_on(connection: duckdb.DuckDBPyConnection, one: Mapped, day: str, where: str) -> int:
    """Count the rows, among those that are looked at, whose day is not before the one above, as dates are best read."""
    parts = f"TRY_CAST(regexp_extract_all({day}, '[0-9]+') AS BIGINT[])"
    orders = ("d", "list_reverse(d)", "[d[3], d[1], d[2]]")  # 2026-03-02, 2.3.2026, 3/2/2026
    steps = ", ".join(f"count(*) FILTER (looked AND {read} >= lag_{at})" for at, read in enumerate(orders))
    before = ", ".join(f"lag({read}) OVER (ORDER BY line) AS lag_{at}" for at, read in enumerate(orders))
    found = fetch_row(
        connection,
        f"SELECT {steps} FROM (SELECT d, looked, {before} FROM (SELECT line, {parts} AS d, {where} AS looked "
        f"FROM {one.view} WHERE {day} IS NOT NULL))",
    )
    return max(found)


def _is_told_by_another(connection: duckdb.DuckDBPyConnection, one: Mapped, day: str) -> bool:
    """Say whether the heading or a state tells why days are missing: what is not paid or sent has no day of it yet."""
    heading = one.table.columns[int(day[1:])]
    states = [column for role in ("status", "payment_state", "cancelled_flag") if (column := one.raw(role))]
    if words_of("paying").says(heading, "paid"):
        return True
    return any(
        share**n < BY_CHANCE
        for state in states
        for share, n in fetch_rows(
            connection,
            f"SELECT (SELECT 1 - count({day}) / count(*) FROM {one.view}), count(*) FROM {one.view} "
            f"WHERE {state} IS NOT NULL GROUP BY {state} HAVING count({day}) = 0",
        )
    )


def _stands_once(connection: duckdb.DuckDBPyConnection, one: Mapped, amount: str, group: str) -> bool:
    """Say whether the amount stands on one line of an order alone, so that it is the order's."""
    many, once = fetch_rows(
        connection,
        f"SELECT count(*), count(*) FILTER (n = 1) FROM (SELECT count({amount}) AS n FROM "
        f"(SELECT *, {group} AS part_of FROM {one.view}) GROUP BY part_of HAVING count(*) > 1 AND count({amount}) > 0)",
    )[0]
    return bool(many) and once >= MOSTLY * many
