"""Which sum, day and rows count where the table says so: after a discount, before payment, to the end of a term."""

from __future__ import annotations

import pytest

from analysis.intake.fixes import AnyFix, apply_fix
from analysis.intake.judging.deciding_words import guess_line
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from tests.intake.judging.test_said_of_orders import judged
from texts import Translator

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


def guessed(text: str) -> Recipe:
    return suggest_recipe(inspect(read_file(text.encode(), name="x.csv")))


def after(text: str, fix: AnyFix | None) -> float:
    assert fix is not None
    return revenue_of(standardise(read_file(text.encode(), name="x.csv"), apply_fix(guessed(text), fix)))


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


@pytest.mark.parametrize(
    ("discount", "cell", "written"),
    [
        ("折扣", "{share:.2f}", "金额 × 折扣"), ("折扣", "{tenths:g}折", "金额 × 折扣"),
        ("折扣率(%)", "{of_hundred:g}", "金额 × 折扣率(%)"),
        ("Discount %", "{percent}", "金额 × (1 − Discount %)"), ("Discount", "{percent}%", "金额 × (1 − Discount)"),
    ],
)  # fmt: skip
def test_a_discount_that_is_no_money_is_offered_with_what_it_takes_off(discount: str, cell: str, written: str) -> None:
    """The amount is quantity times price still; the figure beside the option is the one that choosing it gives."""
    rows = []
    for i in range(N):
        share, count, price = (0.95 if i % 3 == 1 else 1.0), 1 + i % 4, 20 + i
        said = cell.format(share=share, tenths=10 * share, of_hundred=100 * share, percent=round(100 - 100 * share))
        rows.append(f"R{i},C{i % 9},2025-0{1 + i // 8}-11,{count},{price}.50,{said},{count * (price + 0.5):.2f}")
    text = "\n".join([f"单号,客户编号,日期,数量,单价,{discount},金额", *rows])
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 6))
    [one] = [one for one in made if one.subject == "worth"]
    assert [other.choice for other in one.alternatives] == [written]
    paid = sum(float(row.split(",")[6]) * (0.95 if i % 3 == 1 else 1) for i, row in enumerate(rows))
    assert one.alternatives[0].effect["revenue"] == pytest.approx(paid)
    assert after(text, one.alternatives[0].fix) == pytest.approx(paid)
    [note] = [note for note in one.evidence if note.code == "discount_not_off"]
    assert note.facts["n"] == sum(i % 3 == 1 for i in range(N))


def test_a_bag_of_ten_cents_is_no_share_of_what_was_paid() -> None:
    text = table("Order ID,Customer ID,Date,Total,Bag", "R{i},C{k},{day},{net:.2f},0.10")
    made, standard, _ = judged(text)
    off = next(other for one in made for other in one.alternatives if other.choice == "Total − Bag")
    assert off.effect["revenue"] == pytest.approx(revenue_of(standard) - 0.1 * N)
    assert after(text, off.fix) == pytest.approx(off.effect["revenue"])


@pytest.mark.parametrize(
    ("headings", "discount"),
    [
        ("单号,客户编号,日期,金额,折扣,税额,价税合计", "{share:.2f},"),
        ("Order ID,Customer ID,Date,Amount,Discount %,Tax,Total", "{percent},"),
        ("单号,客户编号,日期,金额,税额,价税合计", ""),
        ("Order ID,Customer ID,Date,Amount,Tax,Total", ""),
    ],
)  # fmt: skip
def test_a_total_whose_tax_is_that_of_a_reduced_sum_is_the_amount_also_where_no_column_holds_that_sum(
    headings: str, discount: str
) -> None:
    text = table(headings, "R{i},C{k},{day},{listed:.2f}," + discount + "{tax:.2f},{gross:.2f}")
    made, standard, _ = judged(text)
    total, tax = len(headings.split(",")) - 1, len(headings.split(",")) - 2
    assert revenue_of(standard) == pytest.approx(sums(text, total))
    [one] = [one for one in made if one.subject == "worth"]
    offered = {other.choice: other.effect["revenue"] for other in one.alternatives}
    names = headings.split(",")
    assert one.is_guess and offered[f"{names[total]} − {names[tax]}"] == pytest.approx(
        sums(text, total) - sums(text, tax)
    )
    assert offered[names[3]] == pytest.approx(sums(text, 3))


@pytest.mark.parametrize("paid", ["Paid", "Zapłacono", "Zahlbetrag"])
def test_what_was_paid_so_far_is_no_total_of_a_reduced_sum(paid: str) -> None:
    """Invoices still open look alike: what was paid of them, less the tax, is less than they are over."""
    head = f"Invoice No,Customer ID,Date,Net amount,VAT,Gross amount,{paid}"
    rows = table(head, "INV-{i},C{k},{day},{net:.2f},{tax:.2f},{gross:.2f},{paid:.2f}").splitlines()
    whole = [row.rpartition(",") for row in rows[1:]]
    text = "\n".join([head, *(f"{row},{row.split(',')[5] if float(last) else '0.00'}" for row, _, last in whole)])
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 5))
    assert not any(note.code == "less_than_listed" for one in made for note in one.evidence)


def test_small_parts_of_what_was_paid_are_no_other_reading_of_it() -> None:
    head = "订单编号,客户编号,下单时间,菜品原价,餐盒费,押金,平台补贴,顾客实付,商家预计收入"
    text = table(head, "R{i},C{k},{day},{listed:.2f},3.50,60.00,2.00,{net:.2f},{tax:.2f}")
    made, *_ = judged(text)
    [one] = [one for one in made if one.subject in ("worth", "amount")]
    assert one.choice == "顾客实付" and "菜品原价" in {other.choice for other in one.alternatives}
    assert not {"餐盒费", "押金", "平台补贴"} & {other.choice for other in one.alternatives}
    assert "平台补贴" not in {column.name for column in guessed(text).sources[0].columns if column.role == "channel"}


@pytest.mark.parametrize(
    ("made_on", "paid"), [("下单时间", "付款时间"), ("订单提交时间", "支付完成时间"), ("Erstelldatum", "Bezahlt am")]
)
def test_the_day_of_payment_is_within_reach_beside_that_of_the_order_and_no_doubt(made_on: str, paid: str) -> None:
    rows = (f"R{i},2025-0{1 + i // 8}-11,C{i % 9},{f'2025-0{1 + i // 8}-14' if i % 8 else ''},{i}.50" for i in range(N))
    made, *_ = judged("\n".join([f"Order ID,{made_on},Customer ID,{paid},Total", *rows]))
    [one] = [one for one in made if one.subject == "date"]
    assert one.choice == made_on and not one.is_guess and [other.choice for other in one.alternatives] == [paid]


def test_what_was_not_paid_is_marked_once_where_a_state_and_a_day_say_it() -> None:
    text = table("Invoice No,Customer ID,Date,Total,Status,Paid on", "INV-{i},C{k},{day},{net:.2f},@,x").splitlines()
    text = "\n".join([text[0], *(row[:-1] + ("" if ",unpaid," in row else "2026-02-03") for row in text[1:])])
    [one] = [one for one in judged(text)[0] if one.subject == "unpaid"]
    assert one.is_guess and one.column == "Status"


def test_contracts_that_ran_out_are_called_so_in_the_mark_and_in_the_report() -> None:
    text = table("合同编号,会员卡号,签约日期,到期日期,实收金额,合同状态", "H{i},C{k},{day},{later},{net:.2f},@")
    text = text.replace("unpaid", "已过期").replace("paid", "active")
    made, standard, _ = judged(text)
    [one] = [one for one in made if one.subject == "state"]
    assert "have run out" in guess_line(one, Translator("en")) and "已到期的订单" in guess_line(one, Translator("zh"))
    tables = read_file(text.encode(), name="x.csv")
    codes = {found.code for found in quality(tables, inspect(tables), guessed(text), standard).findings}
    assert "state_ran_out" in codes and "state_guessed" not in codes
