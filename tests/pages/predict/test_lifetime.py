"""The page of lifetime value: the answer in both languages, choices, the trial, and its use as a feature."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.predict.lifetime.params import LifetimeParams
from analysis.study import begin
from analysis.workspace import Workspace
from tests.pages.predict.walk import answers, every_view, without
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words

PAGE = "predict/lifetime"


@pytest.mark.parametrize(("language", "said"), [("en", "customers are expected to bring"), ("zh", "位客户预计带来")])
def test_the_answer_stands_first_and_every_view_can_be_opened(
    language: Any, said: str, open_page: Any, sample_study: Any
) -> None:
    app = open_page(PAGE, language, study=sample_study)
    answers(app, said)
    every_view(app, "lifetime", "trial", "model", "tenths")


def test_choices_are_tried_and_kept_with_the_study_once_it_is_a_feature(
    open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("prediction_lifetime_months").set_value(6).run()
    assert "next 6 months" in words(app)
    assert saved(sample_study).predictions == ()
    app.get_by_key("use_lifetime").click().run()
    assert not app.exception
    assert saved(sample_study).predictions == (LifetimeParams(months=6),)
    app.get_by_key("prediction_lifetime_model").set_value("bg_nbd").run()
    assert saved(sample_study).prediction("lifetime").model == "bg_nbd"
    app.get_by_key("leave_lifetime").click().run()
    assert saved(sample_study).predictions == ()
    assert "BG/NBD" in words(app), "what was chosen is still tried"


def test_tiers_of_the_value_to_come_are_rules_that_hold_in_the_next_export(
    open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("lifetime_tiers").click().run()
    assert not app.exception
    recipe = saved(sample_study)
    assert [rule.key for rule in recipe.plan("rules").params.rules] == ["value_high", "value_middle", "value_low"]
    edited = begin(Workspace.open().raw_tables(sample_study), recipe).segmentation("rules")[1]
    shares = edited.segmentation.segments.set_index("segment")["share"]
    assert shares["rule_value_high"] / (1200 / 1350) == pytest.approx(0.2, abs=0.01)
    assert shares["rule_value_middle"] / (1200 / 1350) == pytest.approx(0.3, abs=0.01)


def test_a_shop_of_twelve_is_told_what_is_missing(open_page: Any, make_study: Any) -> None:
    rows = [f"c{n},2024-0{1 + n % 6}-1{n % 9},20,o{n}" for n in range(12)]
    study = make_study("customer_id,order_date,amount,order_id\n" + "\n".join(rows) + "\n")
    app = open_page(PAGE, study=study)
    without(app, "lifetime", "at least 50")
