"""Money paid in to be spent later, in a table beside the orders, is never added to them in silence."""

from __future__ import annotations

import pytest

from analysis.intake.decision import Decision, decision_dict
from analysis.intake.fixes import AnyFix, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from texts import Translator

N, LOADS = 60, 12
SPENT = sum(20.5 + i for i in range(N))
PAID_IN = 100.0 * LOADS
# orders' headings, those of the money paid in, its file, the payment from it, another payment
KINDS = [
    (
        "单号,消费时间,卡号,实收金额,支付方式",
        "充值单号,充值时间,卡号,充值金额,支付方式",
        "充值记录.csv", "会员卡", "微信",
    ),
    (
        "Order ID,Order date,Customer ID,Total,Payment method",
        "Ref,Date,Customer ID,Amount,Tender",
        "top-ups.csv", "Account balance", "Cash",
    ),
    (
        "Beleg-Nr.,Belegdatum,Kundennummer,Betrag,Zahlungsart",
        "Aufladung Nr.,Datum,Kundennummer,Aufladebetrag,Zahlungsart",
        "karten.csv", "Guthaben", "EC",
    ),
    (
        "Pedido,Fecha,ID cliente,Importe,Forma de pago",
        "Recibo,Fecha de recarga,ID cliente,Importe,Forma de pago",
        "b.csv", "Saldo", "Efectivo",
    ),
    (
        "N° commande,Date de commande,N° client,Montant,Mode de paiement",
        "N° reçu,Date,N° client,Montant,Mode de paiement",
        "rechargements.csv", "Carte prépayée", "CB",
    ),
    (
        "注文番号,注文日,会員番号,金額,支払方法",
        "番号,チャージ日,会員番号,チャージ金額,支払方法",
        "c.csv", "残高", "現金",
    ),
]  # fmt: skip


def table(headings: str, n: int, money: float, step: float, pay: tuple[str, str], start: str) -> bytes:
    rows = [
        f"{start}{i},2024-{1 + i % 9:02d}-{1 + i % 28:02d},K{i % 7:03d},{money + step * i:.2f},{pay[i % 2]}"
        for i in range(n)
    ]
    return "\n".join([headings, *rows]).encode()


def judged(place: int, fix: AnyFix | None = None, *, spent: bool = True) -> tuple[list[Decision], float, list[str]]:
    orders, loads, file, balance, other = KINDS[place]
    files = (
        ("a.csv", table(orders, N, 20.5, 1, (other, balance if spent else other), "A")),
        (file, table(loads, LOADS, 100, 0, (other, other), "L")),
    )
    tables = [one for name, content in files for one in read_file(content, name=name)]
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    recipe = apply_fix(recipe, fix) if fix else recipe
    standard = standardise(tables, recipe)
    made = decisions(tables, guesses, recipe, standard)
    [(money,)] = standard.cursor().sql("SELECT sum(amount) FROM orders").fetchall()
    found = quality(tables, guesses, recipe, standard).findings
    return [one for one in made if one.subject == "voucher"], float(money), [one.code for one in found]


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_what_orders_are_paid_from_is_no_sale_and_marked_with_both_readings(place: int) -> None:
    [one], money, found = judged(place)
    assert (one.choice, one.is_guess, one.is_question, money) == ("not_sold", True, False, SPENT)
    [other] = one.alternatives
    assert (other.choice, other.effect["revenue"]) == ("sold", SPENT + PAID_IN)
    assert found.count("voucher_guessed") == 1
    left, money, _ = judged(place, other.fix)
    assert (left, money) == ([], SPENT + PAID_IN)


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_where_no_order_is_paid_from_it_it_counts_and_a_line_of_the_recipe_leaves_it_out(place: int) -> None:
    [one], money, _ = judged(place, spent=False)
    assert (one.choice, one.is_guess, money) == ("sold", True, SPENT + PAID_IN)
    [other] = one.alternatives
    assert decision_dict(one)["alternatives"][0]["answer"] == "sources[1].kind: ignore"
    assert (other.choice, other.effect["revenue"]) == ("not_sold", SPENT)
    left, money, _ = judged(place, other.fix, spent=False)
    assert (left, money) == ([], SPENT)


def test_money_paid_in_alone_and_orders_told_by_another_file_need_no_mark() -> None:
    orders, loads, file, balance, other = KINDS[1]
    for files in (
        [(file, table(loads, LOADS, 100, 0, (other, other), "L"))],
        [("a.csv", table(orders, N, 20.5, 1, (other, balance), "A")),
         ("b.csv", table("Ref,Date,Customer ID,Amount,Tender", N, 9, 1, (other, other), "B"))],
    ):  # fmt: skip
        tables = [one for name, content in files for one in read_file(content, name=name)]
        guesses = inspect(tables)
        recipe = suggest_recipe(guesses)
        made = decisions(tables, guesses, recipe, standardise(tables, recipe))
        assert not [one for one in made if one.subject == "voucher"]
        assert all(source.kind == "orders" for source in recipe.sources)


def test_a_file_of_cards_sold_in_the_columns_of_the_orders_is_a_source_of_its_own() -> None:
    orders, _, _, balance, other = KINDS[1]
    for pay, revenue in ((balance, SPENT), (other, SPENT + PAID_IN)):
        files = (
            ("a.csv", table(orders, N, 20.5, 1, (other, pay), "A")),
            ("gift_cards_sold.csv", table(orders, LOADS, 100, 0, (other, other), "L")),
        )
        tables = [one for name, content in files for one in read_file(content, name=name)]
        guesses = inspect(tables)
        recipe = suggest_recipe(guesses)
        standard = standardise(tables, recipe)
        made = decisions(tables, guesses, recipe, standard)
        assert [one.choice for one in made if one.subject == "voucher"] == ["not_sold" if pay == balance else "sold"]
        assert standard.cursor().sql("SELECT sum(amount)::DOUBLE FROM orders").fetchall() == [(revenue,)]


def test_it_is_said_in_both_languages() -> None:
    [one], _, _ = judged(0)
    for language, words in (
        ("en", ("left out", "counted in", "paid in advance")),
        ("zh", ("不计入", "计入金额", "预先充值")),
    ):
        t = Translator(language)  # type: ignore[arg-type]
        said = guess_line(one, t)
        assert words[0] in said and words[1] in said
        assert words[2] in " ".join(evidence_sentences(one, t))
