"""Orders in exports without money: which tables are, and which only look like it."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.intake.choices import Choices, Column, Source
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import with_kind
from analysis.recipe import Recipe
from analysis.study import prepare, suggest


def table(header: str, *, n: int = 40, row=None, name: str = "file.csv"):
    def usual(i: int) -> str:
        return f"C{i % 11:02d},2024-{1 + i % 9:02d}-{1 + i % 28:02d},{('tea', 'rice', 'milk')[i % 3]}"

    rows = [(row or usual)(i) for i in range(n)]
    return read_file("\n".join([header, *rows]).encode(), name=name)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Member,Order date,Product", None),
        ("会员编号,购买日期,商品名称", None),
        ("Kundennummer,Bestelldatum,Artikel", None),
        ("订单编号,买家昵称,下单时间", lambda i: f"T{i:04d},买家{i % 9},2024-{1 + i % 9:02d}-11 10:{i % 60:02d}:00"),
        ("Visit no,Patient,Date,Doctor", lambda i: f"{i},P{i % 9},2024-{1 + i % 9:02d}-{1 + i % 28:02d},Dr X"),
        ("就诊号,患者,就诊日期,科室", lambda i: f"{i},患者{i % 9}号,2024-0{1 + i % 9}-{1 + i % 28:02d},内科"),
        ("Member,Class,Attended on", lambda i: f"M{i % 9},Yoga,2024-{1 + i % 9:02d}-{1 + i % 28:02d}"),
        ("Order ID,Email,Created at", lambda i: f"#{1000 + i},p{i % 13}@example.com,2024-0{1 + i % 9}-05"),
    ],
)
def test_customer_day_and_article_are_orders_that_are_counted(header, row):
    tables = table(header, row=row)
    [guess] = inspect(tables)
    assert (guess.kind, guess.missing) == ("orders", ())
    found = prepare(tables, suggest(tables))
    assert "spend" not in found.profiles.customers
    assert int(found.profiles.customers["n_orders"].sum()) == 40
    assert [note.code for note in found.standard.notes] == ["orders_without_money"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Page,Country", lambda i: f"2024-01-{1 + i % 28:02d},/p{i % 7},DE"),
        ("Date,Dish,Table", lambda i: f"2024-01-{1 + i % 28:02d},soup {i % 7},{i % 5}"),
        ("Name,Birth date,Height", lambda i: f"Ann {i},19{60 + i % 30}-01-02,{150 + i}"),
        ("id,date", lambda i: f"{i % 9},2024-01-{1 + i % 28:02d}"),
        ("Customer,Survey date,Comment", lambda i: f"C{i % 8},2024-01-{1 + i % 28:02d},fine {i}"),
    ],
)
def test_other_tables_do_not_become_orders(header, row):
    [guess] = inspect(table(header, row=row))
    assert guess.kind != "orders"


def test_beside_orders_with_money_such_a_table_stays_out():
    paid = table(
        "Member,Order date,Amount", row=lambda i: f"C{i % 11:02d},2024-01-{1 + i % 28:02d},{i}.50", name="a.csv"
    )
    lent = table("Member,Order date,Product", name="b.csv")
    kinds = [guess.kind for guess in inspect([*paid, *lent])]
    assert kinds == ["orders", "ignore"]
    recipe: Recipe = with_kind(suggest([*paid, *lent]), [*paid, *lent], lent[0], "orders")
    with pytest.raises(AnalysisError) as raised:
        standardise([*paid, *lent], recipe)
    assert raised.value.code == "no_amount_column"


def test_returns_by_quantity_are_no_orders_without_money_either():
    def row(i: int) -> str:
        return f"C{i % 5},2024-01-{1 + i % 28:02d},tea,{-1 if i % 10 == 0 else 2}"

    tables = table("Member,Order date,Product,Quantity", row=row)
    found = prepare(tables, suggest(tables))
    assert int(found.profiles.customers["n_orders"].sum()) == 36


def test_refunds_alone_say_not_what_orders_are_worth():
    def row(i: int) -> str:
        return f"C{i % 9},2024-0{1 + i % 9}-{1 + i % 28:02d},R{i},tea,{'5.50' if i % 7 == 0 else '0.00'}"

    tables = table("Customer ID,Order date,Order ID,Product,Refunded amount", row=row)
    found = prepare(tables, suggest(tables))
    assert "spend" not in found.profiles.customers
    assert int(found.profiles.customers["n_orders"].sum()) == 40


def test_rows_that_are_all_refunds_are_refused():
    tables = table(
        "Customer ID,Refund date,Refund amount,Order ID",
        row=lambda i: f"C{i % 9},2024-0{1 + i % 9}-{1 + i % 28:02d},{5 + i}.50,R{i}",
    )
    with pytest.raises(AnalysisError) as raised:
        suggest(tables)
    assert raised.value.code == "no_amount_column"


def test_a_person_who_gives_only_refunds_is_told_that_amounts_are_missing():
    tables = table("Customer ID,Order date,Refunded", row=lambda i: f"C{i % 9},2024-01-{1 + i % 28:02d},{i}.50")
    columns = tuple(
        Column(name=name, role=role)
        for name, role in zip(tables[0].columns, ("customer_id", "order_date", "refunded"), strict=True)
    )
    with pytest.raises(AnalysisError) as raised:
        standardise(tables, Choices(sources=(Source(kind="orders", columns=columns),)))
    assert raised.value.code == "no_amount_column"


@pytest.mark.parametrize("header", ["VAT amount", "Service fee", "Commission", "运费", "手续费"])
def test_a_tax_or_a_fee_is_not_what_was_paid(header):
    tables = table(
        f"Customer ID,Order date,Order ID,Product,{header}",
        row=lambda i: f"C{i % 9},2024-0{1 + i % 9}-{1 + i % 28:02d},R{i},tea,{i % 9}.19",
    )
    [guess] = inspect(tables)
    assert (guess.kind, guess.column("amount")) == ("orders", None)
