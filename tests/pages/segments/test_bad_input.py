"""What cannot be grouped well is said on the page in a sentence with its numbers, never shown as an empty chart."""

from __future__ import annotations

from analysis.recipe import SegmentationPlan
from analysis.segments.params import ClusterParams
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


def test_odd_features_are_each_said_with_their_numbers(open_page, make_study, read_words, portrait_home):
    study = make_study(ODD)

    def choose(*keys, **changes):
        workspace = Workspace.open(portrait_home)
        saved = workspace.load_recipe(study)
        plan = SegmentationPlan(params=ClusterParams(features=keys, **changes))
        workspace.save_recipe(study, saved.recipe.with_plan(plan), saved.revision)
        workspace.close()

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
