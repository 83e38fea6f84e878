"""The card of one customer, worked by hand: rhythm, worth and what to do; and how a customer is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.customer.card import customer_card
from analysis.customer.search import find_customers
from analysis.customer.words import answer, next_step
from analysis.overview.actions import ACTIONS
from analysis.overview.pace import lifecycle_of
from analysis.profiles.result import Feature, Profiles
from texts import LANGUAGES, Translator, catalogue

DAY = date(2024, 7, 1)
HEADER = "customer id,order id,order date,product,amount"


def lines() -> list[tuple[object, ...]]:
    """Anna orders 50 worth every 30 days until June, Bert stopped in January, Carl ordered once, the others fill up."""
    rows: list[tuple[object, ...]] = []
    for month in range(1, 7):
        rows.append(("Anna", f"a{month}", f"2024-{month:02}-01", "tea", 30))
        rows.append(("Anna", f"a{month}", f"2024-{month:02}-01", "mug", 20))
    rows += [("Bert", f"b{i}", day, "tea", 400) for i, day in enumerate(("2023-11-01", "2023-12-01", "2024-01-01"))]
    rows += [("Carl", "c1", "2024-06-10", "tea", 5), ("Anna", "a7", "2024-06-12", "mug", -20)]
    for i in range(40):
        rows += [(f"D{i:02}", f"d{i}.{month}", f"2024-{month:02}-{1 + i % 28:02}", "tea", 60) for month in range(1, 7)]
    rows.append(("D00", "last", "2024-06-30", "tea", 60))
    return rows


@pytest.fixture
def card_of(study_of):
    prepared = study_of(lines(), HEADER)
    lifecycle = lifecycle_of(prepared.profiles, prepared.standard)
    ids = prepared.profiles.customers["customer_id"].tolist()

    def card(name, goal=None):
        return customer_card(prepared.profiles, lifecycle, ids.index(name), goal=goal)

    return card


def test_a_card_tells_rhythm_and_what_to_do(card_of):
    anna = card_of("Anna")
    assert (anna.order_days, anna.spend, anna.silent_days) == (6, 280.0, 30)
    assert anna.rhythm_days == pytest.approx(30.5, abs=1)
    assert anna.due is not None
    assert abs((anna.due - date(2024, 7, 1)).days) <= 2
    t = Translator("en")
    assert answer(anna, DAY, t).startswith("Orders about every 3")
    bert = card_of("Bert")
    assert bert.stage in ("dormant", "lost", "at_risk")
    assert bert.due is not None
    assert "but the last order was 6 months ago" in answer(bert, DAY, t)
    assert bert.action in ("call", "ask_why", "come_back", "win_back")
    carl = card_of("Carl")
    assert (carl.order_days, carl.rhythm_days, carl.due) == (1, None, None)
    assert answer(carl, DAY, t) == (
        "Has ordered on one day, 21 days ago. Spent 5 in all, more than 1.2% of the customers."
    )
    assert carl.above == pytest.approx(0.5 / 43)
    top = replace(carl, spend=900.0, above=0.9995)
    assert answer(top, DAY, t).endswith("Spent 900 in all, more than almost all customers.")
    assert card_of("Anna", "win_back").action != anna.action or anna.action not in ("thank", "next_buy", "routine")


def test_without_orders_nothing_is_said_of_a_rhythm():
    profiles = Profiles(pd.DataFrame({"customer_id": ["x"]}), (), date(2024, 1, 1))
    card = customer_card(profiles, None, 0)
    assert (card.stage, card.spend, card.action) == (None, None, "know_them")
    assert answer(card, profiles.as_of, Translator("en")) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_words_for_one_customer(language, card_of):
    told = {key.removeprefix("customer.action.") for key in catalogue() if key.startswith("customer.action.")}
    assert told == {code for code in ACTIONS if not code.startswith("outcome_")}
    assert next_step(card_of("Carl"), Translator(language))


def test_customers_are_found_by_id_name_phone_and_mail():
    base = pd.DataFrame(
        {
            "customer_id": ["C10", "C1", "x.y"],
            "name": ["王小明", "Ann [Lee]", None],
            "phone": ["138-1234 5678", None, "020 7946 0958"],
            "email": ["ming@a.cn", "ann@b.org", None],
        }
    )
    features = tuple(Feature(key, "channel", "text", personal=key) for key in ("name", "phone", "email"))
    shop = Profiles(base, features, date(2024, 1, 1))

    def found(typed):
        return find_customers(shop, typed).tolist()

    assert found("") == [0, 1, 2]
    assert found("c1") == [1, 0]
    assert found("小明") == found("MING@") == found("5678") == [0]
    assert found("[lee]") == [1]
    assert found("38") == []  # of a phone number four digits at least
    assert found(".") == [0, 1]
    assert found("nobody") == []
