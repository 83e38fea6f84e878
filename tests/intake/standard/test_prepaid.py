"""Visits that were paid before are orders, their money came in with the pass; gifts and trials are nothing."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.intake.decision import Decision
from analysis.intake.fixes import AnyFix, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import evidence_sentences, guess_line
from analysis.intake.judging.quality import quality
from analysis.intake.judging.words import finding_sentence
from analysis.intake.questions import chosen_lines, monthly, purchase_histories
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import StandardTables
from analysis.mapping import suggest_recipe
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.overview.words import answer
from analysis.profiles.build import build_profiles
from texts import Translator

PEOPLE, MONTHS = 8, 8
ORDERS = PEOPLE * MONTHS
REVENUE = sum(120 + i for i in range(PEOPLE))
# Heading, what was sold, what was used, and the ways to pay of both: sure by the way to pay in three languages.
SAID = [
    ("Order No,Date,Customer,Product,Amount,Payment", "10-visit pass", "Yoga class", "card", "Pass"),
    ("Order No,Date,Customer,Product,Amount,Payment", "Voucher 120", "Facial", "cash", "Gift card"),
    ("Order No,Date,Customer,Product,Amount,Payment", "Credits", "Class", "card", "Class credit"),
    ("订单号,日期,会员号,商品,金额,支付方式", "十次卡", "理疗", "微信支付", "次卡"),
    ("订单号,日期,会员号,商品,金额,支付方式", "储值卡充值", "洗车", "支付宝", "余额支付"),
    ("订单号,日期,会员号,商品,金额,支付方式", "储值卡", "洗发", "现金", "储值卡消费"),
    ("Auftrag,Datum,Kunde,Artikel,Betrag,Zahlart", "10er-Karte", "Kurs", "bar", "Guthaben"),
]


def table(head: str, sold: str, used: str, paid: str, before: str) -> str:
    cells = (
        (f"R{i}{m}", f"2024-{m:02d}-{11 + i}", f"K{i}", sold if m == 1 else used, 120 + i if m == 1 else 0,
         paid if m == 1 else before)
        for i in range(PEOPLE) for m in range(1, MONTHS + 1)
    )  # fmt: skip
    return "\n".join([head, *(",".join(map(str, row)) for row in cells)])


def judged(text: str, fix: AnyFix | None = None) -> tuple[list[Decision], StandardTables]:
    tables = read_file(text.encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    recipe = apply_fix(recipe, fix) if fix else recipe
    standard = standardise(tables, recipe)
    return [one for one in decisions(tables, guesses, recipe, standard) if one.subject == "prepaid"], standard


def totals(standard: StandardTables) -> tuple[int, float, int]:
    found = chosen_lines(standard, date(2025, 1, 1), {}).totals()
    assert found.revenue is not None
    return found.orders, found.revenue, found.paid


@pytest.mark.parametrize("said", SAID)
def test_what_a_pass_pays_is_a_visit_whose_money_came_in_with_the_pass(said: tuple[str, ...]) -> None:
    [one], standard = judged(table(*said))
    assert totals(standard) == (ORDERS, REVENUE, PEOPLE)
    assert (one.choice, one.is_guess, one.effect["orders"], one.effect["revenue"]) == ("visits", False, ORDERS, REVENUE)
    [other] = one.alternatives
    assert other.effect == {"buyers": PEOPLE, "orders": PEOPLE, "revenue": REVENUE}
    assert totals(judged(table(*said), other.fix)[1]) == (PEOPLE, REVENUE, PEOPLE)


def test_a_visit_that_names_the_pass_needs_no_way_to_pay() -> None:
    head = "Auftrag,Datum,Kunde,Artikel,Betrag,Ort"
    [one], standard = judged(table(head, "10er-Karte", "Kurs 10er-Karte", "Ost", "Ost"))
    assert totals(standard) == (ORDERS, REVENUE, PEOPLE) and not one.is_guess


@pytest.mark.parametrize(("sold", "used"), [("10er-Karte", "Kurs"), ("Class pass 10", "Yoga"), ("课包", "瑜伽")])
def test_whoever_bought_a_pass_before_comes_on_it_which_is_marked(sold: str, used: str) -> None:
    [one], standard = judged(table("Order No,Date,Customer,Product,Amount,Place", sold, used, "East", "East"))
    assert totals(standard) == (ORDERS, REVENUE, PEOPLE) and one.is_guess and not one.is_question
    assert one.alternatives[0].effect["orders"] == PEOPLE


def test_a_way_to_pay_of_which_no_row_has_money_is_one_that_was_paid_before_which_is_marked() -> None:
    [one], standard = judged(table("Order No,Date,Customer,Product,Amount,Payment", "Start", "Yoga", "card", "K7"))
    assert totals(standard) == (ORDERS, REVENUE, PEOPLE) and one.is_guess
    assert one.evidence[0].code == "prepaid_means_of_nothing"


def test_where_nothing_tells_it_is_marked_and_counts_when_chosen() -> None:
    text = table("Order No,Date,Customer,Product,Amount,Place", "Flex", "Yoga", "East", "East")
    [one], standard = judged(text)
    assert totals(standard) == (PEOPLE, REVENUE, PEOPLE) and (one.choice, one.is_guess) == ("paid_only", True)
    [other] = one.alternatives
    [then], standard = judged(text, other.fix)
    assert totals(standard) == (other.effect["orders"], other.effect["revenue"], PEOPLE) == (ORDERS, REVENUE, PEOPLE)
    assert not then.is_guess and [each.choice for each in then.alternatives] == ["paid_only"]


@pytest.mark.parametrize("used", ["Free trial", "Probestunde", "赠送体验", "Complimentary class"])
def test_what_is_given_away_is_no_visit(used: str) -> None:
    made, standard = judged(table("Order No,Date,Customer,Product,Amount,Place", "10-visit pass", used, "East", "East"))
    assert not made and totals(standard) == (PEOPLE, REVENUE, PEOPLE)


def test_a_gift_beside_what_was_bought_is_a_line_of_its_order() -> None:
    rows = "".join(
        f"R{i}{m},2024-0{m}-11,K{i},10-visit pass,50,card\nR{i}{m},2024-0{m}-11,K{i},Towel,0,card\n"
        for i in range(PEOPLE) for m in range(1, 5)
    )  # fmt: skip
    made, standard = judged("Order No,Date,Customer,Product,Amount,Payment\n" + rows)
    assert not made and totals(standard) == (4 * PEOPLE, 200.0 * PEOPLE, 4 * PEOPLE)


def test_visits_count_for_days_and_orders_and_no_average_is_divided_by_them() -> None:
    _, standard = judged(table(*SAID[0]))
    profiles = build_profiles(standard)
    found = profiles.customers.set_index("customer_id")
    assert found["n_orders"].tolist() == [MONTHS] * PEOPLE and found["spend"].sum() == REVENUE
    assert found["average_order_value"].tolist() == found["spend"].tolist()
    assert found["recency_days"].tolist() == list(range(PEOPLE, 0, -1))
    result = overview(standard, profiles, OverviewParams())
    assert (result.prepaid, result.figure("orders").value) == (ORDERS - PEOPLE, ORDERS)
    assert result.figure("average_order_value").value == REVENUE / PEOPLE
    assert "56 visits were paid before" in answer(result, Translator("en"))
    assert "56 次到店" in answer(result, Translator("zh"))
    assert (
        not result.over_time["revenue"].isna().any() and not monthly(standard, date(2025, 1, 1))["revenue"].isna().any()
    )


def test_what_a_customer_is_worth_is_told_from_the_days_that_brought_money() -> None:
    _, standard = judged(table(*SAID[0]))
    past = purchase_histories(standard, date(2024, 12, 31), 30)
    assert past["days"].tolist() == [1.0] * PEOPLE and past["mean"].isna().all()


def test_it_is_said_in_both_languages_and_can_be_undone() -> None:
    tables = read_file(table(*SAID[3]).encode(), name="x.csv")
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    standard = standardise(tables, recipe)
    [found] = [one for one in quality(tables, guesses, recipe, standard).findings if one.code == "visits_prepaid"]
    assert found.status == "fixed" and found.undo is not None
    [one] = [one for one in decisions(tables, guesses, recipe, standard) if one.subject == "prepaid"]
    for language in ("en", "zh"):
        t = Translator(language)
        for said in (finding_sentence(found, t), *evidence_sentences(one, t)):
            assert "56" in said
        assert str(PEOPLE) in guess_line(one, t)
