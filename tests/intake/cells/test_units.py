"""Units said by a header or above it: the figures are multiplied, told, and taken back by a click."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from analysis.intake.cells.units import header_scale
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.roles import header_score, roles
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest


@pytest.mark.parametrize(
    ("header", "times"),
    [
        ("金额(万元)", 10_000), ("实付金额（万元）", 10_000), ("销售额（单位：千元）", 1_000), ("销售额万元", 10_000),
        ("金額(萬元)", 10_000), ("成交额【亿】", 100_000_000), ("金额(百万)", 1_000_000), ("金额(千万元)", 10_000_000),
         ("revenue (k$)", 1_000),
        ("Sales in thousands", 1_000), ("sales_in_thousands", 1_000), ("Revenue (USD, thousands)", 1_000),
        ("Sales ($'000)", 1_000), ("Sales (000s)", 1_000), ("Amount (€m)", 1_000_000), ("Revenue, $k", 1_000),
        ("Umsatz (TEUR)", 1_000), ("Deal value (million USD)", 1_000_000), ("Amount (K)", 1_000),
        ("amount_cents", Decimal("0.01")), ("金额(分)", Decimal("0.01")), ("Amount (pence)", Decimal("0.01")),
        ("totalInCents", Decimal("0.01")), ("price in cents", Decimal("0.01")),
        ("Amount (in lakhs)", 100_000), ("Sales in crores", 10_000_000), ("Revenue (₹ Cr)", 10_000_000),
        ("Amount (Rs. lakh)", 100_000), ("Amount (Cr)", 1),
        # What only looks like a unit.
        ("Discount per cent", 1), ("会员积分金额", 1),
        ("金额(元)", 1), ("Amount (USD)", 1), ("amount", 1), ("万达店金额", 1), ("千禧会员消费", 1), ("Kit price", 1),
        ("Millions club sales", 1), ("Amount (net of VAT)", 1), ("Price (10% off)", 1), ("Amount (m)", 1),
        ("Sales 2000", 1), ("Sales (2000)", 1), ("会员金额(千岛湖店)", 1), ("金额(万达店)", 1),
    ],
)  # fmt: skip
def test_a_header_says_its_unit_or_none(header: str, times: int | Decimal) -> None:
    assert header_scale(header) == times


@pytest.mark.parametrize("header", ["金额(万元)", "Sales in thousands", "sales_in_thousands", "销售额万元"])
def test_a_header_with_a_unit_is_still_an_amount(header: str) -> None:
    assert header_score(header, roles()["amount"]) > 0.5


def amounts(content: bytes, name: str = "a.csv"):
    tables = read_file(content, name=name)
    recipe = suggest(tables)
    standard = standardise(tables, recipe)
    report = quality(tables, inspect(tables), recipe, standard)
    found = [finding for finding in report.findings if finding.code.startswith("header_unit")]
    return (
        tables,
        recipe,
        [a for (a,) in standard.cursor().execute("SELECT amount FROM orders ORDER BY line").fetchall()],
        found,
    )


ROWS = "a,2024-01-01,12.5\nb,2024-02-01,0.35\na,2024-03-01,1.5万\n"


def test_figures_in_ten_thousands_are_multiplied_and_cells_with_a_unit_of_their_own_are_not() -> None:
    tables, recipe, found, [finding] = amounts(("会员号,下单日期,金额(万元)\n" + ROWS).encode())
    assert found == [Decimal(125_000), Decimal(3_500), Decimal(15_000)]
    assert (finding.status, finding.facts["times"], finding.example, finding.rows) == ("fixed", 10_000, "12.5", 3)
    assert finding.undo is not None
    undone = apply_fix(recipe, finding.undo)
    standard = standardise(tables, undone)
    assert standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall() == [(Decimal("15012.85"),)]
    report = quality(tables, inspect(tables), undone, standard)
    [again] = [one for one in report.findings if one.code == "header_unit_ignored"]
    assert again.status == "open"
    assert again.fix is not None
    assert apply_fix(undone, again.fix) == recipe


def test_price_times_quantity_in_thousands() -> None:
    text = "customer id,order date,quantity,unit price (k$)\na,2024-01-01,3,1.5\nb,2024-01-02,1,2\na,2024-01-02,1,2\n"
    _, _, found, [finding] = amounts(text.encode())
    assert found == [Decimal(4_500), Decimal(2_000), Decimal(2_000)]
    assert finding.column == "unit price (k$)"


def test_a_row_above_the_header_gives_the_unit_of_money_but_not_of_pieces() -> None:
    import openpyxl

    rows = [["销售明细"], ["制表：财务部", None, None, "单位：万元"], ["会员号", "下单日期", "购买数量", "金额"]]
    rows += [[f"c{n % 3}", f"2024-01-{n + 1:02d}", n + 1, 1.25] for n in range(6)]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    target = io.BytesIO()
    book.save(target)
    for content in (target.getvalue(), "\n".join(",".join(str(cell or "") for cell in row) for row in rows).encode()):
        tables, _, found, [finding] = amounts(content)
        assert tables[0].unit == "单位：万元"
        assert found == [Decimal(12_500)] * 6
        assert (finding.column, finding.facts["unit"]) == ("金额", "单位：万元")


def test_a_title_above_the_header_is_no_unit() -> None:
    text = "千元店销售明细,,\n万元户会员,,\n会员号,下单日期,金额\n" + ROWS
    tables, _, found, findings = amounts(text.encode())
    assert (tables[0].unit, found[0], findings) == ("", Decimal("12.5"), [])


def test_spend_of_members_in_thousands() -> None:
    members = "member id,total spend (k),city\n" + "".join(f"m{n},{n}.5,Bath\n" for n in range(1, 8))
    tables = read_file(members.encode(), name="m.csv")
    standard = standardise(tables, suggest(tables))
    assert standard.cursor().execute("SELECT spend FROM customers ORDER BY 1 LIMIT 1").fetchall() == [(1500.0,)]


@pytest.mark.parametrize("header", ["amount_cents", "金额(分)"])
def test_whole_numbers_of_the_smallest_coin_become_money(header: str) -> None:
    text = f"order id,customer id,order date,{header}\n" + "".join(
        f"{i},c{i % 4},2024-03-{i + 1:02d},{1250 + i}\n" for i in range(20)
    )
    tables = read_file(text.encode(), name="a.csv")
    found = standardise(tables, suggest(tables)).cursor().execute("SELECT sum(amount) FROM orders").fetchall()
    assert found == [(Decimal(20 * 1250 + 190) / 100,)]
