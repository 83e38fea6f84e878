from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from analysis.compare.compare import YES
from analysis.errors import ChoiceError
from analysis.personas.build import ARCHETYPES, form_of, is_told_again, personas
from analysis.personas.hypothesis import Statement, check
from analysis.personas.portrait import portrait_svg
from analysis.personas.result import Fact, Persona
from analysis.personas.words import card
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from texts import LANGUAGES, Translator

FEATURES = (
    Feature("n_orders", "value", "number", "count"),
    Feature("spend", "value", "number", "money"),
    Feature("average_order_value", "value", "number", "money"),
    Feature("recency_days", "risk", "number", "days"),
    Feature("first_order_date", "behaviour", "date"),
    Feature("favourite_category", "preference", "category"),
    Feature("favourite_weekday", "behaviour", "category"),
    Feature("member", "basic", "flag"),
    Feature("age", "basic", "number", "years"),
)


def case(n=200, extra=()):
    rng = np.random.default_rng(0)
    codes = np.where(np.arange(n) < 10, 2, rng.integers(0, 2, n))
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)]})
    frame["n_orders"] = rng.poisson(3, n) + 8 * (codes == 0)
    frame["average_order_value"] = rng.normal(60, 5, n)
    frame["spend"] = frame["n_orders"] * frame["average_order_value"]
    frame["recency_days"] = rng.integers(1, 300, n).astype(float)
    frame["first_order_date"] = pd.Timestamp("2023-02-03")
    frame["favourite_category"] = np.where(codes == 0, "茶 <b>", rng.choice(["mugs", "tea"], n))
    frame["favourite_weekday"] = "monday"
    frame["member"] = codes == 1
    frame["age"] = rng.normal(40, 9, n)
    for key in extra:
        frame[key] = rng.choice(["x", "y"], n)
    features = (*FEATURES, *(Feature(key, "basic", "category") for key in extra))
    groups = segmentation_of(codes, ["loyal", "new", "at_risk"], method="rfm", spend=frame["spend"].to_numpy())
    return Profiles(frame, features, date(2024, 1, 1)), groups


def test_facts_are_the_means_and_shares_of_the_rows():
    profiles, groups = case()
    loyal = personas(profiles, groups)[0]
    own = profiles.customers[groups.labels == "loyal"]
    rest = profiles.customers[groups.labels != "loyal"]
    facts = {fact.feature.key: fact for fact in (*loyal.facts, *loyal.apart)}
    for key in ("n_orders", "average_order_value", "recency_days"):
        assert (facts[key].value, facts[key].rest) == pytest.approx((own[key].mean(), rest[key].mean()))
        assert facts[key].n == len(own)
        assert facts[key].low < facts[key].value < facts[key].high
    assert (facts["favourite_category"].level, facts["favourite_category"].value) == ("茶 <b>", 1)
    assert (loyal.customers, loyal.share) == (len(own), len(own) / 200)
    assert loyal.value == pytest.approx(own["spend"].mean())
    assert loyal.archetype == "regular"
    assert (loyal.form, loyal.first_day) == ("b2c", date(2023, 2, 3))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evidence_gives_each_fact_with_a_number_n_and_the_period(language):
    t = Translator(language, "USD")
    loyal = personas(*case())[0]
    told = card(loyal, "X", t)
    assert len(told.facts) == 5
    assert len(told.evidence) >= 5
    for sentence in told.evidence:
        assert re.search(r"\d", sentence)
        assert f"n = {loyal.customers}" in sentence
        assert t.date(date(2023, 2, 3)) in sentence
        assert t.date(date(2024, 1, 1)) in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_everyone_is_in_one_segment_nothing_is_said_of_others(language):
    profiles, _ = case()
    whole = segmentation_of(np.zeros(200, int), ["all"], method="rules")
    told = card(personas(profiles, whole)[0], "All", Translator(language))
    assert told.apart == ()
    assert {fact.rest for fact in told.facts} == {None}
    for sentence in told.evidence:
        assert not re.search("NaN|nan|–|other|其他", sentence), sentence
        assert "n = 200" in sentence


def test_a_category_stands_on_the_card_only_where_it_is_favoured_more_than_by_the_others():
    loyal, new, _ = personas(*case())
    assert [(fact.feature.key, fact.level) for fact in loyal.apart] == [("favourite_category", "茶 <b>")]
    assert [fact.level for fact in new.apart] in (["mugs"], ["tea"])  # everybody's favourite weekday is Monday


def test_the_story_tells_how_the_customer_in_the_middle_buys():
    profiles, groups = case()
    frame = profiles.customers.assign(mean_gap_days=30.0, recency_days=20.0, tenure_days=500.0)
    features = (*FEATURES, Feature("mean_gap_days", "behaviour", "number", "days"))
    features += (Feature("tenure_days", "behaviour", "number", "days"),)
    t = Translator("en")

    def told(frame):
        return card(personas(Profiles(frame, features, profiles.as_of), groups)[0], "X", t).story

    assert told(frame).startswith("They order about every 30 days and last did so about 20 days ago.")
    assert "They have been customers for about 16 months." in told(frame)
    assert "medians" in told(frame) and "averages" in told(frame)
    late = told(frame.assign(recency_days=900.0))
    assert late.startswith("They used to order about every 30 days, but have not for about 2.5 years.")
    once = told(frame.assign(n_orders=1))
    assert once.startswith("Most have ordered only once, about 20 days ago.")
    assert "customers for" not in once


def test_age_gender_and_place_are_told_where_a_fifth_share_them():
    profiles, groups = case()
    rng = np.random.default_rng(1)
    frame = profiles.customers.assign(age_band="35–44", city=rng.choice(list("abcdefghijkl"), 200), country="DE")
    features = (*FEATURES, *(Feature(key, "basic", "category") for key in ("age_band", "city", "country")))
    loyal = personas(Profiles(frame, features, profiles.as_of), groups)[0]
    assert [(fact.feature.key, fact.level) for fact in loyal.who] == [("age_band", "35–44"), ("country", "DE")]


def test_no_two_personas_share_a_name_a_goal_or_a_quote():
    n = 400
    codes = np.arange(n) % 4
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)]})
    frame["n_orders"] = 1 + 3 * codes + np.arange(n) % 2
    frame["recency_days"] = 300.0 - 70 * codes + np.arange(n) % 5
    built = personas(
        Profiles(frame, (FEATURES[0], FEATURES[3]), date(2024, 1, 1)),
        segmentation_of(codes, list("abcd"), method="rfm"),
    )
    told = [card(one, one.segment, Translator("en")) for one in built]
    for key in ("name", "goals", "pains", "quote"):
        said = [getattr(one, key) for one in told if getattr(one, key)]
        assert len(said) == len(set(said)) >= 4, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_archetype_has_a_name_a_goal_a_pain_and_a_quote_of_its_own(language):
    t = Translator(language)
    for part in ("archetype", "goals", "pains", "quote"):
        said = [t(f"persona.{part}.{name}") for name in set(ARCHETYPES.values())]
        assert len(set(said)) == len(said)


def test_what_is_known_of_few_or_true_of_hardly_anybody_is_not_told():
    profiles, groups = case()
    frame = profiles.customers.assign(plan=[f"own {i}" for i in range(200)])
    frame["age"] = frame["age"].where(np.arange(200) % 20 == 0)
    base = Profiles(
        frame.drop(columns=["recency_days", "member"]),
        (*FEATURES, Feature("plan", "basic", "category")),
        profiles.as_of,
    )
    for persona in personas(base, groups)[:2]:
        assert {fact.feature.key for fact in persona.facts}.isdisjoint({"age", "plan"})
        assert all(fact.n >= 30 for fact in (*persona.facts, *persona.apart, *persona.usual))


def test_few_customers_are_not_described():
    few = personas(*case())[2]
    assert few.too_few
    assert (few.facts, few.usual, few.traits, few.archetype) == ((), (), (), None)
    told = card(few, "At risk", Translator("en"))
    assert told.too_few == "n = 10, too few to describe."
    assert not (told.story or told.quote)


def test_own_words_win_and_empty_ones_return_to_the_suggestion():
    loyal = personas(*case())[0]
    told = card(loyal, "X", Translator("en"), edits={"name": "Anna", "quote": "  ", "story": "lie"})
    assert told.name == "Anna"
    assert told.quote == card(loyal, "X", Translator("en")).quote
    assert "lie" not in told.story


def test_two_segments_of_one_kind_are_not_called_the_same_while_another_trait_tells_them_apart():
    n = 150
    codes = np.arange(n) % 3
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(n)]})
    frame["n_orders"] = np.where(codes == 0, 1, 12) + np.arange(n) % 2
    frame["recency_days"] = np.where(codes == 1, 10.0, 200.0) + np.arange(n) % 5
    groups = segmentation_of(codes, ["once", "often", "before"], method="rfm")
    built = personas(Profiles(frame, (FEATURES[0], FEATURES[3]), date(2024, 1, 1)), groups)
    assert built[0].archetype == "one_timer"
    assert len({persona.archetype for persona in built}) == 3
    # A segment that finds every name taken is called as its segment.
    frame = pd.concat([frame] * 3, ignore_index=True).assign(customer_id=[f"c{i:03}" for i in range(3 * n)])
    alike = np.concatenate([np.where(codes == 2, own, codes) for own in (2, 3, 4)])
    five = segmentation_of(alike, list("abcde"), method="rfm")
    built = personas(Profiles(frame, (FEATURES[0], FEATURES[3]), date(2024, 1, 1)), five)
    named = [card(one, f"Segment {one.segment}", Translator("en")).name for one in built]
    assert len(set(named)) == 5
    assert named[4] == "Segment e"


def test_two_features_of_companies_make_business_personas():
    profiles, groups = case(extra=("industry", "job_role"))
    assert form_of(case(extra=("industry",))[0]) == "b2c"
    loyal = personas(profiles, groups)[0]
    assert loyal.form == "b2b"
    assert [fact.feature.key for fact in loyal.company] == ["industry", "job_role"]


def test_the_face_follows_the_data():
    some = Persona("x", "b2c", 40, 0.2, 0.2, 10.0, None, date(2024, 1, 1))

    def drawn(**facts):
        return portrait_svg(replace(some, **facts), "#2d69b4")

    open_eyes, closed = drawn(traits=(("recency_days", "low"),)), drawn(traits=(("recency_days", "high"),))
    assert len({drawn(), open_eyes, closed}) == 3
    assert len({drawn(), drawn(traits=(("n_orders", "high"),)), drawn(traits=(("n_orders", "low"),))}) == 3
    assert len({drawn(revenue_share=share) for share in (0.05, 0.2, 0.6)}) == 3
    age = Feature("age_band", "basic", "category")
    young, old = (drawn(who=(Fact(age, band, 0.5, 0.4, 0.6, 0.3, float("nan"), 40),)) for band in ("25–34", "65+"))
    assert young != old
    assert drawn(form="b2b") != drawn()


def test_portraits_are_the_same_each_time_and_differ_between_segments():
    built = personas(*case())
    drawn = [portrait_svg(persona, "#2d69b4") for persona in built]
    assert drawn == [portrait_svg(persona, "#2d69b4") for persona in personas(*case())]
    assert all(first != second for first, second in pairwise(drawn))
    with pytest.raises(ValueError, match="not a colour"):
        portrait_svg(built[0], '"/><script>')


def test_statements_are_confirmed_refuted_or_unknown_by_their_interval():
    profiles, groups = case()
    said = [
        Statement(feature="n_orders", op="at_least", value=9),
        Statement(feature="n_orders", op="at_most", value=9),
        Statement(feature="age", op="at_least", value=40),
        Statement(feature="favourite_category", op="most_are", value="茶 <b>"),
        Statement(feature="member", op="most_are", value=YES),
        Statement(feature="gone", op="at_least", value=1),
        Statement(feature="age", op="most_are", value="old"),
    ]
    verdicts = [one.verdict for one in check(said, profiles, groups, "loyal")]
    assert verdicts == ["confirmed", "refuted", "unknown", "confirmed", "refuted", "unknown", "unknown"]
    assert {one.verdict for one in check(said, profiles, groups, "at_risk")} == {"unknown"}


@pytest.mark.parametrize(
    "cells",
    [
        {"op": "most_are", "value": 3.0},
        {"op": "at_least", "value": "x"},
        {"op": "at_least", "value": float("nan")},
        {"op": "eval", "value": 1.0},
        {"op": "at_least", "value": 1.0, "code": "x"},
    ],
)
def test_statements_are_closed(cells):
    with pytest.raises(ChoiceError):
        Statement.model_validate({"feature": "age", **cells})


def test_a_tag_is_not_told_beside_the_column_that_it_is_made_of():
    level = Feature("level", "value", "category")
    tag = Feature("tag_level", "value", "category", origin="tag", made_of=("level",))
    both = Feature("tag_both", "value", "flag", origin="tag", made_of=("level", "age"))
    features = {one.key: one for one in (level, tag, both)}
    assert is_told_again(tag, {"level"}, features) and is_told_again(level, {"tag_level"}, features)
    assert not is_told_again(both, {"level"}, features) and not is_told_again(level, {"tag_both"}, features)
    assert not is_told_again(tag, set(), features)
