"""Order states in both languages."""

from __future__ import annotations

import pytest

from analysis.intake.standard.states import left_out_states, says_undone


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
    said = ["已缴费", "待缴费", "已退费", "在读", "已审核", "未审核"]
    assert left_out_states(said) == ("已退费", "待缴费", "未审核")


def test_the_states_come_sorted() -> None:
    assert left_out_states(["退款成功", "交易成功", "Cancelled"]) == ("Cancelled", "退款成功")
