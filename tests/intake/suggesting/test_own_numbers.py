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
