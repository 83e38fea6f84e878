"""Start: a file, pasted cells, the sample or an exported study becomes a study, or a sentence says why not."""

from __future__ import annotations

import io
import threading
from datetime import date

import pandas as pd
import pytest

from analysis.engine import StoppedError
from analysis.goals import NEEDS
from analysis.intake.reading.read import read_file
from analysis.workspace import Workspace
from analysis.workspace.desk import begin
from analysis.workspace.sealing import keys
from texts import catalogue
from ui import compute

XLSX = "订单.xlsx"
BAD = {
    "empty file": ("empty.csv", b"", "error.file_empty"),
    "header only": ("header.csv", "买家昵称,下单时间,实付金额\n".encode(), "error.file_only_header"),
    "no table": ("photo.csv", b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 200, "error.file_is_picture"),
    "web page": ("page.xls", b"<html><body><table></table></body></html>", "error.file_is_web_page"),
    "no customer": ("a.csv", b"day,sum\n2024-01-01,3.5\n2024-01-02,4.5\n", "error.no_customer_column"),
    "no date": ("b.csv", "买家昵称,实付金额\n甲,3.5\n乙,4.5\n甲,5.5\n".encode(), "error.no_date_column"),
    "dates unreadable": (
        "d.csv",
        "买家昵称,下单时间,实付金额\n甲,昨天,3\n乙,前天,4\n甲,今天,5\n".encode(),
        "error.dates_unreadable",
    ),
}


def begins(key: str, language: str) -> str:
    """Return the words of a sentence before its first blank, or after it when it begins with one."""
    text = catalogue()[key][language]
    return max((part.split("}")[-1] for part in text.split("{")), key=len).strip()


@pytest.fixture
def cut_off(desk):
    content = (desk.samples / "中文店铺.xlsx").read_bytes()
    return content[: len(content) // 2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sample_is_one_click_and_opens_the_overview(language, open_page, desk):
    app = open_page("data/start", language)
    app.get_by_key("sample").click().run()
    assert not app.exception, app.exception
    assert app.title[0].value == catalogue()["overview.title"][language]
    [study] = desk.studies()
    assert app.query_params["study"] == study.id
    assert study.name == catalogue()["start.sample_name"][language]
    assert [source.kind for source in desk.recipe(study.id).sources] == ["orders", "customers"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_upload_becomes_a_study_and_opens_the_overview(language, open_page, desk, monkeypatch):
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

    dropped: list[str] = []
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda self, visit, file: dropped.append(file))
    app = open_page("data/start", language)
    desk.widget(app, "upload").upload("我的订单🍵.csv", desk.orders.encode("gb18030")).run()
    assert not app.exception, app.exception
    assert app.title[0].value == catalogue()["overview.title"][language]
    [study] = desk.studies()
    assert (study.name, study.n_files, study.n_rows) == ("我的订单🍵", 1, 7)
    assert len(dropped) == 1, "the server holds no upload that is kept already"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", BAD)
def test_bad_file_gets_a_sentence_and_leaves_nothing_behind(case, language, open_page, desk):
    name, content, key = BAD[case]
    app = open_page("data/start", language)
    desk.widget(app, "upload").upload(name, content).run()
    assert not app.exception, app.exception
    [error] = app.error
    assert begins(key, language) in error.value.replace("\\", "")
    assert desk.studies() == []
    assert "study" not in app.query_params


@pytest.mark.parametrize("language", ["en", "zh"])
def test_truncated_workbook_says_that_it_is_damaged(language, open_page, desk, cut_off):
    app = open_page("data/start", language)
    desk.widget(app, "upload").upload(XLSX, cut_off).run()
    [error] = app.error
    assert begins("error.file_damaged", language) in error.value.replace("\\", "")
    assert desk.studies() == []


def test_bad_file_leaves_the_open_study_open(open_page, desk):
    study = desk.begin(desk.orders, "订单.csv")
    app = open_page("data/start", "zh", study=study)
    desk.widget(app, "upload").upload("empty.csv", b"").run()
    assert len(app.error) == 1
    assert app.query_params["study"] == study
    assert [known.id for known in desk.studies()] == [study]


def test_same_content_under_two_names_is_refused_by_name(open_page, desk):
    app = open_page("data/start", "en")
    content = desk.orders.encode()
    desk.widget(app, "upload").set_value([("a.csv", content, "text/csv"), ("b.csv", content, "text/csv")]).run()
    [error] = app.error
    assert "b\\.csv has exactly the same content as a\\.csv" in error.value
    assert desk.studies() == []


def test_file_without_a_customer_column_can_be_mapped_by_hand(open_page, desk):
    app = open_page("data/start", "zh")
    desk.widget(app, "upload").upload("b.csv", BAD["no date"][1]).run()
    desk.widget(app, "by_hand").click().run()
    assert not app.exception, app.exception
    assert app.title[0].value == catalogue()["columns.title"]["zh"]
    assert any("还没有指定下单日期" in warning.value for warning in app.warning)
    assert len(desk.studies()) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_mapping_by_hand_can_be_asked_for_when_both_readings_take_long(language, open_page, desk, monkeypatch):
    """The steps of the second reading have to stand beside nothing of the first."""
    from ui import work
    from ui.data import studies

    go_on, read = threading.Event(), studies.read_uploads

    def slow(files, say, recipe=None, report=lambda share: None):
        say("start.reading", file=files[0][0])
        assert go_on.wait(60)
        return read(files, say, recipe, report)

    monkeypatch.setattr(studies, "read_uploads", slow)
    monkeypatch.setattr(work, "QUICK_SECONDS", 0.05)
    app = open_page("data/start", language)
    desk.widget(app, "upload").upload("b.csv", BAD["no date"][1]).run()
    for asks in (None, "by_hand"):
        if asks:
            desk.widget(app, asks).click().run()
        assert not app.exception, app.exception
        assert [button.key for button in app.button].count("stop_work") == 1
        [job] = [job for job in work._server().jobs.values() if not job.future.done()]
        token = app.query_params["reading"]
        assert job.key == (token if isinstance(token, str) else token[0])
        go_on.set()
        job.future.exception(60)
        go_on.clear()
        app.run()
    assert app.title[0].value == catalogue()["columns.title"][language]
    assert "reading" not in app.query_params
    assert len(desk.studies()) == 1


def test_an_upload_is_found_again_by_its_token_and_cancel_leaves_nothing(open_page, desk, monkeypatch):
    from ui import work
    from ui.data import studies

    def endless(files, say, **_):
        while True:
            say("start.reading", file=files[0][0])

    monkeypatch.setattr(studies, "read_uploads", endless)
    monkeypatch.setattr(work, "QUICK_SECONDS", 0.05)
    app = open_page("data/start", "zh")
    desk.widget(app, "upload").upload("订单.csv", desk.orders.encode()).run()
    [job] = work._server().jobs.values()
    stranger = open_page("data/start", "zh")
    assert "stop_work" not in [button.key for button in stranger.button]
    again = open_page("data/start", "zh", reading=job.key)
    again.get_by_key("stop_work").click().run()
    again.run()
    assert not again.exception, again.exception
    assert "reading" not in again.query_params
    with pytest.raises(StoppedError):
        job.future.result(60)
    app.run()
    assert not app.exception, app.exception
    assert desk.studies() == [] and not work._server().jobs


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.csv", "![x](http://a.example/x.png).csv", "订单 🍵.csv"])
def test_name_of_a_file_is_shown_as_text(name, open_page, desk):
    app = open_page("data/start", "zh")
    desk.widget(app, "upload").upload(name, b"").run()
    [error] = app.error
    assert "<script>" not in error.value
    assert "![x](" not in error.value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pasted_cells_become_a_study(language, open_page, desk):
    app = open_page("data/start", language)
    desk.widget(app, "paste_0").set_value(desk.orders.replace(",", "\t"))
    desk.widget(app, "paste_read").click().run()
    assert not app.exception, app.exception
    [study] = desk.studies()
    assert (study.name, study.n_rows) == (catalogue()["start.pasted_name"][language], 7)


def test_nothing_pasted_says_so(open_page, desk):
    app = open_page("data/start", "en")
    desk.widget(app, "paste_read").click().run()
    assert len(app.error) == 1
    assert desk.studies() == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_goal_is_kept_with_the_study_and_names_what_would_help(language, open_page, desk):
    study = desk.begin(desk.orders.replace("收货人手机", "备注").replace("138001", "x"), "订单.csv")
    app = open_page("data/start", language, study=study)
    desk.widget(app, "start_goal").set_value("win_back").run()
    assert desk.recipe(study).goal == "win_back"
    assert catalogue()["goal_need.contacts"][language] in desk.words(app)
    again = open_page("data/start", language, study=study)
    assert desk.widget(again, "start_goal").value == "win_back"


def test_goal_chosen_before_the_upload_belongs_to_the_new_study(open_page, desk):
    app = open_page("data/start", "en")
    desk.widget(app, "start_goal").set_value("cut_waste").run()
    assert catalogue()["goal_need.orders"]["en"] in desk.words(app)
    app.get_by_key("sample").click().run()
    [study] = desk.studies()
    assert study.goal == desk.recipe(study.id).goal == "cut_waste"
    assert "cut_waste" in NEEDS


def test_recent_study_is_renamed_opened_and_deleted(open_page, desk):
    study = desk.begin(desk.orders, "<b>订单</b>")
    app = open_page("data/start", "zh")
    assert "\\<b\\>" in app.get_by_key(f"open_{study}").label
    app.session_state[f"more_{study}"] = True
    app.run()
    app.get_by_key(f"name_{study}").set_value("春季").run()
    assert app.get_by_key(f"open_{study}").label == "春季"
    assert desk.recipe(study).name == "春季"
    app.get_by_key(f"open_{study}").click().run()
    assert app.query_params["study"] == study
    app.switch_page("../pages/data/start.py").run()
    app.session_state[f"more_{study}"] = True
    app.run()
    app.get_by_key(f"delete_{study}").click().run()
    assert desk.studies() == []
    assert "study" not in app.query_params


def test_exported_study_opens_again(open_page, desk):
    from analysis.workspace import Workspace

    study = desk.begin(desk.orders, "订单.csv")
    workspace, packed = Workspace.open(), io.BytesIO()
    workspace.export_study(study, packed)
    workspace.delete_study(study)
    app = open_page("data/start", "zh")
    desk.widget(app, "import").upload("study.zip", packed.getvalue()).run()
    assert not app.exception, app.exception
    [again] = desk.studies()
    assert again.id != study
    assert app.query_params["study"] == again.id


def test_a_damaged_study_says_so_where_it_would_be_packed(open_page, desk):
    import pandas as pd

    from analysis.recipe import Recipe
    from analysis.workspace import Workspace

    study = desk.begin(desk.orders, "orders.csv")
    workspace, frame = Workspace.open(), pd.DataFrame({"customer_id": ["c1"]})
    workspace.add_snapshot(study, date(2024, 3, 1), Recipe(), {}, frame, frame)
    for path in (workspace.home / "studies").rglob("profiles.parquet"):
        path.write_bytes(b"garbage")
    app = open_page("data/start", "en")
    app.session_state[f"more_{study}"] = True
    app.run()
    assert any(
        "leaves out 1 run whose kept result is damaged (as of 2024-03-01)" in one.value.replace("\\", "")
        for one in app.caption
    )
    [table] = workspace.raw_tables(study)
    table.rows.write_bytes(b"garbage")
    app.run()
    assert not app.exception
    assert any("orders.csv are missing or damaged" in one.value.replace("\\", "") for one in app.error)


def test_zip_that_is_no_study_is_refused(open_page, desk):
    app = open_page("data/start", "en")
    desk.widget(app, "import").upload("x.zip", (desk.samples / "中文店铺.xlsx").read_bytes()).run()
    assert len(app.error) == 1
    assert desk.studies() == []


def test_a_workspace_from_before_is_encrypted_at_a_click_and_a_lost_key_is_said(
    open_page, portrait_home, monkeypatch, tmp_path
):
    with monkeypatch.context() as patch:
        patch.setattr(keys, "begin", lambda home: None)
        workspace = Workspace.open(portrait_home)
        phones = b"".join(b"c%d,2024-01-%02d,5,1381234%04d\n" % (i, i, 5000 + i) for i in range(1, 28))
        table = read_file(b"customer_id,order_date,amount,phone\n" + phones, name="orders.csv")
        study = begin(workspace, table, name="Shop")
        workspace.close()
    app = open_page("data/start")
    assert any("not encrypted" in one.value for one in app.warning)
    app.get_by_key("encrypt").click().run()
    assert not app.exception and not app.warning
    kept = Workspace.open(portrait_home)
    [table] = kept.raw_tables(study)
    assert kept.key_state == "open" and pd.read_parquet(table.rows)["c3"].str.len().eq(32).all()
    monkeypatch.setenv("PORTRAIT_KEYS", str(tmp_path))
    compute.own_workspace.clear()
    app = open_page("data/start")
    assert any("key of this workspace is not on this computer" in one.value for one in app.error)
