"""How far the cells of binary sheets (xlsb) and of OpenDocument sheets (ods) reach."""

from __future__ import annotations

import zipfile
from xml.parsers import expat

from analysis.intake.reading.reach.moved import MOST_CELLS, TooFarError, column_letters, refuse_doctype


def _check_rectangle(rows: tuple[int, int], columns: tuple[int, int], cells: int) -> None:
    if (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) > MOST_CELLS:
        raise TooFarError(f"{column_letters(columns[1])}{rows[1]}", cells)


def check_xlsb(archive: zipfile.ZipFile, name: str) -> None:
    """Walk the records of a binary sheet: a row says its number, a cell its column."""
    with archive.open(name) as part:
        data = part.read()
    place, row, n = 0, 0, 0
    first_row, last_row, first, last = 1 << 32, 0, 1 << 32, 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind & 0x80 and place < len(data):
            kind, place = (kind & 0x7F) | (data[place] << 7), place + 1
        size = 0
        for shift in (0, 7, 14, 21):
            if place >= len(data):
                return
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        if kind == 0 and size >= 4:
            row = int.from_bytes(data[place : place + 4], "little") + 1
        elif (2 <= kind <= 11 or kind == 62) and size >= 4:
            column = int.from_bytes(data[place : place + 4], "little") + 1
            n += 1
            first_row, last_row = min(first_row, row), max(last_row, row)
            first, last = min(first, column), max(last, column)
        place += size
    if n:
        _check_rectangle((first_row, last_row), (first, last), n)


class _Ods:
    """Follows the cells of an OpenDocument sheet, in which one element may stand for many rows or columns."""

    def __init__(self) -> None:
        self.row, self.column, self.times, self.wide, self.filled = 1, 1, 1, 1, False
        self.row_filled: list[tuple[int, int]] = []
        self.rows, self.columns, self.n = [1 << 40, 0], [1 << 40, 0], 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "table":
            self.row, self.rows, self.columns, self.n = 1, [1 << 40, 0], [1 << 40, 0], 0
        elif tag == "table-row":
            self.times = int(attributes.get("table:number-rows-repeated", 1))
            self.column, self.row_filled = 1, []
        elif tag in ("table-cell", "covered-table-cell"):
            self.wide = int(attributes.get("table:number-columns-repeated", 1))
            if any(name.endswith((":value-type", ":formula")) for name in attributes):
                self.row_filled.append((self.column, self.column + self.wide - 1))
            self.column += self.wide

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "table-row":
            if self.row_filled:
                self.rows = [min(self.rows[0], self.row), self.row + self.times - 1]
                self.columns = [
                    min(self.columns[0], self.row_filled[0][0]),
                    max(self.columns[1], self.row_filled[-1][1]),
                ]
                self.n += self.times * sum(last - first + 1 for first, last in self.row_filled)
            self.row += self.times
        elif tag == "table" and self.n:
            _check_rectangle((self.rows[0], self.rows[1]), (self.columns[0], self.columns[1]), self.n)


def check_ods(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet whose filled cells span too large a rectangle."""
    sheet = _Ods()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = sheet.start, sheet.end
    parser.StartDoctypeDeclHandler = refuse_doctype
    with archive.open(name) as part:
        parser.ParseFile(part)
