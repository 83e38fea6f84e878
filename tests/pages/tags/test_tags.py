"""The page of tags: a starting set in one click, a tag of one's own with its count, used, retired and deleted."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.conditions import Condition
from analysis.segments.params import RulesParams, SegmentRule
from analysis.study import begin
from analysis.tags.imported import import_values
from analysis.tags.library import ready_tags
from analysis.tags.params import OfSegment, Rule, Tag, Top
from analysis.tags.starters import WAYS
from analysis.workspace import Workspace
from tests.pages.segments.conftest import *  # noqa: F403
from tests.pages.segments.conftest import words

PAGE = "customers/tags"


def click(app: AppTest, key: str) -> AppTest:
    app.get_by_key(key).click().run()  # pyright: ignore
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_starting_set_is_offered_and_taken_in_one_click(
    language: Any, open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page(PAGE, language, study=sample_study)
    assert not app.exception
    assert "{" not in words(app)
    click(app, "tags_start")
    tags = saved(sample_study).tags
    assert 5 <= len(tags) <= 8
    assert str(len(tags)) in words(app)
    for view in ("who", "crossed", "about"):
        app.get_by_key("tags_view").set_value(view).run()
        assert not app.exception, view


def test_a_tag_of_ones_own_is_counted_while_it_is_made_and_the_same_everywhere(
    open_page: Any, sample_study: Any, saved: Any, root: Any
) -> None:
    app = open_page(PAGE, study=sample_study)
    click(app, "tag_new")
    assert app.get_by_key("tag_save").disabled  # it has no name yet
    app.get_by_key("tag_name_en").set_value("Bought often").run()
    app.get_by_key("tag_when_None_feature_0").set_value("n_orders").run()
    app.get_by_key("tag_when_None_value_0_0").set_value(4).run()
    counted = int(app.metric[0].value.replace(",", ""))
    click(app, "tag_save")
    [tag] = saved(sample_study).tags
    assert (tag.key, tag.source) == (
        "bought_often", Rule(when={"kind": "all", "parts": [Condition(feature="n_orders", op="ge", values=(4.0,))]}),
    )  # fmt: skip
    assert f"{counted:,}" in words(app) or str(counted) in words(app)
    workspace = Workspace.open()
    study = begin(workspace.raw_tables(sample_study), saved(sample_study))
    assert study.tag_values(tag).n == counted == int(study.prepared().profiles.customers["tag_bought_often"].sum())
    # It is a feature that segments are made of, and the page says what uses it.
    rules = RulesParams(rules=(SegmentRule(key="1", when=Condition(feature="tag_bought_often", op="yes")),))
    recipe = saved(sample_study)
    plan = recipe.plan_or_usual("rules").model_copy(update={"params": rules})
    workspace.save_recipe(sample_study, recipe.with_plan(plan), workspace.load_recipe(sample_study).revision)
    found = begin(workspace.raw_tables(sample_study), saved(sample_study)).segmentation("rules")[1]
    assert found.segmentation.segments["customers"].iloc[0] == counted
    workspace.close()
    again = open_page(PAGE, study=sample_study)
    again.get_by_key("tags_view").set_value("about").run()
    assert "segments by Rules" in words(again)
    # What rules use is retired after a question, and then they call the tag by its name.
    click(again, "tag_retire")
    assert not saved(sample_study).tags[0].retired
    click(again, "tag_retire_sure")
    assert saved(sample_study).tags[0].retired
    rules_page = open_page("segments/rules", study=sample_study)
    assert "“Bought often”, which is retired" in rules_page.error[0].value
    assert "tag_bought_often" not in words(rules_page)


def test_a_changed_definition_is_a_new_version_with_what_it_did(open_page: Any, sample_study: Any, saved: Any) -> None:
    app = open_page(PAGE, study=sample_study)
    click(app, "tag_new")
    app.get_by_key("tag_name_en").set_value("Big").run()
    app.get_by_key("tag_way").set_value("top").run()
    click(app, "tag_save")
    click(app, "tag_edit")
    app.get_by_key("tag_share").set_value(10.0).run()
    assert any("out" in info.value for info in app.info)
    click(app, "tag_save")
    [tag] = saved(sample_study).tags
    assert (tag.version, tag.source) == (2, Top(feature="spend", share=0.1))
    app.get_by_key("tags_view").set_value("about").run()
    assert "Version 1 until" in words(app)


def test_a_tag_is_retired_used_again_and_deleted(open_page: Any, sample_study: Any, saved: Any) -> None:
    app = open_page(PAGE, study=sample_study)
    click(app, "tags_start")
    key = app.get_by_key("tag_chosen").value
    click(app, "tag_retire")
    assert saved(sample_study).tag(key).retired
    app.get_by_key("tag_chosen").set_value(key).run()
    click(app, "tag_retire")
    assert not saved(sample_study).tag(key).retired
    click(app, "tag_delete")
    click(app, "tag_delete_sure")
    assert saved(sample_study).tag(key) is None


def test_every_way_to_make_a_tag_opens_with_a_definition_that_this_data_carries(
    open_page: Any, sample_study: Any
) -> None:
    app = open_page(PAGE, "zh", study=sample_study)
    click(app, "tag_new")
    for way in WAYS:
        app.get_by_key("tag_way").set_value(way).run()
        assert not app.exception, way
        if way not in ("look_alike", "imported"):
            assert not app.error, (way, [error.value for error in app.error])
            assert app.metric, way
    click(app, "tag_cancel")


def test_what_cannot_be_is_said_in_words_and_nothing_is_lost(open_page: Any, sample_study: Any, saved: Any) -> None:
    app = open_page(PAGE, study=sample_study)
    click(app, "tag_new")
    app.get_by_key("tag_name_en").set_value("Days").run()
    app.get_by_key("tag_way").set_value("activity").run()
    app.get_by_key("tag_least_days").set_value(31).run()
    assert app.error and "30" in app.error[0].value
    app.get_by_key("tag_way").set_value("bands").run()
    app.get_by_key("tag_cut_by").set_value("own").run()
    app.get_by_key("tag_cuts").set_value("a, b").run()
    assert "100, 500" in app.error[0].value
    click(app, "tag_cancel")
    assert saved(sample_study).tags == ()


@pytest.mark.parametrize(
    ("page", "language"),
    [
        ("customers/overview", "en"),
        ("segments/clusters", "zh"),
        ("segments/compare", "en"),
        ("segments/personas", "zh"),
        ("customers/card", "en"),
        ("share/export", "zh"),
        ("segments/rules", "en"),
    ],
)
def test_other_pages_open_with_tags_in_the_study(page: Any, language: Any, open_page: Any, sample_study: Any) -> None:
    workspace = Workspace.open()
    saved = workspace.load_recipe(sample_study)
    assert saved.recipe is not None
    tables = workspace.raw_tables(sample_study)
    found = begin(tables, saved.recipe).prepared()
    tags = ready_tags(found.profiles, found.standard)[::4]
    own = Tag(key="own", name_en="Mine", name_zh="我的", type="value", source=OfSegment(method="rfm"))
    workspace.save_recipe(sample_study, saved.recipe.model_copy(update={"tags": (*tags, own)}), saved.revision)
    workspace.set_setting("overview", {"view": "people"}, sample_study)
    workspace.close()
    app = open_page(page, language, study=sample_study)
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]


def test_imported_values_are_counted_before_the_tag_is_saved_and_stay_its_own_under_any_name(
    open_page: Any, sample_study: Any, saved: Any
) -> None:
    app = open_page(PAGE, study=sample_study)
    click(app, "tag_new")
    app.get_by_key("tag_way").set_value("imported").run()
    app.get_by_key("tag_name_en").set_value("Taste").run()
    assert app.metric[0].value == "0"
    assert not app.error
    workspace = Workspace.open()
    run = begin(workspace.raw_tables(sample_study), saved(sample_study))
    profiles = run.prepared().profiles
    ids = profiles.customers["customer_id"].iloc[:3]
    told = import_values(
        profiles, ids, pd.Series(["red", "red", "green"]), on=profiles.as_of, before=None, how="append"
    )
    workspace.save_document("tag_values", told.values, "tag_1", sample_study, revision=None)
    app.run()
    assert app.metric[0].value == "3"
    click(app, "tag_save")
    [tag] = saved(sample_study).tags
    assert (tag.key, tag.name_en) == ("tag_1", "Taste")
    # Another tag does not begin with the values of this one, not even when it was deleted.
    click(app, "tag_delete")
    click(app, "tag_delete_sure")
    click(app, "tag_new")
    app.get_by_key("tag_way").set_value("imported").run()
    assert app.metric[0].value == "0"
    workspace.close()
