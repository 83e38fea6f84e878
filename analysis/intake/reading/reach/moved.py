"""Sheets whose cells lie far apart, moved together cell by cell: what is written holds nothing but their cells."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_left
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MOST_CELLS = 50_000_000  # of the rectangle, empty ones among them; a full sheet of 47 columns
GAP = 100  # empty rows, or empty columns, that stay as they are
_KEPT = ("v", "f", "is", "t", "r")  # parts of a cell that say what it holds


class TooFarError(Exception):
    """Cells reach as far as ``last``; ``cells`` of them hold something."""

    def __init__(self, last: str, cells: int) -> None:
        super().__init__(last)
        self.last, self.cells = last, cells


def column_number(letters: str) -> int:
    """Return the number of a column from 1.

    Examples
    --------
    >>> column_number("A"), column_number("XFD"), column_letters(16384)
    (1, 16384, 'XFD')
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column that is counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Sheet:
    """Handlers that take the cells of a sheet one by one; cells without a reference follow the one before."""

    def __init__(self) -> None:
        self.row, self.column, self.filled = 0, 0, False

    def parse(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.ParseFile(part)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif tag == "c":
            self.column += 1
            if found := re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,12})", attributes.get("r", "").upper()):
                self.column, self.row = column_number(found[1]), int(found[2])
            self.filled = False
            self.open(attributes)
        elif tag in _KEPT:
            self.filled = self.filled or tag in ("v", "is")
            self.inner(tag, attributes)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition("}")[2]
        if tag == "c":
            self.close()
        elif tag in _KEPT:
            self.inner_end(tag)

    def open(self, attributes: dict[str, str]) -> None:
        """A cell begins."""

    def inner(self, tag: str, attributes: dict[str, str]) -> None:
        """A part of the cell begins."""

    def text(self, text: str) -> None:
        """Text of a part."""

    def inner_end(self, tag: str) -> None:
        """A part of the cell ends."""

    def close(self) -> None:
        """A cell ends."""


def refuse_doctype(*_: object) -> None:
    """Handle the declaration of a document type."""
    raise ValueError("a document type")


class _Filled(_Sheet):
    def __init__(self) -> None:
        super().__init__()
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.n, self.last = 0, (0, 0)

    def close(self) -> None:
        if self.filled:
            self.n += 1
            self.rows.add(self.row)
            self.columns.add(self.column)
            self.last = max(self.last, (self.row, self.column))


class _Writer(_Sheet):
    """Writes the filled cells at their new places."""

    def __init__(self, rows: list[int], columns: list[int]) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        self.pieces: list[str] = []
        self.cell: list[str] = []
        self.at = 0
        self.inside = 0

    def open(self, attributes: dict[str, str]) -> None:
        kept = "".join(f" {name}={quoteattr(attributes[name])}" for name in ("s", "t") if name in attributes)
        self.cell = [kept, ">"]

    def inner(self, tag: str, attributes: dict[str, str]) -> None:
        self.inside += 1
        self.cell.append(f'<{tag} xml:space="preserve">' if tag == "t" else f"<{tag}>")

    def text(self, text: str) -> None:
        if self.inside:
            self.cell.append(escape(text))

    def inner_end(self, tag: str) -> None:
        self.inside -= 1
        self.cell.append(f"</{tag}>")

    def close(self) -> None:
        if not self.filled:
            return
        row, column = bisect_left(self.rows, self.row) + 1, bisect_left(self.columns, self.column) + 1
        if row != self.at:
            self.pieces.append(f'{"</row>" if self.at else ""}<row r="{row}">')
            self.at = row
        self.pieces.append(f'<c r="{column_letters(column)}{row}"{"".join(self.cell)}</c>')


_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def moved(archive: zipfile.ZipFile, name: str) -> tuple[bytes, list[int]]:
    """Return a sheet without its wide gaps, and the number of each of its rows as it was."""
    found = _Filled()
    with archive.open(name) as part:
        found.parse(part)
    rows, columns = _without_gaps(found.rows), _without_gaps(found.columns)
    if len(rows) * len(columns) > MOST_CELLS:
        raise TooFarError(f"{column_letters(max(found.columns))}{max(found.rows)}", found.n)
    writer = _Writer(rows, columns)
    with archive.open(name) as part:
        writer.parse(part)
    end = "</row></sheetData></worksheet>" if writer.at else "</sheetData></worksheet>"
    return "".join((_SHEET, *writer.pieces, end)).encode(), rows


def _without_gaps(filled: set[int]) -> list[int]:
    """Return the places up to the last filled one, of each wide gap only the last place.

    Examples
    --------
    >>> _without_gaps({1, 3, 1000})
    [1, 2, 3, 999, 1000]
    """
    places: list[int] = []
    before = 0
    for place in sorted(filled):
        places += range(before + 1, place + 1) if place - before <= GAP else (place - 1, place)
        before = place
    return places
