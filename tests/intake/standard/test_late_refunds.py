"""A refund after the last sale counts, and recency is counted from behind it."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest


def prepared(*lines: str):
    tables = read_file(("\n".join(lines) + "\n").encode(), name="orders.csv")
    return prepare(tables, suggest(tables))


@pytest.mark.parametrize(
    ("sale", "refund"),
    [("Order ID,Customer ID,Order date,Amount", "-40"), ("订单号,客户编号,下单日期,实付金额", "-40.00")],
)
def test_a_refund_later_than_the_last_sale_lowers_the_revenue(sale: str, refund: str) -> None:
    rows = [f"T{i},K{i % 5},2024-03-{1 + i:02d},50" for i in range(20)]
    found = prepared(sale, *rows, f"R1,K2,2024-04-09,{refund}")
    assert float(found.profiles.customers["spend"].sum()) == 20 * 50 - 40
    assert found.profiles.as_of == date(2024, 4, 10)


@pytest.mark.parametrize(
    ("head", "paid", "back"),
    [
        ("Order ID,Customer ID,Order date,Amount,Refunded amount,Status", "Paid", "Refunded"),
        ("报名单号,学员编号,报名日期,实收金额,退费金额,状态", "在读", "退费"),
    ],
)
def test_what_was_kept_of_an_order_that_went_back_in_part_counts(head: str, paid: str, back: str) -> None:
    rows = [f"T{i},K{i % 5},2024-03-{1 + i:02d},50,0,{paid}" for i in range(20)]
    found = prepared(
        head, *rows, f"P1,K1,2024-03-25,80,30,{back}", f"W1,K2,2024-03-25,60,60,{back}", f"N1,K3,2024-03-25,70,0,{back}"
    )
    assert float(found.profiles.customers["spend"].sum()) == 20 * 50 + 50
    assert int(found.profiles.customers["n_orders"].sum()) == 21
