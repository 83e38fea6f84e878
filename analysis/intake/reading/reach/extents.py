"""How far the cells of a workbook reach, by streaming: the native reader asks for the whole rectangle at once.

One cell in the last corner of a sheet stands for 17 billion cells, so the reader sees no byte before the rectangle is
known. A sheet of little data with a cell far away is moved together: no cell is lost, and every row keeps its number.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from xml.parsers import expat

from analysis.errors import AnalysisError
from analysis.intake.reading.reach.moved import MOST_CELLS, TooFarError, column_number, moved
from analysis.intake.reading.reach.reach import check_ods, check_xlsb

SPARSE = 28_000_000  # a full sheet of 26 columns has fewer; beyond, a rectangle four times its cells is moved together
STEP = 1 << 20
# Any capital is an A, any figure a 0, and what may follow the name of a tag an equals sign.
_SHAPES = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789>/", b"A" * 26 + b"0" * 9 + b"==")
# What is passed over before shapes are looked for: enough is left to tell tags, references and quotes apart.
_BESIDE = bytes(set(range(256)) - set(b"</>=\"'\0cdor0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_REF = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})(\d{1,12})["']""")
_ROW_BEGINS = re.compile(rb"<(?:\w+:)?row\b")
_CELL_BEGINS = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d{1,12})["']""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\bhidden\s*=\s*["'](?:1|true)["'][^>]*""")
_EXTENT = re.compile(rb"""<(?:\w+:)?dimension\b[^>]*?\bref\s*=\s*["']([^"']*)["'][^>]*/>""")
_CELLS = re.compile(rb"[A-Z]{1,3}[1-9]\d{0,6}(?::[A-Z]{1,3}[1-9]\d{0,6})?")
_EXTENT_WITHIN = 4096  # bytes of a sheet, which says its extent first
_OPEN = 512  # bytes carried over, so that no reference and no row's beginning is cut by the end of a block


class Moved(NamedTuple):
    """A workbook whose sheets were moved together.

    By sheet, ``rows`` are the numbers of its rows from 1 as they were, and ``hidden`` those of its hidden rows (by hand
    or by a filter), of an xlsx or xlsm.
    """

    content: bytes
    rows: dict[str, list[int]]
    hidden: dict[str, frozenset[int]]


def check_extents(content: bytes, *, file: str) -> Moved:
    """Refuse a zipped workbook (xlsx, xlsm, xlsb, ods) whose cells reach further than can be read.

    Returns
    -------
    Moved
        The same bytes, unless a sheet of few cells had one far away.

    Raises
    ------
    AnalysisError
        ``sheet_too_far`` (``file``, ``sheet``, ``cell``, ``n_cells``, ``most``), ``file_damaged``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _check(archive, content, file)
    except (expat.ExpatError, UnicodeError, zipfile.BadZipFile, OSError, EOFError, KeyError, ValueError) as problem:
        raise AnalysisError("file_damaged", file=file) from problem


def _check(archive: zipfile.ZipFile, content: bytes, file: str) -> Moved:
    names = archive.namelist()
    fresh: dict[str, bytes] = {}
    rows: dict[str, list[int]] = {}
    hidden: dict[str, frozenset[int]] = {}
    titles = sheet_names(archive)
    for name in dict.fromkeys(names):
        try:
            if name == "content.xml":
                check_ods(archive, name)
            elif name.lower().endswith(".bin") and _is_sheet(name, titles):
                check_xlsb(archive, name)
            elif name.lower().endswith(".xml") and _is_sheet(name, titles):
                unseen: set[int] = set()
                if _reaches_far(archive, name, unseen):
                    fresh[name], rows[titles.get(name, name)] = moved(archive, name)
                elif said := _impossible_extent(archive, name):
                    fresh[name] = archive.read(name).replace(said, b"", 1)
                if unseen:
                    hidden[titles.get(name, name)] = frozenset(unseen)
        except TooFarError as found:
            sheet = titles.get(name, "" if name == "content.xml" else name.split("/")[-1])
            raise AnalysisError(
                "sheet_too_far", file=file, sheet=sheet, cell=found.last, n_cells=found.cells, most=MOST_CELLS
            ) from None
    return Moved(_with_parts(archive, fresh) if fresh else content, rows, hidden)


def sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of the sheet that each part of an xlsx or xlsm holds; none when the workbook does not say."""
    from defusedxml import ElementTree

    try:
        targets = {
            one.get("Id", ""): one.get("Target", "")
            for one in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    except (KeyError, ElementTree.ParseError, ValueError):
        return {}
    found = {}
    for one in sheets:
        if one.tag.endswith("}sheet"):
            ids = [value for key, value in one.attrib.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[part] = one.get("name", "")
    return found


def _is_sheet(name: str, titles: dict[str, str]) -> bool:
    return name in titles or "sheets/" in name.lower()


def _reaches_far(archive: zipfile.ZipFile, name: str, hidden: set[int]) -> bool:
    """Say whether the references of a sheet span more than can be read as it stands, empty cells among them.

    The numbers of hidden rows are added to ``hidden``.
    """
    if not _may_reach_far(archive, name, hidden):
        return False
    lines: list[int] = []
    columns: set[bytes] = set()
    unplaced = _Unplaced()
    for block in _blocks(archive, name):
        _add_hidden(block, hidden)
        unplaced.add(block)
        found = _REF.findall(block)
        if found:
            letters, numbers = zip(*found, strict=True)
            columns.update(letters)
            places = [int(number) for number in (*numbers, *_ROW.findall(block))]
            lines += (min(places), max(places))
        else:
            lines += (int(number) for number in _ROW.findall(block))
    wide = [column_number(letters.decode().upper()) for letters in columns]
    if wide and max(wide) > 16_384:
        raise ValueError("a column beyond the last")
    if unplaced.n_rows:  # each follows the one before it, so they reach no further than all of them beside the last
        n_rows, n_columns = max(lines, default=0) + unplaced.n_rows, max(wide, default=0) + unplaced.widest
    elif not columns:
        return bool(lines) and max(lines) > SPARSE
    else:
        n_rows, n_columns = max(lines) - min(lines) + 1, max(wide) - min(wide) + 1
    return max(lines, default=0) > 1_048_576 or n_rows * n_columns > SPARSE


class _Unplaced:
    """Counts rows, and the cells of the widest, from the first block on that holds a cell without a reference."""

    def __init__(self) -> None:
        self.n_rows, self.widest, self._in_last = 0, 0, 0

    def add(self, block: bytes) -> None:
        if not self.n_rows and not _has_unplaced(block.translate(_SHAPES, _BESIDE)):
            return
        first, *rows = (len(_CELL_BEGINS.findall(row)) for row in _ROW_BEGINS.split(block))
        self.n_rows += len(rows) + 1
        self.widest = max(self.widest, self._in_last + first, *rows)
        self._in_last = rows[-1] if rows else self._in_last + first


def _has_unplaced(shape: bytes) -> bool:
    """Say whether some cell does not begin with its reference, as ``<c>``, ``<c/>`` and ``<c t="s">``."""
    return shape.rfind(b"<c=") >= 0


def _impossible_extent(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Return what a sheet says of its own extent when no such cells exist (``A0:D9``): Excel passes over it."""
    with archive.open(name) as part:
        found = _EXTENT.search(part.read(_EXTENT_WITHIN))
    return found[0] if found and not _CELLS.fullmatch(found[1]) else None


def _may_reach_far(archive: zipfile.ZipFile, name: str, hidden: set[int]) -> bool:
    """Look only for a column beyond Z, a row of seven figures and cells that do not say their place, quickly."""
    for block in _blocks(archive, name):
        _add_hidden(block, hidden)
        shape = block.translate(_SHAPES, _BESIDE)
        # A zero byte stands in no text of UTF-8; the other encodings of XML write one beside each letter. Looking from
        # the end takes a third of the time.
        if any(shape.rfind(sign) >= 0 for sign in (b'r="AA', b'0000000"', b"r='", b"\x00")) or _has_unplaced(shape):
            return True
    return False


def _add_hidden(block: bytes, hidden: set[int]) -> None:
    if block.rfind(b"hidden") >= 0:
        for tag in _HIDDEN.findall(block):
            if found := _ROW.match(tag + b">"):
                hidden.add(int(found[1]))


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    rest = b""
    # The next block is unpacked, which holds up no other thread, while this one is looked at.
    with archive.open(name) as part, ThreadPoolExecutor(1) as beside:
        ahead = beside.submit(part.read, STEP)
        while block := ahead.result():
            ahead = beside.submit(part.read, STEP)
            yield rest + block
            rest = block[-_OPEN:]


def _with_parts(archive: zipfile.ZipFile, fresh: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
        for name in dict.fromkeys(archive.namelist()):
            written.writestr(name, fresh[name] if name in fresh else archive.read(name))
    return target.getvalue()
