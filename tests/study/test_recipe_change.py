"""What was changed between two recipes is named by the one thing that a person did."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.recipe import Cleaning, Recipe
from analysis.segments.changes import change_edit
from analysis.study.recipe_change import PARTS, change_sentence, recipe_change
from texts import Translator

PLAIN = Recipe()


def edited(segment: str, **edit: Any) -> Recipe:
    plan = PLAIN.plan_or_usual("rfm")
    wanted: dict[str, Any] = {"name": None, "merge_into": None, "hidden": False} | edit
    edits = change_edit((), segment, **wanted)
    return PLAIN.with_plan(plan.model_copy(update={"edits": edits}))


def with_params(kind: str, **params: Any) -> Recipe:
    plan = PLAIN.plan_or_usual(kind)
    return PLAIN.with_plan(plan.model_copy(update={"params": plan.params.model_copy(update=params)}))


FROZEN = PLAIN.with_plan(PLAIN.plan_or_usual("rfm").model_copy(update={"fit": "frozen"}))
CASES = [
    (edited("champions", name="VIP"), "change_named", "RFM: “Champions” is called “VIP”"),
    (edited("loyal", merge_into="champions"), "change_merged", "RFM: “Loyal” merged into “Champions”"),
    (edited("loyal", hidden=True), "change_hidden", "RFM: “Loyal” hidden"),
    (FROZEN, "change_fit", "RFM: what new data does"),
    (with_params("clusters", k=3), "change_param", "Clusters: Number of groups"),
    (with_params("clusters", method="ward"), "change_param", "Clusters: a choice"),
    (PLAIN.with_plan(PLAIN.plan_or_usual("tiers")), "change_method", "Value tiers: begun or removed"),
    (PLAIN.model_copy(update={"as_of": date(2024, 1, 1)}), "change_as_of", "Date of the study"),
    (PLAIN.model_copy(update={"goal": "win_back"}), "change_goal", "Goal"),
    (PLAIN, "change_nothing", "No change"),
    (PLAIN.model_copy(update={"cleaning": Cleaning(outliers="cap")}), "change_cleaning", "Cleaning of the data"),
]


@pytest.mark.parametrize(("after", "code", "sentence"), CASES)
def test_a_change_is_named_by_what_was_done(after, code, sentence):
    change = recipe_change(PLAIN, after)
    assert change.code == code
    assert change_sentence(change, Translator("en")) == sentence


def test_taking_a_change_back_is_named_too():
    assert recipe_change(edited("loyal", hidden=True), PLAIN).code == "change_shown"
    assert recipe_change(edited("loyal", name="A"), PLAIN).code == "change_edits"


def test_groups_that_keep_their_numbers_are_not_what_was_changed():
    assert recipe_change(PLAIN, with_params("clusters", k=3, numbers=(2, 1, 3))).facts["field"] == "k"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_a_recipe_has_a_name(language):
    assert set(PARTS) | {"version", "segmentations", "tags"} == set(Recipe.model_fields)
    assert all(Translator(language).has(f"change.{part}") for part in PARTS)
