"""What there is to decide from: the tables in use with their guesses, the recipe, and the standard tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from analysis.engine import fetch_row, fetch_rows, fetch_value, literal, look
from analysis.errors import AnalysisError
from analysis.intake.cells.units import multiplied, said_scale
from analysis.intake.cells.values import MONEY, category, identifier, number, one_of, says
from analysis.intake.fixes import AnyFix, SourceFix, apply_fix
from analysis.intake.roles import IGNORE, normal
from analysis.intake.standard.standardise import standardise
from analysis.intake.standard.states import state_meanings
from analysis.intake.standard.worth.guests import GUEST
from analysis.intake.standard.worth.money import Discount, discount_kind, may_be_share, share_off
from analysis.intake.standard.worth.nobody import nobody_words
from analysis.intake.standard.worth.order_totals import find_totals, says_order_total, split_amount
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.other_money import NO_MONEY, is_other_money
from analysis.intake.suggesting.proven.rates import rate_cell
from analysis.intake.suggesting.receipts import came_in, prices_beside

if TYPE_CHECKING:
    from analysis.intake.choices import Choices, Source
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.notes import Note

ORDERS = ("orders", "order_heads")
MOST_TRIED = 20_000  # rows
HALF = 0.5  # of the cells of a column of discounts must be numbers


class Where(TypedDict):
    """Where a decision stands."""

    table: str
    source: int


@dataclass(frozen=True)
class Used:
    """A table in use: its guess, and the source of the recipe that it is read by."""

    guess: TableGuess
    place: int
    source: Source

    @property
    def about(self) -> Where:
        """Its file and sheet, and the place of its source in the recipe."""
        return {"table": self.guess.table.key, "source": self.place}

    @property
    def as_guessed(self) -> bool:
        """Whether the recipe uses the table for what it was guessed to be."""
        return self.source.kind == self.guess.kind

    @cached_property
    def prices_of_receipts(self) -> tuple[str, ...]:
        """Name the prices that stand on each receipt of an order, where the amount is what came in with each."""
        taken = [self.source.column(role) for role in ("amount", "order_id", "order_date")]
        names = [column.name for column in taken if column is not None]
        if self.source.kind != "orders" or len(names) < len(taken) or self.guess.table.stored or not came_in(names[0]):
            return ()
        places = {column.name: place for place, column in enumerate(self.guess.columns)}
        used = {column.name for column in self.source.columns if column.role != IGNORE}
        prices = [
            places[column.name] for column in self.guess.columns
            if column.evidence.kind == "number" and column.name not in used and not is_other_money(column.name)
            and not NO_MONEY.search(normal(column.name)) and column.evidence.n_distinct > 1
        ]  # fmt: skip
        if not prices:
            return ()
        receipt, order, day = (places[name] for name in names)
        with look() as connection, scan(connection, self.guess.table) as rows:
            found = prices_beside(connection, rows, order=order, day=day, receipt=receipt, prices=prices)
        return tuple(self.guess.columns[place].name for place in found)


@dataclass(frozen=True)
class Asked:
    """What there is to decide from: the tables in use, the recipe, and the standard tables where there are any.

    ``left`` are tables that are not used although they hold orders: of money that is spent in another table.
    """

    used: tuple[Used, ...]
    recipe: Choices
    standard: StandardTables | None
    tables: tuple[RawTable, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)  # of the source that reads a table
    left: tuple[Used, ...] = ()

    def of_table(self, key: object) -> Used | None:
        """Return the table in use by its key; of several that one source reads, the one that stands for them."""
        place = self.places.get(str(key))
        return next((one for one in self.used if one.place == place), None)

    def noted(self, *codes: str) -> Iterator[tuple[Note, Used]]:
        """Return the notes of the standard tables with these codes, and the table that each is about."""
        for note in self.standard.notes if self.standard else ():
            one = self.of_table(note.facts.get("table"))
            if note.code in codes and one is not None:
                yield note, one


def swapped(one: Used, chosen: str, other: str, role: str) -> SourceFix:
    """Give the role of a column to another one."""
    return SourceFix(source=one.place, roles=((chosen, IGNORE), (other, role)))


def revenue_of(asked: Asked, one: Used) -> float | None:
    """Return the revenue of the kept lines of a source; None before there are standard tables."""
    tables = tables_of(asked, one)
    if asked.standard is None or not tables:
        return None
    with asked.standard.cursor() as cursor:
        (found,) = fetch_rows(
            cursor, f"SELECT sum(amount) FROM orders WHERE source IN ({', '.join(map(str, tables))})"
        )[0]
    return None if found is None else float(found)


def money_of(asked: Asked, one: Used, headers: Sequence[str], *, every: bool = False) -> dict[str, float]:
    """Return the sum of each column over the kept lines of a source, returns taken off; none where it is not known.

    What is the price of an order on each of its receipts counts once. With ``every`` also over the lines that only
    lack the currency that counts.
    """
    shared = any(where is one for _, where in asked.noted("order_totals_split"))
    if asked.standard is None or shared or not headers:
        return {}
    seen = {column.name: column.evidence for column in one.guess.columns}
    sums = dict.fromkeys(headers, 0.0)
    once = one.prices_of_receipts
    first = "row_number() OVER (PARTITION BY order_id ORDER BY line) = 1"
    lines = f"SELECT line, is_return, source, {first} AS first FROM orders"
    if every:
        lines += " UNION ALL SELECT line, false, source, true FROM set_aside WHERE reason = 'other_currency'"
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            read = []
            for header in headers:
                typed = in_main_currency(money_cell(table, header, seen[header].decimal), one, table)
                signed = f"CASE WHEN o.is_return THEN -abs({typed}) ELSE {typed} END"
                summed = f"sum({typed}) FILTER (o.first)" if header in once else f"sum({signed})"
                read.append(f"coalesce({summed}, 0)")
            with scan(cursor, table) as rows:
                found = fetch_rows(
                    cursor,
                    f"SELECT {', '.join(read)} FROM ({lines}) o JOIN {rows} r ON r.line = o.line "
                    f"WHERE o.source = {place}",
                )[0]
            for header, value in zip(headers, found, strict=True):
                sums[header] += float(value)
    return {header: round(value, 6) for header, value in sums.items()}


def share_taken(asked: Asked, one: Used, header: str) -> tuple[Discount, int, float] | None:
    """Return what a column of discounts holds that are no money, in how many kept lines, and what they take off them.

    None where they are money, or nothing is known of the lines.
    """
    seen = next((column.evidence for column in one.guess.columns if column.name == header), None)
    if asked.standard is None or seen is None or seen.number_share < HALF or not may_be_share(header):
        return None
    held: Discount = "amount"
    n, money = 0, 0.0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            raw, typed = f"c{table.columns.index(header)}", money_cell(table, header, seen.decimal)
            with scan(cursor, table) as rows:
                held = discount_kind(cursor, rows, raw, typed, header)
                if held == "amount":
                    return None
                counted, off = fetch_row(
                    cursor,
                    "SELECT count(*) FILTER (share <> 0), coalesce(sum(CAST(amount AS DOUBLE) * share), 0) FROM "
                    f"(SELECT o.amount, {share_off(held, typed)} AS share FROM orders o JOIN {rows} r "
                    f"ON r.line = o.line WHERE o.source = {place})",
                )
            n, money = n + int(counted), money + float(off)
    return held, n, round(money, 6)


def instead_of(asked: Asked, one: Used, headers: Sequence[str]) -> dict[str, float]:
    """Return the revenue that each column would give as the amount: its sum, less what a column of refunds takes off.

    A total that stands on each line of its order counts once. None where quantity times price is the amount, of which
    the refunds are not known apart. Where what was paid is in place of the amount of what was called off, of what was
    paid alone. What refunds leave of an amount decides whether its row counts: it is tried, where that is soon done.
    """
    if one.source.column("refunded") is not None and (found := _tried(asked, one, headers)) is not None:
        return found
    totals = shared_totals(asked, one, [header for header in headers if header not in one.prices_of_receipts])
    once = {header: total for header, total in totals.items() if total is not None}
    headers = [header for header in headers if header not in totals]
    if one.source.column("refunded") is None:
        return once | money_of(asked, one, headers)
    for note, where in asked.noted("refunds_taken_off"):
        if where is one and note.facts.get("paid"):
            paid, back = str(note.facts["paid"]), str(note.facts["column"])
            sums = money_of(asked, one, [paid, back]) if paid in headers else {}
            return {paid: round(sums[paid] - abs(sums[back]), 6)} if sums else {}
    amount, revenue = one.source.column("amount"), revenue_of(asked, one)
    if revenue is None or (amount is None and one.source.column("unit_price") is not None):
        return {}
    named = [] if amount is None else [amount.name]
    sums = money_of(asked, one, [*headers, *named])
    back = sum(sums.get(name, 0.0) for name in named) - revenue
    return {header: round(sums[header] - back, 6) for header in headers if header in sums}


def _tried(asked: Asked, one: Used, headers: Sequence[str]) -> dict[str, float] | None:
    """Return the revenue that a run gives with each column as the amount; None where that would take long."""
    if not _soon_tried(asked):
        return None
    amount, found = one.source.column("amount"), {}
    for header in headers:
        roles = ((header, "amount"),) if amount is None else ((amount.name, IGNORE), (header, "amount"))
        money = _revenue_with(asked, one, SourceFix(source=one.place, roles=roles))
        if money is not None:
            found[header] = money
    return found


def exactly(asked: Asked, one: Used, fix: AnyFix, about: float) -> float:
    """Return the revenue that a run gives with a fix, where returns may go with what it leaves out; else ``about``."""
    if not _soon_tried(asked) or asked.standard is None:
        return about
    with asked.standard.cursor() as cursor:
        places = ", ".join(map(str, tables_of(asked, one)))
        back = fetch_value(cursor, f"SELECT count(*) FROM orders WHERE is_return AND source IN ({places})")
    money = _revenue_with(asked, one, fix) if back else None
    return about if money is None else money


def tried(asked: Asked, one: Used, fix: AnyFix) -> float | None:
    """Return the revenue that a run gives with a fix; None where that would take long."""
    return _revenue_with(asked, one, fix) if _soon_tried(asked) else None


def _soon_tried(asked: Asked) -> bool:
    """Say whether a run of these tables takes next to no time, and leaves out nobody that only the study knows."""
    if asked.standard is None or sum(table.n_rows for table in asked.tables) > MOST_TRIED:
        return False
    stored = any(table.stored for table in asked.tables)
    return not stored and not any("forgotten" in count.set_aside for count in asked.standard.counts)


def _revenue_with(asked: Asked, one: Used, fix: AnyFix) -> float | None:
    """Run the tables with a fix and return the revenue of a source; None where it is refused or there is no money."""
    try:
        made = standardise(asked.tables, apply_fix(asked.recipe, fix))
    except AnalysisError:
        return None
    with made.cursor() as cursor:
        sources = ", ".join(map(str, tables_of(asked, one)))
        money = fetch_value(cursor, f"SELECT sum(amount) FROM orders WHERE source IN ({sources})")
    return None if money is None else round(float(money), 6)


def shared_totals(asked: Asked, one: Used, headers: Sequence[str]) -> dict[str, float | None]:
    """Return what the columns give that show the total of an order on each of its lines, as a run counts it: once.

    None where a run would ask first, or what was paid back comes off.
    """
    if asked.standard is None or one.source.column("order_id") is None or not headers:
        return {}
    seen, roles = {column.name: column.evidence for column in one.guess.columns}, {"amount"}
    roles |= {column.role for column in one.source.columns} - {"refunded"}
    found: dict[str, float | None] = {}
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            with scan(cursor, table) as rows:
                for name in headers:
                    typed = in_main_currency(money_cell(table, name, seen[name].decimal), one, table)
                    cell = f"CAST({typed} AS {MONEY})"
                    signed = f"CASE WHEN o.is_return THEN -abs({cell}) ELSE {cell} END"
                    lines = (
                        f"(SELECT o.* REPLACE ({signed} AS amount), if({cell} IS NULL, 'no_amount', NULL) AS reason "
                        f"FROM orders o JOIN {rows} r ON r.line = o.line WHERE o.source = {place})"
                    )
                    totals = find_totals(cursor, lines, roles, named=says_order_total(name))
                    if totals is None:
                        continue
                    kept = f"SELECT {split_amount(cursor, lines, roles)} AS money FROM {lines} WHERE reason IS NULL"
                    money = fetch_value(cursor, f"SELECT sum(money) FROM ({kept})")
                    sure = totals.level == "sure" and one.source.column("refunded") is None and name not in found
                    found[name] = round(float(money or 0), 6) if sure else None
    return found


def money_cell(table: RawTable, header: str, decimal: str) -> str:
    """Write the cells of a column as money, in SQL, in the unit that its heading or a row above it says."""
    raw, times = f"c{table.columns.index(header)}", said_scale(table, header, "amount")
    typed = number(raw, decimal=decimal)
    return typed if times == 1 else multiplied(typed, raw, times)


def in_main_currency(typed: str, one: Used, table: RawTable) -> str:
    """Write money of a row in the main currency, where a column tells its rate: other currencies are never added up."""
    for role, way in (("fx_times", "*"), ("fx_divided", "/")):
        if (column := one.source.column(role)) is not None:
            rate = rate_cell(f"c{table.columns.index(column.name)}")
            return f"(CAST({typed} AS DOUBLE) {way} coalesce({rate}, 1))"
    return typed


def customers_of(asked: Asked, one: Used, headers: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the customers by each column, and those of several orders, as a run counts them; none before it did.

    Whose every order was never sold is a customer who bought nothing; whoever was paid back is none. Rows in which the
    column taken names nobody may name somebody in another.
    """
    tables = tables_of(asked, one)
    if asked.standard is None or not tables or one.source.kind != "orders" or one.guess.table.stored:
        return {}
    status, parts = one.source.column("status"), []
    guest = f"CASE WHEN starts_with(o.customer_id, {literal(GUEST)}) THEN o.customer_id END AS guest"
    with asked.standard.cursor() as cursor, ExitStack() as open_tables:
        for place in tables:
            table = asked.tables[place]
            rows = open_tables.enter_context(scan(cursor, table))
            cells = ", ".join(
                f"{identifier(f'r.c{table.columns.index(name)}')} AS v{at}" for at, name in enumerate(headers)
            )
            order = one.source.column("order_id")
            number_of = identifier(f"s.c{table.columns.index(order.name)}") if order is not None else "NULL"
            told = "a.reason = 'no_customer'"
            if status is not None:
                cell = category(f"s.c{table.columns.index(status.name)}")
                states = [str(state) for (state,) in fetch_rows(cursor, f"SELECT DISTINCT {cell} FROM {rows} s")]
                never = [state for state, said in state_meanings(states).items() if said != "refunded"]
                sold = one_of(cell, never)
                told = (
                    f"(a.reason = 'excluded_state' AND {sold} OR a.reason = 'no_customer' AND coalesce({sold}, true))"
                )
            kept = (
                f"SELECT line, order_id, customer_id FROM orders WHERE source = {place} UNION ALL SELECT a.line, "
                f"CASE WHEN a.reason = 'no_customer' THEN {number_of} END, NULL FROM set_aside a JOIN {rows} s "
                f"ON s.line = a.line WHERE a.source = {place} AND {told}"
            )
            parts.append(f"SELECT o.order_id, {guest}, {cells} FROM ({kept}) o JOIN {rows} r ON r.line = o.line")
        found, key = {}, one.source.column("customer_id")
        for at, name in enumerate(headers):
            who = f"coalesce(guest, v{at})" if key is not None and key.name == name else f"v{at}"
            n, back = fetch_row(
                cursor,
                "SELECT count(*), count(*) FILTER (n > 1) FROM (SELECT count(DISTINCT order_id) AS n FROM (SELECT *, "
                f"{who} AS who FROM ({' UNION ALL '.join(parts)})) WHERE who IS NOT NULL AND NOT "
                f"{says('who', nobody_words())} GROUP BY who)",
            )
            found[name] = (int(n), int(back))
    return found


def tables_of(asked: Asked, one: Used) -> list[int]:
    """Return the places of the tables that a source reads."""
    return [place for place, table in enumerate(asked.tables) if asked.places.get(table.key) == one.place]


def planned_of(asked: Asked, one: Used) -> tuple[str, ...]:
    """Return the states of visits that lie ahead, which are left out."""
    notes = (note for note, where in asked.noted("states_planned") if where is one)
    return tuple(str(state) for note in notes for state in note.facts["states"])
