"""One clean table of orders, written in hundreds of dirty ways, comes back the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import StandardTables
from analysis.study import suggest
from tests.thorough import examples

N = 30


@dataclass(frozen=True)
class Order:
    customer: str
    order: str
    day: date
    amount: Decimal
    product: str


def orders(product: str) -> list[Order]:
    return [
        Order(
            f"{(i * 7) % 11 + 1:05d}",  # leading zeros
            f"2024000000000{i:04d}",  # more digits than a number holds
            date(2024, 1, 1) + timedelta(days=i * 11),
            Decimal(i * i * 131 + 105) / 100 + 900,
            product,
        )
        for i in range(N)
    ]


HEADERS = {
    "zh": ("会员号", "订单号", "下单时间", "实付金额", "商品"),
    "en": ("customer id", "order id", "order date", "amount", "product"),
}
DATES: dict[str, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "compact": lambda d: f"{d:%Y%m%d}",
    "german": lambda d: f"{d:%d.%m.%Y}",
    "british": lambda d: f"{d:%d/%m/%Y}",
    "american": lambda d: f"{d.month}/{d.day}/{d.year}",
    "clock": lambda d: f"{d:%Y-%m-%d} 00:00:00",
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "unix": lambda d: str(int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp())),
}


NUMBERS: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda x: f"{x:.2f}",
    "thousands": lambda x: f"{x:,.2f}",
    "comma": lambda x: f"{x:.2f}".replace(".", ","),
    "german": lambda x: f"{x:,.2f}".translate(str.maketrans(",.", ".,")),
    "sign": lambda x: f"¥{x:,.2f}",
    "word": lambda x: f"{x:.2f}元",
    "wide": lambda x: f"{x:.2f}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
    "blanks": lambda x: f"  {x:.2f} ",
}
# What each encoding can write: the language of the headers, a product, and the number forms left out.
ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"), ("zh", "龙井茶叶")),
    "gbk": ("zh", "铁观音"), "big5": ("en", "龍井茶葉"), "shift_jis": ("en", "お茶セット"),
    "cp1252": ("en", "Café crème"), "mac_roman": ("en", "Café crème"), "ascii": ("en", "Tea"),
}  # fmt: skip
FULL = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")


def grid(
    language: str,
    product: str,
    dates: str,
    numbers: str,
    *,
    above: int,
    repeat: bool,
    total: bool,
    note: bool,
    holes: bool,
) -> list[list[str]]:
    """Write the table as rows of text, with what real exports put around it."""
    header = list(HEADERS[language])
    rows = [
        [one.customer, one.order, DATES[dates](one.day), NUMBERS[numbers](one.amount), one.product]
        for one in orders(product)
    ]
    if repeat:
        rows.insert(N // 2, header)
    if holes:
        rows = [[*row[:2], "", *row[2:], ""] for row in rows]
        header = [*header[:2], "", *header[2:], ""]
        rows.insert(3, [""] * len(header))
    if total:
        rows.append(["合计" if language == "zh" else "Total", *[""] * (len(header) - 2), "99999"])
    if note:
        rows += [[], ["Note: all prices with tax"]]
    banner = [["Sales report"], [], ["Made on: 2024-12-31", "by till 4"]][:above]
    return [*banner, [f" {cell} " if holes and cell else cell for cell in header], *rows]


layouts = st.fixed_dictionaries(
    {
        "above": st.integers(0, 3), "repeat": st.booleans(), "total": st.booleans(), "note": st.booleans(),
        "holes": st.booleans(),
    }
)  # fmt: skip


def check(content: bytes, name: str, product: str, *, encoding: str | None = None) -> StandardTables:
    """Assert that the orders come back, and that the rows add up."""
    tables = read_file(content, name=name)
    recipe = suggest(tables)
    standard = standardise(tables, recipe)
    found = standard.cursor().execute(
        "SELECT customer_id, order_id, order_date, amount, product FROM orders ORDER BY order_id"
    )
    expected = [(o.customer, o.order, o.day, o.amount, o.product) for o in orders(product)]
    assert found.fetchall() == expected
    [count] = standard.counts
    assert count.read == count.kept + sum(count.set_aside.values()) == tables[0].n_read
    assert encoding is None or tables[0].encoding.startswith(encoding)
    return standard


@examples(60, suppress_health_check=[HealthCheck.too_slow])
@given(
    encoding=st.sampled_from(sorted(ENCODINGS)),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    dates=st.sampled_from(sorted(DATES)),
    numbers=st.sampled_from(sorted(NUMBERS)),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    said=st.booleans(),
    layout=layouts,
)
def test_a_text_file_in_any_dress_gives_the_same_orders(
    encoding: str, delimiter: str, dates: str, numbers: str, quoting: int, end: str, said: bool, layout: dict[str, bool]
) -> None:
    language, product = ENCODINGS[encoding]
    if encoding not in FULL:
        numbers = numbers if numbers in ("plain", "thousands", "comma", "german", "blanks") else "plain"
        dates = dates if dates != "chinese" else "iso"
    target = io.StringIO(newline="")
    if said:
        target.write(f"sep={delimiter}{end}")
    rows = grid(language, product, dates, numbers, **layout)  # type: ignore[arg-type]
    csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    check(target.getvalue().encode(encoding), "till.csv", product)


def xlsx(rows: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: list[list[object]]) -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell not in (None, ""):
                sheet.write(i, j, cell, day if isinstance(cell, date) else xlwt.Style.default_style)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def ods(rows: list[list[object]]) -> bytes:
    import zipfile
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if value in (None, ""):
            return "<table:table-cell/>"
        if isinstance(value, date):
            shown = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, float):
            shown = f'office:value-type="float" office:value="{value}"'
        else:
            shown = 'office:value-type="string"'
        return f"<table:table-cell {shown}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(cell(one) for one in row)}</table:table-row>" for row in rows)
    space = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("mimetype", kind)
        file.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space}><office:body><office:spreadsheet>'
            f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        file.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return target.getvalue()


WRITERS = {"xlsx": xlsx, "xls": xls, "ods": ods}


@examples(35, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted(WRITERS)),
    language=st.sampled_from(sorted(HEADERS)),
    dates=st.sampled_from([*sorted(DATES), "cell"]),
    numbers=st.sampled_from([*sorted(NUMBERS), "cell"]),
    name=st.sampled_from(["till.csv", "till.xlsx", "till"]),
    layout=layouts,
)
def test_a_workbook_in_any_dress_gives_the_same_orders(
    kind: str, language: str, dates: str, numbers: str, name: str, layout: dict[str, bool]
) -> None:
    shown_dates, shown_numbers = ("iso" if dates == "cell" else dates), ("plain" if numbers == "cell" else numbers)
    rows: list[list[object]] = [list(row) for row in grid(language, "茶", shown_dates, shown_numbers, **layout)]  # type: ignore[arg-type]
    by_order = {one.order: one for one in orders("茶")}
    for row in rows:
        if len(row) > 1 and row[1] in by_order:
            one = by_order[str(row[1])]
            if dates == "cell":
                row[row.index(one.day.isoformat())] = one.day
            if numbers == "cell":
                row[row.index(f"{one.amount:.2f}")] = float(one.amount)
    check(WRITERS[kind](rows), name, "茶")


@pytest.mark.parametrize("typed", [True, False])
def test_a_parquet_file_gives_the_same_orders(typed: bool) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    all_orders = orders("茶")
    amounts = [one.amount for one in all_orders] if typed else [str(one.amount) for one in all_orders]
    days = [one.day for one in all_orders] if typed else [one.day.isoformat() for one in all_orders]
    texts = ([one.customer for one in all_orders], [one.order for one in all_orders])
    columns = [pa.array(cells) for cells in (*texts, days, amounts, ["茶"] * N)]
    target = io.BytesIO()
    pq.write_table(pa.table(columns, names=list(HEADERS["zh"])), target)
    check(target.getvalue(), "till.csv", "茶")
