"""Visits that a card paid for are no second sale; visits that are paid for are."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

SOLD = "Order No,Date,Member No,Card,Amount,Paid by\n" + "".join(
    f"G{i},2024-0{1 + i % 9}-11,M{i % 9},{(10, 20)[i % 2]} visits,{(100, 180)[i % 2]},card\n" for i in range(24)
)
USED = ("Date,Member No,Class,{head},Value\n", "2024-0{m}-20,M{who},Yoga,1,9.5\n")


def used(head: str, who: int = 0) -> str:
    return USED[0].format(head=head) + "".join(USED[1].format(m=1 + i % 9, who=who + i % 9) for i in range(40))


def judged(second: str, recipe: Recipe | None = None) -> tuple[list[Decision], float, Recipe]:
    tables = [*read_file(SOLD.encode(), name="sold.csv"), *read_file(second.encode(), name="second.csv")]
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    [(money,)] = standard.cursor().execute("SELECT sum(amount)::DOUBLE FROM orders").fetchall()
    made = decisions(tables, guesses, recipe, standard)
    return [one for one in made if one.subject == "drawdown"], money, recipe


TOTAL = 12 * 280.0


@pytest.mark.parametrize("head", ["Sessions used", "扣次", "Eingelöst"])
def test_what_is_used_of_a_card_is_no_second_sale_and_can_be_counted(head: str) -> None:
    [one], money, recipe = judged(used(head))
    assert money == TOTAL and one.choice == "not_sold" and one.alternatives[0].effect == {"revenue": TOTAL + 380}
    for language in ("en", "zh"):
        t = Translator(language)
        assert "sold.csv" in evidence_sentences(one, t)[0] and "second.csv" in guess_line(one, t)
    fix = one.alternatives[0].fix
    assert fix is not None and judged(used(head), apply_fix(recipe, fix))[1] == TOTAL + 380


def test_other_sales_and_those_of_other_people_count() -> None:
    assert judged(used("Guests"))[:2] == ([], TOTAL + 380)
    assert judged(used("Sessions used", who=50))[:2] == ([], TOTAL + 380)
