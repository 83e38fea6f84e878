"""The customer card: search, the place among all, the reason for the segment, masked data."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.conditions import AnyOf, Condition
from analysis.predict.offers.params import OffersParams
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RulesParams, SegmentRule
from analysis.workspace import Workspace
from texts import Translator, catalogue

from .conftest import MEMBERS

PAGE = "customers/card"


def look(app, view):
    """Choose a closer view of the customer."""
    return app.get_by_key("card_view").set_value(view).run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_is_found_and_told_by_orders_rhythm_and_what_to_do(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    first = app.get_by_key("card_row_").options[5].split(" · ")[0]
    app.get_by_key("card_search").set_value(first).run()
    assert not app.exception
    said = read_words(app)
    t = Translator(language)
    assert first in said
    assert any(t(key) in said for key in catalogue() if key.startswith("customer.action."))
    happened = app.table[0].value
    assert happened[t("card.order_day")].is_monotonic_decreasing
    assert t("card.kind.order") in set(happened[t("card.kind")])
    look(app, "alike")
    assert not app.exception
    alike = app.dataframe[0].value
    assert len(alike) == 6
    assert alike[t("card.likeness")].is_monotonic_decreasing
    app.get_by_key("alike_0").click().run()
    assert app.get_by_key("card_row_").value == alike.iloc[1, 0].split(" · ")[0]
    look(app, "profile")
    table = app.dataframe[0].value
    places = table[catalogue()["card.percentile"][language]].dropna()
    assert ((places >= 0) & (places <= 1)).all()
    assert table.iloc[:, 0].nunique() >= 5


@pytest.mark.parametrize(("language", "said"), [("en", "To offer next"), ("zh", "下一步可推荐")])
def test_what_to_offer_stands_on_the_card_once_the_study_keeps_offers(
    language, said, open_page, make_study, portrait_home, read_words
):
    rows = [f"c{n % 6},2024-0{1 + n % 6}-1{n % 9},20,o{n},tea {n % 4}" for n in range(24)]
    study = make_study("customer_id,order_date,amount,order_id,product\n" + "\n".join(rows) + "\n")
    assert said not in read_words(open_page(PAGE, language, study=study))
    workspace = Workspace.open(portrait_home)
    kept = workspace.load_recipe(study)
    assert kept.recipe is not None
    workspace.save_recipe(study, kept.recipe.with_prediction(OffersParams()), kept.revision)
    workspace.close()
    words = read_words(open_page(PAGE, language, study=study))
    assert said in words and "tea " in words.split(said)[1]


def test_the_lines_behind_a_card_are_those_of_the_file_and_masked(open_page, make_study, read_words):
    rows = [f"1381234567{i},{i + 1},2024-01-0{i % 9 + 1},{10 * i}" for i in range(9)]
    app = open_page(PAGE, "en", study=make_study("手机号,订单编号,下单时间,实付金额\n" + "\n".join(rows) + "\n"))
    look(app, "lines")
    assert not app.exception
    lines = app.dataframe[0].value
    assert len(lines) == 1
    [cell] = lines["手机号"]
    assert "*" in cell
    assert app.get_by_key("card_row_").options[0].startswith(cell)
    assert "1 line of the files" in read_words(app)


def test_customers_whose_ids_are_masked_names_are_told_apart_by_their_phones(open_page, make_study):
    names = ["王小明", "王小红", "王小刚", "李雷", "韩梅梅", "张伟", "刘洋", "陈静", "杨勇"]
    rows = [f"{name},1381234567{i},{i + 1},2024-01-0{i + 1},{10 * (i + 1)}" for i, name in enumerate(names)]
    app = open_page(PAGE, "zh", study=make_study("会员,手机,订单编号,下单时间,实付金额\n" + "\n".join(rows) + "\n"))
    options = app.get_by_key("card_row_").options
    assert len(set(options)) == len(names)
    assert all("****" in one or "*" in one for one in options)
    assert not any(name in one for one in options for name in names)


def test_what_changed_since_an_earlier_run_stands_on_top(open_page, make_study, portrait_home, read_words):
    import pandas as pd

    rows = [f"c{i},{i + 1},2024-0{i % 3 + 1}-02,{10 * (i + 1)}" for i in range(9)]
    study = make_study("customer id,order id,order date,amount\n" + "\n".join(rows) + "\n")
    workspace = Workspace.open(portrait_home)
    recipe = workspace.load_recipe(study).recipe
    assert recipe is not None
    then = pd.DataFrame({"customer_id": ["c0"], "n_orders": [0], "spend": [0.0]})
    workspace.add_snapshot(study, date(2024, 1, 1), recipe, {}, then, pd.DataFrame({"method": []}))
    workspace.close()
    app = open_page(PAGE, "en", study=study)
    assert "Since 1 Jan 2024: 1 more order; 10 more spent." in read_words(app)
    app.get_by_key("card_search").set_value("c1").run()
    assert "New since 1 Jan 2024." in read_words(app)


def test_personal_data_is_masked_until_asked_for(open_page, sample_study):
    app = look(open_page(PAGE, "zh", study=sample_study), "profile")
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
    app = look(open_page(PAGE, language, study=study), "segments")
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
