"""What stands in a report, read back from each kind of file by a library that did not write it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Rows = list[list[str]]


def html_tables(data: bytes) -> list[Rows]:
    from lxml import html

    page = html.fromstring(data.decode("utf-8"))
    return [
        [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        for table in page.iter("table")
    ]


def pptx_tables(data: bytes) -> list[Rows]:
    """Return the tables of slides; one that goes on on the next slide is one."""
    from pptx import Presentation

    found: list[Rows] = []
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_table:
                rows = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
                if found and found[-1][0] == rows[0]:
                    found[-1] += rows[1:]
                else:
                    found.append(rows)
    return found


def docx_tables(data: bytes) -> list[Rows]:
    from docx import Document

    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(data)).tables]


def xlsx_sheets(data: bytes) -> dict[str, list[list[Any]]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


@lru_cache(maxsize=4)
def pdf_text(data: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def pdf_objects(data: bytes) -> Iterator[str]:
    """Yield what stands in each object of a PDF: properties, headings, words of pictures."""
    from pypdf import PdfReader
    from pypdf.generic import IndirectObject, StreamObject

    reader = PdfReader(io.BytesIO(data))
    yield reader.trailer["/Root"]["/Metadata"].get_data().decode("utf-8", "replace")
    for number in range(1, int(reader.trailer["/Size"])):
        found = IndirectObject(number, 0, reader).get_object()
        if found is not None and not isinstance(found, StreamObject):
            yield str(found)


def everything(kind: str, data: bytes) -> Iterator[str]:
    """Yield every text of a file: of each part of a zip, and of the files in it; of a PDF also what is not printed."""
    if kind == "pdf":
        yield pdf_text(data)
        yield from pdf_objects(data)
    elif kind in ("html", "ipynb", "py", "yaml"):
        yield data.decode("utf-8")
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                if name.endswith(".xlsx"):
                    yield from everything("xlsx", content)
                else:
                    yield name
                    yield content.decode("utf-8", "replace")


def code_of(data: bytes) -> str:
    """Return the lines of a notebook's cells."""
    cells = json.loads(data)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
