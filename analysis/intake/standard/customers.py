"""The standard table of customers: one row per customer id, mapped attributes and extra features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, fetch_value
from analysis.errors import AnalysisError
from analysis.intake.cells.answers import read_answers, ticked
from analysis.intake.cells.categories import read_category
from analysis.intake.cells.dates import timestamp
from analysis.intake.cells.decimals import read_decimal
from analysis.intake.cells.flags import column_key, flag_columns, flag_sql, ticked_note, unread_note
from analysis.intake.cells.units import MONEY_ROLES, scaled
from analysis.intake.cells.values import (
    NOTHING,
    TOTAL_WORDS,
    category,
    identifier,
    is_nothing,
    number,
    one_of,
    says,
)
from analysis.intake.roles import EXTRA, WHOLE_HEADER, personal_by_header, roles
from analysis.intake.standard.clean import impossible_age, impossible_birth
from analysis.intake.standard.typed import chosen_date_form, key_nothing
from analysis.intake.standard.worth.total_rows import total_lines
from analysis.intake.tables import Note, TableCount

if TYPE_CHECKING:
    import duckdb

    from analysis.booleans import Flags
    from analysis.intake.choices import Cleaning, Column
    from analysis.intake.mapped import Mapped

CODE = re.compile(
    r"(?i)(?:^|[\W_]|(?<=[a-z]))(?:code|id|zip|zipcode|postcode|plz|pin)$|(?:编码|编号|代码|邮编|コード|코드)$"
)
UNKNOWN_VALUE = "unknown"  # stands for a missing category when the recipe says so
MOST_NAMED = 6  # answers in one sentence
MOSTLY = 0.95  # share of filled cells that must read as numbers before an extra feature counts as a number


def standardise_customers(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Mapped],
    counts: list[TableCount],
    cleaning: Cleaning,
    notes: list[Note],
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
    from analysis.intake.standard.mapped import with_surplus

    extras: dict[str, str] = {}
    kinds: dict[str, str] = {}
    flags = flag_columns(connection, tables)
    selects: list[str] = []
    for one in tables:
        key = one.raw("customer_id")
        alone = len(tables) == 1 and not any(count.kind != "ignore" for count in counts)
        if key is None and not alone:
            raise AnalysisError("no_customer_column", table=one.table.key, columns=", ".join(one.table.columns[:12]))
        expressions = _expressions(connection, one, extras, kinds, flags, cleaning, notes)
        # Without a number, each row is one customer, under the number that it has in the sheet.
        own_id = (
            "CAST(line AS VARCHAR)"
            if key is None
            else identifier(key, nothing=key_nothing(connection, one, "customer_id"))
        )
        gone = "false" if key is None else one.is_forgotten("customer_id")
        lines = total_lines(connection, one)
        totals = says("customer_id", TOTAL_WORDS) + (f" OR line IN ({', '.join(map(str, lines))})" if lines else "")
        copy = "row_number() OVER (PARTITION BY own_id ORDER BY line)"
        connection.execute(
            f"CREATE TEMP TABLE members_{one.index} AS SELECT *, CASE WHEN {gone} THEN 'forgotten' "
            f"WHEN {totals} THEN 'total_row' WHEN customer_id IS NULL THEN 'no_customer' "
            f"WHEN {copy} > 1 THEN 'duplicate_customer' END AS reason "
            f"FROM (SELECT line, {own_id} AS own_id, {one.customer(own_id)} AS customer_id{expressions} "
            f"FROM {one.view})"
        )
        connection.execute(
            f"INSERT INTO set_aside SELECT {one.index}, line, reason FROM members_{one.index} WHERE reason IS NOT NULL"
        )
        found = fetch_rows(
            connection, f"SELECT reason, count(*) FROM members_{one.index} GROUP BY reason ORDER BY reason"
        )
        reasons = with_surplus(connection, one, {reason: int(n) for reason, n in found if reason})
        kept = sum(int(n) for reason, n in found if reason is None)
        counts.append(TableCount(one.table.key, "customers", one.table.n_read, kept, reasons))
        selects.append(f"SELECT *, {one.index} AS source_rank FROM members_{one.index} WHERE reason IS NULL")
    if not selects:
        connection.execute("CREATE TABLE customers (customer_id VARCHAR)")
        return ()
    merged = ", ".join(
        f"first({name} ORDER BY source_rank, customer_id <> own_id, line) FILTER (WHERE {name} IS NOT NULL) AS {name}"
        for name in kinds
    )
    connection.execute(
        f"CREATE TABLE customers AS SELECT customer_id{', ' + merged if merged else ''} "
        f"FROM ({' UNION ALL BY NAME '.join(selects)}) GROUP BY customer_id"
    )
    for one in tables:
        _fill_missing(connection, one, extras, kinds)
        connection.execute(f"DROP TABLE members_{one.index}")
    return tuple(extras.items())


def day_of_joining(tables: Sequence[Mapped], has_orders: bool) -> list[Note]:
    """Say that the day which is looked back from is that of the last sign-up, where no column tells a later one."""
    if has_orders or any(one.raw("last_order_date") for one in tables):
        return []
    found = ((one, one.source.column("signup_date")) for one in tables if one.source)
    return [
        Note("as_of_from_sign_ups", {"table": one.table.key, "column": column.name}, "check")
        for one, column in found
        if column
    ]


def add_without_sale(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], notes: list[Note]) -> None:
    """Keep people whose every order is left out because it was never sold, as customers who bought nothing.

    Notes how many they are. Who was paid back bought and left, and is counted nowhere, as studies of sales do.
    """
    from analysis.intake.standard.states import MOST_STATES, state_meanings

    for one in (one for one in tables if one.raw("status") or "status" in one.lent):
        out = f"FROM {one.lines} WHERE reason = 'excluded_state' AND status IS NOT NULL{_of_currency(connection, one)}"
        states = [state for (state,) in fetch_rows(connection, f"SELECT DISTINCT status {out} LIMIT {MOST_STATES}")]
        never = [state for state, said in state_meanings(states).items() if said != "refunded"]
        if not never:
            continue
        new = (
            f"(SELECT customer_id {out} AND {one_of('status', never)} "
            "EXCEPT SELECT customer_id FROM orders EXCEPT SELECT customer_id FROM customers)"
        )
        n = fetch_value(connection, f"SELECT count(*) FROM {new}")
        if n:
            connection.execute(
                f"INSERT INTO customers (customer_id) SELECT customer_id FROM {new} ORDER BY customer_id"
            )
            notes.append(Note("customers_without_sale", {"table": one.table.key, "n": int(n)}))


def _of_currency(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Write the test, as SQL to stand after another, that a line is in no currency whose lines were set aside."""
    columns = [name for name, *_ in fetch_rows(connection, f"DESCRIBE {one.lines}")]
    if "money_in" not in columns:
        return ""
    others = f"SELECT money_in FROM {one.lines} WHERE reason = 'other_currency'"
    return f" AND NOT coalesce(money_in IN ({others}), false)"


def _fill_missing(
    connection: duckdb.DuckDBPyConnection, one: Mapped, extras: dict[str, str], kinds: dict[str, str]
) -> None:
    """Fill what is missing in the columns for which the recipe says how; equally frequent values by their order."""
    assert one.source is not None
    names = {header: key for key, header in extras.items()}
    for column in one.source.columns:
        name = names.get(column.name) if column.role == EXTRA else column.role
        if column.missing == "leave" or name not in kinds:
            continue
        value = _filling(column.missing, name, kinds[name])
        if value is not None:
            connection.execute(f"UPDATE customers SET {name} = ({value}) WHERE {name} IS NULL")


def _filling(missing: str, name: str, kind: str) -> str | None:
    """Write the value that stands in for a missing one; None where it has no meaning for the kind of column."""
    if missing == "unknown":
        return f"'{UNKNOWN_VALUE}'" if kind in ("category", "text") else None
    if missing == "median":
        return f"SELECT median({name}) FROM customers" if kind == "number" else None
    return (
        f"SELECT {name} FROM customers WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY count(*) DESC, {name} LIMIT 1"
    )


def _expressions(
    connection: duckdb.DuckDBPyConnection,
    one: Mapped,
    extras: dict[str, str],
    kinds: dict[str, str],
    flags: dict[str, Flags],
    cleaning: Cleaning,
    notes: list[Note],
) -> str:
    """Write the typed columns of one table as SQL, and enter their names into ``kinds`` and ``extras``."""
    assert one.source is not None
    parts = []
    for column in one.source.columns:
        if column.role in ("ignore", "customer_id"):
            continue
        raw = f"c{one.table.columns.index(column.name)}"
        said = flags.get(column_key(column))
        if column.role == EXTRA:
            kind = "flag" if said else _extra_kind(connection, one, raw)
            if kind == "category" and column.answers == "auto" and (found := read_answers(connection, one.view, raw)):
                for answer in found.answers:
                    name = _extra_name(extras, f"{column.name}: {answer}")
                    kinds[name] = "flag"
                    parts.append(f", {ticked(raw, found, answer)} AS {name}")
                facts = {"n": len(found.answers), "answers": ", ".join(found.answers[:MOST_NAMED])}
                notes.append(Note("answers_split", {"table": one.table.key, "column": column.name, **facts}))
                continue
            name = _extra_name(extras, column.name)
            kind = "flag" if said else kinds.get(name) or kind
        else:
            name, kind = column.role, "flag" if said else roles()[column.role].kind
        kinds[name] = kind
        if said and (unread := unread_note(connection, one, column, said)):
            notes.append(unread)
        if said and (ticks := ticked_note(connection, one, column, said)):
            notes.append(ticks)
        typed = flag_sql(raw, said) if said else _typed(connection, one, raw, kind, column, cleaning, notes)
        parts.append(f", {typed} AS {name}")
    return "".join(parts)


def _extra_name(extras: dict[str, str], header: str) -> str:
    """Return the stored name of an extra feature, the same in every table that has its header."""
    name = next((key for key, known in extras.items() if known == header), f"extra_{len(extras)}")
    extras[name] = header
    return name


def _extra_kind(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> str:
    # Asked within CASE, dates are tried only where a cell looks like one; a FILTER would try them everywhere.
    dated = f"{raw} LIKE '%-%-%' OR {raw} LIKE '%/%/%' OR {raw} LIKE '%年%'"
    filled, numbers, dates = fetch_row(
        connection,
        f"SELECT count(*), count({number(raw)}), count(CASE WHEN {dated} THEN {timestamp(raw)} END) "
        f"FROM {one.view} WHERE NOT {is_nothing(raw)}",
    )
    if filled and dates >= MOSTLY * filled:
        return "date"
    header = one.table.columns[int(raw[1:])]
    if personal_by_header(header, WHOLE_HEADER):
        return "text"
    if CODE.search(header):
        return "category"  # a code of figures counts nothing
    return "number" if filled and numbers >= MOSTLY * filled else "category"


def _typed(
    connection: duckdb.DuckDBPyConnection,
    one: Mapped,
    raw: str,
    kind: str,
    column: Column,
    cleaning: Cleaning,
    notes: list[Note],
) -> str:
    auto = column.nothing == "auto"
    blank = cleaning.ages == "blank"
    if kind == "number":
        decimal = (
            read_decimal(connection, one, raw, is_money=column.role in MONEY_ROLES, notes=notes)
            if column.decimal == "auto"
            else column.decimal
        )
        value = f"CAST({scaled(number(raw, decimal=decimal), one, column.role)} AS DOUBLE)"
        if blank and column.role == "age":
            return f"CASE WHEN NOT {impossible_age(value)} THEN {value} END"
        if blank and column.role == "birth_year":
            return f"CASE WHEN NOT {impossible_birth(value, kind='number')} THEN {value} END"
        return value
    if kind == "date":
        value = f"CAST({timestamp(raw, form=chosen_date_form(connection, one, raw, notes))} AS DATE)"
        if blank and column.role == "birth_date":
            return f"CASE WHEN NOT {impossible_birth(value, kind='date')} THEN {value} END"
        return value
    if kind == "category":
        return read_category(
            connection, one.view, raw, category(raw), role=column.role, header=column.name,
            merge=cleaning.categories == "merge", auto_nothing=auto, chosen=column.merges,
        ).sql  # fmt: skip
    words = NOTHING if auto else ()
    return (
        f"CASE WHEN NOT {is_nothing(raw, words)} THEN {category(raw)} END"
        if kind == "text"
        else identifier(raw, nothing=words)
    )
