"""Reports laid out for eyes: headings that name groups, months as columns, dates in parts."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.reading.reshape import is_period
from analysis.intake.standard.standardise import standardise
from analysis.intake.tables import RawTable
from analysis.study import suggest

GROUPED = """Corner Florist
Revenue by {who}
{head},Day,Receipt,Amount
{first},,,
{pad},2025-03-0{a},R1,40.00
{pad},2025-03-05,R2,35.50
Total {first},,,75.50
{second},,,
{pad},2025-03-09,R3,20.00
Total {second},,,20.00
Grand total,,,95.50
"printed 12 March 2025, page 1",,,
"""


def read(text: str, name: str = "x.csv") -> RawTable:
    [table] = read_file(text.encode(), name=name)
    return table


def rows(table: RawTable) -> list[tuple[str | None, ...]]:
    return [tuple(row.values())[1:] for row in table.rows.to_pylist()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("who", "head", "column"),
    [("customer", "", "Customer"), ("client", "", "Customer"), ("item", "", "Product"), ("month", "Buyer", "Buyer")],
)
def test_headings_between_the_rows_become_a_column_and_totals_are_no_rows(who: str, head: str, column: str) -> None:
    table = read(GROUPED.format(who=who, head=head, first="Rosa Ltd", second="Tulip Co", pad="", a=2))
    assert table.columns == (column, "Day", "Receipt", "Amount")
    assert [row[0] for row in rows(table)] == ["Rosa Ltd", "Rosa Ltd", "Tulip Co"]
    left = [left.reason for left in table.surplus]
    assert left == ["heading_row", "total_row", "heading_row", "total_row", "total_row", "note_row"]
    assert [one.code for one in table.read_as] == ["groups_from_headings"]
    if column == "Product":
        return  # nobody is named, which is refused
    found = standardise([table], suggest([table]))
    [count] = found.counts
    assert (count.read, count.kept) == (9, 3)
    assert {note.code for note in found.notes} >= {"groups_from_headings"}


def test_headings_above_rows_that_begin_with_their_date_stand_beside_them() -> None:
    text = (
        "会员消费明细\n日期,单号,金额\n李雷,,\n2025-04-01,A1,30\n2025-04-02,A2,12\n小计,,42\n"
        "韩梅,,\n2025-04-03,A3,8\n小计,,8\n"
    )
    table = read(text)
    assert (table.columns[-1], [row[-1] for row in rows(table)]) == ("客户", ["李雷", "李雷", "韩梅"])


def test_a_table_with_remarks_or_gaps_is_no_report() -> None:
    for text in (
        "id,day,sum\nA,2025-01-01,3\nnote here,,\nB,2025-01-02,4\nC,2025-01-03,5\n",
        "id,day,sum\nA,,\nB,,\nC,2025-01-03,5\nD,2025-01-03,5\n",
        "name,city,sum\nAnn,Rome,4\nBob,,\nCid,,\nDan,Oslo,6\n",
    ):
        table = read(text)
        assert table.read_as == ()
        assert len(table.columns) == 3


@pytest.mark.parametrize(
    ("heads", "days"),
    [
        (("Nov-24", "Dec-24", "Jan-25"), ["2024-11-01", "2024-12-01", "2025-01-01"]),
        (("2024年11月", "2024年12月", "2025年1月"), ["2024-11-01", "2024-12-01", "2025-01-01"]),
        (("2024Q2", "2024Q3", "2024Q4"), ["2024-04-01", "2024-07-01", "2024-10-01"]),
        (("2022", "2023", "2024"), ["2022-01-01", "2023-01-01", "2024-01-01"]),
    ],
)
def test_months_as_columns_become_rows(heads: tuple[str, ...], days: list[str]) -> None:
    table = read(f"Client,{','.join(heads)},Total\nOak,5,,7,12\nElm,,11,0,11\nTotal,5,11,7,23\n")
    assert table.columns[0] == "Client"
    assert [(row[0], row[2]) for row in rows(table)] == [("Oak", "5"), ("Oak", "7"), ("Elm", "11")]
    assert table.n_read == 4
    found = standardise([table], suggest([table]))
    seen = found.cursor().execute("SELECT order_date, amount FROM orders ORDER BY 1").fetchall()
    assert [str(day) for day, _ in seen] == days
    assert "months_were_columns" in {note.code for note in found.notes}


@pytest.mark.parametrize("day", ["2025-03-{:02d} 00:00:00", "{:02d}/03/2025", "2025年3月{:02d}日", "{}.3.25"])
def test_a_column_for_every_week_under_a_banner_becomes_rows(day: str) -> None:
    """A sheet kept by hand with a column for each delivery says its days in the header, and what was paid below."""
    days = [day.format(n) for n in (4, 11, 18, 25)]
    text = "Milk round - what each house paid,,,,,\n,,,,,\nName,Street,{},{},{},{}\n".format(*days)
    text += "".join(f"House {n},Mill Lane,{n}.5,,{'away' if n == 3 else f'{n}.5'},{n}.5\n" for n in range(1, 16))
    table = read(text + "TOTAL,,120,,120,120\n")
    assert table.columns == ("Name", "Street", *(("日期", "金额") if "年" in day else ("Date", "Amount")))
    assert [one.code for one in table.read_as] == ["months_were_columns"]
    assert len(rows(table)) == 44
    assert rows(table)[0] == ("House 1", "Mill Lane", days[0], "1.5")
    assert "total_row" in {left.reason for left in table.surplus}


def test_rows_of_several_days_under_no_header_are_no_header() -> None:
    text = "".join(f"K{n},2025-03-{n:02d},2025-04-{n:02d},2025-05-{n:02d},ok\n" for n in range(1, 20))
    assert len(rows(read(text))) == 19


def test_headers_that_are_periods_are_told_from_others() -> None:
    assert all(map(is_period, ("3月", "Mar", "2024-03", "03/2024", "Q1 2024", "2024")))
    assert not any(map(is_period, ("m1", "Total", "Date", "金额", "R", "20", "3", "Month")))


@pytest.mark.parametrize(
    ("head", "cells", "day"),
    [
        ("Year,Month,Day", "2025,2,9", "2025-02-09"), ("年,月,日", "2025,2月,9", "2025-02-09"),
        ("Jahr,Monat,Tag", "2025.0,2.0,9.0", "2025-02-09"), ("year,month,day", "2025,Feb,9", "2025-02-09"),
        ("anno,mese,giorno", "2025,02,09", "2025-02-09"),
    ],
)  # fmt: skip
def test_year_month_and_day_in_columns_of_their_own_are_one_date(head: str, cells: str, day: str) -> None:
    table = read(f"order_id,customer_id,{head},amount\n1,A,{cells},3\n2,B,{cells},4\n3,A,{cells},5\n")
    found = standardise([table], suggest([table]))
    assert {str(one) for (one,) in found.cursor().execute("SELECT order_date FROM orders").fetchall()} == {day}
    assert "date_put_together" in {note.code for note in found.notes}


def test_a_table_that_has_a_date_needs_none_from_its_parts() -> None:
    table = read(
        "order_id,customer_id,year,month,day,paid on,amount\n1,A,2025,2,9,2025-02-10,3\n2,B,2025,2,9,2025-02-11,4\n"
    )
    assert table.read_as == ()


def test_a_banner_longer_than_the_table_below_it_is_no_table() -> None:
    banner = "\n".join(
        ["-----", "Exported by the shop", *(f"{n}. A condition of use" for n in range(25)), "---- list ----"]
    )
    table = read(f"{banner}\nday,buyer,sum\n2025-01-02,Ann,3\n2025-01-05,Bob,4\n")
    assert (table.columns, table.n_rows, table.header_row) == (("day", "buyer", "sum"), 2, 29)
    prose = "\n".join(["report of the month", *(f"remark {n}, see below" for n in range(22))])
    table = read(f"{prose}\nday;buyer;sum\n2025-01-02;Ann;3,5\n2025-01-05;Bob;4,0\n")
    assert (table.columns, table.n_rows, table.header_row) == (("day", "buyer", "sum"), 2, 24)


@pytest.mark.parametrize(
    ("head", "debit", "credit", "headers"),
    [
        ("Amount", "1,250.50 Dr", "200.00 Cr", ("Debit (Amount)", "Credit (Amount)")),
        ("Betrag", '"1.250,50 S"', '"200,00 H"', ("Soll (Betrag)", "Haben (Betrag)")),
        ("Valor", "1250.50D", "200.00C", ("Debit (Valor)", "Credit (Valor)")),
    ],
)
def test_money_that_says_its_side_with_its_last_letters_stands_in_two_columns(
    head: str, debit: str, credit: str, headers: tuple[str, str]
) -> None:
    debit = debit if debit.startswith('"') else f'"{debit}"'
    table = read(f"Day,Who,{head},Balance\n2025-01-02,Ann,{debit},1 Dr\n2025-01-03,Bob,{credit},2 Cr\n")
    assert table.columns == ("Day", "Who", headers[0], "Balance", headers[1])
    assert [[bool(cell) for cell in (row[2], row[4])] for row in rows(table)] == [[True, False], [False, True]]


@pytest.mark.parametrize("cells", [("75 C", "80 D"), ("1.50 Cr", "2.25 Cr"), ("12.00 S", "13.00 M"), ("5 d", "6 h")])
def test_sizes_crores_and_other_letters_are_no_sides(cells: tuple[str, str]) -> None:
    table = read(f"Day,Who,Cell\n2025-01-02,Ann,{cells[0]}\n2025-01-03,Bob,{cells[1]}\n")
    assert table.columns == ("Day", "Who", "Cell") and [row[2] for row in rows(table)] == list(cells)


def test_one_side_alone_leaves_the_numbers_where_they_are() -> None:
    table = read("Day,Who,Amount\n2025-01-02,Ann,5.00 Dr\n2025-01-03,Bob,6.00 Dr\n")
    assert table.columns == ("Day", "Who", "Amount") and [row[2] for row in rows(table)] == ["5.00", "6.00"]
