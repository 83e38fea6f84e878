"""The page of rules: rules to start from, live counts, changes kept, contradictions refused."""

from __future__ import annotations

import pytest

from .conftest import MEMBERS

PAGE = "segments/rules"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_starts_from_rules_and_counts_them(language, open_page, sample_study, plan, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert len(plan(sample_study, "rules").params.rules) == 3
    assert ("count here" if language == "en" else "归入本群") in read_words(app)


def test_a_changed_value_counts_at_once_and_is_kept(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    before = read_words(app)
    app.get_by_key("rules_value_2_0_0").set_value(500.0).run()
    assert not app.exception
    assert plan(sample_study, "rules").params.rules[2].when.parts[0].values == (500.0,)
    assert read_words(app) != before


def test_conditions_groups_and_rules_are_added_and_removed(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rules_group_0_2").click().run()
    assert not app.exception
    assert plan(sample_study, "rules").params.rules[0].when.parts[2].kind == "any"
    app.get_by_key("rules_remove_0_2_0").click().run()
    assert len(plan(sample_study, "rules").params.rules[0].when.parts) == 2
    app.get_by_key("rules_delete_0").click().run()
    assert len(plan(sample_study, "rules").params.rules) == 2
    app.get_by_key("rules_join_0").set_value("any").run()
    assert plan(sample_study, "rules").params.rules[0].when.kind == "any"
    assert not app.exception


def test_a_contradiction_is_refused_with_the_feature_in_words(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rules_add_2_1").click().run()
    app.get_by_key("rules_feature_2_1").set_value("spend").run()
    app.get_by_key("rules_op_2_1").set_value("lt").run()
    assert "contradicts itself" in read_words(app)
    assert plan(sample_study, "rules").params.rules[2].when.parts[1].op == "ge"


def test_members_without_orders_get_a_rule_on_what_is_there(open_page, make_study, plan):
    study = make_study(MEMBERS)
    app = open_page(PAGE, study=study)
    assert not app.exception
    assert len(plan(study, "rules").params.rules) == 1


def test_a_group_is_turned_round_and_holds_another_group(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("rules_group_0_2").click().run()
    before = plan(sample_study, "rules").params.rules[0].when.parts[2].parts
    app.get_by_key("rules_kind_0_2").set_value("none").run()
    turned = plan(sample_study, "rules").params.rules[0].when.parts[2]
    assert (turned.kind, turned.part.kind, turned.part.parts) == ("not", "any", before)
    app.get_by_key("rules_group_0_2_0_1").click().run()
    assert not app.exception
    inner = plan(sample_study, "rules").params.rules[0].when.parts[2].part.parts[1]
    assert inner.kind == "any"
    assert len(inner.parts) == 1
