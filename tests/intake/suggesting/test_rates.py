"""A column of rates turns money of several currencies into the main one, where its rows prove what it is."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import recipe_line
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

N = 30


def sheet(head: str, rates: dict[str, float], *, converted: bool = False) -> str:
    rows = []
    for i in range(N):
        code = list(rates)[i % len(rates)]
        rate, money = rates[code] * (1 if rates[code] == 1 else 1 + 0.002 * (i % 4)), 50.0 + 7 * i
        also = f",{money * rate:.2f}" if converted else ""
        rows.append(f"R{i},C{i % 7},2025-03-{1 + i % 28:02d},{money:.2f},{code},{rate:.4f}{also}")
    return "\n".join([head, *rows])


def read(text: str, recipe: Recipe | None = None) -> tuple[float, list[Decision], Recipe]:
    tables = read_file(text.encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    (revenue,) = standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0]
    made = [one for one in decisions(tables, guesses, recipe, standard) if one.is_guess]
    return float(revenue), made, recipe


def worth(text: str, divided: bool) -> float:
    rows = [row.split(",") for row in text.splitlines()[1:]]
    return sum(float(row[3]) * float(row[5]) ** (-1 if divided else 1) for row in rows)


@pytest.mark.parametrize(
    ("head", "rates", "divided", "unsure"),
    [
        ("单号,客户编号,日期,金额,币种,汇率", {"CNY": 1, "USD": 7.1, "EUR": 7.8}, False, False),
        ("Belegnr,Kunde,Datum,Betrag,Währung,Kurs", {"EUR": 1, "USD": 1.08, "CHF": 0.95}, True, True),
        ("Invoice,Customer,Date,Total,Currency,FX rate", {"GBP": 1, "JPY": 190.0}, True, False),
        ("Facture,Client,Date,Montant,Devise,Taux", {"EUR": 1, "USD": 0.92}, False, True),
    ],
)  # fmt: skip
def test_rates_that_rows_prove_are_used_and_marked_with_the_other_readings(
    head: str, rates: dict[str, float], divided: bool, unsure: bool
) -> None:
    text = sheet(head, rates)
    revenue, [one], recipe = read(text)
    assert revenue == pytest.approx(worth(text, divided), abs=0.01) == pytest.approx(one.effect["revenue"], abs=0.01)
    assert (one.subject, one.choice, recipe.currency) == ("currency", next(iter(rates)), next(iter(rates)))
    assert [other.choice for other in one.alternatives] == ["rates_other_way"] * unsure + ["only_main"]
    for other in one.alternatives:
        assert other.fix is not None
        assert read(text, apply_fix(recipe, other.fix))[0] == pytest.approx(other.effect["revenue"], abs=0.01)
        assert recipe_line(other.fix).startswith(f'sources[0].columns["{head.split(",")[5]}"].role')
    for language in ("en", "zh"):
        assert head.split(",")[5] in evidence_sentences(one, Translator(language))[0]
        assert one.choice in guess_line(one, Translator(language))


def test_the_main_currency_may_need_no_rate() -> None:
    text = sheet("Invoice,Customer,Date,Total,Currency,FX rate", {"EUR": 1, "PLN": 0.23})
    revenue, [one], recipe = read(text.replace(",1.0000", ","))
    assert (one.choice, recipe.currency) == ("EUR", "EUR") and revenue == pytest.approx(worth(text, divided=False))


def test_amounts_that_were_made_by_the_rates_are_not_turned_again() -> None:
    rates = {"CNY": 1, "USD": 7.1, "HKD": 0.92}
    text = sheet("单号,客户编号,日期,原币金额,币种,汇率,本位币金额", rates, converted=True)
    revenue, made, _ = read(text)
    assert revenue == pytest.approx(worth(text, divided=False), rel=1e-4) and not made


@pytest.mark.parametrize(
    ("head", "rates"),
    [
        ("Invoice,Customer,Date,Total,Currency,Tax rate", {"EUR": 19, "USD": 7}),
        ("Invoice,Customer,Date,Total,Currency,FX rate", {"EUR": 1, "JPY": 0.62}),  # for a hundred of them
    ],
)  # fmt: skip
def test_rates_that_no_row_proves_leave_several_currencies_a_question(head: str, rates: dict[str, float]) -> None:
    text = sheet(head, rates)
    [one] = read(text)[1]
    assert one.is_question and one.evidence[0].code == "several_currencies"
