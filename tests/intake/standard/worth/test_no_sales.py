"""Rows that are no sales by what stands in them: top-ups that go back, and debts that are settled."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import suggest_recipe


def told(tables: list[RawTable], recipe: Recipe | None = None) -> tuple[float, Sequence[Decision], Recipe]:
    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    with standard.cursor() as cursor:
        money = float(cursor.execute("SELECT sum(amount) FROM orders").fetchall()[0][0])
    return money, decisions(tables, guesses, recipe, standard), recipe


@pytest.mark.parametrize(
    ("paid_in", "sold", "back", "gone"),
    [("充值", "消费", "退货", "退卡"), ("Top-up", "Sale", "Refund", "Top-up refund")],
)
def test_a_top_up_that_goes_back_is_no_return_of_a_sale(paid_in: str, sold: str, back: str, gone: str) -> None:
    kinds = [paid_in, sold, sold, sold, back, sold, gone, sold]
    sign = {back: -1, gone: -1}
    rows = [
        f"R{n},2026-03-{n % 27 + 1:02d},C{n % 5},{kinds[n % 8]},item {n % 3},{sign.get(kinds[n % 8], 1) * (20 + n)}"
        for n in range(40)
    ]
    money, _, recipe = told(
        read_file("\n".join(["no,date,customer id,type,item,amount", *rows]).encode(), name="a.csv")
    )
    assert money == sum(sign.get(kinds[n % 8], 1) * (20 + n) for n in range(40) if kinds[n % 8] in (sold, back))
    assert recipe.cleaning.return_types == ()
    [count] = [n for n in range(40) if kinds[n % 8] == gone][:1]
    assert count == 6  # and where nothing is paid in, the word takes a sale back as before
    without = [row.replace(f",{paid_in},", f",{sold},") for row in rows]
    money, _, _ = told(read_file("\n".join(["no,date,customer id,type,item,amount", *without]).encode(), name="a.csv"))
    assert money == sum(sign.get(kinds[n % 8], 1) * (20 + n) for n in range(40))


@pytest.mark.parametrize(
    ("heads", "kinds"),
    [
        ("日期,单据号,类型,客户号,商品,数量,单价,金额,欠款", ("现销", "赊销", "还款")),
        ("date,doc no,type,customer id,item,quantity,price,amount,owed", ("Sale", "Sale on account", "Settled")),
        (
            "Datum,Belegnr,Typ,Kundennr,Artikel,Menge,Preis,Betrag,Offen",
            ("Rechnung", "Verkauf", "Zahlungseingang"),
        ),
    ],
)
def test_rows_that_settle_what_was_sold_before_are_left_out_and_marked(heads: str, kinds: tuple[str, ...]) -> None:
    rows, sold = [], 0
    for n in range(40):
        if n % 5 == 4:
            rows.append(f"2026-03-{n % 27 + 1:02d},HK{n:03d},{kinds[2]},C{n % 4},,,,{50 + n},0")
        else:
            sold += 2 * (10 + n)
            what = f"tea {n % 3},2,{10 + n},{2 * (10 + n)}"
            rows.append(f"2026-03-{n % 27 + 1:02d},XS{n:03d},{kinds[n % 2]},C{n % 4},{what},{n}")
    tables = read_file("\n".join([heads, *rows]).encode(), name="a.csv")
    money, made, recipe = told(tables)
    assert money == sold
    [left] = [one for one in made if one.subject == "left_out"]
    assert (left.choice, left.evidence[0].facts["n"], left.effect["revenue"]) == ("not_sold", 8, sold)
    [other] = left.alternatives
    assert other.fix is not None
    assert told(tables, apply_fix(recipe, other.fix))[0] == other.effect["revenue"] > sold


def test_what_a_person_leaves_out_is_left_out_also_where_nothing_but_returns_is_left() -> None:
    kinds = ["Ladung", "Fuhre", "Return"]
    rows = [
        f"R{n},2026-03-{n % 27 + 1:02d},C{n % 5},{kinds[n % 3]},{(-1 if n % 3 == 2 else 1) * (20 + n)}"
        for n in range(30)
    ]
    tables = read_file("\n".join(["no,date,customer id,type,amount", *rows]).encode(), name="a.csv")
    _, _, recipe = told(tables)
    cleaning = recipe.cleaning.model_copy(update={"left_out_types": ("Ladung", "Fuhre")})
    money, _, _ = told(tables, recipe.model_copy(update={"cleaning": cleaning}))
    assert money == -sum(20 + n for n in range(30) if n % 3 == 2)
