"""Match: what joins and what does not is shown, pairs are merged and told apart, and every decision can be undone."""

from __future__ import annotations

import pytest

from analysis.recipe import Recipe
from analysis.study import Run, read, suggest
from analysis.workspace import Workspace

SHOP = (
    "买家昵称,下单时间,实付金额,收货人,手机\n"
    "wang88,2024-01-01,30,王小明,138 0013 8001\n"
    "lilei,2024-01-02,40,李雷,139-0013-9002\n"
    "hanmei,2024-01-03,50,韩梅梅,13700137003\n"
    "lilei,2024-01-05,60,李雷,13900139002\n"
    "M009,2024-01-06,10,钱七,13500135005\n"
)
TILL = (
    "会员号,姓名,联系电话,性别\n"
    "M001,王小明,+8613800138001,男\n"
    "M002,李雷,１３９００１３９００２,男\n"
    "M003,张三,13700137003,女\n"
    "M009,钱七,13500135005,女\n"
)


@pytest.fixture
def study(tmp_path):
    for name, text in (("shop.csv", SHOP), ("till.csv", TILL)):
        (tmp_path / name).write_text(text, "utf-8")
    tables = read(tmp_path / "shop.csv", tmp_path / "till.csv")
    workspace = Workspace.open()
    found = workspace.create_study("两个系统")
    stored = [workspace.store_raw(found, table) for table in tables]
    workspace.save_recipe(found, suggest(stored), 0)
    workspace.close()
    return found


def merges(study: str):
    workspace = Workspace.open()
    found = workspace.merges(study)
    workspace.close()
    return found


def decisions(study: str) -> list[str]:
    return sorted(link.decision for link in merges(study).links)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_shows_the_join_and_the_pairs_without_personal_data(language, open_page, desk, study):
    app = open_page("data/match", language, study=study)
    assert not app.exception, app.exception
    assert not app.error
    assert "20%" in desk.words(app) and "25%" in desk.words(app)
    frame = desk.widget(app, "same").value
    assert frame["tick"].tolist() == [True, True, False]
    assert frame["second_name"].tolist() == ["李*", "王*", "张*"]
    assert frame["value"].tolist()[1] == "+86 138****8001"


def test_ticked_pairs_are_merged_listed_and_taken_back(open_page, desk, study):
    app = open_page("data/match", "zh", study=study)
    app.get_by_key("confirm").click().run()
    assert not app.exception, app.exception
    assert decisions(study) == ["same", "same"]
    assert desk.widget(app, "same").value["tick"].tolist() == [False]
    listed = desk.widget(app, "decided").value
    assert sorted(listed["second"]) in (["M001", "M002"], ["lilei", "wang88"], ["M001", "lilei"], ["M002", "wang88"])
    check = open_page("customers/overview", "zh", study=study)
    assert not check.exception, check.exception
    app = desk.edit(open_page("data/match", "zh", study=study), "decided", {0: {"tick": True}})
    app.get_by_key("take_back").click().run()
    assert decisions(study) == ["same"]


def test_rejected_pair_is_kept_and_not_shown_again(open_page, desk, study):
    app = open_page("data/match", "en", study=study)
    desk.edit(app, "same", {0: {"tick": False}, 1: {"tick": False}, 2: {"tick": True}})
    app.get_by_key("reject").click().run()
    assert not app.exception, app.exception
    assert decisions(study) == ["different"]
    assert len(desk.widget(app, "same").value) == 2


def test_one_table_has_nothing_to_join(open_page, desk):
    app = open_page("data/match", "en", study=desk.begin(desk.orders, "订单.csv"))
    assert not app.exception, app.exception
    assert "nothing to join" in desk.words(app)


def test_profiles_count_the_merged_customers(open_page, study):
    from ui import compute

    app = open_page("data/match", "en", study=study)
    app.get_by_key("confirm").click().run()
    desk = compute.workspace()
    found = Run(tuple(desk.raw_tables(study)), recipe(study), desk.merges(study)).prepared()
    assert len(found.profiles.customers) == 5


def recipe(study: str) -> Recipe:
    workspace = Workspace.open()
    found = workspace.load_recipe(study).recipe
    workspace.close()
    assert found is not None
    return found
