"""The Hybrid page: cells, the rule for small ones, what is kept, refusals."""

from __future__ import annotations

import pytest

from texts import catalogue

from .conftest import MEMBERS, forget

PAGE = "segments/hybrid"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_crosses_rfm_with_clusters_and_says_what_was_put_together(language, open_page, sample_study, read_words):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert catalogue()["hybrid.title"][language] in read_words(app)
    cells = next(table.value for table in app.dataframe if catalogue()["hybrid.ends_in"][language] in table.value)
    assert cells[catalogue()["column.customers"][language]].sum() > 1_000
    assert catalogue()["segment.champions"][language] in set(cells[catalogue()["hybrid.first"][language]])


def test_choices_are_kept_with_the_study(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("hybrid_small").set_value("keep").run()
    app.get_by_key("hybrid_second").set_value("tiers").run()
    assert not app.exception
    params = plan(sample_study, "hybrid").params
    assert (params.first, params.second, params.small) == ("rfm", "tiers", "keep")
    forget()
    assert open_page(PAGE, "zh", study=sample_study).get_by_key("hybrid_second").value == "tiers"


def test_choosing_the_other_side_swaps_rows_and_columns(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("hybrid_first").set_value("clusters").run()
    assert not app.exception
    params = plan(sample_study, "hybrid").params
    assert (params.first, params.second) == ("clusters", "rfm")


def test_a_name_given_on_another_page_counts_here(open_page, sample_study, edit_cell):
    edit_cell(open_page("segments/rfm", study=sample_study), "rfm", 0, name="Best friends")
    app = open_page(PAGE, study=sample_study)
    cells = next(table.value for table in app.dataframe if "Counted in" in table.value)
    assert "Best friends" in set(cells["Rows"])


def test_a_larger_least_share_leaves_fewer_segments(open_page, sample_study):
    app = open_page(PAGE, study=sample_study)
    before = len(app.get_by_key("focus_hybrid").options)
    app.get_by_key("hybrid_smallest_share").set_value(10.0).run()
    assert not app.exception
    assert len(app.get_by_key("focus_hybrid").options) < before


def test_customers_without_orders_learn_which_segmentation_is_missing(open_page, make_study):
    app = open_page(PAGE, study=make_study(MEMBERS))
    assert not app.exception
    assert app.error
    assert app.get_by_key("hybrid_first").value == "rfm"
