"""The typed expression of every standard column of order lines, decided by what all cells of a column are like."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, literal
from analysis.intake.cells.calendars import calendar_of
from analysis.intake.cells.categories import nothing_words, read_category
from analysis.intake.cells.cost import cost_per_unit
from analysis.intake.cells.dates import (
    ISO,
    ISO_FORM,
    NUMERIC_DAY,
    PLAIN_FORM,
    DateForm,
    Order,
    clock_time,
    date_form,
    decided_order,
    in_zone,
    timestamp,
)
from analysis.intake.cells.day_order import order_beside, order_elsewhere
from analysis.intake.cells.decimals import read_decimal
from analysis.intake.cells.units import MONEY_ROLES, scaled
from analysis.intake.cells.values import (
    BARE_ID,
    BARE_NUMBER,
    NOTHING,
    TOTAL_TEXT,
    category,
    half_width,
    identifier,
    is_nothing,
    number,
    plain,
    product,
)
from analysis.intake.mapped import Mapped
from analysis.intake.roles import roles
from analysis.intake.standard.american import is_american
from analysis.intake.standard.clean import impossible_age
from analysis.intake.standard.worth.currencies import are_minor_units, in_cents, line_currency
from analysis.intake.standard.worth.money import line_amount, paid_back
from analysis.intake.standard.worth.part_paid import paid_column
from analysis.intake.standard.worth.total_rows import is_total, label_cells
from analysis.intake.suggesting.describe import filled_cell
from analysis.intake.tables import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices, Cleaning, Column

TEXT_ROLES = (
    "status", "product", "product_id", "category", "subcategory", "brand", "channel", "payment_method", "coupon",
    "device", "name", "company", "phone", "email", "id_number", "address", "gender", "region", "city", "country",
    "industry",
)  # fmt: skip
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")  # not UUID, which is no number
LOOKED_AT = 200_000  # rows in which odd dates are looked for
ODD_DATES = 4000  # different ones that tell how a column writes them
LEAST_EXCHANGED = 5  # dates of either kind that show days and months to be exchanged
MOST_SHORT_CODES = 26 * 26  # of two letters
SHORT = 20_000  # lines of a table all of whose cells are looked at for what cannot stand in them
NUMBER_ROLES = ("quantity", "unit_price", "amount", "discount", "cost", "age")


def typed_columns(
    connection: duckdb.DuckDBPyConnection, one: Mapped, recipe: Choices, notes: list[Note]
) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Write the typed expression of every standard column as SQL, and tests of raw cells with the cells they need."""
    expressions = {"order_id": "CAST(NULL AS VARCHAR)"}
    for role in ("customer_id", "order_id"):
        if one.raw(role):
            expressions[role] = read_id(connection, one, role)
    if "customer_id" in expressions:
        expressions["customer_id"] = one.customer(expressions["customer_id"])
    expressions |= {role: f"lent_{role}" for role in one.lent if role != "order_date"}
    for role in TEXT_ROLES:
        if raw := one.raw(role):
            expressions[role] = text_value(connection, one, role, raw, recipe.cleaning)
    for role in NUMBER_ROLES:
        if raw := one.raw(role):
            decimal = chosen_decimal(connection, one, role, raw, notes)
            expressions[role] = scaled(_number(connection, one, raw, decimal), one, role)
    if one.raw("cost") and cost_per_unit(connection, one, expressions):
        expressions["cost"] = product(expressions["cost"], f"abs({expressions['quantity']})")
        notes.append(Note("cost_per_unit", {"table": one.table.key}, "check"))
    if recipe.cleaning.ages == "blank" and one.raw("age"):
        age = expressions["age"]
        expressions["age"] = f"CASE WHEN NOT {impossible_age(age)} THEN {age} END"
    if "order_date" in one.lent:
        expressions["order_time"], has_date, when_cell = "lent_order_date", "lent_has_date", "lent_order_date"
    else:
        expressions["order_time"], has_date, when_cell = read_time(connection, one, recipe, notes)
    read = read_numbers(connection, one, notes)
    back = paid_back(connection, one, read)
    expressions["amount"] = line_amount(connection, one, read, notes, back)
    if back:
        expressions["paid_back"] = f"coalesce({back}, 0)"
    if money_in := line_currency(connection, one):
        expressions["money_in"] = money_in
    if one.raw("parent_order"):
        expressions["parent_order"] = read_id(connection, one, "parent_order")
    parts = [filled_cell(one.table, int(raw[1:])) for role in amount_roles(one) if (raw := one.raw(role))]
    has_amount = " AND ".join(f"NOT {empty}" for _, empty in parts) or "true"
    inner = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    # Looked at only where a line has no date, no customer or no amount; on every line they would cost more than typing.
    tests = {"has_date": has_date, "has_amount": has_amount, "is_total": is_total(connection, one)}
    also = ["lent_has_date"] if "order_date" in one.lent else []
    cells = dict.fromkeys([*label_cells(one), when_cell, *also, *(cell for cell, _ in parts)])
    if payment := one.raw("payment_state"):
        cells[payment] = None
    return inner, tuple(cells), tests


def read_numbers(connection: duckdb.DuckDBPyConnection, one: Mapped, notes: list[Note]) -> dict[str, str]:
    """Write how the numbers that a line is worth are read as SQL, by role."""
    read = {}
    for role in ("amount", "quantity", "unit_price", "discount", "refunded", "added", "taken_off", "adjusted"):
        if raw := one.raw(role):
            decimal = chosen_decimal(connection, one, role, raw)
            read[role] = scaled(_number(connection, one, raw, decimal), one, role)
    if "refunded" in read and (paid := paid_column(one)):
        read["paid"] = _number(connection, one, paid, chosen_decimal(connection, one, "amount", paid))
    column = one.source.column("amount") if one.source else None
    raw = one.raw("amount")
    if raw and column and column.scale == "header" and are_minor_units(connection, one, raw):
        notes.append(Note("minor_units", {"table": one.table.key, "column": column.name}, "check"))
        cents = in_cents(line_currency(connection, one))
        money = ("amount", "refunded", "paid", "added", "taken_off", "adjusted")
        read |= {role: cents.format(read[role]) for role in money if role in read}
    return read


def amount_roles(one: Mapped) -> tuple[str, ...]:
    """Return the roles without whose cells a line has no amount; none where the table holds no money."""
    if one.raw("amount"):
        return ("amount",)
    if one.raw("quantity") and one.raw("unit_price"):
        return ("quantity", "unit_price")
    return ("refunded",) if one.raw("refunded") else ()


def read_id(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str) -> str:
    """Read a column of ids as SQL."""
    raw = one.raw(role) or ""
    return identifier(raw, nothing=key_nothing(connection, one, role), is_bare=_are_all(connection, one, raw, BARE_ID))


def _number(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, decimal: str) -> str:
    is_bare = decimal == "point" and _are_all(connection, one, raw, BARE_NUMBER)
    return number(raw, decimal=decimal, native=is_native(one, raw, "number"), is_bare=is_bare)


def _are_all(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, shape: str) -> bool:
    """Say whether all cells of a short table's column are of a shape, or empty.

    What can then not stand in it is not looked for: to plan a look takes longer than to take it at a thousand rows.
    """
    if one.table.n_rows > SHORT or one.table.stored:
        return False
    (are_all,) = fetch_row(connection, f"SELECT bool_and(regexp_full_match({raw}, {literal(shape)})) FROM {one.view}")
    return bool(are_all)


def read_time(
    connection: duckdb.DuckDBPyConnection, one: Mapped, recipe: Choices, notes: list[Note]
) -> tuple[str, str, str]:
    """Return how the time of an order is read, a test whether there is any, and the stored column, as SQL."""
    column = one.raw("order_date")
    assert column is not None
    native = is_native(one, column, "date")
    form = PLAIN_FORM if native else chosen_date_form(connection, one, column, notes)
    when = timestamp(column, form=form, native=native)
    when = in_zone(column, when, recipe.time_zone) if recipe.time_zone else when
    if clock := one.raw("order_clock"):  # the time of day in a column of its own
        timed = f"CASE WHEN {when} = date_trunc('day', {when}) THEN CAST({when} AS DATE) + ({clock_time(clock)}) END"
        when = f"coalesce({timed}, {when})"
    if native:
        return when, f"t{column[1:]} IS NOT NULL", f"t{column[1:]}"
    return when, f"NOT {is_nothing(column)}", column


def _nothing(one: Mapped, role: str) -> tuple[str, ...]:
    """Return the words that still stand for nothing once those that a person chose are blank."""
    column = one.source.column(role) if one.source else None
    return NOTHING if column is None or column.nothing == "auto" else ()


def key_nothing(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str) -> tuple[str, ...]:
    """Return the words that stand for nothing in a column of ids: "NA" among codes such as NB and NC is one of them."""
    words, raw = _nothing(one, role), one.raw(role)
    if raw is None or "na" not in words:
        return words
    cells = f"FROM {one.view} WHERE {raw} IS NOT NULL"
    if not fetch_rows(connection, f"SELECT 1 {cells} AND {raw} = 'NA' LIMIT 1"):
        return words
    found = fetch_rows(connection, f"SELECT DISTINCT trim({raw}) {cells} LIMIT {MOST_SHORT_CODES + 1}")
    kept = nothing_words(role, "", [str(cell) for (cell,) in found]) if len(found) <= MOST_SHORT_CODES else words
    return tuple(word for word in words if word in kept)


def text_value(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, raw: str, cleaning: Cleaning) -> str:
    """Write a text as SQL: categories with their variants merged, other texts without the words for nothing.

    Order states stay as they are written, because they are chosen by their words.
    """
    typed = category(raw)
    column = one.source.column(role) if one.source else None
    if role == "status" or column is None:
        return typed
    if roles()[role].kind != "category":
        return f"CASE WHEN NOT {is_nothing(raw, _nothing(one, role))} THEN {typed} END"
    return read_category(
        connection, one.view, raw, typed, role=role, header=column.name, merge=cleaning.categories == "merge",
        auto_nothing=column.nothing == "auto", chosen=column.merges,
    ).sql  # fmt: skip


def is_native(one: Mapped, raw: str, kind: str) -> bool:
    """Say whether a Parquet file already types a column as its role needs it."""
    if not one.table.stored:
        return False
    stored = one.table.stored[int(raw[1:])][1]
    if kind == "number":
        return stored.startswith(
            ("DECIMAL", "DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", *UNSIGNED)
        )
    return kind == "date" and stored.startswith(("TIMESTAMP", "DATE"))


def chosen_decimal(
    connection: duckdb.DuckDBPyConnection, one: Mapped, role: str, raw: str, notes: list[Note] | None = None
) -> str:
    """Return the decimal style of a column: a person's, or the one that its cells show."""
    column = one.source.column(role) if one.source else None
    if column is not None and column.decimal != "auto":
        return column.decimal
    if is_native(one, raw, "number"):
        return "point"
    return read_decimal(connection, one, raw, is_money=role in MONEY_ROLES, notes=notes)


def chosen_date_form(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, notes: list[Note]) -> DateForm:
    """Return how a column writes its dates; what its cells leave open is a person's, or noted as a question."""
    header = one.table.columns[int(raw[1:])]
    column = next((column for column in one.source.columns if column.name == header), None) if one.source else None
    if (column is None or _is_open(column)) and _are_all(connection, one, raw, ISO):
        return ISO_FORM
    cells = _odd_dates(connection, one.view, raw)
    form = date_form(cells)
    facts = {"table": one.table.key, "column": header, "n": len(cells), "example": cells[0] if cells else ""}
    if column is not None and column.calendar != "auto":
        form = replace(form, calendar=column.calendar)
    elif form.calendar != "gregorian":
        others = sum(calendar_of([cell]) != form.calendar for cell in cells)
        notes.append(Note(f"calendar_{form.calendar}", {**facts, "others": others}, "check"))
    if column is not None and column.year is not None:
        form = replace(form, year=column.year)
    elif form.yearless:
        named = _named_year(one)
        leap = named is None and _has_leap_day(connection, one, raw, form)
        form = replace(form, year=named or _last_year(leap=leap))
        said = {"year": str(form.year), "named": named is not None, "leap": leap}
        notes.append(Note("dates_without_year", {**facts, **said}, "check" if named else "ask"))
    if form.compact and form.calendar == "gregorian":
        chosen = column.date_order if column is not None else "auto"
        if chosen != "auto" and form.compact != "ym":
            return replace(form, compact=chosen, ambiguous=0)
        if form.ambiguous:
            notes.append(Note("date_order_undecided", facts, "ask"))
        return form
    real_dates = column.real_dates if column is not None else "auto"
    if real_dates == "exchange":
        form = replace(form, exchanged=True)
    elif real_dates == "auto" and (swapped := _exchanged(connection, one, raw, cells)) is not None:
        notes.append(Note("days_months_exchanged", {**facts, **swapped}, "ask"))
    return replace(form, order=chosen_date_order(connection, one, raw, notes, yearless=form.yearless), ambiguous=0)


def _is_open(column: Column) -> bool:
    """Say whether nobody has said how a column writes its dates."""
    said = (column.calendar, column.date_order, column.real_dates)
    return column.year is None and all(choice == "auto" for choice in said)


def _exchanged(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, cells: list[str]
) -> dict[str, int | str] | None:
    """Return how many real dates of a workbook have days up to 12 alone while all written as text have days above.

    So a spreadsheet leaves a column whose order of day and month is not its own: it turns what it can, the wrong way.
    """
    if one.table.encoding or one.table.stored or len(cells) < LEAST_EXCHANGED:
        return None
    if any(date_form([cell]).ambiguous or decided_order([cell]) is None for cell in cells):
        return None
    n, last = fetch_rows(
        connection,
        f"SELECT count(*), max(TRY_CAST(substr({raw}, 9, 2) AS INTEGER)) "
        f"FROM {one.view} WHERE {raw} LIKE '____-__-__%'",
    )[0]
    if n < LEAST_EXCHANGED or last is None or last > 12:
        return None
    return {"n": int(n), "m": len(cells), "example": cells[0]}


def _odd_dates(connection: duckdb.DuckDBPyConnection, view: str, raw: str) -> list[str]:
    """Return different cells of a column that are not plainly 2024-03-05."""
    clean = f"({raw} BETWEEN '1900' AND '2200' AND {raw} LIKE '____-__-__%')"
    found = fetch_rows(
        connection,
        f"SELECT DISTINCT {raw} FROM (SELECT {raw} FROM {view} WHERE NOT {clean} LIMIT {LOOKED_AT}) "
        f"ORDER BY 1 LIMIT {ODD_DATES}",
    )
    cells = [plain(cell) for (cell,) in found]
    return [cell for cell in cells if cell.lower() not in NOTHING and not re.search(TOTAL_TEXT, cell)]


def _has_leap_day(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, form: DateForm) -> bool:
    """Say whether a column of dates without a year holds a 29 February, which only some years have."""
    day = timestamp(raw, form=replace(form, year=2024))
    found = fetch_rows(connection, f"SELECT 1 FROM {one.view} WHERE CAST({day} AS DATE) = DATE '2024-02-29' LIMIT 1")
    return bool(found)


def _last_year(*, leap: bool) -> int:
    """Return this year, or the last one with a 29 February that is past."""
    today = date.today()
    if not leap:
        return today.year
    return next(year for year in range(today.year, 0, -1) if isleap(year) and date(year, 2, 29) <= today)


def _named_year(one: Mapped) -> int | None:
    """Return the year that the names of file and sheet say."""
    said = re.findall(r"(?<!\d)(20\d\d)(?!\d)", f"{one.table.file} {one.table.sheet}")
    return int(said[-1]) if said else None


def chosen_date_order(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, notes: list[Note], *, yearless: bool = False
) -> Order:
    """Return the order of day and month in a column of dates: a person's, the one that they show, or their sisters'.

    Tables that one source reads, such as the months of an export, are written alike: where the dates of one leave the
    order open, those of the others decide, then what stands beside them in the rows, a time zone of the United States
    beside dollars, and then the dates of other tables. What none decides is noted as a question.
    """
    header = one.table.columns[int(raw[1:])]
    column = next((column for column in one.source.columns if column.name == header), None) if one.source else None
    if column is not None and column.date_order != "auto":
        return column.date_order
    days = _odd_dates if yearless else _numeric_days
    cells = days(connection, one.view, raw)
    form = date_form(cells)
    if not form.ambiguous:
        return form.order
    example = next(cell for cell in cells if date_form([cell]).ambiguous)
    facts = {"table": one.table.key, "column": header, "n": form.ambiguous, "example": example}
    found: dict[str, Order] = {
        sister.table.key: order
        for sister in one.sisters
        if header in sister.table.columns
        and (order := decided_order(days(connection, sister.view, f"c{sister.table.columns.index(header)}")))
    }
    if len(set(found.values())) == 1:
        other, order = next(iter(found.items()))
        notes.append(Note(f"date_order_{order}_as_other", {**facts, "other": other}, "check"))
        return order
    if not yearless and not one.table.stored and (beside := order_beside(connection, one, raw)) is not None:
        notes.append(Note(f"date_order_{beside[0]}_as_other", {**facts, "other": beside[1]}, "check"))
        return beside[0]
    if is_american(connection, one):
        return "mdy"
    if not yearless and not one.table.stored and (elsewhere := order_elsewhere(connection, one, raw)) is not None:
        notes.append(Note(f"date_order_{elsewhere[0]}_as_other", {**facts, "other": elsewhere[1]}, "check"))
        return elsewhere[0]
    notes.append(Note("date_order_undecided", facts, "ask"))
    return form.order


def _numeric_days(connection: duckdb.DuckDBPyConnection, view: str, raw: str) -> list[str]:
    cells = fetch_rows(
        connection,
        f"SELECT DISTINCT regexp_extract({half_width(raw)}, {literal(NUMERIC_DAY)}, 1) AS day FROM {view} "
        f"WHERE {raw} NOT LIKE '____-%' ORDER BY day",
    )
    return [cell for (cell,) in cells if cell]
