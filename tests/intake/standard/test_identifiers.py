"""Identifiers that a spreadsheet has destroyed, that are masked, or that differ by spelling alone are reported."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges
from analysis.study import prepare, suggest


def notes(ids: list[str], merges: Merges | None = None, column: str = "customer id") -> dict[str, dict]:
    text = f"{column},order date,amount\n" + "".join(
        f"{one},2024-01-{place % 28 + 1:02d},5\n" for place, one in enumerate(ids)
    )
    tables = read_file(text.encode(), name="o.csv")
    found = prepare(tables, suggest(tables), merges=merges).standard.notes
    return {note.code: note.facts for note in found}


def test_scientific_notation_is_lost() -> None:
    facts = notes(["6.9E+12", "6.9E+12", "77E5", *(f"A{place}" for place in range(20))])["digits_lost"]
    assert facts == {"table": "o.csv", "column": "customer id", "n": 2, "example": "6.9E+12"}


def test_long_numbers_that_all_end_in_zeros_are_lost() -> None:
    assert notes(["690123456789012000", "690123456789013000", "5"])["digits_lost"]["n"] == 2


@pytest.mark.parametrize(
    "ids",
    [
        [f"69012345678901{place:02d}" for place in range(40)],  # 16 digits: one in ten ends in zero
        ["690123456789012345", "C-1"],
        ["1200000000000", "90"],
    ],
)
def test_long_numbers_as_they_are_given_raise_no_alarm(ids: list[str]) -> None:
    assert "digits_lost" not in notes(ids)


def test_masked_ids_are_counted() -> None:
    facts = notes(["*******528", "*******528", "*******530", "a"])["masked_ids"]
    assert (facts["n"], facts["n_ids"], facts["example"]) == (3, 2, "*******528")


def test_ids_that_differ_by_spelling_alone_are_near_until_they_are_merged() -> None:
    ids = ["C001", "c 001", "00123", "123", "other"]
    facts = notes(ids)["near_duplicate_ids"]
    assert (facts["groups"], facts["n"], facts["first"], facts["second"]) == (2, 4, "00123", "123")
    merges = Merges().decide([("C001", "c 001"), ("00123", "123")], "same")
    assert "near_duplicate_ids" not in notes(ids, merges)


def test_phone_as_an_example_is_masked() -> None:
    facts = notes(["013800138001", "13800138001", "13900139002"])["near_duplicate_ids"]
    assert "138****8001" in (facts["first"], facts["second"])


@pytest.mark.parametrize(
    ("codes", "kept"),
    [(["NA", "NB", "NC", "ND"], True), (["NA", "K1", "K2", "K3"], False), (["n/a", "NB", "NC"], False)],
)
def test_na_among_codes_of_two_letters_is_a_customer_and_elsewhere_nobody(codes: list[str], kept: bool) -> None:
    orders = "customer id,order date,amount\n" + "".join(
        f"{codes[i % len(codes)]},2024-01-{i % 28 + 1:02d},5\n" for i in range(24)
    )
    members = "customer id,level\n" + "".join(f"{code},gold\n" for code in codes)
    tables = [*read_file(orders.encode(), name="o.csv"), *read_file(members.encode(), name="m.csv")]
    customers = prepare(tables, suggest(tables)).profiles.customers
    found = set(customers["customer_id"])
    assert (codes[0] in found, found >= set(codes[1:])) == (kept, True)
    assert int(customers["n_orders"].sum()) == (24 if kept else 24 - 24 // len(codes))
