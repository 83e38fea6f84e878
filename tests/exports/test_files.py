"""A recipe survives the way through YAML; what is no recipe is refused with the field that is wrong."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from analysis.errors import AnalysisError
from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
from analysis.recipe import Cleaning, Column, Recipe, SegmentationPlan, SegmentEdit, Source
from analysis.segments.params import ClusterParams, RfmParams
from texts import translator

FULL = Recipe(
    name="春季：客户 'A'",
    goal="win_back",
    as_of=date(2024, 3, 5),
    currency="CNY",
    sources=(
        Source(kind="orders", sheet="订单", columns=(Column(name="yes", role="customer_id"), Column(name="0123"))),
    ),
    cleaning=Cleaning(returns="set_aside", excluded_states=("已退款", "no")),
    segmentations=(
        SegmentationPlan(
            params=RfmParams(cuts="own", own_recency=(30, 90), own_frequency=(1,), own_monetary=(100.5,)),
            edits=(SegmentEdit(segment="champions", name="好客户"),),
        ),
        SegmentationPlan(params=ClusterParams(features=("spend",), k=4)),
    ),
)


@pytest.mark.parametrize("recipe", [Recipe(), FULL])
def test_a_recipe_comes_back_equal(recipe: Recipe) -> None:
    text = recipe_to_yaml(recipe)
    assert recipe_from_yaml(text) == recipe
    assert text.startswith("version: 1\n") and "!!" not in text


def test_every_choice_is_written_also_one_that_is_left_to_the_data() -> None:
    written = yaml.safe_load(recipe_to_yaml(Recipe(sources=(Source(kind="orders", columns=(Column(name="a"),)),))))
    assert set(written) == set(Recipe.model_fields)
    assert set(written["sources"][0]) == set(Source.model_fields)
    assert set(written["sources"][0]["columns"][0]) == set(Column.model_fields)
    assert set(written["segmentations"][1]["params"]) == set(ClusterParams.model_fields)


def test_a_hand_written_recipe_is_read() -> None:
    recipe = recipe_from_yaml("version: 1\nas_of: 2024-03-05\ncleaning: {returns: set_aside}\n")
    assert (recipe.as_of, recipe.cleaning.returns) == (date(2024, 3, 5), "set_aside")


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        ("", "recipe_not_yaml", {"line": 1}),
        ("just words", "recipe_not_yaml", {"line": 1}),
        ("- a\n- b", "recipe_not_yaml", {"line": 1}),
        ("version: 1\nname: [1, 2", "recipe_not_yaml", {"line": 2}),
        ("[" * 5000, "recipe_not_yaml", {"line": 1}),
        ("!!python/object/apply:os.system ['true']", "recipe_not_yaml", {"line": 1}),
        ("version: 2\nnovelty: 1", "recipe_newer", {"found": 2, "supported": 1}),
        ("cleening: {}", "choice_unknown", {"field": "cleening", "name": "cleening"}),
        (
            "sources:\n- kind: orders\n  path: /etc/passwd",
            "choice_unknown",
            {"field": "sources[1].path", "name": "path"},
        ),
        ("sources:\n- file: a.csv", "choice_missing", {"field": "sources[1].kind"}),
    ],
)
def test_what_is_no_recipe_is_refused(text: str, code: str, facts: dict[str, object]) -> None:
    with pytest.raises(AnalysisError) as caught:
        recipe_from_yaml(text)
    told = {name: fact for name, fact in caught.value.facts.items() if name != "known"}
    assert (caught.value.code, told) == (code, facts)


def test_a_wrong_value_names_the_field_the_value_and_what_it_can_be() -> None:
    with pytest.raises(AnalysisError) as caught:
        recipe_from_yaml("cleaning:\n  returns: keep_all")
    facts = caught.value.facts
    assert caught.value.code == "choice_not_offered"
    assert (facts["field"], facts["value"]) == ("cleaning.returns", "keep_all")
    assert facts["known"] == ("net", "set_aside")
    for language in ("en", "zh"):
        sentence = translator(language)(f"error.{caught.value.code}", **facts)
        assert "cleaning.returns" in sentence and "keep_all" in sentence


def test_a_recipe_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(AnalysisError, match="recipe_too_long") as refused:
        recipe_from_yaml("sources: [" + "a," * 600_000 + "]")
    assert refused.value.facts == {"characters": 1_200_011, "most": 400_000}


def test_a_field_that_stands_twice_is_refused_with_its_line() -> None:
    with pytest.raises(AnalysisError) as refused:
        recipe_from_yaml("name: Spring\nas_of: 2024-01-01\nas_of: 2024-02-01\n")
    assert (refused.value.code, refused.value.facts) == ("recipe_field_twice", {"field": "as_of", "line": 3})


@pytest.mark.parametrize("day", ["2025-13-01", "01.12.2025"])
def test_a_day_that_is_none_names_its_field_and_what_is_wrong_with_it(day: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        recipe_from_yaml(f"as_of: {day}\n")
    assert refused.value.code == "choice_no_date"
    assert (refused.value.facts["field"], refused.value.facts["value"]) == ("as_of", day)
