"""The quick worksheet writes the same bytes as the library's own."""

from __future__ import annotations

import io
import zipfile

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis.exports.quick_sheet import QuickSheet

ROWS = [
    ["name", "n", "when", "nothing"],
    ["=1+1", 3, 45000.25, None],
    ["<b>&", -0.1, 1e300, None],
    [" 甲\n乙 ", 12345678901234567890, 0, "x" * 300],
]


def parts(sheet_class: type[Worksheet], **options) -> dict[str, bytes]:
    target = io.BytesIO()
    book = Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True, **options})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("all", sheet_class)
    sheet.set_column(2, 2, 12, day)
    sheet.set_row(3, 30, bold)
    sheet.write_row(0, 0, ROWS[0], bold)
    for line, row in enumerate(ROWS[1:], start=1):
        sheet.write_row(line, 0, row)
    sheet.write_number(5, 2, 7, bold)
    sheet.write_boolean(6, 0, True)
    sheet.write_formula(6, 1, "=SUM(B2:B3)")
    sheet.write_blank(7, 30, None, bold)
    book.close()
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist() if "core" not in name}


@pytest.mark.parametrize("constant_memory", [False, True])
def test_the_parts_are_the_same_to_the_byte(constant_memory: bool) -> None:
    theirs = parts(Worksheet, constant_memory=constant_memory)
    ours = parts(QuickSheet, constant_memory=constant_memory)
    assert ours == theirs
    assert b'<c r="B2"><v>3</v></c>' in ours["xl/worksheets/sheet1.xml"]
