"""Rules to start from: they fit the goal and the data, and each takes somebody."""

from __future__ import annotations

from datetime import date
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from analysis.conditions import AllOf
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import Goal
from analysis.segments.by_rule.rules import rules
from analysis.segments.by_rule.starters import starter_rules
from analysis.segments.params import RulesParams
from tests.segments.by_rule.makers import FEATURES, is_, profiles


@pytest.mark.parametrize("goal", [None, *get_args(Goal)])
def test_rules_to_start_from_fit_the_data_whatever_the_goal(goal):
    base = profiles()
    found = starter_rules(base, goal)
    assert found
    assert len(rules(base, RulesParams(rules=found)).rules) == len(found)


@pytest.mark.parametrize("goal", [None, *get_args(Goal)])
@pytest.mark.parametrize("one_timers", ["recent", "long gone", "none"])
def test_every_rule_to_start_from_takes_somebody(goal, one_timers):
    random = np.random.default_rng(1)
    n = 200
    orders = random.integers(2, 9, n)
    days = random.integers(1, 50, n)
    if one_timers != "none":
        orders[:60] = 1
        days[:60] += 300 if one_timers == "long gone" else 0
    # Who buys much buys often and was there lately: nobody is valuable and away by the borders of all customers.
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)], "n_orders": orders})
    frame = frame.assign(recency_days=days.astype(float), spend=1e3 * orders - days, discount_share=0.1)
    share = Feature("discount_share", "behaviour", "number", "share")
    base = Profiles(frame, (*FEATURES[:3], share), date(2024, 3, 1))
    found = rules(base, RulesParams(rules=starter_rules(base, goal)))
    assert (found.rules["taken"] > 0).all(), found.rules
    assert not found.notes
    kept = {rule.key for rule in found.params.rules}
    assert "discount_only" not in kept
    assert ("first_order_recent" in kept) == (one_timers != "none" and goal in (None, "repurchase"))


@pytest.mark.parametrize(("goal", "away"), [("win_back", 80), (None, 80), ("cut_waste", 160)])
def test_away_for_long_is_counted_in_the_gaps_of_this_shop(goal, away):
    n = 100
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)], "n_orders": [1, 3] * 50})
    frame = frame.assign(
        recency_days=[5.0] * 80 + [300.0] * 20, spend=np.arange(n) + 1.0, mean_gap_days=[np.nan, 40.0] * 50
    )
    base = Profiles(frame, FEATURES[:3], date(2024, 3, 1))
    asked = [
        part.values[0]
        for rule in starter_rules(base, goal)
        for part in getattr(rule.when, "parts", ())
        if part.feature == "recency_days" and part.op == "gt"
    ]
    assert set(asked) == {away}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([0.9996, 0.9997, 0.9998, 0.9999], "number"),  # rounded, the border lies above everybody
        ([0.0, 0.0, 0.0, 5.0], "number"),
        ([99_960.0, 99_970.0, 99_990.0, None], "number"),
        ([True, False, False, True], "flag"),
    ],
)
def test_one_rule_of_members_takes_some_and_leaves_some(cells, kind):
    feature = Feature("points", "value", kind)
    column = pd.Series(cells, dtype="boolean" if kind == "flag" else float)
    base = Profiles(pd.DataFrame({"customer_id": list("abcd"), "points": column}), (feature,), date(2024, 1, 1))
    found = rules(base, RulesParams(rules=starter_rules(base)))
    assert 0 < found.n_other < 4 and not found.notes


def test_no_rule_is_offered_where_everybody_is_alike():
    frame = pd.DataFrame({"customer_id": list("abc"), "points": [3.0, 3.0, 3.0]})
    assert starter_rules(Profiles(frame, (Feature("points", "value", "number"),), date(2024, 1, 1))) == ()


def test_rules_to_start_from_without_orders_ask_about_what_is_there():
    frame = pd.DataFrame({"customer_id": list("abc"), "city": ["York", "York", "Bath"]})
    found = starter_rules(Profiles(frame, (FEATURES[4],), date(2024, 1, 1)), "win_back")
    assert found[0].when == AllOf(parts=(is_("city", "in", "York"),))
    assert starter_rules(Profiles(frame[["customer_id"]], (), date(2024, 1, 1))) == ()
