"""What there is to decide from: the tables in use with their guesses, the recipe, and the standard tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from analysis.intake.cells.units import multiplied, said_scale
from analysis.intake.cells.values import number
from analysis.intake.fixes import SourceFix
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    from analysis.intake.choices import Choices, Source
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.notes import Note

ORDERS = ("orders", "order_heads")


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
        (found,) = cursor.execute(
            f"SELECT sum(amount) FROM orders WHERE source IN ({', '.join(map(str, tables))})"
        ).fetchall()[0]
    return None if found is None else float(found)


def money_of(asked: Asked, one: Used, headers: Sequence[str], *, every: bool = False) -> dict[str, float]:
    """Return the sum of each column over the kept lines of a source, returns taken off; none where it is not known.

    With ``every`` also over the lines that only lack the currency that counts.
    """
    shared = any(where is one for _, where in asked.noted("order_totals_split"))
    if asked.standard is None or shared or not headers:
        return {}
    seen = {column.name: column.evidence for column in one.guess.columns}
    sums = dict.fromkeys(headers, 0.0)
    lines = "SELECT line, is_return, source FROM orders"
    if every:
        lines += " UNION ALL SELECT line, false, source FROM set_aside WHERE reason = 'other_currency'"
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            read = []
            for header in headers:
                typed = money_cell(table, header, seen[header].decimal)
                read.append(f"coalesce(sum(CASE WHEN o.is_return THEN -abs({typed}) ELSE {typed} END), 0)")
            with scan(cursor, table) as rows:
                found = cursor.execute(
                    f"SELECT {', '.join(read)} FROM ({lines}) o JOIN {rows} r ON r.line = o.line "
                    f"WHERE o.source = {place}"
                ).fetchall()[0]
            for header, value in zip(headers, found, strict=True):
                sums[header] += float(value)
    return {header: round(value, 6) for header, value in sums.items()}


def money_cell(table: RawTable, header: str, decimal: str) -> str:
    """Write the cells of a column as money, in SQL, in the unit that its heading or a row above it says."""
    raw, times = f"c{table.columns.index(header)}", said_scale(table, header, "amount")
    typed = number(raw, decimal=decimal)
    return typed if times == 1 else multiplied(typed, raw, times)


def tables_of(asked: Asked, one: Used) -> list[int]:
    """Return the places of the tables that a source reads."""
    return [place for place, table in enumerate(asked.tables) if asked.places.get(table.key) == one.place]
