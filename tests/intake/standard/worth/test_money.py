"""What rows mean for the revenue: refunds, flags, directions, types of rows, discounts, states, walk-ins."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from analysis.intake.choices import Rate
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.study import suggest


def read(**files: str):
    """Read files as they are dropped; return the tables, the recipe that is suggested and what comes of it."""
    tables = [table for name, text in files.items() for table in read_file(text.encode(), name=f"{name}.csv")]
    recipe = suggest(tables)
    return tables, recipe, standardise(tables, recipe)


def figures(standard: StandardTables) -> tuple[int, int, Decimal]:
    """Return customers and orders that bought something, and the revenue."""
    query = (
        "SELECT count(DISTINCT customer_id), count(DISTINCT order_id) FILTER (NOT is_return AND amount > 0), "
        "coalesce(sum(amount), 0) FROM orders"
    )
    [found] = standard.cursor().execute(query).fetchall()
    for count in standard.counts:
        assert count.read == count.kept + count.n_set_aside
    return found


def orders(head: str, line: str, n: int = 12) -> str:
    """Write ``n`` lines in which {i}, {c} (customer), {d} (day) and {a} (amount, 10 + i) are filled in."""
    body = [line.format(i=i, c=f"K{i % 4}", d=f"2023-0{i % 6 + 1}-1{i % 9}", a=10 + i) for i in range(n)]
    return head + "\n" + "\n".join(body) + "\n"


PLAIN = sum(range(10, 22))  # of twelve lines


@pytest.mark.parametrize(
    "header", ["Total refunded", "Refunded Amount", "已退款金额", "Erstattungsbetrag", "Montant remboursé", "返金額"]
)
def test_what_was_paid_back_is_taken_off_the_full_amount(header: str) -> None:
    text = orders(f"Order No,Customer No,Order Date,Total,{header}", "{i},{c},{d},{a}.00,0.00")
    text = text.replace("3,K3,2023-04-13,13.00,0.00", "3,K3,2023-04-13,13.00,4.50")
    tables, recipe, standard = read(shop=text)
    assert figures(standard) == (4, 12, Decimal(PLAIN) - Decimal("4.5"))
    findings = {found.code: found for found in quality(tables, inspect(tables), recipe, standard).findings}
    taken = findings["refunds_taken_off"]
    assert (taken.rows, taken.money, taken.status) == (1, 4.5, "fixed")
    assert taken.undo is not None
    assert figures(standardise(tables, apply_fix(recipe, taken.undo)))[2] == PLAIN


def test_a_refund_of_the_order_on_each_of_its_lines_counts_once() -> None:
    head = "order id,customer id,order date,product,line total,refund amount\n"
    body = "".join(
        f"{i},K{i % 4},2023-01-1{i % 9},{item},{price},{8 if i == 5 else 0}\n"
        for i in range(12)
        for item, price in (("cup", 6), ("pot", 20 + i))
    )
    assert figures(read(shop=head + body)[2])[2] == sum(26 + i for i in range(12)) - 8


def test_a_refund_that_is_a_row_counts_once_whatever_its_order_says() -> None:
    head = "id,parent order id,created,order status,client id,type,total\n"
    sold = "".join(f"{i},0,2023-02-1{i % 9},done,K{i % 4},order,{10 + i}\n" for i in range(12))
    whole = "90,0,2023-02-20,refunded,K1,order,50\n91,90,2023-02-21,done,K1,refund,-50\n"
    part = "92,4,2023-02-22,done,K0,refund,-3\n"
    assert figures(read(shop=head + sold + whole + part)[2]) == (4, 12, PLAIN - 3)


def test_a_refund_with_the_state_of_a_refund_is_the_refund_itself() -> None:
    text = (
        orders("Order No,Customer No,Order Date,Amount,Status", "{i},{c},{d},{a},Paid")
        + "5,K1,2023-07-01,-6,Refunded\n"
    )
    assert figures(read(shop=text)[2])[2] == PLAIN - 6


def test_rows_flagged_as_returned_are_no_revenue() -> None:
    text = orders("bon,customer no,order date,amount,Retourniert", "{i},{c},{d},{a},nein").replace("17,nein", "17,ja")
    assert figures(read(shop=text)[2])[1:] == (11, PLAIN - 17)


def test_flagged_returns_beside_their_sales_lower_them() -> None:
    text = orders("order no,customer no,order date,amount,is return", "{i},{c},{d},{a},N") + "7,K3,2023-08-01,17,Y\n"
    assert figures(read(shop=text)[2])[1:] == (12, PLAIN - 17)


@pytest.mark.parametrize(("header", "mark"), [("Voided", "X"), ("是否作废", "是"), ("Cancelled at", "2023-04-01")])
def test_a_mark_in_a_column_of_cancellations_takes_the_order_out(header: str, mark: str) -> None:
    text = orders(f"order no,customer no,order date,amount,{header}", "{i},{c},{d},{a},")
    text = text.replace(",14,\n", f",14,{mark}\n")
    assert figures(read(shop=text)[2])[1:] == (11, PLAIN - 14)


@pytest.mark.parametrize(
    ("header", "came", "went", "own"),
    [("收支类型", "收入", "支出", "不计收支"), ("Dr/Cr", "Cr", "Dr", "Cr"), ("direction", "IN", "OUT", "neutral")],
)
def test_money_that_went_out_is_no_sale(header: str, came: str, went: str, own: str) -> None:
    text = orders(f"trade no,customer id,transaction time,amount,{header}", f"{{i}},{{c}},{{d}},{{a}},{came}")
    text += f"90,Z1,2023-05-01,700,{went}\n" + ("" if own == came else f"91,Z2,2023-05-01,800,{own}\n")
    tables, recipe, standard = read(bill=text)
    assert figures(standard) == (4, 12, PLAIN)
    findings = {found.code: found for found in quality(tables, inspect(tables), recipe, standard).findings}
    assert findings["not_a_sale"].undo is not None
    assert figures(standardise(tables, apply_fix(recipe, findings["not_a_sale"].undo)))[2] > PLAIN


def test_the_direction_says_more_than_the_name_of_a_row() -> None:
    text = orders("交易单号,会员号,交易时间,金额,收/支,交易类型", "{i},{c},{d},{a},收入,扫码收款")
    text += "90,Z1,2023-05-01,700,支出,商户消费\n"
    assert figures(read(bill=text)[2]) == (4, 12, PLAIN)


def test_withdrawals_and_what_the_shop_paid_are_no_sales() -> None:
    head = "date,type,customer id,gross,fee,net,transaction id\n"
    sold = "".join(f"2023-03-1{i % 9},Mobile Payment,K{i % 4},{10 + i},-1,{9 + i},T{i}\n" for i in range(12))
    own = "2023-04-01,Bank withdrawal,,-500,0,-500,W\n2023-04-02,Web Payment,supplier,-80,0,-80,P\n"
    assert figures(read(wallet=head + sold + own)[2]) == (4, 12, PLAIN)


def test_sales_their_lines_and_their_payments_count_once() -> None:
    head = "receipt no,date,line type,customer id,description,total\n"
    body = "".join(
        f"{i},2023-03-1{i % 9},{kind},{f'K{i % 4}' if kind == 'Sale' else ''},{what},{total}\n"
        for i in range(12)
        for kind, what, total in (("Sale", "", 10 + i), ("Sale Line", "cup", 4), ("Sale Line", "pot", 6 + i),
                                  ("Payment", "card", 10 + i))
    )  # fmt: skip
    assert figures(read(till=head + body)[2]) == (4, 12, PLAIN)


@pytest.mark.parametrize(
    ("header", "cells", "share"),
    [("discount", ("0", "0.2"), 0.2), ("discount %", ("0", "20"), 0.2), ("折扣", ("1", "0.8"), 0.2),
     ("discount amount", ("0", "4"), None), ("discount", ("0%", "20%"), 0.2)],
)  # fmt: skip
def test_a_discount_is_taken_off_quantity_times_price(header: str, cells: tuple[str, str], share: float | None) -> None:
    head = "order no,customer no,order date,quantity,unit price," + header + "\n"
    body = "".join(f"{i},K{i % 4},2023-03-1{i % 9},2,25,{cells[i % 2]}\n" for i in range(12))
    off = 6 * (4 if share is None else 50 * share)
    assert figures(read(shop=head + body)[2])[2] == 600 - Decimal(str(off))


def test_invoices_count_when_they_are_written_and_orders_when_they_are_paid() -> None:
    line = "{i},{c},{d},{a},Paid"
    unpaid = "99,K1,2023-05-05,100,Awaiting payment\n98,K1,2023-05-05,1000,Draft\n"
    shop = orders("Order No,Customer No,Order Date,Amount,Status", line) + unpaid
    bills = orders("Invoice No,Customer No,Invoice Date,Amount,Status", line) + unpaid
    assert figures(read(shop=shop)[2])[2] == PLAIN
    assert figures(read(bills=bills)[2])[2] == PLAIN + 100


def test_stages_beside_a_won_one_are_no_sales_and_an_unknown_state_is_asked() -> None:
    deals = (
        orders("Deal ID,Client ID,Close Date,Amount,Stage", "{i},{c},{d},{a},Won")
        + "99,K1,2023-05-05,100,Legal talks\n"
    )
    assert figures(read(deals=deals)[2])[2] == PLAIN
    shop = (
        orders("Order No,Customer No,Order Date,Amount,Status", "{i},{c},{d},{a},Paid") + "99,K1,2023-05-05,100,Blau\n"
    )
    tables, recipe, standard = read(shop=shop)
    assert figures(standard)[2] == PLAIN + 100
    [asked] = [
        one for one in quality(tables, inspect(tables), recipe, standard).findings if one.code == "state_guessed"
    ]
    assert (asked.ask, asked.money, asked.facts["states"]) == (True, 100.0, "Blau")
    assert asked.fix is not None
    assert figures(standardise(tables, apply_fix(recipe, asked.fix)))[2] == PLAIN


def test_the_state_of_the_payment_counts_beside_that_of_the_order() -> None:
    text = orders(
        "Order No,Customer No,Order Date,Total,Payment Status,Fulfillment Status", "{i},{c},{d},{a},paid,shipped"
    )
    text = text.replace(",15,paid,", ",15,voided,")
    assert figures(read(shop=text)[2])[2] == PLAIN - 15


@pytest.mark.parametrize(
    "nobody", ["Laufkunde", "Client de passage", "散客", "N/A", "ゲスト", "Consumidor Final", "walk-in customer"]
)
def test_walk_ins_are_nobody(nobody: str) -> None:
    text = orders("order no,customer,order date,amount", "{i},{c},{d},{a}") + f"98,{nobody},2023-05-05,7\n"
    standard = read(till=text)[2]
    assert figures(standard) == (4, 12, PLAIN)
    assert standard.counts[0].set_aside == {"no_customer": 1}


def test_zero_is_nobody_when_it_holds_far_more_than_any_customer() -> None:
    sold = orders("order no,customer id,order date,amount", "{i},{c},{d},{a}").replace("K", "10")
    walk_ins = "".join(f"w{i},0,2023-05-05,7\n" for i in range(10))
    assert figures(read(till=sold + walk_ins)[2]) == (4, 12, PLAIN)
    counted = "order no,customer id,order date,amount\n" + "".join(
        f"{i},{i % 4},2023-05-0{i % 9 + 1},5\n" for i in range(16)
    )
    assert figures(read(till=counted)[2])[0] == 4


def test_numbers_of_documents_are_no_money() -> None:
    text = orders("Sales Doc.,Client,Doc. Date,Net value", "47{i:02d},{c},{d},{a}.00")
    assert figures(read(list=text)[2])[2] == PLAIN


def test_an_order_that_two_exports_tell_counts_once_as_the_later_one_tells_it() -> None:
    first = orders("order no,customer no,order date,amount,status", "{i},{c},2023-01-{i:02d},{a},Paid", 13).replace(
        "-00", "-31"
    )
    later = "".join(f"{i},K{i % 4},2023-0{1 + i // 29}-{i % 29 or 1:02d},{10 + i},Paid\n" for i in range(10, 40))
    later = "order no,customer no,order date,amount,status\n" + later.replace(
        "11,K3,2023-01-11,21,Paid", "11,K3,2023-01-11,21,Refunded"
    )
    tables, recipe, standard = read(january=first.replace("2023-01-31", "2023-01-01"), both=later)
    assert figures(standard)[2] == sum(10 + i for i in range(40) if i != 11)
    [twice] = [
        one for one in quality(tables, inspect(tables), recipe, standard).findings if one.code == "orders_in_two_files"
    ]
    assert (twice.rows, twice.table, twice.status) == (3, "january.csv", "fixed")
    assert twice.undo is not None
    assert figures(standardise(tables, apply_fix(recipe, twice.undo)))[2] > figures(standard)[2]


def test_a_corrected_export_without_numbers_counts_once_and_one_that_agrees_in_nothing_is_marked() -> None:
    def month(amount: Any) -> str:
        rows = "".join(f"K{i % 9},2023-01-{i % 28 + 1:02d},{amount(i)}\n" for i in range(60))
        return f"customer no,order date,amount\n{rows}"

    was = month(lambda i: 10 + i)
    corrected = month(lambda i: 1010 + i if i in (3, 20) else 10 + i)
    _, _, standard = read(january=was, again=corrected)
    assert figures(standard)[2] == sum(10 + i for i in range(60)) + 2000
    assert [note.code for note in standard.notes if note.code.startswith("orders_")] == ["orders_in_two_files"] * 2
    _, _, otherwise = read(january=was, again=month(lambda i: 5000 + i))
    assert figures(otherwise)[2] == sum(5010 + 2 * i for i in range(60))  # nobody knows: both count, and it is said
    [note] = [one for one in otherwise.notes if one.code == "orders_told_otherwise"]
    assert (note.facts["n"], note.level) == (60, "check")
    other_days = month(lambda i: 5000 + i).replace("2023-01", "2023-02")
    assert not any("told_otherwise" in one.code for one in read(january=was, february=other_days)[2].notes)


def test_of_two_exports_that_end_on_one_day_the_one_that_came_later_is_right_though_it_has_fewer_rows() -> None:
    head = "order no,customer no,order date,amount\n"
    rows = [f"{i},K{i % 4},2023-01-{i + 1:02d},{10 + i}\n" for i in range(20)]
    corrected = [*rows[:3], *rows[4:7], "7,K3,2023-01-08,1017\n", *rows[8:]]
    was, now = head + "".join(rows), head + "".join(corrected)
    assert figures(read(was=was, now=now)[2])[2] == sum(range(10, 30)) + 1000  # order 3 counts still, and it is said
    assert figures(read(now=now, was=was)[2])[2] == sum(range(10, 30))


def test_orders_that_a_later_export_of_the_same_days_leaves_out_are_told_with_their_money() -> None:
    head = "order no,customer no,order date,amount\n"
    rows = [f"{i},K{i % 4},2023-01-{i + 1:02d},{10 + i}\n" for i in range(20)]
    again = [row for i, row in enumerate(rows) if i not in (4, 9) and i < 18]  # 18 and 19 are after its last day
    again[5] = again[5].replace(",16\n", ",17\n")
    tables, recipe, standard = read(january=head + "".join(rows), again=head + "".join(again))
    assert figures(standard)[2] == sum(range(10, 30))  # they count still, as the longer one tells them
    [gone] = [one for one in quality(tables, inspect(tables), recipe, standard).findings if one.code == "orders_gone"]
    assert (gone.table, gone.rows, gone.money, gone.facts["n"]) == ("january.csv", 2, 33.0, 2)
    for other in ("".join(rows[:9]), "".join(rows[::9]), "".join(rows[16:]) + "99,K1,2023-02-03,5\n"):
        notes = read(january=head + "".join(rows), again=head + other)[2].notes
        assert not [one for one in notes if one.code == "orders_gone"]


def test_numbers_that_begin_again_each_month_are_other_orders() -> None:
    head = "order no,customer no,order date,amount\n"
    months = {f"m{m}": head + "".join(f"{i},K{i % 4},2023-0{m}-1{i % 9},5\n" for i in range(12)) for m in (1, 2)}
    assert figures(read(**months)[2])[2] == 120


def test_refunds_in_a_file_of_their_own_lower_the_revenue_once() -> None:
    shop = orders("order no,customer no,order date,amount", "O{i},{c},{d},{a}")
    back = "refund no,order no,customer no,refund date,refund amount\n" + "".join(
        f"B{i},O{i},K{i % 4},2023-08-0{i + 1},2\n" for i in range(5)
    )
    assert figures(read(shop=shop, refunds=back)[2]) == (4, 12, PLAIN - 10)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("amount,Währung", ("10,EUR", "2000,JPY")),
        ("amount,币种", ("10,人民币", "2000,美元")),
        ("amount", ("€10", "¥2000")),
    ],
)
def test_several_currencies_are_never_added_up(header: str, cells: tuple[str, str]) -> None:
    lines = "".join(f"{i},K{i % 4},2023-03-1{i % 9},{cells[i % 3 == 0]}\n" for i in range(12))
    tables, recipe, standard = read(shop=f"order no,customer no,order date,{header}\n" + lines)
    assert figures(standard)[2] == 80
    assert standard.counts[0].set_aside == {"other_currency": 4}
    [asked] = [
        one for one in quality(tables, inspect(tables), recipe, standard).findings if one.code == "currency_guessed"
    ]
    assert asked.ask
    assert asked.fix is not None
    assert figures(standardise(tables, apply_fix(recipe, asked.fix)))[2] == 8000
    [question] = [one for one in decisions(tables, inspect(tables), recipe, standard) if one.subject == "currency"]
    assert question.is_question
    assert [other.effect["revenue"] for other in question.alternatives] == [8000]
    other = question.alternatives[0].choice
    rates = recipe.model_copy(update={"rates": (Rate(currency=other, rate=0.01),)})
    assert figures(standardise(tables, rates))[2] == 160


def test_money_under_chinese_headings_is_no_money_of_a_shop_that_states_another_currency() -> None:
    abroad = "".join(f"{i},K{i % 4},2023-03-1{i % 9},10,USD\n" for i in range(12))
    home = "".join(f"9{i},K{i % 4},2023-04-1{i % 9},70\n" for i in range(9))
    tables, recipe, standard = read(
        abroad="order no,customer no,order date,amount,currency\n" + abroad,
        home="订单号,会员号,下单时间,实付金额\n" + home,
    )
    assert figures(standard)[2] == 120
    assert [count.set_aside for count in standard.counts] == [{}, {"other_currency": 9}]
    [question] = [one for one in decisions(tables, inspect(tables), recipe, standard) if one.subject == "currency"]
    assert (question.is_question, [one.effect["revenue"] for one in question.alternatives]) == (True, [630])
    assert figures(read(home="订单号,会员号,下单时间,实付金额\n" + home)[2])[2] == 630


def test_whole_amounts_of_a_program_are_cents_and_those_of_a_shop_are_not() -> None:
    head = "id,object,amount,currency,created,customer\n"
    lines = "".join(f"py_{i},charge,{1999 + 7 * i},eur,{1690000000 + 86400 * i},cus_{i % 4}\n" for i in range(12))
    tables, recipe, standard = read(api=head + lines)
    assert figures(standard)[2] == Decimal(sum(1999 + 7 * i for i in range(12))) / 100
    [said] = [one for one in quality(tables, inspect(tables), recipe, standard).findings if one.code == "minor_units"]
    assert said.undo is not None
    assert figures(standardise(tables, apply_fix(recipe, said.undo)))[2] == sum(1999 + 7 * i for i in range(12))
    assert figures(read(shop=orders("order no,customer no,order date,amount", "{i},{c},{d},{a}"))[2])[2] == PLAIN


def test_an_invoice_and_a_credit_note_are_told_by_the_kind_of_document_whatever_the_signs() -> None:
    rows = "".join(
        f"R{i};Rechnung;;{i % 28 + 1:02d}.03.2024;c{i % 4};100,00\n"
        + (f"G{i};Gutschrift;R{i};29.03.2024;c{i % 4};40,00\n" if i % 6 == 0 else "")
        for i in range(24)
    )
    found = read(belege="Belegnummer;Belegart;Bezug;Datum;Kunde;Betrag\n" + rows)[2]
    assert figures(found) == (4, 24, Decimal(24 * 100 - 4 * 40))


def test_the_head_of_a_receipt_and_its_items_count_once() -> None:
    rows = "".join(
        f"Header,{i},2024-03-{i + 1:02d},c{i % 4},,30.00\n"
        f"Item,{i},2024-03-{i + 1:02d},c{i % 4},tea,10.00\nItem,{i},2024-03-{i + 1:02d},c{i % 4},cup,20.00\n"
        for i in range(20)
    )
    assert figures(read(pos="RecordType,Receipt,Date,Customer,Product,Amount\n" + rows)[2]) == (4, 20, Decimal(600))


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("yes", "no"), ("1", "0")])
def test_a_column_that_says_whether_a_sale_was_refunded_is_no_sum(yes: str, no: str) -> None:
    rows = "".join(f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,{yes if i % 5 == 4 else no}\n" for i in range(20))
    assert figures(read(o="Order,Date,Customer,Total,refunded\n" + rows)[2]) == (4, 16, Decimal(160))


@pytest.mark.parametrize("head", ["Brutto;Gebühr;Netto", "Net;Gross;Fee", "Netto;Brutto;Provision"])
def test_what_was_sold_is_the_money_before_fees(head: str) -> None:
    gross = next(place for place, name in enumerate(head.split(";")) if name in ("Brutto", "Gross"))
    cells = [["9,00", "-1,00", "9,00"] for _ in range(20)]
    for row in cells:
        row[gross] = "10,00"
    rows = "".join(f"T{i};{i + 1:02d}.03.2024;c{i % 4};{';'.join(row)}\n" for i, row in enumerate(cells))
    assert figures(read(o=f"Beleg;Datum;Kunde;{head}\n" + rows)[2])[2] == 200


def test_people_with_cancelled_orders_alone_stay_as_customers_who_bought_nothing_and_are_said() -> None:
    rows = "".join(
        f"{i},2024-03-{i + 1:02d},c{i % 6},10.00,{'已取消' if i % 6 == 5 else '已完成'}\n" for i in range(24)
    )
    _, _, found = read(o="订单号,日期,客户,金额,订单状态\n" + rows)
    assert figures(found) == (5, 20, Decimal(200))
    assert found.customers()["customer_id"].tolist() == ["c5"]
    assert [note.facts["n"] for note in found.notes if note.code == "customers_without_sale"] == [1]


def test_what_was_left_out_in_two_currencies_is_no_one_sum() -> None:
    text = "".join(
        f"{i},K{i % 4},2024-03-{i + 1:02d},{10 + i}.00,{'DKSE'[i % 2 * 2 :][:2]}K,{'Paid' if i % 5 < 4 else 'Void'}\n"
        for i in range(20)
    )
    for both, money in ((text, None), (text.replace("SEK", "DKK"), 14.0 + 19 + 24 + 29)):
        tables, recipe, standard = read(o="Order no,Customer no,Order date,Total,Currency,Status\n" + both)
        found = {one.code: one for one in quality(tables, inspect(tables), recipe, standard).findings}
        assert (found["excluded_state"].rows, found["excluded_state"].money) == (4, money)
