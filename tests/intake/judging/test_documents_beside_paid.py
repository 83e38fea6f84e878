"""Documents count whole beside what was paid of them, and other columns say what is no order: a flag, an account."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from tests.intake.judging.test_said_of_orders import judged
from tests.intake.judging.test_what_rows_lead_to import after, revenue_of, sums, table

N = 40


@pytest.mark.parametrize(
    "headings",
    [
        "委托书号,车主,结算日期,应收金额,实收金额,挂账金额",
        "合同编号,客户姓名,签约日期,合同金额,已收金额,未收金额",
        "Numer dokumentu,Kontrahent,Data wystawienia,Wartość brutto,Zapłacono,Pozostało do zapłaty",
        "Belegnr,Kunde,Datum,Bruttobetrag,Bezahlt,Offen",
    ],
)
def test_a_total_that_is_what_was_paid_and_what_is_open_is_the_amount_and_is_marked(headings: str) -> None:
    text = table(headings, "R{i},C{k},{day},{net:.2f},{paid:.2f},{due:.2f}")
    made, standard, _ = judged(text)
    names = headings.split(",")
    assert revenue_of(standard) == pytest.approx(sums(text, 3))
    [one] = [one for one in made if one.subject == "worth" and one.is_guess]
    other = next(other for other in one.alternatives if other.choice == names[4])
    assert other.effect["revenue"] == pytest.approx(sums(text, 4)) == pytest.approx(after(text, other.fix))


@pytest.mark.parametrize(
    "headings",
    [
        "Bestelnummer,Klantnummer,Datum,Totaal incl. btw,Te betalen,Cadeaubon",
        "Order ID,Customer ID,Order date,Order total,Amount paid,Gift card",
        "单号,客户编号,日期,消费金额,实收金额,储值抵扣",
        "Bon,Kunde,Datum,Gesamtbetrag,Zahlbetrag,Gutschein eingelöst",
    ],
)
def test_what_a_gift_card_paid_of_a_total_was_paid_as_well_and_needs_no_mark(headings: str) -> None:
    text = table(headings, "R{i},C{k},{day},{net:.2f},{paid:.2f},{due:.2f}")
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 3))
    assert not [one for one in made if one.is_guess]


def test_what_comes_off_a_price_is_no_means_of_payment() -> None:
    headings = "Order ID,Customer ID,Order date,Order total,Amount paid,Discount"
    text = table(headings, "R{i},C{k},{day},{net:.2f},{paid:.2f},{due:.2f}")
    assert revenue_of(judged(text)[1]) == pytest.approx(sums(text, 4))


@pytest.mark.parametrize(
    ("heading", "yes", "no"),
    [("Проведен", "Да", "Нет"), ("Posted", "Yes", "No"), ("已审核", "是", "否"), ("Gebucht", "Ja", "Nein")],
)
def test_documents_that_do_not_count_are_no_sales_and_are_told(heading: str, yes: str, no: str) -> None:
    text = table(f"Order ID,Customer ID,Order date,Amount,{heading}", "R{i},C{k},{day},{net:.2f},@")
    text = text.replace("unpaid", no).replace(",paid", f",{yes}")
    _, standard, said = judged(text)
    kept = sum(float(row.split(",")[3]) for row in text.splitlines()[1:] if row.endswith(f",{yes}"))
    assert revenue_of(standard) == pytest.approx(kept)
    assert any(f"{heading}: {no} (5)" in line for line in said)


def test_customers_with_what_they_bring_in_each_month_are_no_orders() -> None:
    rows = (f"cus_{i:03d},Firm {i},a{i}@x.com,2025-0{1 + i // 8}-11,active,{29 + i % 3}.00" for i in range(N))
    [guess] = inspect(read_file("\n".join(["Customer ID,Company,Email,Created,Lifecycle,MRR", *rows]).encode()))
    assert guess.kind == "customers"


def test_a_day_that_stands_on_the_first_row_of_its_block_is_that_of_the_rows_below() -> None:
    rows = [
        f"{f'2025-03-{1 + i // 3:02d}' if i % 3 == 0 else ''},C{i % 7},Tea,{1 + i % 2},{5 + i}.50" for i in range(N)
    ]
    head = "日期,客户编号,产品,数量,合计"
    _, standard, _ = judged("\n".join([head, *rows]))
    found = standard.cursor().execute("SELECT count(*), count(DISTINCT order_time) FROM orders").fetchall()[0]
    assert found == (N, 14)
    assert any(note.code == "cells_filled_down" for note in standard.notes)


def test_a_sum_below_a_block_of_days_has_no_day_of_its_own() -> None:
    rows = [f"R{i},C{i % 7},{f'2025-03-{1 + i // 3:02d}' if i % 3 == 0 else ''},{5 + i}.50" for i in range(N)]
    sums = [",Average,,18.00"] * 2
    _, standard, _ = judged(
        "\n".join(["order_id,customer_id,order_date,amount", *rows[: N // 2], *sums, *rows[N // 2 :]])
    )
    counted = standard.cursor().execute("SELECT count(*), count(DISTINCT customer_id) FROM orders").fetchall()[0]
    assert counted == (N, 7)


@pytest.mark.parametrize(("heading", "states"), [("付款时间", False), ("下单时间", True)])
def test_days_that_are_not_there_yet_are_not_filled(heading: str, states: bool) -> None:
    """What is not paid has no day of payment, wherever it stands in the list."""
    rows = [
        f"R{i},C{i % 7},{f'2025-03-{1 + i // 2:02d}' if i % 2 == 0 else ''},{5 + i}.50"
        + (f",{'待付款' if i % 2 else '已完成'}" if states else "")
        for i in range(N)
    ]
    head = f"订单编号,客户编号,{heading},金额" + (",订单状态" if states else "")
    _, standard, _ = judged("\n".join([head, *rows]))
    assert not any(note.code == "cells_filled_down" for note in standard.notes)


def test_days_that_are_missing_here_and_there_are_not_filled_and_are_said() -> None:
    rows = [f"{f'2025-03-{1 + i * 7 % 27:02d}' if i % 3 else ''},C{i % 7},Tea,1,{5 + i}.50" for i in range(N)]
    _, standard, said = judged("\n".join(["Date,Customer ID,Product,Quantity,Total", *rows]))
    assert standard.cursor().execute("SELECT count(*) FROM orders").fetchall()[0][0] == sum(i % 3 > 0 for i in range(N))
    assert any("14" in line for line in said)


def test_the_figure_beside_a_repeated_total_is_what_choosing_it_gives() -> None:
    rows = [
        f"R{i // 2},C{i // 2 % 7},2025-03-{1 + i // 2:02d},P{i % 5},{5 + i}.50,{50 + i // 2}.00,{50 + i // 2}.00"
        for i in range(N)
    ]
    text = "\n".join(["订单编号,客户编号,下单时间,商品编号,买家实付金额,平台优惠,订单总金额", *rows])
    made, *_ = judged(text)
    other = next(other for one in made for other in one.alternatives if other.choice == "订单总金额")
    assert other.effect["revenue"] == pytest.approx(1190) == pytest.approx(after(text, other.fix))


def test_two_dates_that_are_one_day_in_all_rows_are_no_doubt() -> None:
    rows = [f"R{i},C{i % 7},2025-03-{1 + i % 27:02d},2025-03-{1 + i % 27:02d},{5 + i}.50" for i in range(N)]
    text = "\n".join(["合同编号,客户编号,签约日期,定金日期,金额", *rows])
    assert not [one for one in judged(text)[0] if one.subject == "date"]
    other = text.replace("2025-03-01,2025-03-01", "2025-03-01,2025-03-02")
    assert [one.choice for one in judged(other)[0] if one.subject == "date"] == ["签约日期"]


@pytest.mark.parametrize(
    ("state", "counts"), [("待送货", True), ("生产中", True), ("已预约", True), ("입금전", False), ("미입금", False)]
)
def test_what_is_sold_and_not_delivered_counts_and_what_awaits_its_payment_does_not(state: str, counts: bool) -> None:
    text = table("Order ID,Customer ID,Order date,Total,Status", "R{i},C{k},{day},{net:.2f},@")
    made, standard, _ = judged(text.replace("unpaid", state).replace(",paid", ",已完成"))
    kept = sum(float(row.split(",")[3]) for row in text.splitlines()[1:] if row.endswith(",paid"))
    assert revenue_of(standard) == pytest.approx(sums(text, 3) if counts else kept)
    assert not [one for one in made if one.subject == "state" and one.is_guess]


def test_what_was_voided_at_the_till_is_no_sale() -> None:
    text = table("Receipt No,Customer ID,Date,Total,Transaction Type", "R{i},C{k},{day},{net:.2f},@")
    made, standard, _ = judged(text.replace("unpaid", "Void").replace(",paid", ",Sale"))
    kept = sum(float(row.split(",")[3]) for row in text.splitlines()[1:] if row.endswith(",paid"))
    assert revenue_of(standard) == pytest.approx(kept)
    assert not [one for one in made if one.is_question]


@pytest.mark.parametrize(
    "head", ["订单号,客户编号,下单日期,应付金额,已付金额", "Order ID,Customer ID,Order date,Total,Paid"]
)
def test_what_was_paid_of_a_total_so_far_is_offered_without_a_column_of_what_is_open(head: str) -> None:
    paid = [200.0 + 7 * i if i % 5 else 80 + 2.5 * i for i in range(N)]
    rows = [f"R{i},C{i % 9},2025-03-{1 + i % 27:02d},{200 + 7 * i}.00,{paid[i]:.2f}" for i in range(N)]
    text = "\n".join([head, *rows])
    made, standard, _ = judged(text)
    [one] = [one for one in made if one.is_guess]
    [other] = one.alternatives
    assert revenue_of(standard) == pytest.approx(sums(text, 3)) and other.choice == head.split(",")[4]
    assert other.effect["revenue"] == pytest.approx(sum(paid)) == pytest.approx(after(text, other.fix))
