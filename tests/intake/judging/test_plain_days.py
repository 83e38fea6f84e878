"""Where the day of an order is plain: a bill that was issued, fell due and was paid leaves no doubt about its day."""

from __future__ import annotations

import pytest

from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe

HEADS = (
    "Nº recibo,F. emisión,F. vencimiento,F. cobro,Cód. cliente,Importe",
    "Nr,Rechnungsdatum,Fällig am,Bezahlt am,Kundennr,Betrag",
    "Numer,Data wystawienia,Termin płatności,Data zapłaty,Nr klienta,Kwota",
)


@pytest.mark.parametrize("head", HEADS)
def test_days_on_which_a_bill_fell_due_or_was_paid_are_no_doubt(head: str) -> None:
    rows = [
        f"{n},2025-0{n % 9 + 1}-{n % 20 + 1:02d},2025-0{n % 9 + 1}-{n % 20 + 6:02d},2025-0{n % 9 + 1}-{n % 20 + 4:02d},"
        f"K{n % 9},{n + 20}.50"
        for n in range(60)
    ]
    tables = read_file("\n".join([head, *rows]).encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    found = decisions(tables, guesses, recipe, standardise(tables, recipe))
    day = guesses[0].column("order_date")
    assert day is not None and day.name == head.split(",")[1]
    assert not [one for one in found if one.subject == "date" and one.is_guess]
