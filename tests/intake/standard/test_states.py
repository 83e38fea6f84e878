"""Order states in both languages."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.standard.states import left_out_states, says_undone
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe


@pytest.mark.parametrize("state", [
    "退款成功", "已退款", "交易关闭", "已取消", "付款以后用户退款成功，交易自动关闭",
    "Cancelled", "canceled", "REFUNDED", "Returned", "Closed Lost", "chargeback", "退货退款",
])  # fmt: skip
def test_a_cancelled_or_refunded_order_is_undone(state: str) -> None:
    assert says_undone(state)


@pytest.mark.parametrize("state", [
    "退款失败", "退款关闭", "取消退款", "无退款", "未退款",
    "部分退款", "交易成功", "已签收", "completed",
    "closed", "closed won", "shipped",
    "not returned", "Partially refunded", "refund declined",
])  # fmt: skip
def test_an_order_that_stands_is_not(state: str) -> None:
    assert not says_undone(state)


def test_states_of_schools_and_of_stock_papers_are_known() -> None:
    assert (
        left_out_states(
            [
                "A caminho",
                "Servido",
                "Gefactureerd",
                "Zafakturowane",
                "结业",
                "待使用",
                "정상",
                "未発送",
                "Realizado",
                "已收费",
                "verrechnet",
                "Archivada",
                "Recibido",
            ]
        )
        == ()
    )
    assert left_out_states(["Presupuestado", "No acudió"]) == ("No acudió", "Presupuestado")
    assert left_out_states(["Devolução finalizada com reembolso", "Abierta"]) == (
        "Abierta", "Devolução finalizada com reembolso"
    )  # fmt: skip
    said = ["已缴费", "待缴费", "已退费", "在读", "已审核", "未审核"]
    assert left_out_states(said) == ("已退费", "待缴费", "未审核")


@pytest.mark.parametrize(
    "state", ["Scaduta", "просрочено", "Przeterminowana", "Vervallen", "Po splatnosti", "期限切れ"]
)
def test_a_bill_that_is_overdue_counts_and_an_order_that_ran_out_does_not(state: str) -> None:
    assert left_out_states(["Paid", state], invoices=True) == ()
    assert left_out_states(["Paid", state]) == (state,)


def test_the_states_come_sorted() -> None:
    assert left_out_states(["退款成功", "交易成功", "Cancelled"]) == ("Cancelled", "退款成功")


@pytest.mark.parametrize(
    ("headers", "open_", "paid", "unpaid"),
    [
        ("Pedido,Data,Cliente,Total,Status do Pedido,Status do Pagamento", "Aberto", "Confirmado", "Pendente"),
        ("Order,Date,Customer,Total,Order status,Payment status", "Open", "Paid", "Pending"),
        ("Orden,Fecha,Cliente,Total,Estado de la orden,Estado del pago", "Abierta", "Recibido", "Pendiente"),
        ("订单号,下单时间,客户,实付金额,订单状态,付款状态", "新建", "已付款", "未付款"),
    ],
)  # fmt: skip
def test_an_order_that_is_open_and_paid_is_sold(headers: str, open_: str, paid: str, unpaid: str) -> None:
    rows = [
        f"R{i},2024-0{1 + i % 9}-11,K{i % 5},{20 + i}.00,{open_},{unpaid if i % 6 == 5 else paid}" for i in range(30)
    ]
    tables = read_file("\n".join([headers, *rows]).encode(), name="x.csv")
    standard = standardise(tables, suggest_recipe(inspect(tables)))
    (n,) = standard.cursor().execute("SELECT count(*) FROM orders").fetchall()[0]
    assert n == 25
