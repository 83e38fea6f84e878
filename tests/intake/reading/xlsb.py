"""A workbook in Excel's binary format, as small as it may be: nothing that is free writes one.

The records are those of [MS-XLSB], section 2.3: a number, a length and the content, both numbers in groups of 7 bits.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

KINDS = "application/vnd.ms-excel"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.bin" ContentType="{KINDS}.sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{KINDS}.worksheet"/></Types>"""


def workbook(rows: Sequence[Sequence[str | float | None]], *, sheet: str = "Sheet1") -> bytes:
    """Return the bytes of a workbook with one sheet of texts and numbers."""
    book = [
        (131, b""),
        (143, b""),
        (156, struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet)),
        (144, b""),
        (132, b""),
    ]
    width = max(len(row) for row in rows)
    cells = [(129, b""), (148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)), (145, b"")]
    for place, row in enumerate(rows):
        cells.append((0, struct.pack("<IIHHBI", place, 0, 300, 0, 0, 0)))
        for column, value in enumerate(row):
            if isinstance(value, str):
                cells.append((6, struct.pack("<II", column, 0) + _text(value)))
            elif value is not None:
                cells.append((5, struct.pack("<IId", column, 0, value)))
    cells += [(146, b""), (130, b"")]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", CONTENT_TYPES)
        parts.writestr("_rels/.rels", _relation("officeDocument", "xl/workbook.bin"))
        parts.writestr("xl/workbook.bin", _records(book))
        parts.writestr("xl/_rels/workbook.bin.rels", _relation("worksheet", "worksheets/sheet1.bin"))
        parts.writestr("xl/worksheets/sheet1.bin", _records(cells))
    return content.getvalue()


def _relation(kind: str, target: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    )


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _records(records: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(_number(kind) + _number(len(content)) + content for kind, content in records)


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
