"""What was learned is kept by a look at a page, applied when asked for, and learned anew when it no longer applies."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from analysis.recipe import SegmentEdit
from analysis.study import read
from analysis.workspace import Workspace
from texts import translator

from .conftest import forget

DRAW = random.Random(3)
SHOP = "客户编号,下单日期,实付金额\n" + "".join(
    f"C{i:02},2024-{DRAW.randint(1, 9):02}-{DRAW.randint(1, 28):02},{DRAW.choice([9.9, 9.9, 25, 120, 800])}\n"
    for i in range(60)
    for again in range(1 + i % 4)
) + "C01,2024-09-29,25\n"  # fmt: skip
DAY = date(2024, 9, 30)
KINDS = ("rfm", "tiers", "lifecycle", "clusters", "hybrid")
GONE = {"en": "The name “{}” is given to nobody", "zh": "名称“{}”未使用"}
CHANGE = {
    "rfm": ("rfm_n_scores", 3), "tiers": ("tiers_share_0", 35.0), "lifecycle": ("lifecycle_new_until", 70.0),
    "clusters": ("clusters_k", 3), "hybrid": ("hybrid_least", 3),
}  # fmt: skip


@pytest.fixture
def shop(make_study) -> str:
    """Return a study of 60 customers up to 30 September 2024."""
    return make_study(SHOP)


def badges(app) -> str:
    return " ".join(str(each.value) for each in app.markdown if "badge" in str(each.value))


def latest(home: Path, study: str, kind: str):
    workspace = Workspace.open(home)
    try:
        assert workspace.snapshots(study) == []
        return workspace.latest_fit(study, kind)
    finally:
        workspace.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_keeps_what_its_method_learned_and_applies_it_when_asked(
    kind, language, open_page, shop, plan, portrait_home, read_words
):
    app = open_page(f"segments/{kind}", language, study=shop)
    assert not app.exception, app.exception
    assert badges(app) == ""
    found = latest(portrait_home, shop, kind)
    assert found is not None and [each.kind for each in found.methods] == [kind]
    app.get_by_key(f"{kind}_fit").set_value("frozen").run()
    assert not app.exception, app.exception
    assert not app.error, read_words(app)
    words = "kept.groups" if kind in ("clusters", "hybrid") else "kept.cuts"
    assert translator(language)(words, as_of=DAY) in badges(app)
    assert plan(shop, kind).fit == "frozen"
    # Next month has to find what was learned then, not what a frozen look at it would learn.
    assert latest(portrait_home, shop, kind) == found

    key, value = CHANGE[kind]
    app.get_by_key(key).set_value(value).run()
    assert [each.value for each in app.error], "the choices are others than those it was learned under"
    assert "refit" in app.error[0].value
    app.get_by_key(f"{kind}_anew").click().run()
    assert not app.exception, app.exception
    assert not app.error and badges(app) == ""
    assert plan(shop, kind).fit == "refit"
    assert latest(portrait_home, shop, kind) != found


def test_next_month_is_put_into_the_segments_of_this_one(open_page, shop, portrait_home, tmp_path):
    open_page("segments/tiers", study=shop).get_by_key("tiers_fit").set_value("frozen").run()
    later = tmp_path / "table.csv"
    more = "".join(f"C{i:02},2024-10-{1 + i % 28:02},5000\n" for i in range(40))
    later.write_text(SHOP + more, "utf-8")
    workspace = Workspace.open(portrait_home)
    first = workspace.latest_fit(shop, "tiers")
    [table] = read(later)
    workspace.replace_raw(shop, table)
    workspace.close()
    forget()
    app = open_page("segments/tiers", study=shop)
    assert not app.exception, app.exception
    assert translator("en")("kept.cuts", as_of=DAY) in badges(app)
    assert latest(portrait_home, shop, "tiers") == first


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_name_that_nobody_can_take_over_is_said(language, open_page, shop, portrait_home, plan):
    app = open_page("segments/clusters", language, study=shop)
    app.get_by_key("clusters_k").set_value(6).run()
    workspace = Workspace.open(portrait_home)
    saved = workspace.load_recipe(shop)
    named = tuple(SegmentEdit(segment=f"cluster_{i}", name=f"N{i}") for i in range(1, 7))
    old = saved.recipe.plan("clusters").model_copy(update={"edits": named})
    workspace.save_recipe(shop, saved.recipe.with_plan(old), saved.revision)
    workspace.close()
    app.get_by_key("clusters_k").set_value(2).run()
    assert not app.exception, app.exception
    names = {edit.name for edit in plan(shop, "clusters").edits}
    lost = {f"N{i}" for i in range(1, 7)} - names
    assert names and lost
    said = " ".join(each.value for each in app.toast).replace("\\", "")
    assert all(GONE[language].format(name) in said for name in lost), said
    assert not any(GONE[language].format(name) in said for name in names)
