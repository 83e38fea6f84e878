"""Whether the day or the month comes first is said by other dates of the row, or by a document's number."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from tests.intake.judging.test_said_of_orders import judged


def sheet(head: str, cells: str) -> str:
    days = [(1 + i % 12, 1 + i * 5 % 12) for i in range(24)]
    rows = [
        f"R{i},K{i % 5},{a:02d}/{b:02d}/2024,{9 + i}.50," + cells.format(a=a, b=b, i=i, late=13 + i % 15)
        for i, (a, b) in enumerate(days)
    ]
    return "\n".join([head, *rows])


@pytest.mark.parametrize(
    ("head", "cells", "month_first"),
    [
        (
            "Order ID,Customer ID,Order date,Total,Delivered",
            "{late}/{b:02d}/2024",
            False,
        ),  # written with the same signs
        ("Order ID,Customer ID,Order date,Total,Delivered", "2024-{a:02d}-{b:02d}", True),
        ("Order ID,Customer ID,Order date,Total,Shipped", "2024-{b:02d}-28", False),
        ("Order ID,Customer ID,Order date,Total,Invoice", "INV-2024-{a:02d}-{i:03d}", True),
        ("订单号,客户编号,下单日期,金额,发票号", "FP2024{b:02d}{a:02d}{i:03d}", False),
    ],
)
def test_what_stands_beside_a_date_says_its_order(head: str, cells: str, month_first: bool) -> None:
    tables = read_file(sheet(head, cells).encode(), name="x.csv")
    standard = standardise(tables, suggest_recipe(inspect(tables)))
    (days,) = zip(*standard.cursor().execute("SELECT order_date FROM orders ORDER BY line").fetchall(), strict=True)
    assert [(day.month if month_first else day.day) for day in days] == [1 + i % 12 for i in range(24)]
    assert not [note for note in standard.notes if note.code == "date_order_undecided"]


def test_days_that_nothing_decides_are_asked_with_an_example_that_differs() -> None:
    made, *_ = judged(sheet("Order ID,Customer ID,Order date,Total,Born", "1990-01-01"))
    [one] = [one for one in made if one.is_question]
    assert one.subject == "date_order" and one.effect["example"] != one.alternatives[0].effect["example"]
