"""Goals: each names what would help it most, and is content once it is there."""

from __future__ import annotations

from typing import get_args

import pytest

from analysis.goals import NEEDS, NOTHING_MISSING, Goal, goal_answers, goal_dict, goal_sentences, most_helpful
from analysis.intake.roles import roles
from analysis.recipe import Column, Recipe, Source
from texts import Translator, catalogue


def recipe(*found: str, kind: str = "orders") -> Recipe:
    columns = tuple(Column(name=role, role=role) for role in found)
    return Recipe(sources=(Source(kind=kind, columns=columns),))  # pyright: ignore


def test_every_goal_has_needs_made_of_known_roles_and_a_sentence_for_each():
    assert set(NEEDS) == set(get_args(Goal))
    for goal, needs in NEEDS.items():
        assert f"goal.{goal}" in catalogue()
        for need in needs:
            assert need.roles <= set(roles())
            assert f"goal_need.{need.key}" in catalogue()
    assert f"goal_need.{NOTHING_MISSING}" in catalogue()


@pytest.mark.parametrize("goal", NEEDS)
def test_needs_are_named_one_after_the_other_until_nothing_is_missing(goal):
    found: list[str] = []
    for need in NEEDS[goal]:
        assert most_helpful(goal, recipe(*found)) == need.key
        found.append(min(need.roles))
    assert most_helpful(goal, recipe(*found)) == NOTHING_MISSING


def test_table_that_is_not_used_does_not_help():
    assert most_helpful("win_back", recipe("order_date", "phone", kind="ignore")) == "orders"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_goal_says_what_can_be_answered_and_what_would_add_most(language):
    t = Translator(language)
    for one in goal_answers(recipe()):
        assert (one.can, one.met, goal_sentences(one, t)) == (False, (), [t("goal_lacks.orders")])
    bought = {one.goal: one for one in goal_answers(recipe("customer_id", "order_date", "amount", "product"))}
    assert all(one.can and "orders" in one.met for one in bought.values())
    assert goal_sentences(bought["win_back"], t) == [t("goal_can.win_back"), t("goal_lacks.contacts")]
    assert bought["repurchase"].missing == ("contacts", "channels", "discounts")
    whole = [min(need.roles) for need in NEEDS["best_customers"]]
    [best] = [one for one in goal_answers(recipe(*whole)) if one.goal == "best_customers"]
    assert goal_sentences(best, t) == [t("goal_can.best_customers"), t("goal_need.nothing")]
    assert goal_dict(best, t)["sentences"] == goal_sentences(best, t) and "sentences" not in goal_dict(best)


def test_results_of_an_rfm_tell_who_came_when_and_what_is_needed_next():
    [one] = [one for one in goal_answers(recipe("recency_days", "n_orders", "spend", kind="customers"))
             if one.goal == "win_back"]  # fmt: skip
    assert one.can and one.missing[0] == "contacts"


def test_every_need_has_a_sentence_with_the_export_that_usually_holds_it():
    for goal, needs in NEEDS.items():
        assert f"goal_can.{goal}" in catalogue()
        assert all(f"goal_lacks.{need.key}" in catalogue() for need in needs)
