"""The Compare page: what differs in words, a choice that is kept, refusals."""

from __future__ import annotations

import pytest

from analysis.conditions import Condition
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RulesParams, SegmentRule
from analysis.workspace import Workspace
from texts import catalogue

from .conftest import MEMBERS, THREE, forget

PAGE = "segments/compare"


def look_closer(app, view):
    app.get_by_key("compare_view").set_value(view).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_names_the_largest_difference_of_each_segment(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    said = read_words(app)
    for key in ("champions", "at_risk", "hibernating"):
        assert catalogue()[f"segment.{key}"][language] in said
    # Of champions 25 % are ordinary members, of everyone else 61 %; that they bought more products their orders made.
    assert "61" in said
    assert "8.6" not in said
    said = read_words(look_closer(app, "ranked"))
    orders = catalogue()["feature.n_orders"][language]
    assert any(catalogue()["compare.answer_by_construction"][language][:15] in line for line in said.splitlines())
    assert orders in said


def test_chosen_segments_are_found_again_after_a_restart(open_page, sample_study):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("compare_rfm").set_value(["loyal", "new"]).run()
    assert not app.exception
    forget()
    again = open_page(PAGE, "zh", study=sample_study)
    assert again.get_by_key("compare_rfm").value == ["loyal", "new"]


def test_clusters_are_compared_too_and_each_method_keeps_its_choice(open_page, sample_study):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("compare_rfm").set_value(["loyal", "new"]).run()
    app.get_by_key("compare_method").set_value("clusters").run()
    assert not app.exception
    assert len(app.get_by_key("compare_clusters").value) == 3
    app.get_by_key("compare_method").set_value("rfm").run()
    assert app.get_by_key("compare_rfm").value == ["loyal", "new"]


def test_one_segment_asks_for_a_second(open_page, sample_study, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("compare_rfm").set_value(["loyal"]).run()
    assert not app.exception
    assert catalogue()["compare.choose_two"]["en"] in read_words(app)


def test_small_segments_are_flagged_and_not_ranked(open_page, sample_study, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("compare_rfm").set_value(["needs_attention", "loyal"]).run()
    assert not app.exception
    assert "n = 20, too few" in read_words(look_closer(app, "sizes"))
    look_closer(app, "ranked")
    ranked = next(table.value for table in app.dataframe if "Beyond chance" in table.value)
    assert set(ranked["Segment"]) == {"Loyal"}


@pytest.mark.parametrize("dimension", ["basic", "behaviour", "preference", "risk", "channel"])
def test_every_dimension_opens(dimension, open_page, sample_study):
    app = open_page(PAGE, "zh", study=sample_study)
    look_closer(app, "dimensions")
    app.get_by_key("compare_dimension").set_value(dimension).run()
    assert not app.exception


def test_renamed_segment_keeps_its_name_here(open_page, sample_study, edit_cell, read_words):
    edit_cell(open_page("segments/rfm", study=sample_study), "rfm", 0, name="[VIP](http://x.y/a.png)")
    app = open_page(PAGE, study=sample_study)
    assert "[VIP]" in app.get_by_key("compare_rfm").options[0]
    assert not any("](http://x.y" in str(element.value) for element in [*app.markdown, *app.caption])


def test_customers_without_orders_are_compared_by_clusters(open_page, make_study):
    app = open_page(PAGE, study=make_study(MEMBERS))
    assert not app.exception
    assert app.get_by_key("compare_method").value == "clusters"


def test_three_customers_learn_why_there_is_nothing_to_compare(open_page, make_study, read_words):
    app = open_page(PAGE, study=make_study(THREE))
    assert not app.exception
    assert "Only 3 customers for 5 scores" in read_words(app)
    assert catalogue()["compare.nothing"]["en"] in read_words(app)


def test_page_explains_what_separates_and_gives_each_group_a_rule_that_comes_near(open_page, sample_study, read_words):
    app = open_page(PAGE, "zh", study=sample_study)
    app.get_by_key("compare_method").set_value("clusters").run()
    said = read_words(look_closer(app, "rules"))
    assert catalogue()["explain.rules"]["zh"] in said
    assert "未参与找规则的 400 位客户" in said
    rules = next(table.value for table in app.dataframe if catalogue()["explain.rule"]["zh"] in table.value)
    assert len(rules) == 3
    assert '"segment": "cluster_1"' in app.code[0].value


def test_segments_by_scores_are_told_by_their_definition_and_not_by_an_estimate(
    open_page, sample_study, edit_cell, read_words
):
    edit_cell(open_page("segments/rfm", study=sample_study), "rfm", 0, name="Best of all")
    app = open_page(PAGE, study=sample_study)
    said = read_words(look_closer(app, "rules"))
    assert catalogue()["explain.definitions"]["en"] in said
    assert catalogue()["explain.exact"]["en"] in said
    assert "had not seen)" not in said
    line = next(
        line for line in said.splitlines() if line.startswith("- Best of all: Days since the last order at most")
    )
    assert "and for nobody else" in line
    assert '"field": "recency_days"' in app.code[0].value


def test_segments_by_own_rules_are_told_as_a_person_wrote_them(open_page, sample_study, portrait_home, read_words):
    large = SegmentRule(key="large", name="Large", when=Condition(feature="spend", op="ge", values=(500,)))
    workspace = Workspace.open(portrait_home)
    saved = workspace.load_recipe(sample_study)
    plan = SegmentationPlan(params=RulesParams(rules=(large,)))
    workspace.save_recipe(sample_study, saved.recipe.with_plan(plan), saved.revision)
    workspace.close()
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("compare_method").set_value("rules").run()
    said = read_words(look_closer(app, "rules"))
    assert "- Large: Spend at least CN¥500. This is its definition" in said
    assert "- Other: none of the definitions before it in the list holds" in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chosen_segment_is_told_by_what_makes_it_more_likely(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    app.get_by_key("focus_rfm").set_value("champions").run()
    assert not app.exception
    name = catalogue()["segment.champions"][language]
    start = {"en": f"belonging to {name} is", "zh": f"的客户属于{name}的可能性是其他客户的"}[language]
    assert start in read_words(app)


@pytest.mark.parametrize("view", ["ranked", "sizes", "dimensions", "apart", "rules", "beside"])
def test_every_closer_look_opens(view, open_page, sample_study):
    look_closer(open_page(PAGE, "zh", study=sample_study), view)
