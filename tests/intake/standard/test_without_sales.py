"""Who has only orders that came to nothing is a customer without orders; a refund after the last sale counts."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.intake.reading.read import read_file
from analysis.segments.params import RfmParams
from analysis.segments.scores.rfm import rfm
from analysis.study import prepare, suggest


def prepared(*lines: str):
    tables = read_file(("\n".join(lines) + "\n").encode(), name="orders.csv")
    return prepare(tables, suggest(tables))


@pytest.mark.parametrize(
    ("header", "done", "undone"),
    [
        ("订单号,下单帐号,下单时间,订单金额,订单状态", "完成", "(删除)等待出库"),
        ("Order ID,Customer ID,Order date,Total,Status", "Completed", "Cancelled"),
        ("Bestellnummer,Kundennummer,Bestelldatum,Gesamtbetrag,Status", "Versendet", "Storniert"),
    ],
)
def test_customers_of_cancelled_orders_stay_with_no_orders(header, done, undone):
    rows = [
        f"T{i:04d},K{i % 6},2024-0{1 + i % 6}-11,{100 + i},{undone if i % 6 in (0, 3) else done}" for i in range(36)
    ]
    found = prepared(header, *rows)
    customers = found.profiles.customers.set_index("customer_id")
    assert len(customers) == 6
    assert customers.loc[["K0", "K3"], "n_orders"].tolist() == [0, 0]
    assert customers.loc[["K0", "K3"], "spend"].tolist() == [0.0, 0.0]
    result = rfm(found.profiles, RfmParams(n_scores=2))
    assert (result.n_outside, len(result.customers)) == (2, 4)


def test_a_customer_who_also_bought_is_there_once():
    rows = [
        f"T{i:04d},K{i % 4},2024-0{1 + i % 6}-11,{100 + i},{'Cancelled' if i < 8 else 'Completed'}" for i in range(36)
    ]
    found = prepared("Order ID,Customer ID,Order date,Total,Status", *rows)
    assert sorted(found.profiles.customers["customer_id"]) == ["K0", "K1", "K2", "K3"]
    assert found.profiles.customers["n_orders"].min() > 0


@pytest.mark.parametrize(
    ("sale", "refund"),
    [("Order ID,Customer ID,Order date,Amount", "-40"), ("订单号,客户编号,下单日期,实付金额", "-40.00")],
)
def test_a_refund_later_than_the_last_sale_lowers_the_revenue(sale, refund):
    rows = [f"T{i},K{i % 5},2024-03-{1 + i:02d},50" for i in range(20)]
    found = prepared(sale, *rows, f"R1,K2,2024-04-09,{refund}")
    assert float(found.profiles.customers["spend"].sum()) == 20 * 50 - 40
    assert found.profiles.as_of == date(2024, 4, 10)
