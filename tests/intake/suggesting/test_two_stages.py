"""Appointments and their invoices tell the same sales: one of them counts."""

from __future__ import annotations

from datetime import date, timedelta

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix, inverse
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

BOOKED = [(date(2026, 1, 1) + timedelta(days=2 * i), f"P{100 + 7 * i % 11}", (48, 58, 75)[i % 3]) for i in range(60)]
EARLY = "Appointment,Date,Patient ID,Patient,Fee,Status\n" + "".join(
    f"A{i},{day:%d/%m/%Y},{who},Ann B{who[1:]},{fee},{'Cancelled' if i % 10 == 9 else 'Attended'}\n"
    for i, (day, who, fee) in enumerate(BOOKED)
)
KEPT = [one for i, one in enumerate(BOOKED) if i % 10 != 9]
MONEY = sum(fee for *_, fee in KEPT)


def late(days: int = 1, fee: int = 0) -> str:
    return "Invoice no.,Invoice date,Patient ID,Patient,Bill to,Amount\n" + "".join(
        f"I{i},{day + timedelta(days=days):%d/%m/%Y},{who},Ann B{who[1:]},{('Self', 'Bupa')[i % 2]},{money + fee}\n"
        for i, (day, who, money) in enumerate([*KEPT, (date(2026, 5, 1), "P101", 20)])
    )


def judged(second: str, recipe: Recipe | None = None) -> tuple[list[Decision], float, Recipe]:
    tables = [*read_file(EARLY.encode(), name="first.csv"), *read_file(second.encode(), name="second.csv")]
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    with standard.cursor() as cursor:
        [(money,)] = cursor.execute("SELECT sum(amount)::DOUBLE FROM orders").fetchall()
    made = decisions(tables, guesses, recipe, standard)
    return [one for one in made if one.subject == "drawdown"], money, recipe


def test_the_invoices_count_and_either_or_both_may_be_chosen() -> None:
    [one], money, recipe = judged(late())
    assert money == MONEY + 20 and (one.table, one.choice) == ("first.csv", "not_sold")
    assert one.evidence[0].facts["n"] == len(KEPT)
    assert [(other.choice, other.effect) for other in one.alternatives] == [
        ("instead", {"revenue": MONEY}), ("sold", {"revenue": 2 * MONEY + 20}),
    ]  # fmt: skip
    for other in one.alternatives:
        assert other.fix is not None
        chosen = apply_fix(recipe, other.fix)
        assert judged(late(), chosen)[:2] == ([], other.effect["revenue"])
        assert apply_fix(chosen, inverse(recipe, other.fix)) == recipe
    for language in ("en", "zh"):
        t = Translator(language)
        assert "second.csv" in evidence_sentences(one, t)[0] and "first.csv" in guess_line(one, t)


def test_other_money_or_days_are_other_sales() -> None:
    assert judged(late(days=40))[:2] == ([], 2 * MONEY + 20)
    assert judged(late(fee=1))[0] == []


def test_who_pays_is_not_the_name_of_the_patient() -> None:
    [invoices] = inspect(read_file(late().encode(), name="second.csv"))
    assert [(one.name, one.role) for one in invoices.columns if one.role == "name"] == [("Patient", "name")]
