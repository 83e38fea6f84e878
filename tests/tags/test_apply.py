"""All tags of a study at once: in order, as features, and each with its own reason when it fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analysis.errors import AnalysisError, ChoiceError
from analysis.intake.reading.read import read_file
from analysis.recipe import Recipe, SegmentationPlan
from analysis.study import begin, suggest
from analysis.study.grouping import profiles_for
from analysis.study.tagging import segments_moved
from analysis.tags.apply import in_order, of_segments, with_tags
from analysis.tags.dictionary import used_by
from analysis.tags.params import Case, Cases, OfSegment, Tag, Top
from tests.tags.makers import profiles_of, rule, when

BASE = profiles_of(spend=[9.0, 5.0, 1.0], n_orders=[1, 2, 3])


def test_a_tag_may_ask_for_another_wherever_it_stands() -> None:
    tags = [rule("both", "tag_big", "yes"), rule("big", "spend", "ge", 5)]
    assert [tag.key for tag in in_order(tags)] == ["big", "both"]
    assert with_tags(BASE, tags).values["both"].n == 2


def test_tags_that_ask_for_one_another_in_a_circle_are_refused_by_the_recipe() -> None:
    circle = (rule("a", "tag_b", "yes"), rule("b", "tag_a", "yes"))
    with pytest.raises(ChoiceError, match="tag_circle"):
        Recipe(tags=circle)
    with pytest.raises(AnalysisError, match="tag_circle"):
        in_order(circle)


def test_a_column_whose_heading_is_a_number_is_no_value_of_a_tag() -> None:
    tags = (rule("a", "2023", "ge", 1), rule("b", "2023", "ge", 2))
    assert in_order(tags) == tags
    assert used_by(tags[0], tags, []) == ()


def test_two_tags_of_one_key_are_refused() -> None:
    with pytest.raises(ChoiceError, match="tag_twice"):
        Recipe(tags=(rule("a", "spend", "ge", 1), rule("a", "spend", "ge", 2)))


def test_no_tag_takes_the_column_of_a_value_of_another() -> None:
    wide: dict[str, Any] = {
        "several": True,
        "source": Cases(cases=(Case(value="u", when=when("spend", "ge", 5)),)),
    }
    with pytest.raises(ChoiceError, match="tag_key_of_value"):
        Recipe(tags=(rule("a__1", "spend", "ge", 1), Tag(key="a", type="value", **wide)))
    assert Recipe(tags=(rule("a__b", "spend", "ge", 1), Tag(key="a", type="value", **wide)))
    retired = Tag(key="a", type="value", retired=True, **wide)
    tagged = with_tags(BASE, [retired, rule("new", "tag_a__1", "yes")])
    assert tagged.problems["new"].code == "tag_asks_retired"


@pytest.mark.parametrize("by_way_of", [False, True])
def test_segments_that_ask_for_a_tag_made_of_segments_say_so(by_way_of: bool) -> None:
    gold = Tag(key="gold", type="value", source=OfSegment(method="rules"))
    tags = (gold, rule("more", "tag_gold", "is_known"))
    asked = when("tag_more" if by_way_of else "tag_gold", "is_known")
    plan = SegmentationPlan.model_validate({"params": {"kind": "rules", "rules": [{"key": "rule_1", "when": asked}]}})
    run = SimpleNamespace(recipe=Recipe(tags=tags), prepared=lambda: SimpleNamespace(profiles=BASE))
    with pytest.raises(AnalysisError, match="segments_of_their_tags"):
        profiles_for(run, plan)  # type: ignore[arg-type]
    kept = Recipe(tags=tuple(tag.model_copy(update={"retired": True}) for tag in tags))
    assert profiles_for(SimpleNamespace(recipe=kept, prepared=run.prepared), plan) is BASE  # type: ignore[arg-type]


def test_a_tag_that_fails_stops_no_other_and_says_why() -> None:
    tagged = with_tags(BASE, [rule("gone", "colour", "is_known"), rule("big", "spend", "ge", 5)])
    assert tagged.problems["gone"].code == "tag_feature_gone"
    assert tagged.values["big"].n == 2


def test_what_asks_for_a_retired_or_failed_tag_says_which() -> None:
    retired = rule("old", "spend", "ge", 5, retired=True)
    tagged = with_tags(
        BASE, [retired, rule("new", "tag_old", "yes"), rule("x", "colour", "is_known"), rule("y", "tag_x", "yes")]
    )
    assert tagged.problems["new"].code == "tag_asks_retired"
    assert tagged.problems["y"].code == "tag_asks_failed"
    assert "tag_old" not in tagged.profiles.customers


def test_profiles_handed_in_stay_as_they_are() -> None:
    before = BASE.customers.copy()
    with_tags(BASE, [rule("big", "spend", "ge", 5)])
    assert BASE.customers.equals(before) and len(BASE.features) == 2


def test_a_tag_is_a_feature_that_says_what_it_is_made_of() -> None:
    feature = with_tags(BASE, [rule("big", "spend", "ge", 5, name_en="Big", name_zh="大")]).profiles.feature("tag_big")
    assert feature is not None
    assert (feature.kind, feature.origin, feature.made_of, feature.named) == ("flag", "tag", ("spend",), ("Big", "大"))


def test_tags_of_segments_come_late_with_all_that_ask_for_them() -> None:
    segment = Tag(key="gold", type="value", source=OfSegment(method="rfm"))
    tags = [segment, rule("of_gold", "tag_gold", "is_known"), rule("big", "spend", "ge", 5)]
    assert of_segments(tags) == {"gold", "of_gold"}


def test_what_uses_a_tag_is_told() -> None:
    big = Tag(key="big", type="value", source=Top(feature="spend", n=1))
    plan = Recipe().plan_or_usual("rules")
    with_rule = plan.model_copy(
        update={"params": {"kind": "rules", "rules": [{"key": "1", "when": when("tag_big", "yes")}]}}
    )
    near = rule("big__time", "spend", "ge", 5)
    assert used_by(near, [big, near, rule("other", "tag_big__time", "no")], [])  # no value of the tag "big"
    found = used_by(big, [big, rule("other", "tag_big", "no")], [with_rule, Recipe().plan_or_usual("rfm")])
    assert [(use.kind, use.name) for use in found] == [("segmentation", "rules"), ("tag", "other")]
    lists = {"May": ["tag_big"], "June": ["tag_bigger"]}
    assert [(use.kind, use.name) for use in used_by(big, [big], [], lists)] == [("list", "May")]


def test_a_pilot_tells_who_would_stand_in_another_segment_also_by_way_of_another_tag() -> None:
    rows = "order id,customer id,order date,amount,city\n" + "".join(
        f"o{n},c{n:02},2024-01-11,{n + 1},{'ab'[n % 2]}\n" for n in range(40)
    )
    big, also = rule("big", "spend", "gt", 10), rule("also", "tag_big", "yes")
    asked = when("tag_also", "yes")
    plan = SegmentationPlan.model_validate({"params": {"kind": "rules", "rules": [{"key": "rule_1", "when": asked}]}})
    recipe = Recipe(tags=(big, also), segmentations=(plan, Recipe().plan_or_usual("rfm")))
    tables = read_file(rows.encode(), name="orders.csv")
    run = begin(tables, suggest(tables).model_copy(update={"tags": recipe.tags, "segmentations": recipe.segmentations}))
    higher = rule("big", "spend", "gt", 30)
    assert segments_moved(run, higher) == {"rules": 20}  # those who spend 11 to 30
    only = when("city", "in", "a")
    assert segments_moved(run, higher, only) == {"rules": 10}
