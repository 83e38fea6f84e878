"""What the product asks of every method, of whatever kind: entered once, it is everywhere."""

from __future__ import annotations

import pytest

from analysis.charts.palette import segment_colours
from analysis.profiles.members import SEGMENTS
from analysis.recipe import Recipe, SegmentationPlan
from analysis.segments.methods import ALWAYS, KINDS, METHODS, SEGMENT_COLUMNS, used_kinds
from analysis.segments.names import segment_name
from analysis.segments.scores.rfm import METHOD as RFM
from texts import Translator, catalogue

WORDS = ("{}.title", "{}.question", "compare.{}", "export.answer.{}", "workbook.segmentation.{}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_method_has_its_page_its_words_and_a_note_on_how_it_is_computed(kind, root):
    for word in WORDS:
        found = catalogue()[word.format(kind)]
        assert found["en"] and found["zh"], word
    assert any(key.startswith(f"workbook.method.{kind}") for key in catalogue())
    assert (root / "pages" / "segments" / f"{kind}.py").is_file()
    assert (root / "docs" / "methods" / f"{kind}.md").is_file()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_segment_that_a_method_knows_has_a_name(kind, language):
    t = Translator(language)
    keys = [*METHODS[kind].colours, *(f"{beginning}_7" for beginning in METHODS[kind].numbered)]
    names = [segment_name(key, t) for key in keys]
    assert not set(keys) & set(names)
    if METHODS[kind].told_by_meaning:
        assert all(t.has(f"segment.{key}.meaning") and t.has(f"segment.{key}.advice") for key in keys)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if METHODS[kind] is not RFM])
def test_no_two_segments_of_a_method_share_a_colour(kind):
    keys = list(METHODS[kind].colours)
    assert len(set(segment_colours(keys).values())) == len(keys)


@pytest.mark.parametrize("kind", KINDS)
def test_a_recipe_holds_each_kind_with_its_defaults_and_gives_it_back(kind):
    recipe = Recipe().with_plan(Recipe().plan_or_usual(kind))
    again = Recipe.model_validate_json(recipe.model_dump_json())
    assert again == recipe
    assert type(again.plan_or_usual(kind).params) is METHODS[kind].params


def test_a_method_is_computed_after_those_that_it_uses_and_shown_in_that_order():
    for kind in KINDS:
        params = SegmentationPlan.model_validate({"params": {"kind": kind}}).params
        assert all(KINDS.index(used) < KINDS.index(kind) for used in used_kinds(params))
    assert [plan.params.kind for plan in Recipe().segmentations] == list(ALWAYS)


def test_no_feature_of_a_file_takes_the_column_of_a_method():
    assert len(set(SEGMENT_COLUMNS.values())) == len(KINDS)
    assert all(SEGMENTS.fullmatch(column) for column in SEGMENT_COLUMNS.values())
