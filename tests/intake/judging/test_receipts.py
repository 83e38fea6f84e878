"""Lists of receipts: what came in counts, and the price of an order that stands on each of them counts once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding_words import evidence_sentences
from analysis.intake.reading.read import read_file
from analysis.intake.tables import RawTable
from tests.intake.judging.test_money_beside import judged
from texts import Translator

CONTRACTS = range(12)
PRICES = [1000 + 250 * (c % 5) for c in CONTRACTS]


def receipts(c: int) -> list[int]:
    """A deposit, a second part, and in two of three the rest; one pays 80 more, one has 50 back."""
    parts = [200, 300 + 50 * (c % 2), *([PRICES[c] - 500 - 50 * (c % 2)] if c % 3 else [])]
    return [*parts, *([80] if c == 4 else []), *([-50] if c == 5 else [])]


def listed(headers: str) -> Sequence[RawTable]:
    rows = [
        f"2024-{1 + c % 6 + k:02d}-{3 + c:02d},R{c}-{'abcdef'[k]},K{c:03d},Kim Nr{c % 9}x,{PRICES[c]}.00,Part {k},"
        f"{money}.00"
        for c in CONTRACTS
        for k, money in enumerate(receipts(c))
    ]
    return read_file("\n".join([headers, *rows]).encode(), name="x.csv")


def chosen(headers: str) -> tuple[list[Decision], float, str, str]:
    made, revenue, recipe = judged(listed(headers))
    amount, order = (recipe.sources[0].column(role) for role in ("amount", "order_id"))
    return made, revenue, amount.name if amount else "", order.name if order else ""


@pytest.mark.parametrize(
    "headers",
    [
        "收款日期,收据号,合同编号,客户姓名,合同总价,款项,收款金额",
        "Date,Receipt,Contract no.,Customer,Contract total,Part,Amount received",
        "Datum,Beleg,Vertragsnummer,Kunde,Gesamtpreis,Art,Zahlung",
        "Fecha,Recibo,Número de contrato,Cliente,Total,Tipo,Cobrado",
    ],
)  # fmt: skip
def test_what_came_in_counts_and_the_price_on_each_receipt_is_offered_once(headers: str) -> None:
    _, _, _, _, price, _, paid = headers.split(",")
    made, revenue, amount, order = chosen(headers)
    assert (amount, order) == (paid, headers.split(",")[2])
    assert revenue == sum(sum(receipts(c)) for c in CONTRACTS)
    [one] = made
    other = next(other for other in one.alternatives if other.choice == price)
    assert one.is_guess and "receipts" in [note.code for note in one.evidence] and other.fix is not None
    assert other.effect["revenue"] == sum(PRICES)
    if price == "Contract total":
        recipe = apply_fix(judged(listed(headers))[2], other.fix)
        assert judged(listed(headers), recipe)[1] == pytest.approx(sum(PRICES))
    for language in ("en", "zh"):
        assert price in " ".join(evidence_sentences(one, Translator(language)))


def test_what_was_received_so_far_is_no_receipt_and_the_price_counts_once() -> None:
    headers = "Date,Receipt,Contract no.,Customer,Contract total,Part,Paid so far"
    rows = [
        f"2024-{1 + c % 6 + k:02d}-{3 + c:02d},R{c}-{k},K{c:03d},Kim Nr{c % 9}x,{PRICES[c]}.00,Part {k},"
        f"{PRICES[c] * (k + 1) / 3:.2f}"
        for c in CONTRACTS for k in range(3)
    ]  # fmt: skip
    _, revenue, _ = judged(read_file("\n".join([headers, *rows]).encode(), name="x.csv"))
    assert revenue == pytest.approx(sum(PRICES))


def test_the_price_of_a_month_is_none_of_what_came_in_month_after_month() -> None:
    rows = [
        f"2024-0{1 + k}-05,K{c},Kim Nr{c}x,{30 + c}.00,{25 + c + (3 * k + c) % 5}.00"
        for c in CONTRACTS
        for k in range(6)
    ]
    paid = sum(25 + c + (3 * k + c) % 5 for c in CONTRACTS for k in range(6))
    for headings in ("Date,Subscription no.,Customer,Plan total,Paid", "日期,合同号,客户姓名,月租总价,收款金额"):
        revenue = judged(read_file("\n".join([headings, *rows]).encode(), name="x.csv"))[1]
        assert revenue in (paid, 6 * sum(30 + c for c in CONTRACTS))


def test_one_fee_that_is_due_each_month_is_no_price_of_a_contract() -> None:
    rows = [f"2024-0{1 + k}-05,K{c},Kim Nr{c}x,{30 + c}.00,{30 + c}.00" for c in CONTRACTS for k in range(4)]
    tables = read_file("\n".join(["Date,Contract no.,Customer,Total,Paid", *rows]).encode(), name="x.csv")
    assert judged(tables)[1] == 4 * sum(30 + c for c in CONTRACTS)


def test_a_plan_with_its_price_that_many_pay_is_no_contract() -> None:
    rows = [
        f"2024-0{1 + i % 9}-{1 + i % 28:02d},I{i},Kim Nr{i % 9}x,Gold {i % 4},{30 + 10 * (i % 4)}.00,{20 + i % 7}.50"
        for i in range(48)
    ]
    tables = read_file("\n".join(["Date,Invoice no.,Customer,Plan,Plan price,Paid", *rows]).encode(), name="x.csv")
    order = judged(tables)[2].sources[0].column("order_id")
    assert order is not None and order.name == "Invoice no."
