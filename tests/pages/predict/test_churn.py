"""The pages of churn and of the next order: answers in both languages, reasons, and the most at risk as a segment."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.conditions import features_in
from analysis.predict.churn.params import ChurnParams
from analysis.predict.next_order.params import NextOrderParams
from analysis.workspace import Workspace
from tests.act.test_saved import campaign
from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words


@pytest.mark.parametrize(("language", "said"), [("en", "are expected to leave"), ("zh", "会流失")])
def test_churn_answers_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, sample_study: Any
) -> None:
    app = open_page("predict/churn", language, study=sample_study)
    answers(app, said)
    every_view(app, "churn", "found", "calibration", "trust", "who")


def test_the_tenth_most_at_risk_becomes_a_segment_that_the_recipe_finds_again(
    open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page("predict/churn", study=sample_study)
    app.get_by_key("prediction_churn_method").set_value("rule").run()
    assert saved(sample_study).predictions == ()
    app.get_by_key("churn_segment").click().run()
    assert not app.exception
    recipe = saved(sample_study)
    assert recipe.predictions == (ChurnParams(method="rule"),)
    [rule] = [rule for rule in recipe.plan("rules").params.rules if rule.key == "at_risk"]
    assert rule.name == "Most at risk"
    assert features_in(rule.when) == ("churn_risk", "recency_days")  # who has left is not at risk
    app.get_by_key("churn_segment").click().run()
    assert len(saved(sample_study).plan("rules").params.rules) == len(recipe.plan("rules").params.rules)


def test_a_rate_brings_its_range_along_and_a_measured_one_is_taken_with_its_interval(
    open_page: Any, make_study: Any, portrait_home: Any
) -> None:
    rows = [f"c{n % 60},2024-{1 + n % 12:02}-{1 + n % 27:02},20" for n in range(300)]
    study = make_study("customer_id,order_date,amount\n" + "\n".join(rows) + "\n")
    workspace = Workspace.open(portrait_home)
    workspace.add_campaign(study, campaign((1000, 600), (500, 250)))
    workspace.close()
    app = open_page("predict/churn", study=study)
    app.get_by_key("prediction_churn_save_rate").set_value(0.3).run()
    assert not app.exception and app.get_by_key("prediction_churn_save_rate").value == 0.3
    assert "“May”" in app.get_by_key("churn_rate_seen").label and "20%" in app.get_by_key("churn_rate_seen").label
    app.get_by_key("churn_rate_seen").click().run()
    assert not app.exception
    assert app.get_by_key("prediction_churn_save_rate").value == pytest.approx(0.2)


@pytest.mark.parametrize(("language", "said"), [("en", "leave out the one"), ("zh", "合在一起")])
def test_two_columns_that_know_the_future_are_named_and_one_can_be_left_out_on_the_page(
    language: Any, said: str, open_page: Any, make_study: Any
) -> None:
    rows = [f"s{n:03},{20 + n % 30},{20 + n % 30 - (7 if n % 3 == 0 else 0)},{'yes' if n % 3 == 0 else 'no'}" for n in
            range(240)]  # fmt: skip
    app = open_page(
        "predict/churn", language, study=make_study("customer_id,booked,settled,churn\n" + "\n".join(rows) + "\n")
    )
    assert not app.exception and said in words(app) and "booked" in words(app)
    app.get_by_key("prediction_churn_leave_out").set_value(["settled"]).run()
    assert not app.exception and said not in words(app)


@pytest.mark.parametrize(("language", "said"), [("en", "as a window of days"), ("zh", "时间范围")])
def test_the_next_order_is_a_window_and_says_how_often_it_was_right(
    language: Any, said: str, open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page("predict/next_order", language, study=sample_study)
    answers(app, said)
    app.get_by_key("next_order_view_shown").set_value("back").run()
    app.get_by_key("use_next_order").click().run()
    assert not app.exception
    assert saved(sample_study).predictions == (NextOrderParams(),)


def test_those_due_go_on_a_list_to_send_by_a_tag_that_finds_them_again(
    open_page: Any, sample_study: Any, saved: Any, portrait_home: Any
) -> None:
    app = open_page("predict/next_order", study=sample_study)
    app.get_by_key("list_next_order").click().run()
    app.get_by_key("send_next_order").click().run()
    recipe = saved(sample_study)
    assert recipe.predictions == (NextOrderParams(),)
    assert recipe.tag("predicted_due_90").name_en == "Order due within 90 days"
    workspace = Workspace.open(portrait_home)
    assert workspace.setting("lists", {}, sample_study) == {
        "segments": [], "tags": ['["tag_predicted_due_90", ""]']
    }  # fmt: skip
    workspace.close()


def test_few_customers_are_told_what_is_missing(open_page: Any, make_study: Any) -> None:
    rows = [f"c{n},2024-0{1 + n % 6}-1{n % 9},20,o{n}" for n in range(12)]
    study = make_study("customer_id,order_date,amount,order_id\n" + "\n".join(rows) + "\n")
    for kind in ("churn", "next_order"):
        app = open_page(f"predict/{kind}", study=study)
        without(app, kind, "customers")
        assert any(char.isdigit() for char in words(app))


def test_a_shop_that_fell_silent_has_no_windows_and_says_so(open_page: Any, make_study: Any) -> None:
    rows = [f"c{n},2022-0{1 + n % 3 + month}-1{n % 9},20,o{n}-{month}" for n in range(60) for month in range(4)]
    rows += [f"late{n},2024-06-{10 + n},20,l{n}" for n in range(20)]  # enough not to be taken for typing errors
    study = make_study("customer_id,order_date,amount,order_id\n" + "\n".join(rows) + "\n")
    app = open_page("predict/next_order", study=study)
    assert not app.exception
    assert "Nobody has a window" in words(app)
