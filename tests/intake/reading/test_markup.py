"""Web pages and Excel 2003 XML that are called .xls."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file

PAGE = (
    "<html><head><meta charset='gb2312'><style>td{{}}</style></head><body><table border=1>"
    "<tr><th>会员</th><th colspan=2>订单</th></tr>{rows}</table></body></html>"
)
BOOK = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n{doctype}'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="May"><Table>{rows}</Table></Worksheet>'
    '<Worksheet ss:Name="Empty"><Table/></Worksheet></Workbook>'
)


def cells(*texts: str) -> str:
    return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts) + "</Row>"


def test_a_table_of_a_web_page_is_read_in_its_encoding_with_its_marks() -> None:
    rows = "<tr><td>甲</td><td>A&amp;1</td><td>3<br>5</td></tr><tr><td>乙&nbsp;</td><td></td><td>4</td>"
    [table] = read_file(PAGE.format(rows=rows).encode("gb18030"), name="orders.xls")
    assert table.columns[:2] == ("会员", "订单")
    assert [tuple(row.values())[1:] for row in table.rows.to_pylist()] == [("甲", "A&1", "3 5"), ("乙", None, "4")]  # type: ignore[union-attr]


@pytest.mark.parametrize("body", ["<p>Please log in</p>", "<table><tr><td>menu</td></tr></table>"])
def test_a_page_without_a_table_of_data_is_refused(body: str) -> None:
    with pytest.raises(AnalysisError, match="file_is_web_page"):
        read_file(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), name="x.xls")


def test_a_workbook_in_xml_is_read_with_skipped_cells_and_times() -> None:
    skipped = (
        '<Row ss:Index="4"><Cell><Data ss:Type="String">K2</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="Number">7</Data></Cell></Row>'
    )
    rows = cells("id", "day", "sum") + cells("K1", "2025-05-02T00:00:00.000", "5") + skipped
    [table] = read_file(BOOK.format(rows=rows, doctype="").encode(), name="x.xls")
    assert (table.sheet, table.columns) == ("May", ("id", "day", "sum"))
    rows = [tuple(row.values()) for row in table.rows.to_pylist()]  # type: ignore[union-attr]
    assert rows == [(2, "K1", "2025-05-02", "5"), (4, "K2", None, "7")]


def test_a_workbook_in_xml_that_brings_entities_is_refused() -> None:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaa">]>\n'
    with pytest.raises(AnalysisError, match="file_unsafe"):
        read_file(BOOK.format(rows=cells("id", "&a;"), doctype=doctype).encode(), name="x.xls")
    with pytest.raises(AnalysisError, match="file_damaged"):
        read_file(BOOK.format(rows="<Row>", doctype="").encode(), name="x.xls")


def test_a_sheet_that_says_an_extent_of_no_cell_is_read() -> None:
    book = openpyxl.Workbook()
    for row in (("id", "sum"), ("A", 3), ("B", 4)):
        book.active.append(row)  # type: ignore[union-attr]
    plain, odd = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(odd, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:B3"' in part
                part = part.replace(b'ref="A1:B3"', b'ref="A0:B99999"')
            after.writestr(name, part)
    [table] = read_file(odd.getvalue(), name="x.xlsx")
    assert (table.columns, table.n_rows) == (("id", "sum"), 2)


def test_stray_nul_bytes_in_a_text_and_a_tail_of_them_are_passed_over() -> None:
    lines = "".join(f"K{place},2025-01-02,{place}\n" for place in range(20)).encode().replace(b"K7", b"K7\x00")
    [table] = read_file(b"id,day,sum\n" + lines + b"\x00" * 70, name="x.csv")
    assert (table.columns, table.n_rows) == (("id", "day", "sum"), 20)
