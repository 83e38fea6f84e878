"""The ladder adds up, each customer falls out for one reason, and who is held out stays held out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.act.campaign import Arms, Campaign
from analysis.act.contacts import Contacts, contacts_of
from analysis.act.household import households
from analysis.act.ladder import REASONS, STEPS, eligibility
from analysis.act.make import campaign_of, needed_to_tell, power_before, rows_of, still_allowed
from analysis.act.own import own_accounts
from analysis.act.params import HoldOut, ListChoices, TagWanted
from analysis.act.people import people_of
from analysis.act.playbook.plays import offered_channels
from analysis.act.words import answer, power_words, step_words, why_words
from analysis.errors import AnalysisError
from analysis.intake.standard.merges import Merges
from analysis.profiles.result import Feature, Profiles
from tests.act.makers import DAY, people, profiles
from texts import LANGUAGES, translator

STATE = st.sampled_from(["allowed", "refused", "unknown", "expired"])
PHONE = st.sampled_from(["13800138000", "139 0013 8001", "", "12", "+44 20 7946 0018"])


def rungs(found: Any) -> list[tuple[str, int]]:
    return [(rung.step, rung.n) for rung in found.rungs]


def no_contacts() -> Contacts:
    return Contacts(pd.DataFrame({"row": [], "ago": []}, dtype=int))


def test_a_ladder_worked_by_hand() -> None:
    base = profiles(
        spend=[100.0, 90.0, 80.0, 70.0, 60.0, 50.0, 40.0, 30.0, 20.0],
        may_contact=["allowed"] * 3 + ["refused", "unknown"] + ["allowed"] * 4,
        phone=["13800138000", None, *(f"1380013800{n}" for n in (2, 3, 4, 5, 0, 7, 8))],
        name=["A", "B", "C", "D", "E", "测试 3", "G", "H", "I"],
    )  # fmt: skip
    labels = ["lost"] * 8 + ["new"]
    contacts = Contacts(pd.DataFrame({"row": [2, 2], "ago": [5, 20]}))
    choices = ListChoices(segments=("lost",), channel="sms", hold_out=0, most=1)
    found = eligibility(base, labels, choices, people(base), seed="May", contacts=contacts)
    # 8 in the segment; k5 is a test; k1 has no number and k0, k6 share one; k3 refused, k4 said nothing; k2 was
    # contacted 5 days ago; of k7 and whoever of k0 and k6 is left the dearer one is taken.
    assert rungs(found) == [
        ("segment", 8), ("customers", 7), ("reachable", 5), ("consented", 3), ("rested", 2), ("chosen", 1), ("sent", 1),
    ]  # fmt: skip
    assert found.reason[5] == "own" and found.reason[1] == "no_address" and found.reason[3] == "refused"
    assert found.reason[4] == "no_consent" and found.reason[2] == "lately" and found.reason[8] == ""
    assert {found.reason[0], found.reason[6]} in ({"sent", "twice"},)
    assert found.rungs[0].value == 520.0
    assert found.rungs[-1].value in (100.0, 40.0)


def test_who_has_left_is_on_no_list_unless_it_is_they_who_are_asked_for() -> None:
    base = profiles(ended=pd.to_datetime(["2020-01-01", "", "2020-02-01", "2090-01-01"]), spend=[4.0, 3.0, 2.0, 1.0])
    ended = Feature("ended", "basic", "date", header="Churn date")
    base = replace(base, features=(*base.features[1:], ended))
    labels, choices = ["a", "a", "b", "b"], ListChoices(hold_out=0)
    found = eligibility(base, labels, choices, people(base), seed="May")
    assert rungs(found) == [("segment", 4), ("here", 2), ("sent", 2)] and found.rungs[1].gone == {"gone": 2}
    for language, said in (("en", "2 who have left, as the file says, are not on it."), ("zh", "2 位不在名单上")):
        assert said in " ".join(answer(found, translator(language)))
    asked = choices.model_copy(update={"leave_out_left": False})
    assert rungs(eligibility(base, labels, asked, people(base), seed="May")) == [("segment", 4), ("sent", 4)]
    theirs = ["a", "b", "a", "b"]  # a segment of those who left alone is asked for as such
    only = choices.model_copy(update={"segments": ("a",)})
    assert rungs(eligibility(base, theirs, only, people(base), seed="May")) == [("segment", 2), ("sent", 2)]


@given(
    st.lists(st.tuples(STATE, PHONE, st.integers(0, 30), st.sampled_from(["a", "b", ""])), min_size=1, max_size=40),
    st.floats(0, 0.5), st.floats(0, 0.5), st.integers(0, 10), st.sampled_from(["other", "sms"]),
)  # fmt: skip
def test_every_ladder_adds_up_and_nobody_who_may_not_be_is_on_it(
    rows: list[Any], share: float, always: float, most: int, channel: Any
) -> None:
    base = profiles(
        may_contact=[row[0] for row in rows], phone=[row[1] for row in rows], spend=[float(row[2]) for row in rows]
    )
    labels = [row[3] or None for row in rows]
    contacts = Contacts(pd.DataFrame({"row": range(len(rows)), "ago": [row[2] for row in rows]}))
    choices = ListChoices(channel=channel, region="CN", hold_out=share, most=most, quiet_days=7)
    who = people(base)
    found = eligibility(base, labels, choices, who, seed="s", contacts=contacts, hold_out=HoldOut(share=always))
    left = found.rungs[0].n
    for rung in found.rungs[1:]:
        assert left - rung.n_gone == rung.n
        left = rung.n
    assert left == len(found.sent) == int((found.reason == "sent").sum())
    assert found.rungs[0].n == len(rows)
    assert set(found.reason.tolist()) <= {"", "sent", *REASONS}
    assert not set(found.sent.tolist()) & set(found.held.tolist())
    written_to = base.customers.iloc[found.sent]
    assert (written_to["may_contact"] == "allowed").all()
    assert not who.always_held(HoldOut(share=always))[found.sent].any()
    if channel == "sms":
        assert found.reach.address.iloc[found.sent].is_unique
    if most:
        assert len(found.sent) + len(found.held) <= most
    again = eligibility(base, labels, choices, who, seed="s", contacts=contacts, hold_out=HoldOut(share=always))
    assert (again.reason == found.reason).all()


def test_a_number_that_somebody_refused_is_not_written_to_under_another_name() -> None:
    for states in (["refused", "allowed", "allowed"], ["allowed", "refused", "allowed"]):
        base = profiles(may_contact=states, phone=["13800138000", "138-0013-8000", "13900139000"])
        found = eligibility(
            base, ["x"] * 3, ListChoices(channel="sms", region="CN", hold_out=0), people(base), seed="s"
        )
        assert found.sent.tolist() == [2] and rungs(found)[-1] == ("sent", 1)
        known = eligibility(base, ["x"] * 3, ListChoices(hold_out=0), people(base), seed="s")
        assert len(known.sent) == 2  # by the id alone nobody shares anything


def test_the_hold_out_keeps_its_share_inside_each_segment() -> None:
    base = profiles(1000, spend=np.ones(1000))
    labels = ["big"] * 100 + ["small"] * 900
    found = eligibility(base, labels, ListChoices(hold_out=0.1), people(base), seed="May")
    held = pd.Series(labels).iloc[found.held].value_counts()
    assert held.to_dict() == {"small": 90, "big": 10}
    other = eligibility(base, labels, ListChoices(hold_out=0.1), people(base), seed="June")
    assert set(other.held.tolist()) != set(found.held.tolist())


def test_a_household_is_held_out_whole_or_not_at_all() -> None:
    n = 400
    # Pairs share a number in two spellings, every tenth with a third one by street; a placeholder joins nobody.
    phone = [f"+86 1380013{row // 2:04}" if row % 2 else f"01380013{row // 2:04}" for row in range(n)]
    street = [f"Elm Street {row // 20}" if row % 20 in (0, 3) else "unknown" for row in range(n)]
    email = ["none@x.org"] * n
    columns = {"phone": phone, "email": email, "address": street}
    frame = pd.DataFrame({"customer_id": [f"k{row}" for row in range(n)], **columns})
    base = Profiles(frame, tuple(Feature(key, "basic", "text", personal=key) for key in columns), DAY)  # pyright: ignore
    together = households(base)
    assert together[0] == together[1] == together[2] == together[3] and together[4] == together[5] != together[0]
    assert len(set(together)) == n // 2 - n // 20
    who = people(base)
    always = HoldOut(share=0.2)
    lasting = pd.Series(who.always_held(always)).groupby(together).transform("any")
    one = int(np.flatnonzero(~lasting & pd.Series(together).duplicated())[0])  # lives with an earlier one
    found = eligibility(
        base, ["a", "b"] * (n // 2), ListChoices(hold_out=0.25), who, seed="s", hold_out=always,
        contacts=Contacts(pd.DataFrame({"row": [], "ago": []}, dtype=int), frozenset({one})),
    )  # fmt: skip
    reasons = pd.Series(found.reason).groupby(together).nunique()
    assert reasons.max() == 1 and set(found.reason) == {"sent", "held", "always_held", "measured"}
    assert np.array_equal(found.reason == "always_held", lasting)
    assert np.array_equal(found.reason == "measured", together == together[one])
    assert abs((found.reason == "held").sum() / np.isin(found.reason, ["held", "sent"]).sum() - 0.25) < 0.02
    # Alone, they would have been torn apart.
    alone = replace(base, features=())
    apart = eligibility(alone, ["a", "b"] * (n // 2), ListChoices(hold_out=0.25), who, seed="s")
    assert pd.Series(apart.reason).groupby(together).nunique().max() == 2


def test_the_lasting_hold_out_survives_growing_files_new_segments_and_merges() -> None:
    salt = Merges(salt="ab" * 16)
    before, always = profiles(400, spend=np.ones(400)), HoldOut(share=0.2)
    held = {f"k{row}" for row in people(before, salt).always_held(always).nonzero()[0]}
    assert 50 < len(held) < 110
    after = profiles(900, spend=np.ones(900))
    now = {f"k{row}" for row in people(after, salt).always_held(always).nonzero()[0] if row < 400}
    assert now == held
    # An id that was held out is merged into one that was not: the person stays held out.
    out, free = sorted(held)[0], next(f"k{n}" for n in range(400) if f"k{n}" not in held)
    merged = salt.decide([(out, free)], "same")
    kept = before.customers[before.customers["customer_id"] != out].reset_index(drop=True)
    who = people(type(before)(kept, before.features, DAY), merged)
    assert who.always_held(always)[kept.index[kept["customer_id"] == free][0]]


def test_a_contact_is_known_after_its_id_was_merged_into_another() -> None:
    salt = Merges(salt="ab" * 16)
    base = profiles(10, spend=np.ones(10))
    first = people(base, salt)
    ladder = eligibility(base, ["x"] * 10, ListChoices(hold_out=0, most=3), first, seed="a")
    made = campaign_of(ladder, first, base, name="First", method="rfm", seed="a", made_on=DAY)
    sent, other = ladder.sent[0], next(row for row in range(10) if row not in ladder.sent)
    merged = salt.decide([(f"k{sent}", f"k{other}")], "same")
    kept = base.customers.drop(index=sent).reset_index(drop=True)
    now = type(base)(kept, base.features, DAY)
    who = people(now, merged)
    days = contacts_of(now, who, [made], on=DAY + timedelta(days=3))
    reached = set(kept["customer_id"].iloc[days.within(9, 14).nonzero()[0]])
    assert f"k{other}" in reached and len(reached) == 3
    assert not contacts_of(now, who, [made.model_copy(update={"state": "dropped"})], on=DAY).days.size
    rows, held = rows_of(made, who)
    assert len(rows) == 3 and not len(held)


def test_nobody_is_in_both_groups_though_a_merge_joins_them() -> None:
    salt = Merges(salt="ab" * 16)
    one, two = salt.hashed("k0"), salt.hashed("k1")
    made = Campaign(
        name="x", made_on=DAY, as_of=DAY, method="rfm", choices=ListChoices(), seed="x",
        arms=(Arms(segment="a", sent=(one,), held=(two,)),),
    )  # fmt: skip
    who = people(profiles(1, spend=np.ones(1)), salt.decide([("k0", "k1")], "same"))
    sent, held = rows_of(made, who)
    assert sent.tolist() == [0] and held.tolist() == []


def test_how_often_counts_days_and_not_rows() -> None:
    base = profiles(2, spend=[1.0, 1.0])
    days = Contacts(pd.DataFrame({"row": [0, 0, 1], "ago": [20, 25, 20]}))
    choices = ListChoices(hold_out=0, most_contacts=2, within_days=30)
    found = eligibility(base, ["a", "a"], choices, people(base), seed="s", contacts=days)
    assert found.reason.tolist() == ["often", "sent"]


def test_tags_are_asked_for_and_a_tag_that_is_gone_is_refused() -> None:
    base = profiles(tag_vip=[True, False, True], tag_level=["gold", "gold", "iron"])
    wanted = (TagWanted(column="tag_vip"), TagWanted(column="tag_level", value="gold"))
    found = eligibility(base, ["a"] * 3, ListChoices(tags=wanted, hold_out=0), people(base), seed="s")
    assert found.reason.tolist() == ["sent", "no_tag", "no_tag"]
    with pytest.raises(AnalysisError, match="act_tag_gone"):
        eligibility(base, ["a"] * 3, ListChoices(tags=(TagWanted(column="tag_no"),)), people(base), seed="s")


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (ListChoices(segments=("gone",)), "act_segment_gone"),
        (ListChoices(channel="email"), "act_no_address"),
        (ListChoices(most=1, by="worth"), "act_no_order"),
    ],
)
def test_what_cannot_be_is_refused(choices: ListChoices, code: str) -> None:
    base = profiles(spend=[1.0, 2.0])
    with pytest.raises(AnalysisError, match=code):
        eligibility(base, ["a", "a"], choices, people(base), seed="s")


def test_an_empty_list_is_refused_with_the_size_of_its_segment_and_a_name_stands_once() -> None:
    base = profiles(may_contact=["refused"] * 3)
    found = eligibility(base, ["a"] * 3, ListChoices(), people(base), seed="s")
    facts = {"method": "rfm", "seed": "s", "made_on": DAY}
    with pytest.raises(AnalysisError, match="act_nobody_left") as refused:
        campaign_of(found, people(base), base, name="May", **facts)
    assert refused.value.facts["n"] == 3
    base = profiles(may_contact=["allowed"] * 3)
    found = eligibility(base, ["a"] * 3, ListChoices(), people(base), seed="s")
    for name, code in (("May", "act_name_taken"), (" ", "act_no_name")):
        with pytest.raises(AnalysisError, match=code):
            campaign_of(found, people(base), base, name=name, taken=["May"], **facts)


def test_people_of_the_firm_and_tests_are_known_by_columns_names_and_addresses() -> None:
    many = ["Testa Rossa"] * 36
    base = profiles(
        name=["Ann", "Test 12", "测试", "Bo", *many], email=["a@b.org", "c@b.org", "d@b.org", "e@example.com", *many],
        is_staff=[True, *[False] * 39], role=["buyer"] * 4 + ["员工"] + ["buyer"] * 35,
    )  # fmt: skip
    assert own_accounts(base).nonzero()[0].tolist() == [0, 1, 2, 3, 4]
    assert not own_accounts(profiles(email=["a@example.com"] * 20)).any()  # a file that is made up
    base = profiles(is_staff=[True, False])
    assert own_accounts(base).tolist() == [True, False]


def test_what_a_hold_out_can_show_shrinks_with_its_size_and_agrees_with_the_plan() -> None:
    from analysis.experiments.planning.plan import ProportionPlan, power_of

    small, large = power_before(720, 80, 0.05), power_before(7200, 800, 0.05)
    assert small.effect is not None and large.effect is not None and large.effect < small.effect
    plan = ProportionPlan(baseline=0.05, effect=small.effect, split=9.0)
    assert power_of(plan, 80) == pytest.approx(0.8, abs=1e-6)
    assert power_before(2, 1, 0.5).effect is None
    with pytest.raises(AnalysisError, match="experiment_bad_baseline"):
        power_before(10, 10, 0.0)


def test_a_list_too_small_for_what_is_expected_names_the_number_it_takes() -> None:
    # Of 5 % and 7 % each arm takes 2,213 (Fleiss, Levin, Paik 2003, 4.14), whatever the list is split by.
    assert needed_to_tell(0.02, 0.05, 0.5) == 2 * 2213
    small, large = (power_before(n * 9, n, 0.05, rise=0.02) for n in (80, 1300))
    assert small.is_too_small and not large.is_too_small and small.needed == large.needed
    for language, words in (("en", "12,854 customers, 1,285 of them"), ("zh", "12,854 位客户，其中 1,285 位")):
        assert words in power_words(small, translator(language))
        assert words not in power_words(large, translator(language))
        assert words in power_words(power_before(9, 1, 0.05, rise=0.02), translator(language))
    assert power_before(90, 10, 0.05, rise=0.0).needed is None and power_before(90, 0, 0.05, rise=0.02).needed is None
    assert needed_to_tell(0.97, 0.05, 0.1) is None


def test_who_withdraws_after_the_list_was_made_is_in_no_file() -> None:
    base = profiles(may_contact=["allowed"] * 6, spend=np.ones(6))
    found = eligibility(base, ["x"] * 6, ListChoices(hold_out=0), people(base), seed="s")
    now = profiles(may_contact=["allowed", "refused", "expired", "allowed", "unknown", "allowed"], spend=np.ones(6))
    assert still_allowed(found.sent, now, "sms").tolist() == [0, 3, 5]
    assert still_allowed(found.sent, profiles(spend=np.ones(6)), "sms").tolist() == list(range(6))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_reason_has_words(language: Any) -> None:
    t = translator(language)
    for step in ("segment", *STEPS):
        assert t(f"act.step_{step}", days=14)
    for reason in REASONS:
        assert "3" in t(f"act.why_{reason}", n=3, days=14, most=2, within=30)
    base = profiles(may_contact=["allowed", "refused"] * 50)
    found = eligibility(base, ["a"] * 100, ListChoices(), people(base), seed="s", contacts=no_contacts())
    assert "45" in answer(found, t)[0]
    assert "50" in why_words(found.rungs[1], found, t) and step_words(found.rungs[1], found, t)
    assert {power_words(power_before(45, held, 0.1), t) for held in (0, 1, 40)}.__len__() == 3


def test_a_campaign_is_a_closed_document() -> None:
    with pytest.raises(AnalysisError, match="choice_unknown"):
        Campaign.model_validate({"name": "x", "made_on": date(2024, 1, 1), "nam": 1})


def test_who_is_held_out_stays_off_other_lists_until_the_measuring_days_are_over() -> None:
    base = profiles(40, spend=np.ones(40))
    who, every = people(base), ListChoices(hold_out=0.25, quiet_days=0)
    first = eligibility(base, ["x"] * 40, every, who, seed="a")
    made = campaign_of(first, who, base, name="First", method="rfm", seed="a", made_on=DAY, window_days=30)

    def again(days: int, **changed: object):
        known = contacts_of(base, who, [made.model_copy(update=changed)], on=DAY + timedelta(days=days))
        found = eligibility(base, ["x"] * 40, every, who, seed="b", contacts=known)
        return {*found.sent.tolist(), *found.held.tolist()}, found

    held = set(first.held.tolist())
    assert len(held) == 10
    for days in (0, 30):
        taken, found = again(days)
        assert not held & taken and len(taken) == 30
        assert next(rung for rung in found.rungs if rung.step == "free").gone == {"measured": 10}
    for free, _ in (again(31), again(0, state="dropped"), again(0, window_days=None)):
        assert held <= free


def test_a_member_number_that_is_a_phone_can_be_called_though_no_other_column_holds_numbers() -> None:
    base = pd.DataFrame({"customer_id": ["13800138000", "13900139000", "12"]})
    known = Profiles(base, (), DAY, id_kind="phone")
    assert {"phone", "sms"} <= set(offered_channels(known))
    assert offered_channels(Profiles(base, (), DAY)) == ["other"]
    choices = ListChoices(channel="sms", region="CN", hold_out=0)
    found = eligibility(known, ["x"] * 3, choices, people_of(base["customer_id"].tolist()), seed="s")
    assert found.reach.address.tolist()[:2] == ["+8613800138000", "+8613900139000"] and found.sent.tolist() == [0, 1]
