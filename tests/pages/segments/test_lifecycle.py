"""The page of lifecycle stages: the choices are kept, those that cross refused, and what the data lacks is said."""

from __future__ import annotations

import pytest

from .conftest import MEMBERS, THREE

PAGE = "segments/lifecycle"


@pytest.mark.parametrize(("language", "words"), [("en", "are new or active"), ("zh", "为新客或活跃客户")])
def test_page_answers_with_the_numbers_of_the_study(language, words, open_page, sample_study, plan, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert words in read_words(app)
    assert "1,200" in read_words(app) and "150" in read_words(app)
    assert plan(sample_study, "lifecycle").params.by == "rhythm"


def test_choices_are_kept_and_stages_that_cross_are_refused(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("lifecycle_ends_0").set_value(60.0).run()
    assert plan(sample_study, "lifecycle").params.ends == (0.6, 0.9, 0.975)
    app.get_by_key("lifecycle_ends_0").set_value(95.0).run()
    assert "after the one before it" in read_words(app)
    assert plan(sample_study, "lifecycle").params.ends == (0.6, 0.9, 0.975)
    app.get_by_key("lifecycle_season").set_value(False).run()
    app.get_by_key("lifecycle_by").set_value("days").run()
    app.get_by_key("lifecycle_days_3").set_value(400).run()
    assert not app.exception
    kept = plan(sample_study, "lifecycle").params
    assert (kept.season, kept.by, kept.days) == ("never", "days", (30, 90, 180, 400))


def test_a_stage_gets_a_name_of_ones_own(open_page, sample_study, plan, edit_cell, read_words):
    app = open_page(PAGE, study=sample_study)
    edit_cell(app, "lifecycle", 0, name="Leads")
    assert [(edit.segment, edit.name) for edit in plan(sample_study, "lifecycle").edits] == [
        ("lifecycle_prospect", "Leads")
    ]


def test_too_few_customers_get_a_reason_and_the_way_out(open_page, make_study, plan, read_words):
    study = make_study(THREE)
    app = open_page(PAGE, study=study)
    assert "Only 1 customer has ordered on two days" in read_words(app)
    app.get_by_key("lifecycle_by").set_value("days").run()
    assert not app.exception and not app.error
    assert plan(study, "lifecycle").params.by == "days"


def test_members_without_orders_get_a_reason(open_page, make_study, saved, read_words):
    study = make_study(MEMBERS)
    app = open_page(PAGE, study=study)
    assert not app.exception
    assert "no orders with dates" in read_words(app)
    assert saved(study).plan("lifecycle") is None
