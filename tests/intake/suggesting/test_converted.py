"""Money of several currencies beside the same in one of them: that one counts, where the rows prove which it is."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.guess import TableGuess
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe

N = 40
HEADS = [
    ("Gift,Email,Given At,Amount,Currency,Converted Amount,Processing Fee,Net Amount", {"USD": 1, "CAD": 0.72}),
    ("Beleg,E-Mail,Belegdatum,Betrag,Währung,Betrag in Hauswährung,Transaktionsgebühr,Netto", {"EUR": 1, "CHF": 1.05}),
    ("单号,邮箱,下单日期,金额,币种,折合金额,手续费,净额", {"CNY": 1, "USD": 7.1, "HKD": 0.92}),
]


def gifts(head: str, rates: dict[str, float], *, wild: bool = False) -> tuple[str, float]:
    rows, total = [], 0.0
    for i in range(N):
        code = "" if not rates else list(rates)[i % 3 % len(rates)]
        rate = rates[code] * (1 + (3 * (i % 2) if wild and rates[code] != 1 else 0.004 * (i % 3) * (rates[code] != 1)))
        money = 20.0 + 5 * i
        into, fee = round(money * rate, 2), round(money * 0.029 + 0.3, 2)
        total += into
        day = f"2025-0{1 + i % 9}-{1 + i % 28:02d}"
        rows.append(f"G{i},k{i % 11}@example.org,{day},{money:.2f},{code},{into:.2f},{fee:.2f},{money - fee:.2f}")
    return "\n".join([head, *rows]), total


def judged(text: str) -> tuple[TableGuess, Recipe, tuple[float, int], list[Decision]]:
    tables = read_file(text.encode(), name="gifts.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    ((revenue, n),) = standard.cursor().execute("SELECT sum(amount), count(*) FROM orders").fetchall()
    return guesses[0], recipe, (float(revenue), n), list(decisions(tables, guesses, recipe, standard))


@pytest.mark.parametrize(("head", "rates"), HEADS)
def test_what_was_converted_counts_for_all_rows_and_net_of_fees_does_not(head: str, rates: dict[str, float]) -> None:
    text, total = gifts(head, rates)
    guess, recipe, (revenue, n), made = judged(text)
    amount = guess.column("amount")
    assert amount is not None and amount.name == head.split(",")[5]
    assert (n, recipe.currency) == (N, next(iter(rates))) and revenue == pytest.approx(total)
    assert not [one for one in made if one.subject == "currency" and one.is_question]
    raw = head.split(",")[3]  # sums of several currencies are no reading of it
    assert not [one for one in made for other in one.alternatives if raw in other.choice.split(" ")[-1:]]


def test_where_the_rows_do_not_prove_it_the_currencies_are_asked_about() -> None:
    head, rates = HEADS[0]
    guess, _, _, made = judged(gifts(head, rates, wild=True)[0])
    assert guess.column("currency") is not None
    assert any(one.subject == "currency" and one.is_question for one in made)


def test_money_that_went_back_in_another_currency_is_not_mixed_with_what_was_converted() -> None:
    head, rates = HEADS[0]
    lines = gifts(head, rates)[0].splitlines()
    back = [f"{line},{'5.00' if i % 5 == 0 else '0.00'}" for i, line in enumerate(lines[1:])]
    guess, *_ = judged("\n".join([f"{lines[0]},Amount Refunded", *back]))
    assert guess.column("currency") is not None


@pytest.mark.parametrize(
    ("head", "chosen"),
    [
        ("Gift,Email,Given At,Amount,Memo,Cover,Platform Fee,Net Amount", "Amount"),
        ("Beleg,E-Mail,Belegdatum,Betrag,Notiz,Anteil,Transaktionsgebühr,Netto", "Betrag"),
        ("单号,邮箱,下单日期,金额,备注,份额,手续费,净额", "金额"),
    ],
)
def test_what_was_given_counts_before_the_fees_of_who_handled_the_payment(head: str, chosen: str) -> None:
    text = gifts(head, {"": 0.0})[0]
    amount = judged(text)[0].column("amount")
    assert amount is not None and amount.name == chosen
