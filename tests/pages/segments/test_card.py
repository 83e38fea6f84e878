"""The customer card: search, the place among all, the reason for the segment, masked data."""

from __future__ import annotations

import pytest

from analysis.conditions import AnyOf, Condition
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RulesParams, SegmentRule
from analysis.workspace import Workspace
from texts import Translator, catalogue

from .conftest import MEMBERS

PAGE = "customers/card"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_is_found_and_told_by_orders_rhythm_and_what_to_do(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    first = app.get_by_key("card_row_").options[5].split(" · ")[0]
    app.get_by_key("card_search").set_value(first).run()
    assert not app.exception
    said = read_words(app)
    assert first in said
    t = Translator(language)
    assert t("card.segments") in said
    assert any(t(key) in said for key in catalogue() if key.startswith("customer.action."))
    orders = app.table[0].value
    assert 1 <= len(orders) <= 5
    assert orders[t("card.order_day")].is_monotonic_decreasing
    table = app.dataframe[0].value
    places = table[catalogue()["card.percentile"][language]].dropna()
    assert ((places >= 0) & (places <= 1)).all()
    assert table.iloc[:, 0].nunique() >= 5


def test_personal_data_is_masked_until_asked_for(open_page, sample_study):
    app = open_page(PAGE, "zh", study=sample_study)
    told = app.dataframe[0].value
    assert app.get_by_key("card_row_").options[0].endswith("*")
    assert any("*" in value for value in told.iloc[:, 2])
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("a call").run()
    assert not any("*" in value for value in app.dataframe[0].value.iloc[:, 2])


def test_an_unknown_id_is_refused_with_what_to_do(open_page, make_study):
    app = open_page(PAGE, study=make_study(MEMBERS))
    app.get_by_key("card_search").set_value("nobody").run()
    assert not app.exception
    assert "No customer has an id" in app.error[0].value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rule_of_ones_own_is_the_reason_and_of_other_that_no_rule_holds(
    language, open_page, make_study, read_words, portrait_home
):
    study = make_study(MEMBERS)
    workspace = Workspace.open(portrait_home)
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    young = Condition(feature="age", op="le", values=(25,))
    north = Condition(feature="city", op="in", values=("北京",))
    rule = SegmentRule(key="own", name="Mine", when=AnyOf(parts=(young, north)))
    plan = SegmentationPlan(params=RulesParams(rules=(rule,)))
    workspace.save_recipe(study, saved.recipe.with_plan(plan), saved.revision)
    workspace.close()
    app = open_page(PAGE, language, study=study)
    t = Translator(language)
    said = read_words(app)  # M000: 20 years, 北京
    assert t("card.rule", segment="Mine", what=t("rules.group_any")) in said
    age = t("rules.condition.le", feature=t("feature.age"), value="25")
    assert t("card.met", condition=age) in said
    app.get_by_key("card_search").set_value("M001").run()  # 21 years, 上海
    city = t("rules.condition.in", feature=t("feature.city"), value="北京")
    assert t("card.not_met", condition=city) in read_words(app)
    app.get_by_key("card_search").set_value("M010").run()  # 30 years, 上海
    assert not app.exception
    assert t("card.no_rule", n=1) in read_words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_is_forgotten_once_the_consequences_are_said_and_is_found_no_more(
    language, open_page, make_study, portrait_home, read_words
):
    t, study = Translator(language), make_study(MEMBERS)
    app = open_page(PAGE, language, study=study)
    gone = app.get_by_key("card_row_").value
    app.get_by_key("forget").click().run()
    assert t("forget.consequences") in read_words(app)
    app.get_by_key("forget_sure").click().run()
    assert not app.exception
    forgotten = Workspace.open(portrait_home).forgotten(study)
    assert t("forget.done", hash=forgotten.hashed(gone)) in app.success[0].value.replace("\\", "")
    assert gone not in app.get_by_key("card_row_").options


def test_a_customer_without_orders_and_money_is_named_with_nothing_behind_a_colon(open_page, make_study, read_words):
    app = open_page(PAGE, "en", study=make_study(MEMBERS))
    assert "M000" in read_words(app)
    assert "M000:" not in read_words(app)
    assert Translator("en")("workbook.segmentation.rfm") not in read_words(app)
