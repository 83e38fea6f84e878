"""Columns: every column with its suggested meaning, to be corrected; nothing unusable can be applied."""

from __future__ import annotations

import pytest

from texts import catalogue

NAMES = ["买家昵称", "下单时间", "实付金额", "订单状态", "收货人手机"]


@pytest.fixture
def study(desk):
    return desk.begin(desk.orders, "订单.csv")


def shown(app, desk):
    return desk.widget(app, "meanings_").value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_column_has_examples_a_meaning_and_a_reason(language, open_page, desk, study):
    app = open_page("data/columns", language, study=study)
    assert not app.exception, app.exception
    table = shown(app, desk)
    assert list(table["name"]) == NAMES
    assert list(table["role"]) == ["customer_id", "order_date", "amount", "status", "phone"]
    assert table["reason"][0] == catalogue()["guess.header"][language]
    assert table["kind"][1] == catalogue()["column_kind.date"][language]
    assert table["dimension"][4] == catalogue()["dimension.channel"][language]
    assert table["fill"].tolist() == [100.0] * 5


def test_examples_of_personal_columns_are_masked_until_asked(open_page, desk, study):
    app = open_page("data/columns", "zh", study=study)
    assert "13800138000" not in shown(app, desk)["examples"][4]
    assert "138****8000" in shown(app, desk)["examples"][4]
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("a call").run()
    assert "13800138000" in shown(app, desk)["examples"][4]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_applied_meaning_is_kept_for_a_new_visit_and_can_be_undone(language, open_page, desk, study):
    app = open_page("data/columns", language, study=study)
    desk.edit(app, "meanings_", {4: {"role": "ignore"}})
    app.get_by_key("apply").click().run()
    assert not app.exception, app.exception
    assert desk.recipe(study).sources[0].columns[4].role == "ignore"
    again = shown(open_page("data/columns", language, study=study), desk)
    assert again["role"][4] == "ignore"
    assert again["reason"][4] == catalogue()["guess.chosen"][language]
    assert "138****8000" in again["examples"][4]
    app.get_by_key("undo").click().run()
    assert desk.recipe(study).sources[0].columns[4].role == "phone"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("row", "role"), [(0, "customer_id"), (1, "order_date")])
def test_missing_role_is_named_with_the_reason_and_not_applied(row, role, language, open_page, desk, study):
    app = open_page("data/columns", language, study=study)
    desk.edit(app, "meanings_", {row: {"role": "ignore"}})
    [warning] = app.warning
    assert warning.value.replace("\\", "") == catalogue()[f"columns.missing_{role}"][language]
    assert app.get_by_key("apply").disabled


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_amount_orders_are_counted_and_the_page_says_so(language, open_page, desk, study):
    app = open_page("data/columns", language, study=study)
    desk.edit(app, "meanings_", {2: {"role": "ignore"}})
    assert catalogue()["columns.counted"][language] in [info.value.replace("\\", "") for info in app.info]
    assert not app.get_by_key("apply").disabled


def test_meaning_given_twice_is_not_applied(open_page, desk, study):
    app = open_page("data/columns", "zh", study=study)
    desk.edit(app, "meanings_", {4: {"role": "status"}})
    [warning] = app.warning
    assert "订单状态" in warning.value
    assert "收货人手机" in warning.value
    assert app.get_by_key("apply").disabled


def test_edit_not_applied_changes_nothing(open_page, desk, study):
    before = desk.recipe(study)
    app = open_page("data/columns", "zh", study=study)
    desk.edit(app, "meanings_", {4: {"role": "ignore"}})
    assert desk.recipe(study) == before


def test_suggestion_comes_back(open_page, desk, study):
    before = desk.recipe(study).sources
    app = open_page("data/columns", "zh", study=study)
    desk.edit(app, "meanings_", {3: {"role": "ignore"}, 4: {"role": "ignore"}})
    app.get_by_key("apply").click().run()
    app.get_by_key("suggest").click().run()
    assert desk.recipe(study).sources == before


def test_each_table_has_its_own_columns(open_page, desk):
    app = open_page("data/columns", "zh", study=desk.begin(desk.samples / "中文店铺.xlsx"))
    assert shown(app, desk)["role"][0] == "order_id"
    app.get_by_key("columns_table").set_value(1).run()
    members = shown(app, desk)
    assert members["role"][0] == "customer_id"
    assert not any("王小明" in cell for cell in members["examples"])


def test_table_that_is_not_used_says_where_to_use_it(open_page, desk, study):
    files = open_page("data/files", "en", study=study)
    desk.widget(files, "kind").set_value("ignore").run()
    app = open_page("data/columns", "en", study=study)
    assert "is not used in this study" in desk.words(app)


def test_names_from_the_file_are_text(open_page, desk):
    header = "买家昵称,下单时间,实付金额,<script>alert(1)</script>\n"
    text = header + "甲,2024-01-01,3,🍵\n乙,2024-01-02,4,b\n甲,2024-01-03,5,c\n"
    app = open_page("data/columns", "zh", study=desk.begin(text, "![x](http://a.example).csv"))
    assert not app.exception
    assert shown(app, desk)["name"][3] == "<script>alert(1)</script>"
    assert "![x](" not in "".join(element.value for element in app.markdown)


def test_lines_whose_customer_stands_in_another_table_lack_nothing(open_page, desk, tmp_path):
    days = [f"2024-01-{n + 1:02d}" for n in range(28)]
    heads = "".join(f"o{n},k{n % 9},{day} 10:00:00,done\n" for n, day in enumerate(days))
    lines = "".join(f"o{n},p{n % 4},s{n % 20},{day},{n}.50,2.00\n" for n, day in enumerate(days) for _ in range(2))
    (tmp_path / "a_items.csv").write_text(f"order_id,product_id,seller_id,shipping_limit_date,price,freight\n{lines}")
    (tmp_path / "orders.csv").write_text(f"order_id,customer_id,order_purchase_timestamp,order_status\n{heads}")
    study = desk.begin(tmp_path)
    before = desk.recipe(study).sources
    app = open_page("data/columns", "en", study=study)
    assert not app.exception and not app.warning, app.exception
    assert list(shown(app, desk)["role"]) == ["order_id", "product_id", "ignore", "ignore", "amount", "shipping"]
    app.get_by_key("suggest").click().run()
    assert not app.exception and not app.warning, app.exception
    assert desk.recipe(study).sources == before
    desk.edit(app, "meanings_", {0: {"role": "ignore"}})
    assert catalogue()["columns.missing_customer_id"]["en"] in desk.words(app)
    app.get_by_key("columns_table").set_value(1).run()
    assert "Each row says whose order it is" in desk.words(app)
    desk.edit(app, "meanings_", {0: {"role": "ignore"}})
    assert catalogue()["columns.missing_order_id"]["en"] in desk.words(app)
