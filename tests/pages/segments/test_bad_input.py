"""What cannot be grouped well is said on the page in a sentence with its numbers, never shown as an empty chart."""

from __future__ import annotations

import pytest

from analysis.conditions import AllOf, Condition
from analysis.recipe import SegmentationPlan
from analysis.segments.params import ClusterParams, RulesParams, SegmentRule
from analysis.workspace import Workspace

from .conftest import THREE

PAGE = "segments/clusters"
ODD = "member_no,points,copy,rare,giant,width,depth\n" + "".join(
    f"M{i:03},{1000 * (i % 3) + i},{1000 * (i % 3) + i},"
    f"{i if i % 20 == 0 else ''},{10**9 if i == 7 else i % 9 + i % 4},{2.5 + i % 3},5.5\n"
    for i in range(60)
)


def test_three_customers_are_said_to_be_too_few(open_page, make_study, read_words):
    app = open_page(PAGE, study=make_study(THREE))
    assert not app.exception
    assert "features: 3. Clusters need at least 10" in read_words(app)


@pytest.fixture
def choose_for(portrait_home):
    """Return ``choose(study, params)``: save what a segmentation is made by."""

    def choose(study, params):
        workspace = Workspace.open(portrait_home)
        saved = workspace.load_recipe(study)
        workspace.save_recipe(study, saved.recipe.with_plan(SegmentationPlan(params=params)), saved.revision)
        workspace.close()

    return choose


def test_odd_features_are_each_said_with_their_numbers(open_page, make_study, read_words, choose_for):
    study = make_study(ODD)

    def choose(*keys, **changes):
        choose_for(study, ClusterParams(features=keys, **changes))

    choose("points", "copy", "rare", "giant", k=3)
    app = open_page(PAGE, study=study)
    assert not app.exception
    said = read_words(app)
    assert "57 customers (95%)" in said
    for feature in ("copy", "giant"):
        assert any(feature in line and "info" in line for line in said.splitlines()), said
    choose("width", k=7)
    assert "3 different customers on the chosen features, not enough for 7" in read_words(open_page(PAGE, study=study))
    choose("depth")
    # One value everywhere tells customers apart by nothing: the profiles leave such a column out.
    assert "The column depth is not in the profiles" in read_words(open_page(PAGE, study=study))


def test_features_that_are_all_constant_leave_a_sentence_and_no_chart(open_page, make_study, read_words):
    text = "member_no,points,width\n" + "".join(f"M{i:03},7,{2.5}\n" for i in range(60))
    app = open_page(PAGE, study=make_study(text))
    assert not app.exception
    assert "number that varies" in app.error[0].value
    assert "60 customers" in app.error[0].value


def test_thousands_of_categories_are_said_with_their_number(open_page, make_study, read_words, choose_for):
    plans = "".join(f"M{i:05},{10 * (i % 2) + i % 3},own {i % 5_000}\n" for i in range(10_400))
    study = make_study("member_no,points,plan\n" + plans)
    choose_for(study, ClusterParams(method="mixed", features=("points", "plan"), k=2))
    app = open_page(PAGE, study=study)
    assert not app.exception
    assert "5,000" in read_words(app)


def rule(key, *conditions):
    parts = tuple(Condition(feature=feature, op=op, values=values) for feature, op, *values in conditions)
    return SegmentRule(key=key, when=AllOf(parts=parts))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([rule("a", ("points", "is_known")), rule("b", ("gone", "ge", 5))], ["Rule 2", "gone"]),
        ([rule("a", ("points", "gt", 10), ("points", "lt", 5))], ["Rule 1", "contradicts itself", "points"]),
        ([rule("a", ("points", "is_known")), rule("b", ("points", "gt", 10**9))], ["60 of 60", "Nobody"]),
    ],
)
def test_rules_that_cannot_be_or_take_everyone_are_said(open_page, make_study, read_words, choose_for, rules, said):
    study = make_study(ODD)
    choose_for(study, RulesParams(rules=tuple(rules)))
    app = open_page("segments/rules", study=study)
    assert not app.exception
    words = read_words(app)
    assert [part for part in said if part not in words] == [], words


def test_everyone_in_one_segment_has_nobody_to_be_compared_with(open_page, make_study, read_words, choose_for):
    study = make_study("member_no,points\n" + "".join(f"M{i:03},{i}\n" for i in range(9)))
    choose_for(study, RulesParams(rules=(rule("a", ("points", "is_known")),)))
    for page, said in (("segments/compare", "all 9 customers are in"), ("customers/card", "as all 9 customers")):
        app = open_page(page, study=study)
        assert not app.exception
        assert said in read_words(app)
    app = open_page("segments/personas", study=study)
    assert not app.exception
    assert "n = 9, too few" in read_words(app)


def test_a_segmentation_that_cannot_be_made_is_said_wherever_it_is_missed(
    open_page, make_study, read_words, choose_for
):
    study = make_study("member_no,points\n" + "".join(f"M{i:03},{i % 3 * 50 + i}\n" for i in range(60)))
    choose_for(study, RulesParams(rules=(rule("a", ("gone", "ge", 5)),)))
    for page in ("segments/compare", "segments/personas", "customers/card"):
        app = open_page(page, study=study)
        assert not app.exception
        assert "Segment by rule: left out here. Rule 1 asks about “gone”" in read_words(app), page
