"""Rows that were not paid, and vouchers that were sold, count and are marked with what is left without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import AnyFix, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import answers, evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe
from texts import Translator

N, EVERY = 40, 8
UNPAID = sum(10 + i + 0.5 for i in range(N) if i % EVERY == 3)
ALL = sum(10 + i + 0.5 for i in range(N))
HEAD = "Order ID,Customer ID,Order date,Total"
PAID = [
    ("Paid", "Y", "N"), ("bezahlt", "ja", "nein"), ("已付款", "是", "否"), ("Payée", "Oui", "Non"),
    ("Pago?", "Sim", "Não"),
    ("Оплачено", "да", "нет"), ("is_paid", "true", "false"), ("paid", "1", "0"), ("已结清", "是", "否"),
    ("入金済み", "○", "×"),
    ("Unpaid", "", "x"), ("offen", "nein", "ja"), ("Paid on", "2024-02-01", ""), ("Fecha de pago", "2024-02-01", ""),
    ("收款日期", "2024-02-01", ""),
]  # fmt: skip


def rows(header: str, cell: Callable[[int], str]) -> bytes:
    lines = [
        f"R{i},K{i % 7},2024-0{1 + i % 9}-{1 + i % 28:02d},{10 + i}.50,{cell(i)}" for i in range(N)
    ]  # fmt: skip
    return "\n".join([f"{HEAD},{header}", *lines]).encode()


def judged(content: bytes, fix: AnyFix | None = None) -> tuple[list[Decision], int, float]:
    tables = read_file(content, name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    recipe = apply_fix(recipe, fix) if fix else recipe
    standard = standardise(tables, recipe)
    made = decisions(tables, guesses, recipe, standard)
    [(n, money)] = standard.cursor().sql("SELECT count(*), sum(amount) FROM orders").fetchall()
    told = [one for one in made if one.subject in ("unpaid", "voucher", "left_out")]
    return told, int(n), float(money)


def unpaid(header: str, yes: str, no: str) -> tuple[list[Decision], int, float]:
    return judged(rows(header, lambda i: no if i % EVERY == 3 else yes))


@pytest.mark.parametrize(("header", "yes", "no"), PAID)
def test_rows_that_were_not_paid_are_marked_with_their_money(header: str, yes: str, no: str) -> None:
    [one], n, money = unpaid(header, yes, no)
    assert (one.subject, one.is_guess, one.is_question, n, money) == ("unpaid", True, False, N, ALL)
    [other] = one.alternatives
    assert other.effect["revenue"] == pytest.approx(ALL - UNPAID)
    left, n, money = judged(rows(header, lambda i: no if i % EVERY == 3 else yes), other.fix)
    assert (left, n, money) == ([], N - N // EVERY, pytest.approx(ALL - UNPAID))


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Shipped", "Y", "N"), ("Commission paid", "Y", "N"), ("Deposit paid", "Y", "N"), ("Paid", "Y", "Y"),
        ("佣金已付", "是", "否"), ("Newsletter", "yes", "no"), ("Payment method", "Card", "Cash"),
    ],
)  # fmt: skip
def test_other_flags_and_rows_that_were_all_paid_are_not(header: str, yes: str, no: str) -> None:
    assert unpaid(header, yes, no)[0] == []


@pytest.mark.parametrize(
    ("order", "header", "good", "open_"),
    [("Rechnungsnummer", "Zahlstatus", "bezahlt", "offen"), ("Invoice no", "Status", "Paid", "Overdue"),
     ("发票号", "付款状态", "已付款", "未付款"), ("N° facture", "Statut", "Payée", "Impayée")],
)  # fmt: skip
def test_invoices_in_a_state_that_is_not_paid_yet_are_marked(order: str, header: str, good: str, open_: str) -> None:
    content = rows(header, lambda i: open_ if i % EVERY == 3 else good).replace(b"Order ID", order.encode(), 1)
    [one], n, money = judged(content)
    assert (one.subject, one.confidence, n, money) == ("unpaid", "middle", N, ALL)
    [left] = one.alternatives
    assert judged(content, left.fix)[1:] == (N - N // EVERY, pytest.approx(ALL - UNPAID))


@pytest.mark.parametrize(
    ("header", "sold", "other"),
    [
        ("Item", "Gift Card 50", "Haircut"), ("Artikel", "Geschenkgutschein 50 €", "Massage"),
        ("商品名称", "储值卡充值", "剪发"), ("Article", "Carte cadeau", "Soin"), ("Produto", "Vale-presente", "Corte"),
        ("商品名", "ギフトカード", "カット"),
    ],
)  # fmt: skip
def test_vouchers_that_were_sold_are_marked(header: str, sold: str, other: str) -> None:
    content = rows(header, lambda i: sold if i % EVERY == 3 else f"{other} {i % 2}")
    [one], n, money = judged(content)
    assert (one.subject, one.confidence, n, money) == ("voucher", "middle", N, ALL)
    [left] = one.alternatives
    assert judged(content, left.fix)[2] == pytest.approx(ALL - UNPAID)


def test_a_voucher_worth_next_to_nothing_and_what_is_bought_with_one_are_not() -> None:
    few = rows("Item", lambda i: "Gift voucher" if i == 0 else f"Tea {i % 2}").replace(b"10.50", b"1.50")
    assert judged(few)[0] == []
    assert judged(rows("Item", lambda i: f"Tea {i % 2}"))[0] == []


def test_both_are_said_in_both_languages_with_lines_to_paste() -> None:
    paid = unpaid("Paid", "Y", "N")[0][0]
    sold = judged(rows("Item", lambda i: "Gift card" if i % EVERY == 3 else f"Cut {i % 2}"))[0][0]
    for language, words in (("en", ("not paid", "Vouchers")), ("zh", ("未付款", "礼品卡"))):
        t = Translator(language)  # type: ignore[arg-type]
        assert words[0] in guess_line(paid, t) and words[1] in guess_line(sold, t)
        assert all("Paid" in one for one in evidence_sentences(paid, t))
    remark, line = [lines for _, lines in answers(paid, Translator("en"))][1].splitlines()
    assert line == 'sources[0].columns["Paid"].left_out: ["N"]'
    assert remark == "# Rows that say this in “Paid” are left out: N"


@pytest.mark.parametrize(
    ("open_", "sent"), [("Open", "Backordered"), ("Offen", "Teillieferung"), ("Abierto", "Entrega parcial")]
)
def test_open_beside_what_was_sent_in_part_is_sold_and_marked(open_: str, sent: str) -> None:
    content = rows("Status", lambda i: open_ if i % EVERY == 3 else sent)
    [one], n, money = judged(content)
    assert (one.subject, one.confidence, one.evidence[0].code, n, money) == ("unpaid", "middle", "waiting_rows", N, ALL)
    [left] = one.alternatives
    assert judged(content, left.fix)[1:] == (N - N // EVERY, pytest.approx(ALL - UNPAID))
    for language in ("en", "zh"):
        t = Translator(language)
        assert open_ in evidence_sentences(one, t)[0] and "Status" in guess_line(one, t)


@pytest.mark.parametrize(
    "others", [("Paid", "Shipped"), ("Paid", "Paid"), ("Shipped", "Overdue"), ("Delivered", "Shipped")]
)
def test_open_beside_words_of_paying_is_not_paid(others: tuple[str, str]) -> None:
    made, n, _ = judged(rows("Status", lambda i: "Open" if i % EVERY == 3 else others[i % 2]))
    assert made == [] and n < N


def test_a_word_that_leaves_out_most_of_the_money_is_asked() -> None:
    content = rows("Status", lambda i: "Completed" if i % EVERY == 3 else "Pending")
    [one], n, money = judged(content)
    assert (one.subject, one.choice, one.is_question, n, money) == ("left_out", "not_sold", True, N // EVERY, UNPAID)
    [counted] = one.alternatives
    assert counted.effect["revenue"] == pytest.approx(ALL)
    assert judged(content, counted.fix) == ([], N, ALL)
    for language in ("en", "zh"):
        assert "Pending" in evidence_sentences(one, Translator(language))[0]
    few, *_ = judged(rows("Status", lambda i: "Pending" if i % EVERY == 3 else "Completed"))
    assert few == []
