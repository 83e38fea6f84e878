"""Days and reasons that undo an order, where nothing else says how much went back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from tests.intake.standard.worth.test_money import figures, read


@pytest.mark.parametrize("head", ["Cancel reason", "Refunded at", "退款时间", "取消原因"])
def test_a_reason_or_a_day_on_some_rows_undoes_their_orders(head: str) -> None:
    said = "2024-05-01" if head in ("Refunded at", "退款时间") else "changed mind"
    rows = "".join(f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,{said if i % 5 == 4 else ''}\n" for i in range(20))
    assert figures(read(o=f"Order,Date,Customer,Total,{head}\n" + rows)[2]) == (4, 16, Decimal(160))


def test_a_sum_that_went_back_says_more_than_the_day_on_which_it_did() -> None:
    rows = "".join(
        f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,{'2024-05-01,4.00' if i % 5 == 4 else ',0.00'}\n" for i in range(20)
    )
    found = read(o="Order,Date,Customer,Total,Refunded at,Refunded amount\n" + rows)[2]
    assert figures(found)[2] == 200 - 4 * 4


def test_of_subtotal_and_total_the_total_counts() -> None:
    rows = "".join(f"{i},2024-03-{i + 1:02d},c{i % 4},100,10,110\n" for i in range(20))
    assert figures(read(o="注文番号,注文日,顧客名,小計,消費税,合計\n" + rows)[2])[2] == 20 * 110


@pytest.mark.parametrize(
    ("other", "column", "asked"),
    [("complete", False, True), ("complete", True, False), ("paid", False, False)],
)
def test_closed_beside_complete_is_asked_unless_a_column_says_what_went_back(
    other: str, column: bool, asked: bool
) -> None:
    rows = "".join(
        f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,{'closed' if i % 5 == 4 else other}"
        f"{(',10.00' if i % 5 == 4 else ',0') if column else ''}\n"
        for i in range(20)
    )
    found = read(o=f"ID,Date,Customer,Total,Status{',Total Refunded' if column else ''}\n" + rows)[2]
    notes = [dict(note.facts)["states"] for note in found.notes if note.code == "states_unknown"]
    assert notes == ([["closed"]] if asked else [])
    if column:
        assert figures(found)[2] == 160


@pytest.mark.parametrize("head", ["Storno", "作废", "Cancelled"])
def test_a_cancelled_row_below_nought_takes_back_a_sale_that_bears_no_flag(head: str) -> None:
    rows = "".join(f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,\n" for i in range(20))
    counter = "".join(f"{i},2024-03-{i + 2:02d},c{i % 4},-10.00,x\n" for i in (3, 8))
    text = f"Order,Date,Customer,Total,{head}\n" + rows + counter
    assert figures(read(o=text)[2])[2] == 180
    assert figures(read(o=text.replace(",", ";").replace("0.00", "0,00"))[2])[2] == 180


def test_where_the_sale_bears_the_flag_too_both_go() -> None:
    rows = "".join(f"{i},2024-03-{i + 1:02d},c{i % 4},10.00,{'x' if i in (3, 8) else ''}\n" for i in range(20))
    counter = "".join(f"{100 + i},2024-03-{i + 2:02d},c{i % 4},-10.00,x\n" for i in (3, 8))
    assert figures(read(o="Order,Date,Customer,Total,Cancelled\n" + rows + counter)[2])[2] == 180


PART_PAID = [
    ("订单号,下单时间,客户编号,订单总额,已付定金,已收款,退款金额,订单状态", "已完成", "已退团"),
    (
        "Order no,Order date,Customer no,Order total,Deposit paid,Amount received,Refunded amount,Status",
        "Done",
        "Refunded",
    ),
]


def part_paid(head: str, sold: str, back: str, *, fits: bool = True) -> str:
    """Write 20 orders of 100.00, of which every fifth was called off after 40.00 were paid, and 30.00 went back."""
    off = f"100.00,30.00,{'40.00' if fits else '20.00'},30.00,{back}"
    lines = (
        f"A{i},2024-03-{i + 1:02d},c{i % 4},{off if i % 5 == 4 else f'100.00,30.00,100.00,0.00,{sold}'}"
        for i in range(20)
    )
    return "\n".join([head, *lines]) + "\n"


@pytest.mark.parametrize(("head", "sold", "back"), PART_PAID)
def test_of_an_order_called_off_before_it_was_paid_in_full_what_was_paid_and_stayed_is_kept(
    head: str, sold: str, back: str
) -> None:
    assert figures(read(o=part_paid(head, sold, back))[2]) == (4, 20, Decimal(16 * 100 + 4 * (40 - 30)))
    # More went back than was paid: the column does not say what was paid of these orders.
    assert figures(read(o=part_paid(head, sold, back, fits=False))[2])[2] == 16 * 100 + 4 * (100 - 30)


def test_a_state_more_left_out_leaves_what_was_kept_of_others_and_the_figure_beside_it_holds() -> None:
    text = part_paid(*PART_PAID[0]).replace("c3,100.00,30.00,100.00,0.00,已完成", "c3,100.00,30.00,100.00,0.00,待甲")
    tables, recipe, standard = read(o=text)
    [one] = [one for one in decisions(tables, inspect(tables), recipe, standard) if one.subject == "state"]
    [left] = one.alternatives
    assert left.fix is not None
    after = standardise(tables, apply_fix(recipe, left.fix))
    assert float(figures(after)[2]) == left.effect["revenue"] < float(figures(standard)[2])


def test_beside_an_order_called_off_the_figure_of_another_column_of_money_is_that_of_taking_it() -> None:
    tables, recipe, standard = read(o=part_paid(*PART_PAID[0]))
    offered = [each for one in decisions(tables, inspect(tables), recipe, standard) for each in one.alternatives]
    told = {each.choice: each for each in offered if each.fix is not None and "revenue" in each.effect}
    for each in told.values():
        assert each.fix is not None
        assert float(figures(standardise(tables, apply_fix(recipe, each.fix)))[2]) == each.effect["revenue"]
    assert told
