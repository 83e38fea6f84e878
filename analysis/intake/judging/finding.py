"""One finding of the quality report, and what all those who look for findings look at."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import count as counting_up
from typing import TYPE_CHECKING, Any, Literal, Protocol

from analysis.answers.asked import current, rows_named
from analysis.engine import fetch_row, fetch_rows
from analysis.intake.cells.categories import CategoryReading, read_category
from analysis.intake.cells.dates import DateForm
from analysis.intake.cells.values import category, unwrapped
from analysis.intake.fixes import AnyFix, CleaningFix, ColumnFix
from analysis.intake.mapped import Mapped
from analysis.intake.reading.encodings import EncodingReading
from analysis.intake.roles import EXTRA, Evidence, roles
from analysis.intake.standard.mapped import blanked_columns, find_sources, with_sisters
from analysis.intake.standard.standardise import ORDER_COLUMNS
from analysis.intake.standard.typed import chosen_date_form, read_numbers
from analysis.intake.standard.worth.currencies import line_currency
from analysis.intake.standard.worth.money import line_amount, paid_back
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.personal import personal_kind_of
from analysis.privacy.kinds import PersonalKind
from analysis.privacy.masks import mask_text, mask_value

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from analysis.intake.choices import Choices, Column
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables

EXAMPLE_ROLES = ("customer_id", "order_id", "order_date", "product", "status", "quantity", "unit_price", "amount")
LONGEST_CELL = 60
CELLS = ("example", "first", "second")  # facts of a finding that are cells
_OPENED = counting_up()
_STANDARD = (("order", "orders", ", ".join(ORDER_COLUMNS)), ("aside", "set_aside", "line, reason"))
Status = Literal["open", "fixed", "accepted"]


class Counted(Protocol):
    """The customers that came out, one row each, as profiles hold them."""

    @property
    def customers(self) -> pd.DataFrame:
        """One row per customer, with ``n_orders`` and ``spend`` where the data has them."""
        ...


@dataclass(frozen=True)
class Finding:
    """Something about the data that a person may want to know, with what it does to the result.

    Attributes
    ----------
    code : str
        Which kind; the sentence is ``finding.<code>`` in ``texts``.
    table : str
        File and sheet; empty when it concerns all.
    source : int or None
        Place of the table's source in the recipe.
    column : str or None
        Header, when it concerns one column.
    facts : mapping
        For the blanks of the sentence.
    rows : int
        Rows that it concerns: those that the fix changes, where there is one.
    money : float or None
        Sum of the amounts of these rows, or by how much the fix changes the revenue; in the currency of the input.
    example : str or None
        Cells of one such row, or a value; masked where personal.
    line : int or None
        Row of the sheet where the example stands.
    ask : bool
        Only a person can decide it.
    everyone : bool
        It moves the figures of every customer, however few rows it concerns.
    fix, undo : Fix or None
        What one click changes; and, once that is chosen, what takes it back.
    readings : tuple of EncodingReading
        Other encodings that the file may be in, with cells as they read then; choosing one reads the file again.
    status : str
        ``open``, ``fixed`` (a choice or the engine took care of it) or ``accepted``.
    """

    code: str
    table: str = ""
    source: int | None = None
    column: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0
    money: float | None = None
    example: str | None = None
    line: int | None = None
    ask: bool = False
    everyone: bool = False
    fix: AnyFix | None = None
    undo: AnyFix | None = None
    readings: tuple[EncodingReading, ...] = ()
    status: Status = "open"

    @property
    def id(self) -> str:
        """Name of the finding, the same next month when the file has another name, and without any customer's value."""
        place = "" if self.source is None else str(self.source)
        return ":".join((self.code, place, self.column or ""))


@dataclass(frozen=True)
class Look:
    """What there is to look at: raw tables readable on a connection, standard tables, the recipe that joins them."""

    connection: duckdb.DuckDBPyConnection
    tables: tuple[Mapped, ...]
    evidence: Mapping[str, tuple[Evidence, ...]]
    recipe: Choices
    standard: StandardTables
    places: tuple[int | None, ...]
    today: date

    @cached_property
    def categories(self) -> dict[int, list[tuple[Column, CategoryReading]]]:
        """How every column of categories is read, by table; order states are left out, they are chosen by words."""
        return {one.index: list(self._categories(one)) for one in self.tables if one.source}

    def _categories(self, one: Mapped) -> Iterator[tuple[Column, CategoryReading]]:
        assert one.source is not None
        seen = dict(zip(one.table.columns, self.evidence[one.table.key], strict=True))
        for column in one.source.columns:
            known = roles().get(column.role)
            kind = seen[column.name].kind if column.role == EXTRA else known.kind if known else ""
            is_flag = one.source.kind == "customers" and seen[column.name].flag
            if column.role == "status" or kind != "category" or is_flag:
                continue
            raw = f"c{one.table.columns.index(column.name)}"
            yield column, read_category(
                self.connection, one.view, raw, category(raw), role=column.role, header=column.name,
                merge=self.recipe.cleaning.categories == "merge", auto_nothing=column.nothing == "auto",
                chosen=column.merges,
            )  # fmt: skip

    @cached_property
    def _standard(self) -> dict[tuple[str, int], str]:
        """Views of the order lines and of what was set aside of each table, named by what is in them.

        To name them costs a look at all of them, which nobody takes where no answers are kept.
        """
        if current() is None:
            return {}
        found = {}
        for kind, table, columns in _STANDARD:
            held = fetch_rows(
                self.connection, f"SELECT source, count(*), sum(hash({columns})::HUGEINT) FROM {table} GROUP BY source"
            )
            contents = {int(index): content for index, *content in held}
            for index in range(len(self.tables)):  # those of which no row is there have an answer as well
                name = found[kind, index] = rows_named(kind, next(_OPENED), *contents.get(index, (0,)))
                self.connection.execute(
                    f"CREATE TEMP VIEW {name} AS SELECT * EXCLUDE (source) FROM {table} WHERE source = {index}"
                )
        return found

    def orders(self, one: Mapped) -> str:
        """Return the kept order lines of a table, as SQL to read from."""
        return self._rows("order", "orders", one)

    def aside(self, one: Mapped) -> str:
        """Return the lines of a table that were set aside, as SQL to read from."""
        return self._rows("aside", "set_aside", one)

    def _rows(self, kind: str, table: str, one: Mapped) -> str:
        plain = f"(SELECT * EXCLUDE (source) FROM {table} WHERE source = {one.index})"
        return self._standard.get((kind, one.index), plain)

    @cached_property
    def _currencies(self) -> dict[int, str | None]:
        return {}

    @cached_property
    def _amounts(self) -> dict[int, str]:
        return {}

    @cached_property
    def totals(self) -> tuple[int, float]:
        """Kept order lines, and the revenue they make."""
        n, money = self.one("SELECT count(*), coalesce(sum(amount), 0) FROM orders")
        return int(n), float(money)

    def one(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """Return the first row of a query."""
        return fetch_row(self.connection, sql, values)

    def latest(self, one: Mapped) -> date | None:
        """Return the last day of the order lines of a table."""
        return self.one(f"SELECT max(order_date) FROM {self.orders(one)}")[0]

    def of_kind(self, kind: str) -> list[Mapped]:
        """Return the tables that are used as orders or as customers."""
        return [one for one in self.tables if one.source is not None and one.source.kind == kind]

    def present(self, one: Mapped) -> set[str]:
        """Return the roles that a table has a column for."""
        return {column.role for column in one.source.columns} if one.source else set()

    def header(self, one: Mapped, role: str) -> str | None:
        """Return the header of a role's column."""
        column = one.source.column(role) if one.source else None
        return column.name if column else None

    def is_ticked(self, one: Mapped, header: str) -> bool:
        """Say whether a column is ticked or left empty, so that an empty cell says no."""
        return any(
            note.code == "ticked_or_empty" and note.facts["table"] == one.table.key and note.facts["column"] == header
            for note in self.standard.notes
        )

    def personal(self, one: Mapped, header: str) -> PersonalKind | None:
        """Return the kind of personal data of a column."""
        seen = dict(zip(one.table.columns, self.evidence[one.table.key], strict=True))
        chosen = {column.name: column.role for column in one.source.columns} if one.source else {}
        return personal_kind_of(header, chosen.get(header, "ignore"), seen[header])

    def about(self, one: Mapped, header: str | None = None) -> dict[str, Any]:
        """Return the parts of a finding that say where it stands."""
        return {"table": one.table.key, "source": self.places[one.index], "column": header}

    def fix(self, one: Mapped, header: str, name: str, value: Any) -> ColumnFix:
        """Return the change of one column of a table."""
        place = self.places[one.index]
        assert place is not None
        return ColumnFix(source=place, column=header, field=name, value=value)  # pyright: ignore

    def amount(self, one: Mapped) -> str:
        """Write the amount of a raw row as SQL."""
        if one.index not in self._amounts:  # several looks ask, and each answer reads whole columns
            numbers = read_numbers(self.connection, one, [])
            back = paid_back(self.connection, one, numbers)
            self._amounts[one.index] = line_amount(self.connection, one, numbers, [], back)
        return self._amounts[one.index]

    def worth(self, one: Mapped) -> str:
        """Write the sum of raw rows as SQL; NULL where they are in several currencies, which are never added up."""
        if one.index not in self._currencies:
            self._currencies[one.index] = line_currency(self.connection, one)
        code = self._currencies[one.index]
        total = f"sum({self.amount(one)})"
        return f"CASE WHEN count(DISTINCT {code}) < 2 THEN {total} END" if code else total

    def date_form(self, one: Mapped, raw: str) -> DateForm:
        """Return the order of day and month that a column of dates was read with."""
        return chosen_date_form(self.connection, one, raw, [])

    def cell(self, one: Mapped, header: str, line: int) -> str | None:
        """Return a cell, masked when personal."""
        raw = f"c{one.table.columns.index(header)}"
        found = fetch_rows(self.connection, f"SELECT {raw} FROM {one.view} WHERE line = {int(line)}")
        kind = self.personal(one, header)
        return mask_value(found[0][0], kind) if found and found[0][0] and kind else found[0][0] if found else None

    def row(self, one: Mapped, line: int, *, also: Sequence[str] = ()) -> str | None:
        """Return the cells of a row that say what was bought, masked where personal."""
        headers = [name for role in EXAMPLE_ROLES if (name := self.header(one, role))]
        headers = list(dict.fromkeys([*headers, *also]))
        if not headers:
            return None
        cells = ", ".join(unwrapped(f"c{one.table.columns.index(header)}") for header in headers)
        found = fetch_rows(self.connection, f"SELECT {cells} FROM {one.view} WHERE line = {int(line)}")
        if not found:
            return None
        shown = [
            mask_value(str(cell), kind) if (kind := self.personal(one, header)) else str(cell)
            for header, cell in zip(headers, found[0], strict=True)
            if cell
        ]
        return " · ".join(cell[:LONGEST_CELL] for cell in shown)


def masked_finding(found: Finding) -> Finding:
    """Mask what is personal in an example: in a column of days or amounts may stand anything."""
    shown = {key: mask_text(text) for key in CELLS if isinstance(text := found.facts.get(key), str)}
    return replace(
        found, facts={**found.facts, **shown}, example=None if found.example is None else mask_text(str(found.example))
    )


@contextmanager
def looking(
    tables: Sequence[RawTable],
    guesses: Sequence[TableGuess],
    recipe: Choices,
    standard: StandardTables,
    today: date,
) -> Generator[Look]:
    """Make raw and standard tables readable side by side."""
    places = find_sources(tables, recipe)
    evidence = {guess.table.key: tuple(column.evidence for column in guess.columns) for guess in guesses}
    with ExitStack() as stack:
        cursor = stack.enter_context(standard.cursor())
        opened = []
        for index, table in enumerate(tables):
            place = places[index]
            source = None if place is None or recipe.sources[place].kind == "ignore" else recipe.sources[place]
            one = Mapped(index, table, source, stack.enter_context(scan(cursor, table)))
            if blanks := blanked_columns(one):
                one = replace(one, view=f"(SELECT * REPLACE ({blanks}) FROM {one.view})")
            opened.append(one)
        yield Look(cursor, tuple(with_sisters(opened)), evidence, recipe, standard, tuple(places), today)


def cleaning_finding(look: Look, step: str, value: str, **parts: Any) -> Finding:
    """Return a finding that one step of the cleaning takes care of: open with a fix, or fixed with its undo."""
    chosen = getattr(look.recipe.cleaning, step) == value
    default = type(look.recipe.cleaning).model_fields[step].default
    return Finding(
        fix=None if chosen else CleaningFix(field=step, value=value),  # pyright: ignore
        undo=CleaningFix(field=step, value=default) if chosen else None,  # pyright: ignore
        status="fixed" if chosen else "open",
        **parts,
    )
