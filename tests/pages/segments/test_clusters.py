"""The Clusters page: groups in words, choices that are kept, names that follow their customers, refusals."""

from __future__ import annotations

import pytest

from texts import catalogue

from .conftest import MEMBERS, THREE, forget

PAGE = "segments/clusters"


def offered(app) -> list[str]:
    """Return the names of the groups that can be looked at."""
    return [option.replace("\\", "") for option in app.get_by_key("focus_clusters").options]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_says_how_clear_the_groups_are_and_which_is_the_least(language, open_page, sample_study, read_words, look):
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    start = {"en": "1,200 customers fall into 5 groups that are very clearly apart", "zh": "1,200 位客户分成 5 组"}
    assert start[language] in read_words(app)
    assert app.get_by_key("clusters_suggest").value is True
    assert app.get_by_key("clusters_k").value == 5
    app = look(app, "clusters", "fit")
    assert not app.exception
    assert catalogue()["clusters.fit_least"][language].split("{")[0] in read_words(app)


def test_slider_takes_over_from_the_suggestion_and_is_found_again_after_a_restart(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    app.get_by_key("clusters_k").set_value(3).run()
    assert not app.exception
    assert plan(sample_study, "clusters").params.k == 3
    assert app.get_by_key("clusters_suggest").value is False
    assert len(app.get_by_key("focus_clusters").options) == 3
    forget()
    again = open_page(PAGE, study=sample_study)
    assert again.get_by_key("clusters_k").value == 3
    again.get_by_key("clusters_suggest").set_value(True).run()
    assert plan(sample_study, "clusters").params.k is None
    assert again.get_by_key("clusters_k").value == 5


def test_features_are_kept_and_the_empty_choice_means_the_suggested_ones(open_page, sample_study, plan):
    app = open_page(PAGE, study=sample_study)
    features = app.get_by_key("clusters_features")
    assert len(features.value) == 4
    features.set_value(["spend", "n_orders"]).run()
    assert not app.exception
    assert plan(sample_study, "clusters").params.features == ("spend", "n_orders")
    app.get_by_key("clusters_features").set_value([]).run()
    assert plan(sample_study, "clusters").params.features == ()
    assert len(app.get_by_key("clusters_features").value) == 4


def test_own_name_follows_its_customers_when_the_number_of_groups_changes(open_page, sample_study, plan, edit_cell):
    app = edit_cell(open_page(PAGE, study=sample_study), "clusters", 4, name="Newcomers")
    assert plan(sample_study, "clusters").edits[0].segment == "cluster_5"
    app.get_by_key("clusters_k").set_value(3).run()
    assert not app.exception
    [edit] = plan(sample_study, "clusters").edits
    assert edit.name == "Newcomers"
    # The 370 newcomers are now the last of three by spend, and keep the number, and so the colour, that they had.
    assert edit.segment == "cluster_5"
    assert 5 in {anchor.number for anchor in plan(sample_study, "clusters").params.anchors}
    assert "Newcomers" in offered(app)


def test_name_and_merge_stay_in_a_new_session(open_page, sample_study, plan, edit_cell):
    app = edit_cell(open_page(PAGE, study=sample_study), "clusters", 0, name="大客户")
    app = edit_cell(app, "clusters", 1, merge="cluster_1")
    assert not app.exception
    forget()
    again = open_page(PAGE, "zh", study=sample_study)
    assert not again.exception
    options = offered(again)
    assert "大客户" in options
    assert len(options) == 4


def test_all_groups_hidden_leaves_the_table_to_bring_them_back(open_page, sample_study, edit_cell, read_words, look):
    app = open_page(PAGE, study=sample_study)
    for row in range(5):
        app = edit_cell(app, "clusters", row, hide=True)
        assert not app.exception
    app = look(app, "clusters", "customers")
    assert catalogue()["segments.all_hidden"]["en"] in read_words(app)
    assert "customers_clusters" not in {box.key for box in app.selectbox}


def test_customers_without_orders_are_grouped_by_what_is_known(open_page, make_study, read_words):
    app = open_page(PAGE, "zh", study=make_study(MEMBERS))
    assert not app.exception
    assert "60 位客户" in read_words(app)


def test_three_customers_are_refused_with_the_numbers(open_page, make_study, read_words):
    app = open_page(PAGE, study=make_study(THREE))
    assert not app.exception
    assert "3. Clusters need at least 10." in read_words(app)


def test_method_and_preparation_are_kept_and_used(open_page, sample_study, plan, read_words):
    app = open_page(PAGE, study=sample_study)
    assert "other customers would give nearly the same ones" in read_words(app)
    app.get_by_key("clusters_method").set_value("ward").run()
    assert not app.exception
    app.get_by_key("clusters_prepare_skew").set_value("none").run()
    app.get_by_key("clusters_most_segments").set_value(3).run()
    assert not app.exception
    params = plan(sample_study, "clusters").params
    assert (params.method, params.preparation.skew, params.most_segments) == ("ward", "none", 3)
    assert len(app.get_by_key("focus_clusters").options) <= 3
