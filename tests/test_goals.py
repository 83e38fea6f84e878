"""Goals: each names what would help it most, and is content once it is there."""

from __future__ import annotations

from typing import get_args

import pytest

from analysis.goals import NEEDS, NOTHING_MISSING, Goal, most_helpful
from analysis.intake.roles import roles
from analysis.recipe import Column, Recipe, Source
from texts import catalogue


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
