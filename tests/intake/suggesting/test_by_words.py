"""Columns that no header names become states, or types of rows, by their words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analysis.intake.suggesting.by_words import says_it
from tests.intake.standard.worth.test_money import figures, read


def orders(header: str, words: tuple[str, ...], *, by_customer: bool = False) -> str:
    """Write 40 orders of 10.00 by 8 customers, of which every tenth has the second word, every other the first."""
    undone = [i % 8 >= 5 if by_customer else i % 10 == 4 for i in range(40)]
    return f"Order no,Order date,Customer no,Amount,{header}\n" + "".join(
        f"O{i},2026-03-{i % 28 + 1:02d},C{i % 8},10.00,{words[gone]}\n" for i, gone in enumerate(undone)
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Foo", ("Completed", "Cancelled")), ("Outcome", ("Completed", "Refunded")),
        ("gateway_result", ("captured", "charged back")), ("Stato evasione", ("Spedito", "Annullato")),
        ("승인구분", ("승인", "취소")), ("Fulfilment", ("delivered", "Returned to sender")),
        ("结果", ("交易成功", "已取消")),
    ],
)  # fmt: skip
def test_orders_undone_by_their_words_count_for_nothing_whatever_the_header(
    header: str, words: tuple[str, ...]
) -> None:
    assert figures(read(o=orders(header, words))[2])[2] == Decimal(36 * 10)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Doc", ("Invoice", "Credit")), ("Kind", ("Invoice", "Credit note")), ("Document type", ("INV", "CRN")),
        ("Art", ("Rechnung", "Gutschrift")), ("票", ("销售", "退货")),
    ],
)  # fmt: skip
def test_credits_are_negative_by_their_word_whatever_the_header(header: str, words: tuple[str, ...]) -> None:
    assert figures(read(o=orders(header, words))[2])[2] == Decimal((36 - 4) * 10)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Payment terms", ("Invoice", "Credit")), ("Size", ("M", "L")), ("Newsletter", ("yes", "no")),
        ("Foo", ("Completed", "Blue")),
    ],
)  # fmt: skip
def test_other_words_leave_the_orders_as_they_are(header: str, words: tuple[str, ...]) -> None:
    assert figures(read(o=orders(header, words))[2])[2] == Decimal(400)


def test_a_word_that_goes_with_the_customer_is_no_state_of_orders() -> None:
    assert figures(read(o=orders("Club", ("Active", "Cancelled"), by_customer=True))[2])[2] == Decimal(400)


def test_a_state_that_a_header_names_is_not_taken_from_another_column() -> None:
    rows = "".join(
        f"O{i},2026-03-{i % 28 + 1:02d},C{i % 8},10.00,Paid,{'Failed' if i % 10 == 4 else 'Delivered'}\n"
        for i in range(40)
    )
    text = "Order no,Order date,Customer no,Amount,Status,Text message\n" + rows
    assert figures(read(o=text)[2])[2] == Decimal(400)


def test_one_rare_word_may_be_unknown_and_no_more() -> None:
    assert says_it("states", "Foo", {"Completed": 80, "Cancelled": 12, "Sonstiges": 8})
    assert not says_it("states", "Foo", {"Completed": 60, "Cancelled": 12, "Sonstiges": 28})
    assert not says_it("states", "Foo", {"Completed": 97, "Cancelled": 1, "Blau": 1, "Rot": 1})
