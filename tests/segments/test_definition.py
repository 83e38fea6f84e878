"""A definition holds for exactly the customers of its segment, whatever the scheme, the cuts and the merges."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.compare.words import crm_definition, definition_text
from analysis.conditions import AllOf, AnyOf, Condition, Not
from analysis.profiles.result import Feature, Profiles
from analysis.segments.by_rule.rules import holds, rules
from analysis.segments.definition import definitions, expression
from analysis.segments.edit import apply_edits
from analysis.segments.params import Box, RfmParams, RulesParams, SegmentEdit, SegmentRule, Tier, TierParams
from analysis.segments.result import segmentation_of
from analysis.segments.scores.rfm import rfm
from analysis.segments.scores.tiers import BY_REVENUE, tiers
from texts import LANGUAGES, Translator

FEATURES = (
    Feature("recency_days", "risk", "number", "days"),
    Feature("n_orders", "value", "number", "count"),
    Feature("spend", "value", "number", "money"),
    Feature("city", "basic", "category"),
)
OWN = RfmParams(scheme="boxes", cuts="own", own_recency=(30, 90), own_frequency=(1.5,), own_monetary=(50, 99.5, 200))


def profiles(n=400, *, seed=0, part_days=False) -> Profiles:
    random = np.random.default_rng(seed)
    orders = random.poisson(2, n).astype(float)
    frame = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(n)], "n_orders": orders})
    days = random.exponential(90, n)
    frame["recency_days"] = np.where(orders > 0, days if part_days else days.round(), np.nan)
    frame["spend"] = np.where(orders > 0, random.gamma(2, 60, n).round(1) - 20, 0.0)
    frame.loc[random.random(n) < 0.03, "spend"] = np.nan
    frame["city"] = random.choice(["York", "Bath"], n)
    return Profiles(frame, FEATURES, date(2024, 1, 1))


def assert_exact(result, base, edits=()):
    edited = apply_edits(result.segmentation, edits)
    found = definitions(result, edited, base)
    assert list(found) == edited.segmentation.segments["segment"].tolist()
    for key, parts in found.items():
        inside = edited.segmentation.labels.eq(key).fillna(False).to_numpy(dtype=bool)
        assert (holds(expression(parts), base) == inside).all(), (key, parts)
    return found


@pytest.mark.parametrize(
    "params",
    [
        RfmParams(),
        RfmParams(n_scores=3),
        RfmParams(n_scores=10),
        RfmParams(one_time_apart=True),
        RfmParams(scheme="eight_a", cuts="mean"),
        RfmParams(scheme="eight_b", cuts="median"),
        RfmParams(scheme="eight_a", cuts="own", own_recency=(40,), own_frequency=(2,), own_monetary=(99.9,)),
        RfmParams(scheme="boxes"),
        RfmParams(scheme="boxes", boxes=(Box(key="all"),)),
        RfmParams(scheme="boxes", boxes=(Box(key="top", m=(5, 5)), Box(key="late", r=(1, 2)))),
        OWN,
    ],
)
@pytest.mark.parametrize("part_days", [False, True])
def test_rfm_segments_are_told_exactly_in_days_orders_and_money(params, part_days):
    base = profiles(part_days=part_days)
    assert_exact(rfm(base, params), base)


def test_where_everyone_is_scored_no_condition_is_said_for_nothing():
    base = profiles()
    bought = base.customers[(base.customers["n_orders"] > 0) & base.customers["spend"].notna()]
    base = Profiles(bought.reset_index(drop=True), FEATURES, base.as_of)
    found = assert_exact(rfm(base, RfmParams(scheme="eight_a", cuts="median")), base)
    days, orders, money = found["eight_a.high_value"][0].when.parts
    assert (days.op, orders.op, money.op) == ("le", "ge", "gt")


@pytest.mark.parametrize(
    "params",
    [
        TierParams(),
        TierParams(by="revenue", tiers=BY_REVENUE),
        TierParams(by="amount", tiers=(Tier(key="a", at_least=1e6), Tier(key="b", at_least=150), Tier(key="c"))),
    ],
)
def test_tiers_are_told_exactly_by_their_borders(params):
    base = profiles()
    assert_exact(tiers(base, params), base)


def rule(key, when):
    return SegmentRule(key=key, when=when)


YORK, RICH = Condition(feature="city", op="in", values=("York",)), Condition(feature="spend", op="ge", values=(150,))
RULES = RulesParams(
    rules=(
        rule("a", AllOf(parts=(YORK, Not(part=RICH)))),
        rule("b", AnyOf(parts=(YORK, AllOf(parts=(RICH, Not(part=YORK)))))),
        rule("c", Condition(feature="n_orders", op="gt", values=(1e6,))),
        rule("d", Condition(feature="n_orders", op="ge", values=(3,))),
    )
)


def test_a_rule_decides_for_whom_no_rule_above_holds_and_the_rest_is_told_too():
    base = profiles()
    found = assert_exact(rules(base, RULES), base)
    assert list(found) == ["rule_a", "rule_b", "rule_d", "other"]


def test_merged_segments_are_one_definition_or_the_other():
    base = profiles()
    merged = [
        SegmentEdit(segment="rule_d", merge_into="rule_a", name="Mine"),
        SegmentEdit(segment="rule_b", hidden=True),
    ]
    found = assert_exact(rules(base, RULES), base, merged)
    assert [part.segment for part in found["rule_a"]] == ["rule_a", "rule_d"]
    assert_exact(rfm(base), base, [SegmentEdit(segment="champions", merge_into="hibernating")])
    assert_exact(tiers(base), base, [SegmentEdit(segment="tier_zero", merge_into="tier_light")])


def test_words_and_rules_for_another_system_say_the_same():
    base = profiles()
    found = assert_exact(rules(base, RULES), base, [SegmentEdit(segment="rule_d", merge_into="rule_a")])
    said = definition_text(found["rule_b"], base.features, Translator("en"))
    assert said == (
        "City is one of: York, or (Spend at least 150, and not (City is one of: York)), "
        "and no definition before it in the list holds"
    )
    told = crm_definition("rule_a", found["rule_a"])
    assert list(told["when"]) == ["any"]
    assert told["when"]["any"][0]["all"][0] == {"field": "city", "op": "in", "values": ["York"]}
    for language in LANGUAGES:
        t = Translator(language)
        assert len({definition_text(parts, base.features, t) for parts in found.values()}) == len(found)


def test_clusters_have_no_definition():
    made = segmentation_of(np.zeros(3, int), ["cluster_1"], method="clusters")
    result = type("Result", (), {"segmentation": made})()
    assert definitions(result, apply_edits(made, []), profiles(3)) == {}
