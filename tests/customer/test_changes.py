"""What became of one customer since an earlier run, and how it is said."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.customer.changes import CustomerThen, customer_changes
from analysis.customer.words import changes
from analysis.profiles.result import Feature, Profiles
from texts import LANGUAGES, Language, Translator

THEN = date(2024, 5, 1)


@pytest.fixture
def shop() -> Profiles:
    frame = pd.DataFrame({"customer_id": ["a"], "n_orders": [5], "spend": [120.0], "recency_days": [3]})
    frame = frame.assign(City="Rome", tag_vip=True, phone="2", member=pd.array([pd.NA], dtype="boolean"))
    features = (
        Feature("n_orders", "value", "number", "count"),
        Feature("spend", "value", "number", "money"),
        Feature("recency_days", "risk", "number", "days"),
        Feature("City", "basic", "category", header="City"),
        Feature("member", "basic", "flag", header="Member"),
        Feature("tag_vip", "value", "flag", origin="tag", named=("VIP", "贵宾")),
        Feature("phone", "channel", "category", header="Phone", personal="phone"),
    )
    return Profiles(frame, features, date(2024, 6, 1))


def test_what_changed_is_told_and_what_moves_with_the_calendar_or_is_personal_is_not(shop: Profiles) -> None:
    then = {"n_orders": 3, "spend": 120.0000000001, "recency_days": 40, "City": "Oslo", "tag_vip": False, "phone": "1"}
    found = customer_changes(CustomerThen(THEN, then | {"segment_rfm": "new"}), shop, 0, {"segment_rfm": "loyal"})
    assert [(one.column, one.before, one.now) for one in found.changed] == [
        ("segment_rfm", "new", "loyal"),
        ("n_orders", 3, 5),
        ("tag_vip", False, True),
        ("City", "Oslo", "Rome"),
    ]
    said = changes(found, shop, {"segment_rfm": ("RFM", str.title)}, Translator("en"))
    assert said == "Since 1 May 2024: RFM from New to Loyal; 2 more orders; now tagged “VIP”; City from Oslo to Rome."


def test_less_than_before_and_what_is_known_no_more_are_said_so(shop: Profiles) -> None:
    then = {"n_orders": 6, "spend": 200.0, "City": "Rome", "member": True, "tag_vip": True}
    found = customer_changes(CustomerThen(THEN, then), shop, 0, {"segment_rfm": None})
    t = Translator("en", "GBP")
    assert changes(found, shop, {}, t) == "Since 1 May 2024: 1 fewer order; £80 less spent; Member from yes to none."


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_changed_and_a_new_customer_are_sentences_of_their_own(shop: Profiles, language: Language) -> None:
    t = Translator(language)
    same = customer_changes(CustomerThen(THEN, {"n_orders": 5, "spend": 120.0}), shop, 0, {})
    assert changes(same, shop, {}, t) == t("customer.changed_nothing", day=THEN)
    new = customer_changes(CustomerThen(THEN, None), shop, 0, {})
    assert new.is_new
    assert changes(new, shop, {}, t) == t("customer.changed_new", day=THEN)
