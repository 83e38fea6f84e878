"""What a file says plainly is neither asked nor marked: states of nearly all rows, parts of a total, ways to pay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.intake.judging.test_said_of_orders import judged
from tests.intake.judging.test_what_rows_lead_to import revenue_of, sums

N = 100


def rows(head: str, *cells: str | Callable[[int], str]) -> str:
    """Write rows of an order each; a cell is a text with blanks, or a function of the place of the row."""
    said = [head]
    for i in range(N):
        facts = {"i": i, "k": i % 9, "day": f"2025-{1 + i // 20:02d}-{1 + i % 27:02d}", "sum": 20 + 3.25 * i}
        said.append(",".join(cell.format(**facts) if isinstance(cell, str) else cell(i) for cell in cells))
    return "\n".join(said)


def of_state(head: str, most: str, other: str, n: int, money: str = "{sum:.2f}") -> str:
    few = range(30, 30 + n)
    return rows(
        head, "R{i}", "{day}", "C{k}", lambda i: "0.50" if i in few and money == "little" else f"{20 + 3.25 * i:.2f}",
        lambda i: other if i in few else most,
    )  # fmt: skip


HEADS = ["Order,Date,Customer ID,Total,Status", "单号,日期,客户编号,金额,状态", "Pedido,Data,Cliente,Valor,Situação"]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("other", ["Blonk", "Cancelled"])
def test_a_state_of_nearly_all_rows_is_how_orders_end_and_is_only_told(head: str, other: str) -> None:
    made, standard, _ = judged(of_state(head, "Zorped", other, 2, "little" if other == "Blonk" else ""))
    assert not [one for one in made if one.is_guess]
    assert revenue_of(standard) == pytest.approx(sum(20 + 3.25 * i for i in range(N) if i not in (30, 31)), abs=1.01)
    assert any(note.code == "state_of_most" for note in standard.notes)


@pytest.mark.parametrize("head", HEADS)
def test_beside_it_only_the_few_are_asked_about_with_the_money_that_they_make(head: str) -> None:
    text = of_state(head, "Zorped", "Blonk", 5)
    [one] = [one for one in judged(text)[0] if one.is_guess]
    assert one.is_question and list(one.effect["states"]) == ["Blonk"]
    assert one.effect["revenue"] == pytest.approx(sums(text, 3))
    [other] = one.alternatives
    assert other.effect["revenue"] == pytest.approx(sums(text, 3) - sum(20 + 3.25 * i for i in range(30, 35)))
    assert [one for one in judged(of_state(head, "Zorped", "Blonk", 20))[0] if "Zorped" in one.effect.get("states", ())]


@pytest.mark.parametrize(
    "head",
    [
        "Auftrag,Datum,Kunde,Fassung,Gläser,Gesamtpreis", "Job,Date,Customer ID,Labour,Material,Total",
        "Receipt,Date,Customer ID,Food,Drinks,Bill", "单号,日期,客户编号,镜架,镜片,合计",
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_parts_that_add_up_to_a_total_in_nearly_all_rows_need_no_mark(head: str, whole: bool) -> None:
    parts = [((30 + 7 * i % 90), (0 if i % 3 == 0 else 40 + 11 * i % 130)) for i in range(N)]
    whole = whole and not head.endswith("Bill")  # of whole numbers nobody knows that they are money
    cents = 0 if whole else 0.25
    write = "{:.0f}" if whole else "{:.2f}"
    text = rows(
        head, "R{i}", "{day}", "C{k}", lambda i: write.format(parts[i][0] + cents),
        lambda i: write.format(parts[i][1] + cents), lambda i: write.format(sum(parts[i]) + 2 * cents + (i == 50)),
    )  # fmt: skip
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 5)) and not [one for one in made if one.is_guess]


def test_a_discount_that_comes_off_the_parts_of_a_total_needs_no_mark() -> None:
    parts = [((30.25 + 7 * i % 90), (40.75 + 11 * i % 130), 10 if i % 4 == 0 else 0) for i in range(N)]
    text = rows(
        "Job,Date,Customer ID,Labour,Parts,Discount,Total", "R{i}", "{day}", "C{k}", lambda i: f"{parts[i][0]:.2f}",
        lambda i: f"{parts[i][1]:.2f}", lambda i: f"{parts[i][2]:.2f}",
        lambda i: f"{parts[i][0] + parts[i][1] - parts[i][2]:.2f}",
    )  # fmt: skip
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 6)) and not [one for one in made if one.is_guess]


@pytest.mark.parametrize(
    ("head", "ways"),
    [
        ("Bon,Datum,Kunde,Betrag,Zahlart", ("Bar", "EC", "Gutschein")),
        ("单号,日期,会员号,金额,类型", ("微信", "现金", "储值卡")),
        ("Receipt,Date,Customer ID,Total,Kind", ("Cash", "Card", "Gift card")),
    ],
)
def test_a_gift_card_among_ways_to_pay_was_not_sold(head: str, ways: tuple[str, ...]) -> None:
    text = rows(head, "R{i}", "{day}", "C{k}", "{sum:.2f}", lambda i: ways[i % 3])
    made, standard, _ = judged(text)
    assert revenue_of(standard) == pytest.approx(sums(text, 3)) and not [one for one in made if one.is_guess]


@pytest.mark.parametrize(
    "head",
    ["单号,日期,客户编号,金额,本次收款", "Invoice no,Date,Customer ID,Invoice amount,Amount paid"],
)
def test_what_was_billed_and_what_was_paid_are_marked_where_it_matters_alone(head: str) -> None:
    for every, guesses in ((10, 1), (60, 0)):
        paid = lambda i, every=every: f"{(20 + 3.25 * i) * (0.5 if i % every == 9 else 1):.2f}"  # noqa: E731
        made, *_ = judged(rows(head, "R{i}", "{day}", "C{k}", "{sum:.2f}", paid))
        assert len([one for one in made if one.is_guess]) == guesses
