"""A number that stands on many days is that of a collective invoice: the delivery's is the order."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

DELIVERED = [
    (f"BL{i:04}", f"2026-0{1 + i // 12}-{1 + i % 12:02}", f"K{i % 6}", f"F{i // 12}-{i % 6}") for i in range(36)
]


def judged(text: str, recipe: Recipe | None = None) -> tuple[int, list[Decision], Recipe]:
    tables = read_file(text.encode(), name="a.csv")
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    with standard.cursor() as cursor:
        [(n,)] = cursor.execute("SELECT count(DISTINCT order_id) FROM orders").fetchall()
    return n, [one for one in decisions(tables, guesses, recipe, standard) if one.subject == "order"], recipe


def sheet(fine: str, coarse: str, lines: int = 2) -> str:
    rows = [
        f"{paper},{day},{who},{bill},item {line},{9 + line}"
        for paper, day, who, bill in DELIVERED
        for line in range(lines)
    ]
    return f"{fine},Date,Customer no,{coarse},Product,Amount\n" + "\n".join(rows)


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize(("fine", "coarse"), [("N° BL", "N° facture"), ("Slip", "Invoice number"), ("xq", "订单号")])
def test_the_delivery_is_the_order_and_the_monthly_invoice_is_offered(fine: str, coarse: str, lines: int) -> None:
    text = sheet(fine, coarse, lines)
    n, [one], recipe = judged(text)
    assert n == len(DELIVERED) and (one.choice, one.effect) == (fine, {"orders": n})
    [other] = one.alternatives
    assert (other.choice, other.effect) == (coarse, {"orders": 18})
    assert other.fix is not None and judged(text, apply_fix(recipe, other.fix))[0] == 18
    for language in ("en", "zh"):
        assert coarse in evidence_sentences(one, Translator(language))[0]


def test_lines_of_an_order_of_one_day_are_no_orders() -> None:
    rows = [f"L{i:03},2026-01-{1 + i // 4:02},K{i // 4 % 5},B{i // 4},x,9" for i in range(80)]
    assert judged("Line,Date,Customer no,Invoice number,Product,Amount\n" + "\n".join(rows))[:2] == (20, [])
