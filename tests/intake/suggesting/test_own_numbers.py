"""Which number is that of a row, and which of several columns of money is what was paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect

Row = Callable[[int], str]


def columns(head: str, row: Row) -> dict[str, str]:
    text = "\n".join([head, *(row(i) for i in range(40))])
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    assert guess.kind == "orders"
    return {column.role: column.name for column in guess.columns}


def day(i: int) -> str:
    return f"2024-01-{1 + i // 2:02d}"


@pytest.mark.parametrize(
    ("head", "row", "number"),
    [
        ("Deal,Close date,Company,Amount", lambda i: f"{i},{day(i)},Firm {i % 7},{i}.50", "Deal"),
        ("Gift ID,Donor,Gift date,Gift amount", lambda i: f"G{i},Ann {i % 7},{day(i)},{i}.50", "Gift ID"),
        ("N° RDV,Cliente,Date,Montant", lambda i: f"{i},Ann {i % 7},{day(i)},{i}.50", "N° RDV"),
        ("Line ID,Date,Customer,Product,Order total", lambda i: f"{1000 + i}-1,{day(i)},C{i % 7},T,{i}.50", "Line ID"),
        ("Coupon,Date,Customer,Total", lambda i: f"SAVE{i % 5},{day(i)},C{i % 7},{i}.50", None),
    ],
)
def test_a_number_of_each_row_beside_a_customer_is_that_of_the_order(head: str, row: Row, number: str | None) -> None:
    assert columns(head, row).get("order_id") == number


@pytest.mark.parametrize(
    ("head", "paid"),
    [
        ("Rechnung,Datum,Kunde,Netto,MwSt,Brutto", "Brutto"),
        ("Facture,Date,Client,Total HT,TVA,Total TTC", "Total TTC"),
        ("发票号,日期,客户,不含税金额,税额,含税金额", "含税金额"),
        ("Invoice,Date,Customer,Net amount,VAT,Gross amount", "Gross amount"),
        ("发票号码,开票日期,客户,金额,税额,价税合计", "价税合计"),
    ],
)
def test_what_was_paid_is_with_taxes(head: str, paid: str) -> None:
    found = columns(head, lambda i: f"{i},{day(i)},Firm {i % 7},{i + 10}.00,{i // 5 + 2}.00,{i + i // 5 + 12}.00")
    assert found["amount"] == paid


@pytest.mark.parametrize(
    ("head", "money_in"),
    [
        ("Txn id,Date,Counterparty,Debit,Credit", "Credit"),
        ("流水号,交易日期,对方户名,借方发生额,贷方发生额", "贷方发生额"),
    ],
)
def test_money_that_came_in_is_what_was_paid(head: str, money_in: str) -> None:
    found = columns(head, lambda i: f"{i},{day(i)},Firm {i % 7}," + (f",{i}.50" if i % 7 else f"{i}.50,"))
    assert found["amount"] == money_in


@pytest.mark.parametrize(
    ("head", "sale", "payment"),
    [
        ("Vch no,Date,Party name,Vch type,Debit,Credit", "Sales", "Receipt"),
        ("Belegnr,Datum,Kunde,Text,Soll,Haben", "Rechnung", "Zahlung"),
        ("凭证号,日期,客户名称,摘要,借方金额,贷方金额", "销售出库", "收款"),
        ("Документ,Дата,Покупатель,Операция,Дебет,Кредит", "Продажа", "Оплата"),
    ],
)
def test_in_the_books_of_customers_what_was_sold_is_the_debit(head: str, sale: str, payment: str) -> None:
    def row(i: int) -> str:
        said = f"{sale},{i}.50," if i % 3 else f"{payment},,{i}.50"
        return f"V{i},{day(i)},Ann {i % 7},{said}"

    assert columns(head, row)["amount"] == head.split(",")[4]


@pytest.mark.parametrize(
    ("head", "name"), [("Beleg,Datum,Kunde,Kd-Code,Betrag", "Kunde"), ("单号,日期,客户,客户编码,金额", "客户")]
)
def test_a_name_beside_the_customers_number_is_that_of_the_customer(head: str, name: str) -> None:
    people = ["Ann Berg", "Bo Li", "Cy Roth", "Di Hale", "Ed Fox", "Fay Moss", "Gus Kerr"]
    found = columns(head, lambda i: f"B{i},{day(i)},{people[i % 7]},K{100 + i % 7},{i}.50")
    assert (found["customer_id"], found["name"]) == (head.split(",")[3], name)


@pytest.mark.parametrize(
    "head", ["Numero,Data,Tipo documento,Cliente,Totale", "编号,日期,单据类型,客户,金额", "Nr.,Datum,Art,Kunde,Betrag"]
)
def test_a_bare_number_of_papers_is_that_of_the_order_also_where_some_have_two_rows(head: str) -> None:
    def row(i: int) -> str:
        of = i - 1 if i % 13 == 12 else i
        return f"{of}/2024,{day(of)},FT,Ann {of % 7},{i}.50"

    assert columns(head, row).get("order_id") == head.split(",")[0]


@pytest.mark.parametrize(
    ("head", "phone"),
    [("订单号,付款时间,买家昵称,买家手机号,实付金额", "买家手机号"), ("Order no,Date,Nickname,Mobile,Total", "Mobile")],
)
def test_phones_tell_more_people_apart_than_what_they_call_themselves(head: str, phone: str) -> None:
    def row(i: int) -> str:
        return f"O{i},{day(i)},moon{i % 14 % 6},1380000{i % 14:04d},{i}.50"

    assert columns(head, row)["customer_id"] == phone


def test_the_number_of_a_tax_office_is_no_phone() -> None:
    found = columns(
        "Fattura,Data,Cliente,Partita IVA,Totale", lambda i: f"F{i},{day(i)},Ann {i % 7},0{3456789012 + i % 7},{i}.50"
    )
    assert "phone" not in found


def test_how_many_guests_there_were_is_no_customer() -> None:
    found = columns("Booking no,Date,Name,Guests,Total", lambda i: f"{i},{day(i)},Ann {i % 7},{i % 4 + 1},{i}.50")
    assert found["customer_id"] == "Name"


@pytest.mark.parametrize(
    "head",
    [
        "Record ID,Deal name,Deal stage,Close date,Amount",
        "ID,Reference,Status,Total,Quantity",
        "订单号,下单时间,商品名称,数量,实付金额",
    ],
)
def test_orders_that_lack_their_customer_or_date_are_no_customers(head: str) -> None:
    text = "\n".join([head, *(f"{i},Deal {i},closed {i % 3},{day(i)},{i}.50" for i in range(40))])
    if head.startswith("ID"):
        text = "\n".join([head, *(f"{i},R{i},paid,{i}.50,{i % 3}" for i in range(40))])
    if head.startswith("订"):
        text = "\n".join([head, *(f"{i},{day(i)},茶{i % 3},1,{i}.50" for i in range(40))])
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    assert guess.kind == "ignore" and guess.missing


def test_a_list_of_customers_with_a_bare_id_stays_one() -> None:
    text = "ID,Name,City,Status,Created at,Total spent\n" + "".join(
        f"{i},Ann {i},Bonn,active,{day(i)},{i}.50\n" for i in range(40)
    )
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    assert guess.kind == "customers"


@pytest.mark.parametrize(
    ("head", "number", "date"),
    [
        ("Appt #,Date,Time,Client,Price", "Appt #", "Date"), ("Ref,Date,Booking Time,Client,Price", None, "Date"),
        ("预约号,日期,时间,客户,金额", "预约号", "日期"), ("予約no,来店日時,時間,顧客番号,金額", "予約no", "来店日時"),
    ],
)  # fmt: skip
def test_a_booking_is_numbered_by_its_number_and_never_by_its_time(head: str, number: str | None, date: str) -> None:
    found = columns(head, lambda i: f"Y{5200 + i},{day(i)},{9 + i % 9}:{i % 6}0,Ann {i % 17}x,{20 + i % 7}")
    assert head.split(",")[2] != found.get("order_id") and found["order_date"] == date
    assert number is None or found["order_id"] == number


@pytest.mark.parametrize("kind", ["same", "family", "once"])
def test_a_customer_number_of_every_row_gives_way_to_what_names_and_contacts_agree_on(kind: str) -> None:
    """An enrolment has a number of its own; a phone of a family, or people who come once, leave the number."""
    people = [i % 34 if kind != "once" else i for i in range(40)]
    rows = [
        f"S{i:04d},{day(i)},{'甲乙丙丁戊己庚'[who % 7]}{chr(0x4E00 + (i if kind == 'family' else who))},"
        f"13800{who * 37:06d},33010119900101{who:04d},{100 + i}.50"
        for i, who in enumerate(people)
    ]
    text = "\n".join(["学员编号,报名日期,姓名,手机号,身份证号,实收金额", *rows])
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    customer_id = guess.column("customer_id")
    assert (guess.kind, customer_id and customer_id.name) == ("orders", "手机号" if kind == "same" else "学员编号")
    if kind == "same":
        assert [one.name for one in guess.candidates] == ["手机号", "学员编号"] and guess.customer == "middle"
