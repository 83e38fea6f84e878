"""Files: what each table is used as and its first rows; files come and go without disturbing the mapping."""

from __future__ import annotations

import pytest

from texts import catalogue

FEBRUARY = (
    "买家昵称,下单时间,实付金额,订单状态,收货人手机\n"
    "丁,2024-02-01,30,交易成功,13800138009\n"
    "丁,2024-02-02,30,交易成功,13800138009\n"
)
MEMBERS = "买家昵称,性别\n甲,女\n乙,男\n丙,女\n"


@pytest.fixture
def study(desk):
    return desk.begin(desk.orders, "订单.csv")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_are_listed_with_their_use_and_rows(language, open_page, desk):
    app = open_page("data/files", language, study=desk.begin(desk.samples / "中文店铺.xlsx"))
    assert not app.exception, app.exception
    listed = app.dataframe[0].value
    assert list(listed[catalogue()["files.table"][language]]) == ["中文店铺.xlsx/订单", "中文店铺.xlsx/会员"]
    assert list(listed[catalogue()["files.rows"][language]]) == [6561, 1358]
    assert list(listed[catalogue()["files.used_as"][language]]) == [
        catalogue()["table_kind.orders"][language],
        catalogue()["table_kind.customers"][language],
    ]


def test_preview_masks_personal_columns_until_asked(open_page, desk, study):
    app = open_page("data/files", "zh", study=study)
    assert app.dataframe[1].value["收货人手机"].tolist()[:2] == ["138****8000", "138****8001"]
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("a call").run()
    assert app.dataframe[1].value["收货人手机"].tolist()[:2] == ["13800138000", "13800138001"]
    assert open_page("data/files", "zh", study=study).dataframe[1].value["收货人手机"][0] == "138****8000"


def test_text_stays_text_in_the_preview(open_page, desk):
    rows = "007,2024-01-01,3,<script>\n008,2024-01-02,4,🍵\n007,2024-01-03,5,b\n"
    study = desk.begin("会员号,下单时间,金额,商品\n" + rows, "a.csv")
    shown = open_page("data/files", "en", study=study).dataframe[1].value
    assert shown["会员号"].tolist()[:2] == ["007", "008"]
    assert shown["商品"].tolist()[:2] == ["<script>", "🍵"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_next_month_is_added_and_read_the_same_way(language, open_page, desk, study):
    before = desk.recipe(study)
    app = open_page("data/files", language, study=study)
    desk.widget(app, "add").upload("二月.csv", FEBRUARY.encode()).run()
    assert not app.exception, app.exception
    assert len(app.dataframe[0].value) == 2
    assert desk.recipe(study) == before
    assert "二月.csv" in desk.words(app)


def test_added_members_get_a_suggested_mapping(open_page, desk, study):
    app = open_page("data/files", "zh", study=study)
    desk.widget(app, "add").upload("会员.csv", MEMBERS.encode()).run()
    assert [source.kind for source in desk.recipe(study).sources] == ["orders", "customers"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_same_file_twice_is_refused_and_the_study_stays(language, open_page, desk, study):
    app = open_page("data/files", language, study=study)
    desk.widget(app, "add").upload("别名.csv", desk.orders.encode()).run()
    assert len(app.error) == 1
    assert len(app.dataframe[0].value) == 1
    assert desk.recipe(study).sources[0].file == "订单.csv"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 99, "会员号,金额\n".encode()])
def test_bad_file_leaves_the_study_as_it_is(content, open_page, desk, study):
    before = desk.recipe(study)
    app = open_page("data/files", "en", study=study)
    desk.widget(app, "add").upload("bad.csv", content).run()
    assert not app.exception, app.exception
    assert len(app.error) == 1
    assert desk.recipe(study) == before
    assert len(app.dataframe[0].value) == 1


def test_kind_is_changed_kept_and_undone(open_page, desk):
    study = desk.begin(desk.samples / "中文店铺.xlsx", "店")
    app = open_page("data/files", "zh", study=study)
    app.get_by_key("files_table").set_value(1).run()
    desk.widget(app, "kind").set_value("ignore").run()
    assert [source.kind for source in desk.recipe(study).sources] == ["orders", "ignore"]
    again = open_page("data/files", "zh", study=study)
    assert catalogue()["table_kind.ignore"]["zh"] in list(again.dataframe[0].value[catalogue()["files.used_as"]["zh"]])
    app.get_by_key("undo").click().run()
    assert [source.kind for source in desk.recipe(study).sources] == ["orders", "customers"]


def test_file_is_removed_with_its_sources_and_the_rest_runs(open_page, desk, study):
    app = open_page("data/files", "zh", study=study)
    desk.widget(app, "add").upload("会员.csv", MEMBERS.encode()).run()
    app.get_by_key("files_table").set_value(1).run()
    app.get_by_key("remove_now").click().run()
    assert not app.exception, app.exception
    assert [source.kind for source in desk.recipe(study).sources] == ["orders"]
    check = open_page("data/check", "zh", study=study)
    assert not check.error


MARCH = "membre,date,montant,remarqué\n" + "".join(f"M{i % 3},2024-01-0{i},{i}0,café Zoë\n" for i in range(1, 8))


def header_row(app):
    [found] = [element for element in app.number_input if element.key.startswith("header_")]
    return found


def upload(app, desk, name: str, content: bytes):
    return desk.widget(app, "add").upload(name, content).run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_another_encoding_is_seen_before_it_is_kept_and_survives(language, open_page, desk, study):
    app = upload(open_page("data/files", language, study=study), desk, "mars.csv", MARCH.encode("mac_roman"))
    app.get_by_key("files_table").set_value(1).run()
    assert list(app.dataframe[1].value)[-1] == "remarqué"
    desk.widget(app, "encoding_").set_value("cp1252").run()
    now, then = app.dataframe[2].value, app.dataframe[3].value
    assert list(now)[-1] == "remarqué" and list(then)[-1] == "remarquŽ"
    assert desk.recipe(study).sources[-1].encoding is None
    app.get_by_key("read_this_way").click().run()
    assert not app.exception and not app.error, app.exception
    assert desk.recipe(study).sources[-1].encoding == "cp1252"
    again = open_page("data/files", language, study=study)
    again.get_by_key("files_table").set_value(1).run()
    assert list(again.dataframe[1].value)[-1] == "remarquŽ"


def test_another_header_row_is_kept_and_the_study_still_computes(open_page, desk, study):
    text = "一月,二月,三月\n" + desk.orders.replace("2024-01", "2024-03")
    app = upload(open_page("data/files", "zh", study=study), desk, "三月.csv", text.encode("gb18030"))
    app.get_by_key("files_table").set_value(1).run()
    header_row(app).set_value(3).run()
    assert app.dataframe[3].value.columns[0] == "甲"
    header_row(app).set_value(2).run()
    assert len(app.dataframe) == 2
    assert not open_page("data/check", "zh", study=study).error


def test_a_wrong_encoding_is_refused_in_words_and_nothing_changes(open_page, desk, study):
    app = upload(open_page("data/files", "zh", study=study), desk, "二月.csv", FEBRUARY.encode("gb18030"))
    app.get_by_key("files_table").set_value(1).run()
    desk.widget(app, "encoding_").set_value("utf-8").run()
    assert len(app.error) == 1
    assert not [one for one in desk.recipe(study).sources if one.encoding]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sheets_with_the_same_columns_are_said_to_be_one_table(language, open_page, desk, study):
    app = upload(open_page("data/files", language, study=study), desk, "二月.csv", FEBRUARY.encode())
    said = catalogue()["files.read_as_one"][language].split("{tables}")[0].format(n=2)
    assert said in desk.words(app)


def test_a_file_without_its_original_says_what_to_do(open_page, desk, study):
    said = catalogue()["error.original_not_kept"]["en"].format(file="订单.csv")
    assert said in desk.words(open_page("data/files", "en", study=study))


def test_the_original_goes_with_the_file(open_page, desk, study, portrait_home):
    app = upload(open_page("data/files", "zh", study=study), desk, "二月.csv", FEBRUARY.encode())
    assert len(list(portrait_home.rglob("original"))) == 1
    app.get_by_key("files_table").set_value(1).run()
    app.get_by_key("remove_now").click().run()
    assert not list(portrait_home.rglob("original"))
