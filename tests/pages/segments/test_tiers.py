"""The page of value tiers: entered into the recipe on the first visit, borders and names kept, refusals."""

from __future__ import annotations

import pytest

from .conftest import MEMBERS, forget

PAGE = "segments/tiers"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_answers_with_the_numbers_of_the_study(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert "72%" in read_words(app)
    assert "150" in read_words(app)


def test_the_method_enters_the_recipe_on_the_first_visit_only(open_page, sample_study, saved, plan):
    assert [each.params.kind for each in saved(sample_study).segmentations] == ["rfm", "clusters"]
    open_page(PAGE, study=sample_study)
    assert [each.params.kind for each in saved(sample_study).segmentations] == ["rfm", "tiers", "clusters"]


def test_borders_names_and_number_of_tiers_are_kept(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("tiers_share_0").set_value(10.0).run()
    app.get_by_key("tiers_name_0").set_value("VIP").run()
    assert not app.exception
    assert (plan(sample_study, "tiers").params.tiers[0].share, plan(sample_study, "tiers").params.tiers[0].name) == (
        0.1, "VIP",
    )  # fmt: skip
    forget()
    again = open_page(PAGE, study=sample_study)
    assert "VIP" in read_words(again)
    next(button for button in again.button if button.label == "Add a tier").click().run()
    assert len(plan(sample_study, "tiers").params.tiers) == 4
    assert not again.exception


def test_shares_that_leave_nothing_are_refused_and_nothing_is_lost(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("tiers_share_0").set_value(80.0).run()
    assert "110%" in read_words(app)
    assert plan(sample_study, "tiers").params.tiers[0].share == 0.2


def test_amounts_start_from_the_present_borders(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("tiers_by").set_value("amount").run()
    assert not app.exception
    assert [tier.at_least for tier in plan(sample_study, "tiers").params.tiers] == [1620.0, 263.0, None]


def test_members_without_spend_get_a_reason_and_the_recipe_stays(open_page, make_study, saved, read_words):
    study = make_study(MEMBERS)
    app = open_page(PAGE, study=study)
    assert not app.exception
    assert "spent" in read_words(app)
    assert saved(study).plan("tiers") is None


def test_compare_and_export_show_the_tiers(open_page, sample_study, read_words):
    open_page(PAGE, study=sample_study)
    compare = open_page("segments/compare", study=sample_study)
    assert (
        "tiers" in compare.get_by_key("compare_method").options
        or "Value tiers" in compare.get_by_key("compare_method").options
    )
    export = open_page("share/export", study=sample_study)
    assert not export.exception
    assert "value tiers" in read_words(export)
