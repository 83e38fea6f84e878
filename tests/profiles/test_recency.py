"""Days since the last order that are counted below zero, or the other way round, are noticed."""

from __future__ import annotations

from analysis.intake.reading.read import read_file
from tests.unsegmented import run_unsegmented


def summary_of(recency) -> str:
    return "member id,recency,frequency,monetary\n" + "".join(
        f"{n},{recency(n)},{n % 9 + 1},{n * 11 + 40}\n" for n in range(1, 61)
    )


def profiles_of(text: str):
    return run_unsegmented(read_file(text.encode(), name="rfm.csv")).profiles


def test_days_below_zero_are_turned_round_and_that_is_said() -> None:
    found = profiles_of(summary_of(lambda n: -n))
    by_id = found.customers.set_index("customer_id")["recency_days"]
    assert (by_id["1"], by_id["60"]) == (1, 60)
    [note] = [note for note in found.notes if note.code == "recency_negative"]
    assert (note.facts["least"], note.facts["most"]) == (-60, -1)


def test_days_that_grow_with_the_orders_are_said_to_be_odd() -> None:
    found = profiles_of(summary_of(lambda n: n % 9 * 30 + n % 4))
    assert "recency_reversed" in [note.code for note in found.notes]


def test_usual_days_are_left_alone() -> None:
    found = profiles_of(summary_of(lambda n: 300 - n % 9 * 30 + n % 5))
    assert not [note for note in found.notes if note.code.startswith("recency_")]
