"""Tables that programs write as web pages or as Excel 2003 XML and call .xls: their sheets as rows of text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from analysis.errors import AnalysisError
from analysis.intake.reading.encodings import decode
from analysis.intake.reading.layout import clean_text
from analysis.intake.tables import RawTable

KINDS = ("web_page", "xml_workbook")  # of ``read.kind_of``
Sheet = tuple[str, list[list[str | None]]]
MOST_CELLS = 5_000_000
MOST_SPAN = 1000
_SAID = re.compile(rb"""charset\s*=\s*["']?([\w-]+)|encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE)
_SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.0+)?$")


def read_markup(
    content: bytes, *, kind: str, file: str, fingerprint: str, sheet: str | None = None, header_row: int | None = None
) -> list[RawTable]:
    """Read the tables of a web page or the sheets of an Excel 2003 workbook in XML, as those of any other workbook.

    Raises
    ------
    AnalysisError
        What ``html_sheets`` and ``xml_sheets`` refuse, ``file_empty``, ``file_only_header``.
    """
    import pyarrow as pa

    from analysis.intake.reading.workbook import table_of

    sheets = html_sheets(content, file=file) if kind == "web_page" else xml_sheets(content, file=file)
    filled = [(name, rows) for name, rows in sheets if any(any(row) for row in rows) and sheet in (None, name)]
    if not filled:
        raise AnalysisError("file_empty", file=file)
    found = []
    for name, rows in filled:
        width = max(map(len, rows))
        columns = [pa.array([row[at] if at < len(row) else None for row in rows], pa.string()) for at in range(width)]
        cells = pa.RecordBatch.from_arrays(columns, names=[f"c{at}" for at in range(width)])
        found.append(
            table_of(
                cells,
                None,
                file=file,
                sheet=clean_text(name),
                fingerprint=fingerprint,
                header_row=header_row,
                hidden=False,
            )
        )
    tables = [table for table in found if table is not None]
    if not tables:
        raise AnalysisError("file_only_header", file=file)
    return tables


def html_sheets(content: bytes, *, file: str) -> list[Sheet]:
    """Read the tables of a web page; one that only lays out others is none.

    Raises
    ------
    AnalysisError
        ``file_is_web_page`` when it has no table of data, and what ``encodings.decode`` refuses.
    """
    reader = _Tables()
    reader.feed(_text(content, file))
    reader.close()
    tables = [table for table in reader.tables if len(table) > 1 and max(map(len, table)) > 1]
    if not tables:
        raise AnalysisError("file_is_web_page", file=file)
    return [("" if len(tables) == 1 else f"Table {number}", table) for number, table in enumerate(tables, 1)]


def xml_sheets(content: bytes, *, file: str) -> list[Sheet]:
    """Read the sheets of a workbook that Excel 2003 wrote as XML.

    Raises
    ------
    AnalysisError
        ``file_damaged``; ``file_unsafe`` for a document that brings entities of its own.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as problem:
        raise AnalysisError("file_unsafe", file=file) from problem
    except (ParseError, ValueError, LookupError) as problem:
        raise AnalysisError("file_damaged", file=file) from problem
    sheets: list[Sheet] = []
    for sheet in root.iter(f"{{{_SHEET}}}Worksheet"):
        rows: list[list[str | None]] = []
        for row in sheet.iter(f"{{{_SHEET}}}Row"):
            at = _index(row.get(f"{{{_SHEET}}}Index"))
            rows += [[] for _ in range(min(at - 1 - len(rows), 100_000))] if at else []
            cells: list[str | None] = []
            for cell in row.iter(f"{{{_SHEET}}}Cell"):
                at = _index(cell.get(f"{{{_SHEET}}}Index"))
                cells += [None] * min(at - 1 - len(cells), MOST_SPAN) if at else []
                data = cell.find(f"{{{_SHEET}}}Data")
                cells.append(None if data is None else _shown("".join(data.itertext())))
                cells += [None] * min(_index(cell.get(f"{{{_SHEET}}}MergeAcross")), MOST_SPAN)
            rows.append(cells)
        sheets.append((sheet.get(f"{{{_SHEET}}}Name") or "", rows))
    return sheets


def is_xml_workbook(start: bytes) -> bool:
    """Say whether a document in XML is a workbook of Excel 2003, by its beginning."""
    return _SHEET.encode() in start.replace(b"\x00", b"")


def _index(said: str | None) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 8 else 0


def _shown(text: str) -> str | None:
    text = _TIME.sub(r"\1 \2", text.strip())
    return text.removesuffix(" 00:00:00") or None


def _text(content: bytes, file: str) -> str:
    said = _SAID.search(content[:4096])
    name = (said[1] or said[2]).decode("ascii").lower() if said else ""
    if name in ("gb2312", "gbk"):
        name = "gb18030"
    try:
        return content.decode(name) if name else decode(content, file=file).text
    except (UnicodeError, LookupError):
        return decode(content, file=file).text


class _Tables(HTMLParser):
    """Collects the innermost tables of a page, cells over several columns and rows as merged cells are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str | None]]] = []
        self._open: list[list[list[str | None]]] = []
        self._cell: list[str] | None = None
        self._across, self._cells, self._hidden = 1, 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self._open.append([])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if not self._open[-1]:
                self._open[-1].append([])
            self._cell = []
            self._across = min(max(1, _index(dict(attrs).get("colspan"))), MOST_SPAN)
        elif tag in ("script", "style"):
            self._hidden += 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table" and self._open:
            self._end_cell()
            self.tables.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._hidden:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()
        self.tables += [table for table in reversed(self._open) if table]

    def _end_cell(self) -> None:
        if self._cell is None or not self._open or not self._open[-1]:
            self._cell = None
            return
        text = re.sub(r"[\s\u00a0]+", " ", "".join(self._cell)).strip()
        self._open[-1][-1].extend([text or None, *[None] * (self._across - 1)])
        self._cell = None
        self._cells += self._across
        if self._cells > MOST_CELLS:
            raise AnalysisError("too_many_columns", file="", n_columns=self._cells, most=MOST_CELLS)
