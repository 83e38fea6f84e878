"""Which sum, day and rows count where the table says so: after a discount, before payment, to the end of a term."""

from __future__ import annotations

import pytest

from analysis.intake.tables import StandardTables
from tests.intake.judging.test_said_of_orders import judged

N = 40


def table(header: str, cells: str) -> str:
    """Write rows of which every fourth has a discount of 5 %, and every eighth is not paid."""
    rows = []
    for i in range(N):
        share, listed = (0.95 if i % 4 == 1 else 1.0), 100.0 + 7 * i
        net, open_ = round(listed * share, 2), i % 8 == 3
        day, tax = f"-0{1 + i // 8}-{11 + i % 8}", round(net * 0.2, 2)
        facts = {
            "i": i, "k": i % 9, "day": f"2025{day}", "later": f"2026{day}", "listed": listed, "share": share,
            "net": net, "percent": round(100 - 100 * share), "tax": tax, "gross": net + tax,
            "paid": 0 if open_ else net, "due": net if open_ else 0,
        }  # fmt: skip
        rows.append(cells.format(**facts).replace("@", "unpaid" if open_ else "paid"))
    return "\n".join([header, *rows])


def revenue_of(standard: StandardTables) -> float:
    return float(standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0])


def sums(text: str, column: int) -> float:
    return sum(float(row.split(",")[column]) for row in text.splitlines()[1:])


@pytest.mark.parametrize(
    ("headings", "discount"),
    [
        ("单号,客户编号,日期,金额,折扣,折后金额,税额,价税合计", "{share:.2f}"),
        ("Order ID,Customer ID,Date,Amount,Discount,Discounted Amount,Tax,Amount incl. Tax", "{share:.2f}"),
        ("Order ID,Customer ID,Date,Amount,Discount %,Net Amount,Tax,Total", "{percent}"),
    ],
)  # fmt: skip
def test_a_sum_times_a_discount_and_its_tax_ends_in_the_amount_with_the_net_one_offered(
    headings: str, discount: str
) -> None:
    text = table(headings, "R{i},C{k},{day},{listed:.2f}," + discount + ",{net:.2f},{tax:.2f},{gross:.2f}")
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 7))
    [one] = [one for one in made if one.subject == "worth"]
    net = headings.split(",")[5]
    assert one.is_guess and {other.choice: other.effect["revenue"] for other in one.alternatives}[net] == pytest.approx(
        sums(text, 5)
    )


def test_columns_that_no_row_proves_stay_as_their_headings_say() -> None:
    text = table("Order ID,Customer ID,Date,Amount,Discount,Deposit", "R{i},C{k},{day},{listed:.2f},{share:.2f},{i}.50")
    assert revenue_of(judged(text)[1]) == pytest.approx(sums(text, 3))


@pytest.mark.parametrize(
    ("headings", "cells", "subject"),
    [
        ("Invoice Number,Customer ID,Date,Total,Amount Paid,Amount Due,Status", ",@", "unpaid"),
        ("Invoice Number,Customer ID,Date,Total,Amount Paid,Amount Due", "", "worth"),
        ("Booking No,Customer ID,Date,Total,Amount Paid,Balance Due,Kind", ",online", "worth"),
    ],
)  # fmt: skip
def test_invoices_count_whole_beside_what_was_paid_of_them_and_are_marked(
    headings: str, cells: str, subject: str
) -> None:
    text = table(headings, "INV-{i},C{k},{day},{net:.2f},{paid:.2f},{due:.2f}" + cells)
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 3))
    [one] = [one for one in made if one.is_guess]
    assert one.subject == subject and one.alternatives[0].effect["revenue"] == pytest.approx(sums(text, 4))


@pytest.mark.parametrize(
    ("headings", "ended", "counts"),
    [
        ("合同编号,会员卡号,签约日期,到期日期,实收金额,合同状态", "已过期", True),
        ("Contract No,Member No,Signed on,Expires on,Amount,Status", "Expired", True),
        ("Order No,Member No,Order date,Expires on,Amount,Status", "Expired", False),
        ("Quote No,Customer No,Contract date,Expires on,Amount,Status", "Expired", False),
    ],
)  # fmt: skip
def test_contracts_that_ran_out_count_and_are_marked(headings: str, ended: str, counts: bool) -> None:
    text = table(headings, "H{i},C{k},{day},{later},{net:.2f},@").replace("unpaid", ended).replace("paid", "active")
    made, standard, _ = judged(text)
    kept = sum(float(row.split(",")[4]) for row in text.splitlines()[1:] if ended not in row)
    assert revenue_of(standard) == pytest.approx(sums(text, 4) if counts else kept)
    marked = [one for one in made if one.subject == "state"]
    assert len(marked) == counts
    for one in marked:
        assert one.is_guess and one.alternatives[0].effect["revenue"] == pytest.approx(kept)


@pytest.mark.parametrize(
    ("paid", "made_on"), [("Bezahlt am", "Erstelldatum"), ("Paid on", "Created"), ("付款时间", "创建时间")]
)
def test_the_day_of_payment_with_gaps_is_not_that_of_the_order(paid: str, made_on: str) -> None:
    rows = (f"R{i},2025-0{1 + i // 8}-11,C{i % 9},{f'2025-0{1 + i // 8}-14' if i % 8 else ''},{i}.50" for i in range(N))
    text = "\n".join([f"Order ID,{made_on},Customer ID,{paid},Total", *rows])
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 4))
    assert any(one.subject == "unpaid" and one.is_guess for one in made)


def test_a_voucher_that_comes_off_is_none_that_was_sold() -> None:
    lines = [f"R{i},C{i % 9},2025-0{1 + i // 8}-11,Tea,{20 + i}.00" for i in range(N)]
    spent = [f"R{i},C{i % 9},2025-0{1 + i // 8}-11,Gutschein X5,-5.00" for i in range(0, N, 4)]
    sold = [f"S{i},C{i % 9},2025-0{1 + i // 8}-12,Gutschein 25,25.00" for i in range(0, N, 4)]
    head = "Order ID,Customer ID,Date,Product,Amount"
    for more, marked in (([], 0), (sold, 1)):
        made, *_ = judged("\n".join([head, *lines, *spent, *more]))
        found = [one for one in made if one.subject == "voucher"]
        assert len(found) == marked
        assert all("X5" not in str(one.evidence) for one in found)


def test_a_state_is_not_asked_about_where_nothing_else_was_sold() -> None:
    text = table("Order ID,Customer ID,Date,Total,Status", "R{i},C{k},{day},{net:.2f},@")
    one = text.replace("unpaid", "Cancelada").replace("paid", "Jugada")
    assert not [made for made in judged(one)[0] if made.subject == "state"]
    two = text.replace("unpaid", "Bestia").replace("paid", "Jugada")
    assert [one.subject for one in judged(two)[0] if one.is_question] == ["state"]
