"""Kinds of rows whose words nobody knows are asked about, with the rows and the money of each word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from texts import Translator

N = 20


def sheet(header: str, words: Callable[[int], str], sign: int = 1) -> Sequence[RawTable]:
    rows = [
        f"R{i},2024-01-{1 + i:02d},C{i % 4},{words(i)},{(sign if i % 5 == 4 else 1) * (10 + i)}.00" for i in range(N)
    ]
    return read_file("\n".join([f"Order ID,Order date,Customer ID,{header},Amount", *rows]).encode(), name="x.csv")


def asked(tables: Sequence[RawTable], recipe: Recipe | None = None) -> tuple[list[Decision], float, Recipe]:
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    made = decisions(tables, guesses, recipe, standard)
    (revenue,) = standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0]
    return [one for one in made if one.subject == "row_type" and one.is_guess], float(revenue), recipe


ALL = sum(10 + i for i in range(N))
SOME = sum(10 + i for i in range(N) if i % 5 == 4)


@pytest.mark.parametrize(
    ("header", "often", "seldom"),
    [
        ("Type", "S", "V"), ("Typ", "Typ A", "Typ B"), ("Art", "Reparatur", "Garantie"), ("Tipo", "Venta", "Cambio"),
        ("Nature", "Réparation", "Garantie"), ("Вид", "Ремонт", "Гарантия"), ("类型", "维修", "保修"),
        ("種別", "修理", "保証"),
        ("Rodzaj", "Naprawa", "Gwarancja"), ("Kind", "R", "W"),
    ],
)  # fmt: skip
def test_a_kind_that_nobody_knows_is_asked_with_rows_and_money(header: str, often: str, seldom: str) -> None:
    tables = sheet(header, lambda i: seldom if i % 5 == 4 else often)
    [one], revenue, recipe = asked(tables)
    assert one.is_question and revenue == ALL
    assert one.effect["kinds"][seldom] == {"rows": N // 5, "revenue": SOME}
    assert one.evidence[0].facts["doubted"] == seldom
    for alternative, expected in zip(one.alternatives, (ALL - SOME, ALL - 2 * SOME), strict=True):
        assert alternative.effect["revenue"] == expected and alternative.fix is not None
        left, then, _ = asked(tables, apply_fix(recipe, alternative.fix))
        assert (left, then) == ([], expected)
    assert asked(tables, accept(recipe, one.id))[0] == []
    for language in ("en", "zh"):
        t = Translator(language)
        assert header in guess_line(one, t) and seldom in evidence_sentences(one, t)[0]


@pytest.mark.parametrize(
    ("header", "sale", "back"),
    [
        ("Vorgang", "Verkauf", "Rückgabe"), ("Tipo", "Venta", "Devolución"), ("Type", "Vente", "Retour"),
        ("Tipo", "Vendita", "Reso"),
        ("Soort", "Verkoop", "Teruggave"), ("Вид", "Продажа", "Возврат"), ("Tür", "Satış", "İade"),
        ("類型", "销售", "退货"), ("種別", "販売", "返品"), ("구분", "판매", "반품"),
        ("نوع", "بيع", "مرتجع"), ("Typ", "Försäljning", "Retur"),
        ("Druh", "Prodej", "Vrácení"),
    ],
)  # fmt: skip
def test_words_that_are_known_take_sales_back_unasked(header: str, sale: str, back: str) -> None:
    made, revenue, _ = asked(sheet(header, lambda i: back if i % 5 == 4 else sale))
    assert (made, revenue) == ([], ALL - 2 * SOME)


def test_rows_that_say_with_their_sign_what_they_are_are_not_asked_about() -> None:
    made, revenue, _ = asked(sheet("Type", lambda i: "V" if i % 5 == 4 else "S", sign=-1))
    assert (made, revenue) == ([], ALL - 2 * SOME)


@pytest.mark.parametrize("header", ["Channel", "Kind", "Category", "Size"])
def test_kinds_of_articles_and_channels_are_no_kinds_of_rows(header: str) -> None:
    assert asked(sheet(header, lambda i: ("Haircut", "Colour", "Beard")[i % 3]))[0] == []
