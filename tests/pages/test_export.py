"""Export: every file is offered, says what it holds, and hides personal data unless asked."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from analysis.engine import StoppedError
from analysis.exports.files import recipe_from_yaml
from analysis.figures import summary
from analysis.recipe import Recipe
from analysis.study import read, suggest
from analysis.workspace import Workspace
from tests.pages.conftest import forget
from tests.samples import sample
from texts import catalogue, translator

PAGE = "share/export"
SHOP = "中文店铺.xlsx"


@pytest.fixture
def shop(make_study, root) -> str:
    """Return the id of a study of the shop."""
    return make_study(root / "sample_data" / SHOP, "春季")


@pytest.fixture
def made(monkeypatch) -> dict[str, tuple[str, object]]:
    """Return what each download button would give: file name and content maker by key."""
    import streamlit as st

    found: dict[str, tuple[str, object]] = {}
    real = st.download_button

    def noted(label, data, file_name, *args, key, **options):
        found[key.removeprefix("download_")] = (file_name, data)
        return real(label, data, file_name, *args, key=key, **options)

    monkeypatch.setattr(st, "download_button", noted)
    return found


def content(made, key: str) -> bytes:
    data = made[key][1]()
    return data.encode() if isinstance(data, str) else data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_file_is_offered_under_a_name_with_study_and_day(language, open_page, shop, made):
    app = open_page(PAGE, language, study=shop)
    assert not app.exception, app.exception
    assert not app.error
    keys = {"workbook", "for_others", "customers", "parquet", "charts", "recipe", "study"}
    assert set(made) >= keys
    for key in sorted(keys):
        name = made[key][0]
        assert name.startswith("春季 ")
        assert pd.Timestamp(name.rpartition(".")[0][-10:])
        ending = catalogue()[f"export.{key}.file"][language].rpartition(".")[2]
        assert name.endswith(f".{ending}")


def test_files_hold_what_the_engine_finds(open_page, shop, made, root, tmp_path):
    open_page(PAGE, "zh", study=shop)
    expected, t = sample().result(), translator("zh", "CNY")
    figures = summary(expected)

    book = openpyxl.load_workbook(io.BytesIO(content(made, "workbook")))
    _, *rows = book[t("workbook.sheet.segments")].iter_rows(values_only=True)
    counts = {row[1]: row[2] for row in rows if row[0] == t("workbook.segmentation.rfm")}
    segments = figures["segmentations"]["rfm"]["segments"]
    assert counts == {t(f"segment.{segment['key']}"): segment["customers"] for segment in segments}

    raw = content(made, "customers")
    assert raw.startswith(b"\xef\xbb\xbf")
    customers = pd.read_csv(io.BytesIO(raw), dtype=str)
    assert len(customers) == figures["customers"]
    assert customers[t("workbook.segmentation.rfm")].value_counts().to_dict() == counts

    profiles = pd.read_parquet(io.BytesIO(content(made, "parquet")))
    assert profiles["spend"].sum() == pytest.approx(figures["revenue"])
    assert recipe_from_yaml(content(made, "recipe").decode()).name == "春季"

    charts = zipfile.ZipFile(io.BytesIO(content(made, "charts")))
    assert {"rfm_grid.png", "rfm_segments.png", "clusters_map.png", "orders_over_time.png"} <= set(charts.namelist())
    assert all(charts.read(name).startswith(b"\x89PNG") for name in charts.namelist())

    other = Workspace.open(tmp_path / "other")
    there = other.import_study(io.BytesIO(content(made, "study")))
    assert other.load_recipe(there).recipe.name == "春季"
    other.close()


def test_personal_data_is_masked_until_the_reader_asks_for_it_and_both_are_logged(open_page, shop, made, portrait_home):
    app = open_page(PAGE, "zh", study=shop)
    phone = catalogue()["feature.phone"]["zh"]
    masked = pd.read_csv(io.BytesIO(content(made, "customers")), dtype=str)[phone].dropna()
    assert masked.str.fullmatch(r"1\d\d\*{4}\d{4}").all()
    app.get_by_key("unmasked").set_value(True).run()
    app.get_by_key("unmask_reason").set_value("a call").run()
    full = pd.read_csv(io.BytesIO(content(made, "customers")), dtype=str)[phone].dropna()
    assert full.str.fullmatch(r"1\d{10}").mean() > 0.9
    last, asked, first = Workspace.open(portrait_home).audit()[:3]
    assert (first.action, first.facts) == ("exported", {"what": "customers", "masked": True})
    assert (asked.action, asked.facts) == ("unmasked", {"reason": "a call"})
    assert (last.action, last.facts) == ("exported", {"what": "customers", "masked": False, "reason": "a call"})


def test_looking_at_results_leaves_one_snapshot_per_state_of_the_study(open_page, shop, portrait_home):
    forget()  # a run is kept when it is first computed
    app = open_page("customers/overview", study=shop)
    assert not app.exception, app.exception
    app.switch_page(f"../pages/{PAGE}.py").run()
    app.run()
    workspace = Workspace.open(portrait_home)
    [kept] = workspace.snapshots(shop)
    snapshot = workspace.load_snapshot(kept.id)
    assert kept.summary["customers"] == len(snapshot.profiles) == 1350
    assert {"segment_rfm", "segment_cluster"} <= set(snapshot.profiles.columns)
    assert (
        snapshot.segments.groupby("method")["customers"].sum()["rfm"] == snapshot.profiles["segment_rfm"].notna().sum()
    )

    saved = workspace.load_recipe(shop)
    changed = saved.recipe.model_copy(update={"name": "Another name"})
    revision = workspace.save_recipe(shop, changed, saved.revision)
    app.run()
    assert len(workspace.snapshots(shop)) == 1
    plans = tuple(
        plan.model_copy(update={"params": plan.params.model_copy(update={"n_scores": 4})})
        if plan.params.kind == "rfm" else plan
        for plan in changed.segmentations
    )  # fmt: skip
    workspace.save_recipe(shop, changed.model_copy(update={"segmentations": plans}), revision)
    app.run()
    assert not app.exception, app.exception
    assert len(workspace.snapshots(shop)) == 2
    assert workspace.load_snapshot(kept.id).segments.equals(snapshot.segments)
    workspace.close()


def test_large_workbook_is_written_beside_the_page(open_page, shop, made, monkeypatch):
    from ui import work
    from ui.share import exports

    monkeypatch.setattr(exports, "QUICK_CELLS", 0)
    app = open_page(PAGE, study=shop)
    assert "workbook" not in made
    app.get_by_key("prepare_workbook").click().run()
    [job] = work._server().jobs.values()
    job.future.result(60)
    app.run()
    book = openpyxl.load_workbook(io.BytesIO(content(made, "workbook")))
    assert catalogue()["workbook.sheet.profiles"]["en"] in book.sheetnames


def test_writing_is_shown_with_its_share_and_one_way_to_stop_and_can_begin_again(open_page, shop, made, monkeypatch):
    from ui import work
    from ui.share import exports

    monkeypatch.setattr(exports, "QUICK_CELLS", 0)

    def endless(*_, **__):
        return lambda job: [job.report(0.25) for _ in iter(int, 1)]

    with monkeypatch.context() as patch:
        patch.setattr(exports, "write_workbook", endless)
        app = open_page(PAGE, "zh", study=shop)
        app.get_by_key("prepare_workbook").click().run()
        [job] = work._server().jobs.values()
        while job.share is None:
            pass
        app.run()
        assert not app.exception, app.exception
        [bar] = app.get("progress")
        assert "25" in bar.proto.text and catalogue()["export.workbook.writing"]["zh"] in bar.proto.text
    app.get_by_key("stop_work").click().run()
    with pytest.raises(StoppedError):
        job.future.result(60)
    assert "workbook" not in made
    app.run()
    app.get_by_key("prepare_workbook").click().run()
    [again] = work._server().jobs.values()
    again.future.result(60)
    app.run()
    assert content(made, "workbook")


def test_study_without_a_segmentation_still_exports_its_customers(open_page, portrait_home, made, tmp_path):
    path = tmp_path / "two.csv"
    pd.DataFrame({"客户编号": ["a", "a"], "下单时间": ["2024-01-01", "2024-02-01"], "金额": [1, 2]}).to_csv(
        path, index=False
    )
    workspace = Workspace.open(portrait_home)
    study = workspace.create_study("one")
    stored = [workspace.store_raw(study, table) for table in read(path)]
    recipe: Recipe = suggest(stored)
    workspace.save_recipe(study, recipe, 0)
    workspace.close()
    app = open_page(PAGE, study=study)
    assert not app.exception, app.exception
    assert len(app.error) == 3  # and figures of one customer are not for others
    assert len(pd.read_csv(io.BytesIO(content(made, "customers")))) == 1
    assert "charts" not in made


def test_nobody_is_told_that_members_without_orders_have_no_rfm(open_page, make_study):
    lines = "".join(f"M{i:03},{'Rome' if i % 3 else 'Oslo'},{20 + i % 40}\n" for i in range(60))
    app = open_page(PAGE, study=make_study(f"member id,city,age\n{lines}"))
    assert not app.error
    assert not any("RFM" in one.value for one in app.caption)
