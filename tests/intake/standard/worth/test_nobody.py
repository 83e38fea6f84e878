"""A name that a till writes for everybody is nobody, by its word or its shape; a phone lent to many is no key."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.standard.worth.nobody import nobody_words
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe, with_roles
from analysis.recipe import Recipe
from texts import Translator

HEAD = "Order No,Order Date,Customer,Phone,Amount\n"
NAMES = ("Ada Byrne", "Leo Fuchs", "Mia Orth", "Jan Vos", "Eva Lind", "Tom Reed")


@pytest.mark.parametrize(
    "word",
    [
        "consumidor", "não identificado", "cliente avulso", "laufkundschaft", "barverkauf", "passante",
        "cliente di passaggio", "cliente mostrador", "público general", "client comptoir", "klant balie",
        "klient detaliczny", "розничный покупатель", "店頭客", "일반고객", "散客", "路人", "门店顾客", "匿名",
    ],
)  # fmt: skip
def test_a_stand_in_is_known_by_its_word(word: str) -> None:
    assert word in nobody_words()


def shop(name: str, *, n: int = 12, phone: str = "", shared: str = "") -> str:
    rows = [
        f"R{i},2024-0{1 + i % 9}-11,{NAMES[i % 6]},{shared if shared and i % 2 else f'01711 55{i % 6}34'},10\n"
        for i in range(18)
    ]
    return HEAD + "".join(rows) + "".join(f"T{i},2024-05-{i + 1:02d},{name},{phone},7\n" for i in range(n))


def read(text: str, recipe: Recipe | None = None, **chosen: str) -> tuple[list[Decision], tuple[int, float], Recipe]:
    tables = read_file(text.encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = recipe or with_roles(suggest_recipe(guesses), tables, tables[0], {"Customer": "customer_id", **chosen})
    standard = standardise(tables, recipe)
    n, money = standard.cursor().execute("SELECT count(DISTINCT customer_id), sum(amount) FROM orders").fetchall()[0]
    made = [one for one in decisions(tables, guesses, recipe, standard) if one.subject in ("stand_in", "guests")]
    return made, (n, float(money)), recipe


def test_a_name_with_most_orders_and_never_a_phone_is_nobody_and_can_be_counted_as_one() -> None:
    text = shop("Schnellkasse")
    [one], found, recipe = read(text)
    assert found == (6, 180.0) and one.alternatives[0].effect == {"revenue": 264.0}
    for language in ("en", "zh"):
        t = Translator(language)
        assert "Schnellkasse" in evidence_sentences(one, t)[0] and "264" in guess_line(one, t)
    fix = one.alternatives[0].fix
    assert fix is not None
    assert read(text, apply_fix(recipe, fix))[:2] == ([], (7, 264.0))


def test_a_good_customer_stays_one() -> None:
    assert read(shop("Schnellkasse", n=8))[:2] == ([], (7, 236.0))  # not far more than the others
    assert read(shop("Schnellkasse", phone="0171 1"))[:2] == ([], (7, 264.0))  # left a phone


def test_a_phone_on_the_orders_of_many_names_tells_nobody_apart() -> None:
    people = "".join(f"S{i},2024-06-11,Gast Nr{i % 7},0800 705 3040,5\n" for i in range(14))
    own = "".join(f"P{i},2024-06-11,Pat Nr{i % 8},0171 44{i % 8},5\n" for i in range(16))
    [one], found, _ = read(HEAD + people + own, Customer="name", Phone="customer_id")
    assert one.choice == "Customer" and found == (15, 150.0)
