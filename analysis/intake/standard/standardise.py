"""From raw tables to standard tables: type every mapped column, keep each row or set it aside with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis import parquet
from analysis.answers.asked import make_table
from analysis.engine import connect, fetch_rows, literal
from analysis.errors import AnalysisError
from analysis.intake.cells.dates import is_sentinel
from analysis.intake.cells.values import MONEY, TOTAL_WORDS, says
from analysis.intake.mapped import Mapped
from analysis.intake.roles import roles, tells_money
from analysis.intake.sales import add_sales
from analysis.intake.standard.clean import adjust_amounts, is_test_order, is_zero, reason_for_repeats
from analysis.intake.standard.fill_down import fill_down
from analysis.intake.standard.forgotten import REASON, find_forgotten
from analysis.intake.standard.identifiers import identifier_notes
from analysis.intake.standard.mapped import match_sources, open_rows, refuse_crowds, with_sisters, with_surplus
from analysis.intake.standard.merges import unite
from analysis.intake.standard.order_headers import (
    ORDER_HEADERS,
    count_order_headers,
    joined_lines,
    lenders,
    read_order_headers,
    roles_of_order_headers,
)
from analysis.intake.standard.records import RECORDS, consents_of_orders, standardise_records
from analysis.intake.standard.returns import says_return
from analysis.intake.standard.typed import NUMBER_ROLES, TEXT_ROLES, typed_columns
from analysis.intake.standard.worth.currencies import one_currency
from analysis.intake.standard.worth.excluded import ExcludedStates, excluded_states, note_partial, note_unknown
from analysis.intake.standard.worth.guests import note_guests
from analysis.intake.standard.worth.movements import MOVED, moved_columns, movements
from analysis.intake.standard.worth.nobody import is_nobody, note_stand_ins
from analysis.intake.standard.worth.order_numbers import has_time, join_orders, number_anew
from analysis.intake.standard.worth.order_totals import told_totals
from analysis.intake.standard.worth.overlaps import count_once
from analysis.intake.standard.worth.prepaid import prepaid_visits
from analysis.intake.standard.worth.row_types import note_unknown_types
from analysis.intake.standard.worth.settle import settle_returns
from analysis.intake.tables import Note, RawTable, StandardTables, TableCount

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices, Cleaning
    from analysis.intake.standard.merges import Merges
    from analysis.privacy.forget import Forgotten

MOST_IN_MEMORY = 2_000_000  # lines of one table; more are kept in a file beside the process
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


def standardise(
    tables: Sequence[RawTable], recipe: Choices, merges: Merges | None = None, forgotten: Forgotten | None = None
) -> StandardTables:
    """Apply a recipe's mapping and cleaning to raw tables.

    Every row read is kept in a standard table or stands in ``set_aside`` with one reason: the first that applies in the
    order of ``tables.REASONS``. With ``merges``, ids that people found to be one customer are read as one id;
    rows that name a customer who was ``forgotten`` are set aside as that.

    Raises
    ------
    AnalysisError
        ``source_missing`` when no table has the columns of a source, ``source_column_missing`` (column, columns, n,
        table, known) when one has most of them, ``no_customer_column``, ``no_date_column``,
        ``no_amount_column`` when a mapping lacks a role, ``dates_unreadable`` when no date of a table can be read,
        ``nothing_kept`` when no row is left; ``too_many_customers_named`` (n, most);
        ``role_unknown`` and ``role_twice`` for a mapping that says no one thing.
    """

    connection = connect(preserve_insertion_order="false")
    connection.execute("CREATE TABLE set_aside (source INTEGER, line BIGINT, reason VARCHAR)")
    mapped = match_sources(tables, recipe)
    notes: list[Note] = []
    counts: list[TableCount] = []
    order_tables: list[Mapped] = []
    customer_tables: list[Mapped] = []
    record_tables: dict[str, list[Mapped]] = {kind: [] for kind in RECORDS}
    for one in mapped:
        open_rows(connection, one)
        if one.source is not None and one.source.kind != "ignore":
            notes += [Note(code, {"table": one.table.key, **facts}, level) for code, facts, level in one.table.read_as]  # type: ignore[arg-type]
    refuse_crowds(connection, mapped)
    merged = unite(connection, mapped, merges, notes)
    forgets = find_forgotten(connection, mapped, forgotten, notes, merged=merged)
    mapped = [replace(one, merged=merged, forgets=forgets) for one in with_sisters(mapped)]
    heads = [one for one in mapped if one.source is not None and one.source.kind == ORDER_HEADERS]
    if telling := lenders(mapped):
        read_order_headers(connection, telling, recipe, notes)
        mapped = [_with_heads(one, recipe) for one in mapped]
    for one in mapped:
        is_unused = one.source is None or one.source.kind == "ignore"
        if one.table.hidden:
            code = "hidden_sheet_left_out" if is_unused else "hidden_sheet_used"
            notes.append(Note(code, {"table": one.table.key, "n": one.table.n_read}))
        if one.table.hidden_rows and not is_unused:
            notes.append(Note("hidden_rows_counted", {"table": one.table.key, "n": one.table.hidden_rows}))
        if one.source is None or one.source.kind == "ignore":
            counts.append(_count_unused(connection, one))
        elif one.source.kind == "orders":
            if recipe.cleaning.blank_cells == "fill_down" and one.table.n_rows <= MOST_IN_MEMORY:
                view, shared = fill_down(connection, one, notes, totals=recipe.cleaning.order_totals != "each_line")
                one = replace(one, view=view)
                counts.append(
                    _orders(connection, one, _sharing_totals(recipe) if shared else recipe, notes, order_tables)
                )
            else:
                counts.append(_orders(connection, one, recipe, notes, order_tables))
            order_tables.append(one)
        elif one.source.kind == "customers":
            customer_tables.append(one)
        elif one.source.kind != ORDER_HEADERS:
            record_tables[one.source.kind].append(one)
    from analysis.intake.standard.customers import add_without_sale, day_of_joining, standardise_customers

    if heads:
        counts += count_order_headers(connection, heads, order_tables)
    extras = standardise_customers(connection, customer_tables, counts, recipe.cleaning, notes)
    for kind, found in record_tables.items():
        standardise_records(connection, kind, found, counts, recipe.time_zone, notes)
    notes += day_of_joining(customer_tables, any(count.kept for count in counts if count.kind == "orders"))
    said = consents_of_orders(connection, order_tables, heads)
    notes += identifier_notes(connection, mapped)
    left = one_currency(connection, small(order_tables), recipe, notes)
    counts = _with_left(counts, order_tables, left, "other_currency")
    if recipe.cleaning.overlaps == "auto" and recipe.cleaning.duplicate_lines == "keep":
        left = count_once(connection, small(order_tables), notes)
        counts = _with_left(counts, order_tables, left, "duplicate_order")
    apart = recipe.cleaning.sub_orders == "keep"
    if not apart:
        number_anew(connection, small(order_tables), notes)
    timed = has_time(connection, order_tables)
    join_orders(connection, order_tables, ORDER_COLUMNS, timed=timed, apart=apart, most=MOST_IN_MEMORY)
    add_without_sale(connection, order_tables, notes)
    counts.sort(key=lambda count: [table.key for table in tables].index(count.table))
    if not any(count.kept for count in counts):
        raise AnalysisError("nothing_kept", n_read=sum(count.read for count in counts))
    add_sales(connection)
    return StandardTables(
        connection=connection,
        counts=tuple(counts),
        order_roles=_roles_of(mapped, "orders"),
        customer_roles=_roles_of(mapped, "customers"),
        record_roles=_record_roles(mapped, record_tables, said),
        extras=extras,
        has_time=timed,
        notes=tuple(notes),
        raws=tuple(tables),
    )


def _record_roles(
    mapped: Sequence[Mapped], tables: Mapping[str, Sequence[Mapped]], said: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Return the roles of each kind of records; ``said`` are those of consents that stand on order lines."""
    found = {kind: _roles_of(mapped, kind) for kind, those in tables.items() if those}
    return found | ({"consents": found.get("consents", frozenset()) | said} if said else {})


def _with_heads(one: Mapped, recipe: Choices) -> Mapped:
    """Give lines that do not name their customer or date what their order says."""
    if one.source is None or one.source.kind != "orders":
        return one
    lent = roles_of_order_headers(recipe, {column.role for column in one.source.columns})
    return replace(one, view=joined_lines(one, lent), lent=lent) if lent else one


def _sharing_totals(recipe: Choices) -> Choices:
    return recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update={"order_totals": "split"})})


def _count_unused(connection: duckdb.DuckDBPyConnection, one: Mapped) -> TableCount:
    connection.execute(f"INSERT INTO set_aside SELECT {one.index}, line, 'table_not_used' FROM {one.view}")
    reasons = with_surplus(connection, one, {"table_not_used": one.table.n_rows})
    return TableCount(one.table.key, "ignore", one.table.n_read, 0, reasons)


def _orders(
    connection: duckdb.DuckDBPyConnection, one: Mapped, recipe: Choices, notes: list[Note], earlier: Sequence[Mapped]
) -> TableCount:
    """Type the lines of one orders table, decide for each whether it is kept, and insert it where it belongs."""
    from analysis.intake.suggesting.guess import missing_roles

    source = one.source
    assert source is not None
    present = {column.role for column in source.columns} | set(one.lent)
    missing = missing_roles("orders", present) or (() if any_money(recipe) else ("amount",))
    if missing == ("amount",) and "refunded" not in present and not any_money(recipe):
        notes.append(Note("orders_without_money", {"table": one.table.key}, "check"))
    elif missing:
        code = {"customer_id": "no_customer_column", "order_date": "no_date_column", "amount": "no_amount_column"}
        raise AnalysisError(code[missing[0]], table=one.table.key, columns=", ".join(one.table.columns[:12]))
    cleaning = recipe.cleaning
    typed, cells, tests = typed_columns(connection, one, recipe, notes)
    moved = movements(connection, one, cleaning, notes)
    states = excluded_states(connection, one, cleaning, f"SELECT {typed} FROM {one.view}")
    back = says_return(connection, one, cleaning, notes)
    # A return lowers the revenue whatever the signs: a negative price times a negative quantity is no sale.
    nobody = is_nobody(connection, one)
    gone = one.is_forgotten("customer_id")
    reason = _reason(states, cleaning, present, tests, nobody, gone, has_money="amount" not in missing)
    lines = (
        f"SELECT * EXCLUDE ({', '.join([*cells, *MOVED])}) "
        f"REPLACE (CASE WHEN is_return THEN -abs(amount) ELSE amount END AS amount), "
        f"{reason} AS reason, ({states.returned()}) AS returned "
        f"FROM (SELECT *, {_quantity(one, '< 0')} OR coalesce(amount < 0, false) OR {back} OR moved_back AS is_return "
        f"FROM (SELECT line, {typed}, {', '.join(cells)}, {moved_columns(moved)}{_duplicate_number(one, cleaning)} "
        f"FROM {one.view}))"
    )
    if cleaning.repeated_lines == "set_aside":
        lines = f"SELECT * REPLACE ({reason_for_repeats(present)} AS reason) FROM ({lines})"
    _keep_lines(connection, one, lines)
    in_memory = one.table.n_rows <= MOST_IN_MEMORY
    if in_memory:
        settle_returns(connection, one, earlier, net=cleaning.returns == "net")
        if "amount" not in missing:
            prepaid_visits(connection, one, cleaning, notes)
    told = told_totals(connection, one)
    notes += adjust_amounts(
        connection, one.lines, cleaning, table=one.table.key, roles=present, in_memory=in_memory, **told
    )
    connection.execute(
        f"INSERT INTO set_aside SELECT {one.index}, line, reason FROM {one.lines} WHERE reason IS NOT NULL"
    )
    found = fetch_rows(connection, f"SELECT reason, count(*) FROM {one.lines} GROUP BY reason ORDER BY reason")
    reasons = {reason: int(n) for reason, n in found if reason}
    kept = sum(int(n) for reason, n in found if reason is None)
    unread = reasons.get("date_unreadable", 0)
    if unread and kept == 0 and unread >= 0.5 * one.table.n_rows:
        column = source.column("order_date")
        raise AnalysisError("dates_unreadable", table=one.table.key, column=column.name if column else "", n=unread)
    _note_duplicates(connection, one, notes)
    note_unknown(connection, one, states, notes)
    note_partial(connection, one, states, notes)
    note_unknown_types(connection, one, cleaning, notes)
    notes += [*note_guests(connection, one), *note_stand_ins(connection, one)]
    return TableCount(one.table.key, "orders", one.table.n_read, kept, with_surplus(connection, one, reasons))


def small(tables: Sequence[Mapped]) -> list[Mapped]:
    """Return the tables whose lines lie in memory and can be changed in place."""
    return [one for one in tables if one.table.n_rows <= MOST_IN_MEMORY]


def _with_left(
    counts: Sequence[TableCount], tables: Sequence[Mapped], left: dict[int, int], reason: str
) -> list[TableCount]:
    """Count lines that were kept and then left out, by table."""
    by_key = {one.table.key: left[one.index] for one in tables if left.get(one.index)}
    return [
        replace(
            count, kept=count.kept - by_key[count.table],
            set_aside={**count.set_aside, reason: count.set_aside.get(reason, 0) + by_key[count.table]},
        )
        if count.table in by_key
        else count
        for count in counts
    ]  # fmt: skip


def _keep_lines(connection: duckdb.DuckDBPyConnection, one: Mapped, select: str) -> None:
    """Store typed lines once: in memory, or beside the process when there are many."""
    if one.table.n_rows <= MOST_IN_MEMORY:
        make_table(connection, one.lines, select)
        return
    from analysis.intake.reading.large import bound, spool

    bound(connection)
    place = spool() / f"{uuid.uuid4().hex}.parquet"
    parquet.copy(connection, select, place)
    connection.execute(f"CREATE VIEW {one.lines} AS SELECT * FROM {parquet.scan(place)}")


def _duplicate_number(one: Mapped, cleaning: Cleaning) -> str:
    if cleaning.duplicate_lines == "keep":
        return ""
    cells = ", ".join(f"c{index}" for index in range(len(one.table.columns)))
    return f", row_number() OVER (PARTITION BY {cells} ORDER BY line) AS copy"


def _quantity(one: Mapped, test: str) -> str:
    """Write a test of the quantity as SQL; false where there is none."""
    return f"coalesce(quantity {test}, false)" if one.raw("quantity") else "false"


def any_money(recipe: Choices) -> bool:
    """Say whether any table of orders of a study tells what was paid; where none does, orders are counted alone."""
    orders = [source for source in recipe.sources if source.kind in ("orders", ORDER_HEADERS)]
    return any(tells_money({column.role for column in source.columns}) for source in orders)


def _reason(
    states: ExcludedStates,
    cleaning: Cleaning,
    present: set[str],
    tests: dict[str, str],
    nobody: str,
    gone: str,
    *,
    has_money: bool,
) -> str:
    """Write the reason to set a line aside as SQL, NULL for a kept line; the first that applies counts."""
    cases = [
        (gone, REASON),
        (
            f"CASE WHEN order_time IS NULL OR customer_id IS NULL OR {says('customer_id', TOTAL_WORDS)} "
            f"THEN {tests['is_total']} ELSE false END",
            "total_row",
        ),
        ("moved_otherwise", "not_a_sale"),
        ("told_again", "other_level"),
        (f"customer_id IS NULL OR {nobody}", "no_customer"),
        (states.test(), "excluded_state"),  # before its day: what was called off was never paid, and may have none
        (f"order_time IS NULL AND NOT ({tests['has_date']})", "no_date"),
        (f"order_time IS NULL OR {is_sentinel('order_time')}", "date_unreadable"),
    ]
    if has_money:
        cases += [
            (f"amount IS NULL AND NOT ({tests['has_amount']})", "no_amount"),
            ("amount IS NULL", "amount_unreadable"),
        ]
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
    kind = "t" if one.table.stored else "c"  # as the file types it, where it does: writing numbers out costs more
    cells = ", ".join(f"{kind}{index}" for index in range(len(one.table.columns)))
    # 64-bit hashes instead of whole rows: in ten million lines two collide with a chance of 3 in a million.
    different = f"SELECT count(*) FROM (SELECT DISTINCT hash({cells}) FROM {one.view})"
    n = one.table.n_rows - int(fetch_rows(connection, different)[0][0])
    if n:
        notes.append(Note("duplicate_lines", {"table": one.table.key, "n": n}, "check"))


def _roles_of(mapped: Sequence[Mapped], kind: str) -> frozenset[str]:
    found: set[str] = set()
    for one in mapped:
        if one.source is not None and one.source.kind == kind:
            found |= {column.role for column in one.source.columns if column.role in roles()} | set(one.lent)
    if kind == "orders" and tells_money(found):
        found.add("amount")
    return frozenset(found)
