"""What there is to decide from: the tables in use with their guesses, the recipe, and the standard tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from analysis.intake.fixes import SourceFix
from analysis.intake.roles import IGNORE

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
    """What there is to decide from: the tables in use, the recipe, and the standard tables where there are any."""

    used: tuple[Used, ...]
    recipe: Choices
    standard: StandardTables | None
    tables: tuple[RawTable, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)  # of the source that reads a table

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
