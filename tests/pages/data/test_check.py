"""Check: rows add up, every choice is kept at once and can be undone, and what is undecided is asked."""

from __future__ import annotations

from datetime import date

import pytest

from texts import catalogue, translator

TWO_WAYS = "买家昵称,下单时间,实付金额\n甲,03/04/2024,3\n乙,05/04/2024,4\n甲,06/07/2024,5\n"


@pytest.fixture
def study(desk):
    return desk.begin(desk.orders, "订单.csv")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rows_read_are_kept_or_left_out(language, open_page, desk):
    app = open_page("data/check", language, study=desk.begin(desk.samples / "中文店铺.xlsx"))
    assert not app.exception, app.exception
    assert not app.error
    t = translator(language)
    assert t("check.answer", read=7919, kept=7579, left=340) in desk.words(app)
    # What can be answered of each goal, and what would add most.
    assert t("goals.title") in [one.label for one in app.expander]
    assert f"**{t('goal.launch')}**  \n{t('goal_can.launch')}" in desk.words(app)


def test_states_are_listed_with_rows_and_can_be_counted_again(open_page, desk, study):
    app = open_page("data/check", "zh", study=study)
    states = desk.widget(app, "states").value
    assert list(zip(states["state"], states["rows"], states["left_out"], strict=True)) == [
        ("交易成功", 6, False),
        ("退款成功", 1, True),
    ]
    desk.edit(app, "states", {1: {"left_out": False}})
    assert desk.recipe(study).cleaning.excluded_states == ()
    assert catalogue()["check.all_kept"]["zh"].format(read=7) in desk.words(app)
    desk.edit(app, "states", {1: {"left_out": True}})
    assert desk.recipe(study).cleaning.excluded_states == "auto"


@pytest.mark.parametrize(
    ("name", "choice", "field"),
    [
        ("returns", "set_aside", "returns"), ("duplicates", "set_aside", "duplicate_lines"),
        ("test_orders", "set_aside", "test_orders"), ("zero_amounts", "set_aside", "zero_amounts"),
        ("repeated_lines", "set_aside", "repeated_lines"), ("outliers", "cap", "outliers"), ("ages", "blank", "ages"),
        ("order_totals", "split", "order_totals"), ("categories", "keep", "categories"),
    ],
)  # fmt: skip
def test_choice_is_kept_at_once_survives_a_new_visit_and_is_undone(name, choice, field, open_page, desk, study):
    before = getattr(desk.recipe(study).cleaning, field)
    app = open_page("data/check", "zh", study=study)
    desk.widget(app, name).set_value(choice).run()
    assert not app.exception, app.exception
    assert getattr(desk.recipe(study).cleaning, field) == choice
    assert desk.widget(open_page("data/check", "en", study=study), name).value == choice
    app.switch_page("../pages/data/start.py").run()
    app.switch_page("../pages/data/check.py").run()
    assert desk.widget(app, name).value == choice
    app.get_by_key("undo").click().run()
    assert getattr(desk.recipe(study).cleaning, field) == before
    assert desk.widget(app, name).value == before


def test_copies_are_reported_and_left_out_when_asked(open_page, desk, study):
    app = open_page("data/check", "en", study=study)
    assert "1 row of 订单.csv is an exact copy of another row, and it counts" in desk.words(app)
    desk.widget(app, "duplicates").set_value("set_aside").run()
    assert translator("en")("check.answer", read=7, kept=5, left=2) in desk.words(app)


MESSY = (
    "会员号,订单号,付款日期,商品名称,购买数量,实付金额,订单状态,渠道\n"
    + "".join(f"m{i % 9},{i},2024-01-{i % 28 + 1:02d},茶,1,{10 + i % 5},交易成功,网店\n" for i in range(60))
    + "m1,90,2024-02-01,测试商品,1,12,交易成功,网店\n"
    + "m2,91,2018-02-29,茶,1,12,交易成功,网店\n"
    + "m3,92,2024-02-02,茶,1,0,交易成功,网店\n"
)


def fixes(app, kind: str) -> list:
    """Return the buttons of findings of one kind: fix, accept, unfix, reopen."""
    return [button for button in app.button if (button.key or "").startswith(f"{kind}_")]


def test_two_findings_are_fixed_and_the_counts_change(open_page, desk):
    study = desk.begin(MESSY, "a.csv")
    for language in ("en", "zh"):
        app = open_page("data/check", language, study=study)
        t = translator(language)
        assert t("check.answer", read=63, kept=62, left=1) in desk.words(app)
        wanted = [t("finding.test_orders", n=1, table="a.csv"), t("finding.zero_amounts", n=1, table="a.csv")]
        assert all(sentence in desk.words(app) for sentence in wanted)
    for left in (2, 3):
        [first, *_] = [button for button in fixes(app, "fix") if button.label == t("fix.test_orders.set_aside")]
        first.click().run()
        assert not app.exception, app.exception
        assert t("check.answer", read=63, kept=63 - left, left=left) in desk.words(app)
    cleaning = desk.recipe(study).cleaning
    assert (cleaning.test_orders, cleaning.zero_amounts) == ("set_aside", "set_aside")
    for language in ("zh", "en"):
        app, t = open_page("data/check", language, study=study), translator(language)
        assert t("finding.left_test_order", n=1, table="a.csv") in desk.words(app)
    for left in (2, 1):
        [first, *_] = [button for button in fixes(app, "unfix") if button.label == t("fix.undo")]
        first.click().run()
        assert t("check.answer", read=63, kept=63 - left, left=left) in desk.words(app)
    assert desk.recipe(study).cleaning == cleaning.model_copy(update={"test_orders": "keep", "zero_amounts": "keep"})


def test_a_finding_is_accepted_listed_again_and_changes_no_figure(open_page, desk):
    study = desk.begin(MESSY, "a.csv")
    app = open_page("data/check", "en", study=study)
    before = desk.recipe(study)
    n = len(fixes(app, "accept"))
    fixes(app, "accept")[0].click().run()
    assert not app.exception, app.exception
    assert len(desk.recipe(study).accepted) == 1
    assert len(fixes(app, "accept")) == n - 1
    fixes(app, "reopen")[0].click().run()
    assert desk.recipe(study) == before


# Three words in all: too little to tell the encoding by.
JAPANESE = "customer;date;amount;都市\n" + "".join(
    f"c{i % 9};2024-01-{i + 1:02d};{i + 10},50;{('東京', '大阪')[i % 2]}\n" for i in range(28)
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_another_encoding_is_chosen_by_its_words_with_one_click_and_taken_back(language, open_page, desk):
    t = translator(language)
    study = desk.begin(JAPANESE.encode("shift_jis"), "a.csv")
    before = desk.recipe(study)
    assert "都市" not in [column.name for column in before.sources[0].columns]
    app = open_page("data/check", language, study=study)
    assert not app.exception, app.exception
    sample = " · ".join(["都市", "大阪", "東京"])
    assert t("quality.reading", encoding="CP932", sample=sample) in desk.words(app)
    [button] = [one for one in fixes(app, "read_cp932") if one.label == t("fix.encoding", encoding="CP932")]
    button.click().run()
    assert not app.exception and not app.error, app.exception
    [source] = desk.recipe(study).sources
    assert (source.encoding, [column.name for column in source.columns]) == (
        "cp932",
        ["customer", "date", "amount", "都市"],
    )
    assert t("finding.encoding_chosen", table="a.csv", encoding="cp932") in desk.words(app)
    assert not fixes(app, "read_cp932")
    [undo] = fixes(app, "unread")
    undo.click().run()
    assert desk.recipe(study) == before


def test_score_shows_its_arithmetic(open_page, desk):
    app = open_page("data/check", "en", study=desk.begin(MESSY, "a.csv"))
    words = desk.words(app)
    assert "Completeness 100 + Validity 99.5 + Uniqueness 100 + Consistency 100 + Timeliness 100) ÷ 5 = 99.9" in words


def test_words_for_nothing_gaps_and_merges_are_kept_by_column(open_page, desk, study):
    app = open_page("data/check", "en", study=study)
    cells = desk.widget(app, "cells").value
    place = list(cells["column"]).index("买家昵称")
    desk.edit(app, "cells", {place: {"nothing": "乙，丙", "merges": "甲 → 丁; x"}})
    [column] = [column for column in desk.recipe(study).sources[0].columns if column.name == "买家昵称"]
    assert (column.nothing, column.merges) == (("乙", "丙"), (("甲", "丁"),))


@pytest.mark.parametrize(("order", "first"), [("dmy", "2024-07-07"), ("mdy", "2024-06-08")])
def test_dates_that_read_both_ways_are_asked_with_an_example(order, first, open_page, desk):
    study = desk.begin(TWO_WAYS, "a.csv")
    app = open_page("data/check", "en", study=study)
    asked = [button.label for button in app.button if (button.key or "").startswith("date_")]
    assert sorted(asked) in (
        ["3 Apr 2024 (day first)", "4 Mar 2024 (month first)"],
        ["4 May 2024 (month first)", "5 Apr 2024 (day first)"],
        ["6 Jul 2024 (day first)", "7 Jun 2024 (month first)"],
    )
    desk.widget(app, f"date_{order}").click().run()
    assert not app.exception, app.exception
    assert desk.recipe(study).sources[0].columns[1].date_order == order
    assert not [button for button in app.button if (button.key or "").startswith("date_")]
    assert translator("en").date(date.fromisoformat(first)) in desk.words(app)


def test_fixed_day_currency_zone_and_name_are_kept(open_page, desk, study):
    app = open_page("data/check", "zh", study=study)
    desk.widget(app, "as_of").set_value("fixed").run()
    desk.widget(app, "day").set_value(date(2024, 1, 31)).run()
    desk.widget(app, "currency").set_value("EUR").run()
    desk.widget(app, "zone").set_value("Asia/Shanghai").run()
    desk.widget(app, "name").set_value("一月").run()
    assert not app.exception, app.exception
    kept = desk.recipe(study)
    assert (kept.as_of, kept.currency, kept.time_zone, kept.name) == (date(2024, 1, 31), "EUR", "Asia/Shanghai", "一月")
    assert [known.name for known in desk.studies()] == ["一月"]
    desk.widget(app, "as_of").set_value("latest").run()
    assert desk.recipe(study).as_of == "latest"


def test_day_before_the_first_order_says_so_and_can_be_taken_back(open_page, desk, study):
    app = open_page("data/check", "zh", study=study)
    desk.widget(app, "as_of").set_value("fixed").run()
    desk.widget(app, "day").set_value(date(2020, 1, 1)).run()
    [error] = app.error
    assert "早于第一笔订单" in error.value
    app.get_by_key("undo").click().run()
    assert not app.error


@pytest.mark.parametrize("language", ["en", "zh"])
def test_dates_that_cannot_be_read_say_so_and_the_page_stays_usable(language, open_page, desk):
    text = "买家昵称,下单时间,实付金额\n" + "甲,2024-13-45,3\n乙,2024-14-45,4\n甲,2024-15-45,5\n"
    study = desk.begin(text, "a.csv")
    app = open_page("data/check", language, study=study)
    assert not app.exception, app.exception
    [error] = app.error
    assert "下单时间" in error.value
    assert desk.widget(app, "returns").value == "net"


def test_real_export_leaves_refunds_out_by_itself(open_page, desk, shared_data):
    path = shared_data / "chinese_orders" / "PYTHON-RFM实战数据.xlsx"
    if not path.exists():
        pytest.skip(f"no {path}")
    app = open_page("data/check", "zh", study=desk.begin(path))
    assert not app.exception, app.exception
    assert "27,793 行参与计算" in desk.words(app)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_of_the_shop_is_explained_and_counted_like_it_with_one_click(language, open_page, desk):
    study = desk.begin(desk.orders, "订单.csv")
    app = open_page("data/check", language, study=study)
    desk.widget(app, "reconcile_total").set_value("not money")
    app.get_by_key("reconcile_explain").click().run()
    assert ["not money" in one.value for one in app.error] == [True]
    from analysis.intake.reading.read import read_file
    from analysis.intake.standard.standardise import standardise

    recipe = desk.recipe(study)
    every = recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update={"excluded_states": ()})})
    with standardise(read_file(desk.orders.encode(), name="订单.csv"), every).cursor() as cursor:
        with_refunded = float(cursor.execute("SELECT sum(amount) FROM orders").fetchall()[0][0])
    desk.widget(app, "reconcile_total").set_value(f"{with_refunded:.2f}")
    app.get_by_key("reconcile_explain").click().run()
    assert not app.exception, app.exception
    assert "退款成功" in desk.words(app)
    app.get_by_key("reconcile_apply_0").click().run()
    assert desk.recipe(study).cleaning.excluded_states == ()
