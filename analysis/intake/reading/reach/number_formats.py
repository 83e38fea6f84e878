"""What a number format shows and the number alone does not: 7 as 00007, 12 as INV-0012.

Numbers, dates and money are read as they are; only zeros that a format writes before a whole number belong to an id.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.intake.reading.reach.extents import sheet_names
from analysis.intake.reading.reach.moved import column_number

if TYPE_CHECKING:
    import pyarrow as pa

STEP = 1 << 20
_LONGEST = 1 << 16  # bytes of a cell cut by the end of a block that are carried over; a number needs a few hundred
_TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|\\(?P<sign>.)|_.|\*.|\[[^\]]*\]|(?P<zero>0)|(?P<bare>[- ()])|(?P<other>.)', re.S
)
_CODE = re.compile(rb"""\bformatCode\s*=\s*(?:"([^"]*)"|'[^']*')""")
_CONDITION = re.compile(r"\[[<>=]")
_LITERAL = re.compile(r"[\w\-/. #()]*")  # what may stand beside the zeros of an id: no sign of money, no percent
_FILLED = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})\d{1,7}["'][^>]*(?<!/)>(?!\s*</)""")
_CELL = (
    rb"""<(?:\w+:)?c\s(?P<about>[^>]*?\bs\s*=\s*["'](?P<style>%s)["'][^>]*)>"""
    rb"""\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>(?P<number>-?\d{1,15})</"""
)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](?!n["'])""")


class Formatted(NamedTuple):
    """Cells shown with zeros, by column from 1: row from 1, number, as shown. ``first`` is the first filled column."""

    cells: dict[int, list[tuple[int, str, str]]]
    first: int


def show(number: str, code: str) -> str | None:
    """Write a whole number as a format of zeros shows it; None where the format is of another kind.

    Examples
    --------
    >>> show("7", "00000"), show("12", '"INV-"0000'), show("123456789", "000-00-0000"), show("7", "#,##0.00")
    ('00007', 'INV-0012', '123-45-6789', None)
    """
    tokens = _zeros(code)
    if tokens is None:
        return None
    n = tokens.count("0")
    digits = number.lstrip("-").zfill(n)
    places = iter([digits[: len(digits) - n + 1], *digits[len(digits) - n + 1 :]])
    shown = "".join(next(places) if token == "0" else token[1:] for token in tokens)
    return ("-" if number.startswith("-") else "") + shown.strip()


def _zeros(code: str) -> list[str] | None:
    """Return the zeros of a format and, with a mark before them, the texts between; None unless it pads with zeros."""
    if _CONDITION.search(code):
        return None
    tokens: list[str] = []
    for found in _TOKEN.finditer(code):
        if found["zero"]:
            tokens.append("0")
        elif found["other"] == ";":
            break
        elif found["other"]:
            return None
        elif literal := found["text"] or found["sign"] or found["bare"]:
            if not _LITERAL.fullmatch(literal):
                return None
            tokens.append(f"={literal}")
    while tokens and tokens[-1].startswith("=") and not tokens[-1][1:].strip():
        tokens.pop()
    # What follows the number is a unit ("00 kg"), and one zero shows the number as it is.
    return tokens if tokens.count("0") > 1 and tokens[-1] == "0" else None


def formatted_cells(content: bytes) -> dict[str, Formatted]:
    """Return by sheet the whole numbers of an xlsx that are shown with zeros before them.

    Sheets are read for it only when a style of the workbook has such a format.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        codes = _padding_styles(archive)
        if not codes:
            return {}
        cell = re.compile(_CELL % b"|".join(codes))
        found = {title: _cells(archive, part, cell, codes) for part, title in _sheets(archive)}
    return {title: one for title, one in found.items() if one.cells}


def _padding_styles(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """Return the format of each style that shows whole numbers with zeros, by its number as a cell writes it."""
    part = next((name for name in archive.namelist() if name.lower().endswith("/styles.xml")), None)
    content = archive.read(part) if part else b""
    written = {unescape(code.decode("utf-8", "replace")) for code in _CODE.findall(content)}
    if not any(map(_zeros, written)):
        return {}
    # Only now: openpyxl takes longer to import than most workbooks take to read.
    from openpyxl.styles.cell_style import CellStyleList
    from openpyxl.styles.numbers import NumberFormatList
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring

    try:
        root: Any = fromstring(content)
    except (SyntaxError, ValueError):  # what is damaged says the native reader
        return {}
    formats, styles = (root.find(f"{{{SHEET_MAIN_NS}}}{name}") for name in ("numFmts", "cellXfs"))
    if formats is None or styles is None:
        return {}
    own: Any = NumberFormatList.from_tree(formats)
    cells: Any = CellStyleList.from_tree(styles)
    codes: dict[int, str] = {one.numFmtId: one.formatCode for one in own.numFmt}
    found = {str(n).encode(): codes.get(one.numFmtId) for n, one in enumerate(cells.xf)}
    return {style: code for style, code in found.items() if code is not None and _zeros(code)}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = set(archive.namelist())
    return ((part, title) for part, title in sheet_names(archive).items() if part in names)


def _cells(archive: zipfile.ZipFile, part: str, cell: re.Pattern[bytes], codes: dict[bytes, str]) -> Formatted:
    cells: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    first, rest = 1 << 15, b""
    with archive.open(part) as sheet:
        while block := sheet.read(STEP):
            block, end = rest + block, 0
            for found in cell.finditer(block):
                end = found.end()
                place = _PLACE.search(found["about"])
                if place is None or _TYPE.search(found["about"]):
                    continue
                number = found["number"].decode()
                shown = show(number, codes[found["style"]])
                if shown is not None and shown != number:
                    cells[column_number(place[1].decode())].append((int(place[2]), number, shown))
            if first > 1:
                first = min([first, *(column_number(name.decode()) for name in set(_FILLED.findall(block)))])
            rest = block[max(end, block.rfind(b"</c>") + 1) :][-_LONGEST:]
    return Formatted(dict(cells), first)


def with_zeros(cells: pa.RecordBatch, formatted: Formatted) -> pa.RecordBatch:
    """Return the cells of a sheet as they are shown; a cell that the reader saw otherwise stays as it is."""
    import pyarrow as pa

    columns = list(cells.columns)
    for place, found in formatted.cells.items():
        index = place - formatted.first
        if not 0 <= index < len(columns):
            continue
        values = columns[index].to_pylist()
        for row, number, shown in found:
            if row <= len(values) and values[row - 1] == number:
                values[row - 1] = shown
        columns[index] = pa.array(values, columns[index].type)
    return pa.RecordBatch.from_arrays(columns, names=cells.schema.names)
