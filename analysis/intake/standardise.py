"""From raw tables to standard tables: type every mapped column, keep each row or set it aside with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.engine import connect
from analysis.errors import AnalysisError
from analysis.intake.categories import read_category
from analysis.intake.clean import adjust_amounts, impossible_age, is_test_order, is_zero, reason_for_repeats
from analysis.intake.cost import cost_per_unit
from analysis.intake.dates import date_form, in_zone, timestamp
from analysis.intake.identifiers import identifier_notes
from analysis.intake.merges import canonical_sql, unite
from analysis.intake.records import RECORDS, standardise_records
from analysis.intake.roles import EXTRA, IGNORE, roles
from analysis.intake.states import undone_states
from analysis.intake.tables import Note, RawTable, StandardTables, TableCount
from analysis.intake.values import (
    MONEY,
    NOTHING,
    TOTAL_WORDS,
    Shape,
    category,
    column_style,
    identifier,
    is_nothing,
    literal,
    literals,
    number,
    one_of,
    shape_sql,
)

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.merges import Merges
    from analysis.recipe import Cleaning, Recipe, Source

MOST_IN_MEMORY = 2_000_000  # lines of one table; more are kept in a file beside the process
TEXT_ROLES = (
    "status", "product", "product_id", "category", "subcategory", "brand", "channel", "payment_method", "coupon",
    "device", "name", "company", "phone", "email", "id_number", "address", "gender", "region", "city", "country",
    "industry",
)  # fmt: skip
NUMBER_ROLES = ("quantity", "unit_price", "amount", "discount", "cost", "age")
ORDER_COLUMNS = {
    "source": "INTEGER",
    "line": "BIGINT",
    "customer_id": "VARCHAR",
    "order_id": "VARCHAR",
    "order_time": "TIMESTAMP",
    "order_date": "DATE",
    "is_return": "BOOLEAN",
    **dict.fromkeys(NUMBER_ROLES, MONEY),
    **dict.fromkeys(TEXT_ROLES, "VARCHAR"),
}


@dataclass(frozen=True)
class Mapped:
    """A raw table and the source of the recipe that says what it is; ``view`` names its rows on the connection.

    ``merged`` says that some customer ids of the study are the same customer.
    """

    index: int
    table: RawTable
    source: Source | None
    view: str
    merged: bool = False

    @property
    def lines(self) -> str:
        """Name of the table of its typed order lines, those set aside included."""
        return f"lines_{self.index}"

    def raw(self, role: str) -> str | None:
        """Return the stored column with a role, or None."""
        column = self.source.column(role) if self.source else None
        if column is None:
            return None
        return f"c{self.table.columns.index(column.name)}"

    def customer(self, typed: str, raw: str | None = None) -> str:
        """Read a typed customer id, as SQL, as the one id of its customer; every kind of table passes its ids here.

        ``raw`` is the stored column behind it, when that is another than the customer's.
        """
        raw = raw or self.raw("customer_id")
        return canonical_sql(raw, typed) if self.merged and raw else typed


def standardise(tables: Sequence[RawTable], recipe: Recipe, merges: Merges | None = None) -> StandardTables:
    """Apply a recipe's mapping and cleaning to raw tables.

    Every row read is kept in a standard table or stands in ``set_aside`` with one reason: the first that applies in the
    order of ``tables.REASONS``. With ``merges``, ids that people found to be one customer are read as one id.

    Raises
    ------
    AnalysisError
        ``source_missing`` when no table has the columns of a source, ``no_customer_column``, ``no_date_column``,
        ``no_amount_column`` when a mapping lacks a role, ``dates_unreadable`` when no date of a table can be read,
        ``nothing_kept`` when no row is left; ``role_unknown`` and ``role_twice`` for a mapping that says no one thing.
    """

    connection = connect()
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("CREATE TABLE set_aside (source INTEGER, line BIGINT, reason VARCHAR)")
    mapped = match_sources(tables, recipe)
    notes: list[Note] = []
    counts: list[TableCount] = []
    order_tables: list[Mapped] = []
    customer_tables: list[Mapped] = []
    record_tables: dict[str, list[Mapped]] = {kind: [] for kind in RECORDS}
    for one in mapped:
        open_rows(connection, one)
    merged = unite(connection, mapped, merges, notes)
    mapped = [replace(one, merged=merged) for one in mapped]
    for one in mapped:
        if one.source is None or one.source.kind == "ignore":
            counts.append(_count_unused(connection, one))
        elif one.source.kind == "orders":
            counts.append(_orders(connection, one, recipe, notes))
            order_tables.append(one)
        elif one.source.kind == "customers":
            customer_tables.append(one)
        else:
            record_tables[one.source.kind].append(one)
    from analysis.intake.customers import standardise_customers

    extras = standardise_customers(connection, customer_tables, counts, recipe.cleaning)
    for kind, found in record_tables.items():
        standardise_records(connection, kind, found, counts, recipe.time_zone)
    notes += identifier_notes(connection, mapped)
    has_time = _has_time(connection, order_tables)
    _join_orders(connection, order_tables, has_time)
    counts.sort(key=lambda count: [table.key for table in tables].index(count.table))
    if not any(count.kept for count in counts):
        raise AnalysisError("nothing_kept", n_read=sum(count.read for count in counts))
    return StandardTables(
        connection=connection,
        counts=tuple(counts),
        order_roles=_roles_of(mapped, "orders"),
        customer_roles=_roles_of(mapped, "customers"),
        record_roles={kind: _roles_of(mapped, kind) for kind, found in record_tables.items() if found},
        extras=extras,
        has_time=has_time,
        notes=tuple(notes),
        raws=tuple(tables),
    )


def match_sources(tables: Sequence[RawTable], recipe: Recipe) -> list[Mapped]:
    """Give every raw table the source whose used columns it has; its own name decides between several.

    Next month's file has another name, so the columns count, and files with the same columns share a source.
    """
    _refuse_roles(recipe)
    places = find_sources(tables, recipe)
    for place, source in enumerate(recipe.sources):
        if source.kind != "ignore" and place not in places:
            used = [column.name for column in source.columns if column.role != "ignore"]
            raise AnalysisError("source_missing", file=source.file, sheet=source.sheet, columns=", ".join(used))
    return [
        Mapped(index, table, None if place is None else recipe.sources[place], f"raw_{index}")
        for index, (table, place) in enumerate(zip(tables, places, strict=True))
    ]


def find_sources(tables: Sequence[RawTable], recipe: Recipe) -> list[int | None]:
    """Return for every raw table the place of its source in the recipe, None for a table that no source fits."""
    places: list[int | None] = []
    for table in tables:
        fitting = [
            (source.file == table.file) * 2 + (source.sheet == table.sheet) * 3 + _likeness(source, table)
            if needed_columns(source) <= set(table.columns)
            else -1.0
            for source in recipe.sources
        ]
        best = max(range(len(fitting)), key=lambda i: fitting[i], default=None)
        places.append(best if best is not None and fitting[best] >= 0 else None)
    return places


def needed_columns(source: Source) -> set[str]:
    """Return the columns a table must have: the used ones, or all of a source that is ignored."""
    return {column.name for column in source.columns if source.kind == "ignore" or column.role != "ignore"}


def _likeness(source: Source, table: RawTable) -> float:
    """Return the share 0..1 of all columns of either that both have."""
    names = {column.name for column in source.columns}
    return len(names & set(table.columns)) / len(names | set(table.columns))


def _refuse_roles(recipe: Recipe) -> None:
    """Refuse a role that does not exist, and a role given to two columns of one table: neither says what is meant."""
    for source in recipe.sources:
        taken: dict[str, str] = {}
        for column in source.columns:
            if column.role in (EXTRA, IGNORE):
                continue
            if column.role not in roles():
                raise AnalysisError("role_unknown", role=column.role, column=column.name)
            if source.kind != "ignore" and column.role in taken:
                raise AnalysisError("role_twice", role=column.role, first=taken[column.role], second=column.name)
            taken[column.role] = column.name


def open_rows(connection: duckdb.DuckDBPyConnection, one: Mapped) -> None:
    """Make the rows of a table readable under its view; words that a person said mean nothing are blank."""
    from pathlib import Path

    blanks = blanked_columns(one)
    name = f"{one.view}_as_written" if blanks else one.view
    if isinstance(one.table.rows, Path):
        connection.execute(f"CREATE VIEW {name} AS {one.table.scan_sql()}")
    else:
        connection.register(name, one.table.rows)
    if blanks:
        connection.execute(f"CREATE VIEW {one.view} AS SELECT * REPLACE ({blanks}) FROM {name}")


def blanked_columns(one: Mapped) -> str:
    """Write the columns whose words for nothing a person has chosen."""
    parts = []
    for column in one.source.columns if one.source else ():
        if column.nothing != "auto" and column.nothing and column.name in one.table.columns:
            place = one.table.columns.index(column.name)
            words = literals(word.strip().lower() for word in column.nothing)
            said = f"coalesce(lower(trim(c{place})) IN ({words}), false)"
            stored = (f"c{place}", f"t{place}") if one.table.stored else (f"c{place}",)
            parts += [f"CASE WHEN NOT {said} THEN {name} END AS {name}" for name in stored]
    return ", ".join(parts)


def _count_unused(connection: duckdb.DuckDBPyConnection, one: Mapped) -> TableCount:
    connection.execute(f"INSERT INTO set_aside SELECT {one.index}, line, 'table_not_used' FROM {one.view}")
    reasons = with_surplus(connection, one, {"table_not_used": one.table.n_rows})
    return TableCount(one.table.key, "ignore", one.table.n_read, 0, reasons)


def with_surplus(connection: duckdb.DuckDBPyConnection, one: Mapped, reasons: dict[str, int]) -> dict[str, int]:
    """Set aside the records that are no rows of the table, beside the reasons found so far."""
    if not one.table.surplus:
        return reasons
    lines = ", ".join(f"({one.index}, {left.line}, {literal(left.reason)})" for left in one.table.surplus)
    connection.execute(f"INSERT INTO set_aside VALUES {lines}")
    return {**reasons, **Counter(left.reason for left in one.table.surplus)}


def _orders(connection: duckdb.DuckDBPyConnection, one: Mapped, recipe: Recipe, notes: list[Note]) -> TableCount:
    """Type the lines of one orders table, decide for each whether it is kept, and insert it where it belongs."""
    from analysis.intake.suggest import missing_roles

    source = one.source
    assert source is not None
    missing = missing_roles("orders", {column.role for column in source.columns})
    if missing:
        code = {"customer_id": "no_customer_column", "order_date": "no_date_column", "amount": "no_amount_column"}
        raise AnalysisError(code[missing[0]], table=one.table.key, columns=", ".join(one.table.columns[:12]))
    cleaning = recipe.cleaning
    present = {column.role for column in source.columns}
    typed, cells, tests = _typed_columns(connection, one, recipe, notes)
    states = _excluded_states(connection, one, cleaning)
    # A return lowers the revenue whatever the signs: a negative price times a negative quantity is no sale.
    lines = (
        f"SELECT * EXCLUDE ({', '.join(cells)}) "
        f"REPLACE (CASE WHEN is_return THEN -abs(amount) ELSE amount END AS amount), "
        f"{_reason(states, cleaning, present, tests)} AS reason "
        f"FROM (SELECT *, {_quantity(one, '< 0')} OR coalesce(amount < 0, false) AS is_return "
        f"FROM (SELECT line, {typed}, {', '.join(cells)}{_duplicate_number(one, cleaning)} FROM {one.view}))"
    )
    if cleaning.repeated_lines == "set_aside":
        lines = f"SELECT * REPLACE ({reason_for_repeats(present)} AS reason) FROM ({lines})"
    _keep_lines(connection, one, lines)
    in_memory = one.table.n_rows <= MOST_IN_MEMORY
    notes += adjust_amounts(connection, one.lines, cleaning, table=one.table.key, roles=present, in_memory=in_memory)
    connection.execute(
        f"INSERT INTO set_aside SELECT {one.index}, line, reason FROM {one.lines} WHERE reason IS NOT NULL"
    )
    found = connection.execute(f"SELECT reason, count(*) FROM {one.lines} GROUP BY reason ORDER BY reason").fetchall()
    reasons = {reason: int(n) for reason, n in found if reason}
    kept = sum(int(n) for reason, n in found if reason is None)
    unread = reasons.get("date_unreadable", 0)
    if unread and kept == 0 and unread >= 0.5 * one.table.n_rows:
        column = source.column("order_date")
        raise AnalysisError("dates_unreadable", table=one.table.key, column=column.name if column else "", n=unread)
    _note_duplicates(connection, one, notes)
    return TableCount(one.table.key, "orders", one.table.n_read, kept, with_surplus(connection, one, reasons))


def _keep_lines(connection: duckdb.DuckDBPyConnection, one: Mapped, select: str) -> None:
    """Store typed lines once: in memory, or beside the process when there are many."""
    if one.table.n_rows <= MOST_IN_MEMORY:
        connection.execute(f"CREATE TABLE {one.lines} AS {select}")
        return
    import uuid

    from analysis.intake.large import bound, spool

    bound(connection)
    place = literal(str(spool() / f"{uuid.uuid4().hex}.parquet"))
    connection.execute(f"COPY ({select}) TO {place} (FORMAT parquet, COMPRESSION lz4_raw)").fetchall()
    connection.execute(f"CREATE VIEW {one.lines} AS SELECT * FROM read_parquet({place})")


def _typed_columns(
    connection: duckdb.DuckDBPyConnection, one: Mapped, recipe: Recipe, notes: list[Note]
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Write the typed expression of every standard column as SQL, and tests of raw cells with the cells they need."""
    shapes = column_shapes(connection, one)
    expressions = {"order_id": "CAST(NULL AS VARCHAR)"}
    for role in ("customer_id", "order_id"):
        if raw := one.raw(role):
            expressions[role] = identifier(raw, shape=shapes[raw], nothing=_nothing(one, role))
    if "customer_id" in expressions:
        expressions["customer_id"] = one.customer(expressions["customer_id"])
    for role in TEXT_ROLES:
        if raw := one.raw(role):
            expressions[role] = text_value(connection, one, role, raw, shapes[raw], recipe.cleaning)
    for role in NUMBER_ROLES:
        if raw := one.raw(role):
            expressions[role] = number(
                raw, decimal=chosen_decimal(connection, one, role, raw, shapes[raw]), shape=shapes[raw]
            )
    if one.raw("cost") and cost_per_unit(connection, one, expressions):
        expressions["cost"] = (
            f"TRY_CAST(TRY_CAST({expressions['cost']} AS DECIMAL(19,6)) * "
            f"TRY_CAST(abs({expressions['quantity']}) AS DECIMAL(19,6)) AS {MONEY})"
        )
        notes.append(Note("cost_per_unit", {"table": one.table.key}, "check"))
    if recipe.cleaning.ages == "blank" and one.raw("age"):
        age = expressions["age"]
        expressions["age"] = f"CASE WHEN NOT {impossible_age(age)} THEN {age} END"
    date_column = one.raw("order_date")
    assert date_column is not None
    zone = recipe.time_zone
    shape = shapes[date_column]
    order = "ymd" if shape.iso_time or shape.native else chosen_date_order(connection, one, date_column, notes)
    when = timestamp(date_column, order=order, shape=shape)  # pyright: ignore
    expressions["order_time"] = in_zone(date_column, when, zone) if zone else when
    if one.raw("amount") is None:
        quantity, price = expressions["quantity"], expressions["unit_price"]
        expressions["amount"] = (
            f"TRY_CAST(TRY_CAST({quantity} AS DECIMAL(19,6)) * TRY_CAST({price} AS DECIMAL(19,6)) AS {MONEY})"
        )
        parts = [part for part in (one.raw("quantity"), one.raw("unit_price")) if part]
    else:
        parts = [one.raw("amount") or ""]
    has_amount = " AND ".join(f"NOT {is_nothing(part, shape=shapes[part])}" for part in parts)
    inner = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    has_date = f"t{date_column[1:]} IS NOT NULL" if shape.native else f"NOT {is_nothing(date_column, shape=shape)}"
    # Looked at only where a line has no date, no customer or no amount; on every line they would cost more than typing.
    tests = {"has_date": has_date, "has_amount": has_amount, "is_total": _is_total(one)}
    when_cell = f"t{date_column[1:]}" if shape.native else date_column
    cells = dict.fromkeys([*(f"c{i}" for i in range(min(3, len(one.table.columns)))), when_cell, *parts])
    return inner, tuple(cells), tests


def _nothing(one: Mapped, role: str) -> tuple[str, ...]:
    """Return the words that still stand for nothing once those that a person chose are blank."""
    column = one.source.column(role) if one.source else None
    return NOTHING if column is None or column.nothing == "auto" else ()


def text_value(
    connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, raw: str, shape: Shape, cleaning: Cleaning
) -> str:
    """Write a text as SQL: categories with their variants merged, other texts without the words for nothing.

    Order states stay as they are written, because they are chosen by their words.
    """
    typed = category(raw, shape=shape)
    column = one.source.column(role) if one.source else None
    if role == "status" or column is None:
        return typed
    if roles()[role].kind != "category":
        if shape.no_words:
            return typed
        return f"CASE WHEN NOT {is_nothing(raw, _nothing(one, role))} THEN {typed} END"
    return read_category(
        connection, one.view, raw, typed, role=role, header=column.name, merge=cleaning.categories == "merge",
        auto_nothing=column.nothing == "auto", chosen=column.merges,
    ).sql  # fmt: skip


def column_shapes(connection: duckdb.DuckDBPyConnection, one: Mapped) -> dict[str, Shape]:
    """Look at all cells of the mapped columns once, so that clean columns are read by one cast."""
    assert one.source is not None
    used = {
        f"c{one.table.columns.index(column.name)}": roles()[column.role].kind
        for column in one.source.columns
        if column.role in roles()
    }
    native = {raw: Shape(native=True) for raw, kind in used.items() if _native(one, raw, kind)}
    used = {raw: kind for raw, kind in used.items() if raw not in native}
    if not used:
        return native
    lists = ", ".join(shape_sql(raw, kind) for raw, kind in used.items())
    counts = connection.execute(f"SELECT {lists} FROM {one.view}").fetchall()[0]
    return native | {raw: Shape(*(n == 0 for n in broken)) for raw, broken in zip(used, counts, strict=True)}


def _native(one: Mapped, raw: str, kind: str) -> bool:
    """Say whether a Parquet file already types a column as its role needs it."""
    if not one.table.stored:
        return False
    stored = one.table.stored[int(raw[1:])][1]
    if kind == "number":
        return stored.startswith(
            ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "U", "HUGEINT")
        )
    return kind == "date" and stored.startswith(("TIMESTAMP", "DATE"))


def chosen_decimal(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, raw: str, shape: Shape) -> str:
    """Return the decimal style of a column: a person's, or the one that its cells show."""
    column = one.source.column(role) if one.source else None
    if column is not None and column.decimal != "auto":
        return column.decimal
    if shape.plain_number or shape.native:
        return "point"
    return column_style(connection, one.view, raw)


def chosen_date_order(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, notes: list[Note]) -> str:
    """Return the order of day and month in the dates of orders: a person's, or the one that they show, with a note."""
    column = one.source.column("order_date") if one.source else None
    if column is not None and column.date_order != "auto":
        return column.date_order
    cells = connection.execute(
        f"SELECT DISTINCT regexp_extract({raw}, '^\\s*\\d{{1,2}}[-/.]\\d{{1,2}}[-/.]\\d{{2,4}}') FROM {one.view} "
        f"WHERE {raw} NOT LIKE '____-%'"
    ).fetchall()
    form = date_form([cell for (cell,) in cells if cell])
    if form.ambiguous:
        example = next(cell for (cell,) in cells if cell)
        facts = {
            "table": one.table.key,
            "column": column.name if column else "",
            "n": form.ambiguous,
            "example": example,
        }
        notes.append(Note("date_order_undecided", facts, "ask"))
    return form.order


def _is_total(one: Mapped) -> str:
    """A total row has a total word in one of its first three cells; it has no date or no customer besides."""
    cells = [f"lower(trim(c{index}, ' :：'))" for index in range(min(3, len(one.table.columns)))]
    return "(" + " OR ".join(f"coalesce({one_of(cell, TOTAL_WORDS)}, false)" for cell in cells) + ")"


def _duplicate_number(one: Mapped, cleaning: Cleaning) -> str:
    if cleaning.duplicate_lines == "keep":
        return ""
    cells = ", ".join(f"c{index}" for index in range(len(one.table.columns)))
    return f", row_number() OVER (PARTITION BY {cells} ORDER BY line) AS copy"


def _excluded_states(connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning) -> tuple[str, ...]:
    raw = one.raw("status")
    if raw is None:
        return ()
    if cleaning.excluded_states != "auto":
        return cleaning.excluded_states
    states = connection.execute(f"SELECT DISTINCT {category(raw)} FROM {one.view} LIMIT 1000").fetchall()
    return undone_states(state for (state,) in states if state)


def _quantity(one: Mapped, test: str) -> str:
    """Write a test of the quantity as SQL; false where there is none."""
    return f"coalesce(quantity {test}, false)" if one.raw("quantity") else "false"


def _reason(states: Sequence[str], cleaning: Cleaning, present: set[str], tests: dict[str, str]) -> str:
    """Write the reason to set a line aside as SQL, NULL for a kept line; the first that applies counts."""
    cases = [
        (
            f"CASE WHEN order_time IS NULL OR customer_id IS NULL OR {one_of('lower(customer_id)', TOTAL_WORDS)} "
            f"THEN {tests['is_total']} ELSE false END",
            "total_row",
        ),
        ("customer_id IS NULL", "no_customer"),
        (f"order_time IS NULL AND NOT ({tests['has_date']})", "no_date"),
        ("order_time IS NULL", "date_unreadable"),
    ]
    if states:
        cases.append((f"status IN ({literals(states)})", "excluded_state"))
    cases += [(f"amount IS NULL AND NOT ({tests['has_amount']})", "no_amount"), ("amount IS NULL", "amount_unreadable")]
    if cleaning.returns == "set_aside":
        cases.append(("is_return", "return"))
    if cleaning.returns == "set_aside" or cleaning.zero_amounts == "set_aside":
        cases.append((is_zero(present), "zero_amount"))
    if cleaning.test_orders == "set_aside":
        cases.append((is_test_order(present), "test_order"))
    if cleaning.duplicate_lines == "set_aside":
        cases.append(("copy > 1", "duplicate_line"))
    return f"CASE {' '.join(f'WHEN {condition} THEN {literal(reason)}' for condition, reason in cases)} END"


def _note_duplicates(connection: duckdb.DuckDBPyConnection, one: Mapped, notes: list[Note]) -> None:
    cells = ", ".join(f"c{index}" for index in range(len(one.table.columns)))
    # 64-bit hashes instead of whole rows: in ten million lines two collide with a chance of 3 in a million.
    n = connection.execute(f"SELECT count(*) - count(DISTINCT hash({cells})) FROM {one.view}").fetchall()[0][0]
    if n:
        notes.append(Note("duplicate_lines", {"table": one.table.key, "n": int(n)}, "check"))


def _has_time(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> bool:
    return any(
        connection.execute(
            f"SELECT 1 FROM {one.lines} WHERE reason IS NULL AND order_time <> CAST(order_time AS DATE) LIMIT 1"
        ).fetchall()
        for one in tables
    )


def _join_orders(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], has_time: bool) -> None:
    """Make the kept lines of all tables readable as ``orders``; columns that a table lacks are NULL.

    Without an order number, lines of one customer with the same time (or day, without times) are one order.
    """
    moment = "order_time" if has_time else "CAST(order_time AS DATE)"
    parts = []
    for one in tables:
        made_id = f"customer_id || ' @ ' || CAST({moment} AS VARCHAR)"
        if one.table.n_rows <= MOST_IN_MEMORY:
            connection.execute(f"UPDATE {one.lines} SET order_id = {made_id} WHERE order_id IS NULL AND reason IS NULL")
        stored = {name for name, *_ in connection.execute(f"DESCRIBE {one.lines}").fetchall()}
        derived = {"source": str(one.index), "order_date": "CAST(order_time AS DATE)"}
        if one.table.n_rows > MOST_IN_MEMORY:
            derived["order_id"] = f"coalesce(order_id, {made_id})"
        columns = ", ".join(
            f"{derived.get(name, name if name in stored else f'CAST(NULL AS {kind})')} AS {name}"
            for name, kind in ORDER_COLUMNS.items()
        )
        parts.append(f"SELECT {columns} FROM {one.lines} WHERE reason IS NULL")
    if not parts:
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in ORDER_COLUMNS.items())
        parts.append(f"SELECT {columns} WHERE false")
    connection.execute(f"CREATE VIEW orders AS {' UNION ALL '.join(parts)}")


def _roles_of(mapped: Sequence[Mapped], kind: str) -> frozenset[str]:
    found: set[str] = set()
    for one in mapped:
        if one.source is not None and one.source.kind == kind:
            found |= {column.role for column in one.source.columns if column.role in roles()}
    if kind == "orders" and found:
        found.add("amount")
    return frozenset(found)
