"""Studies, recipes, settings, files and snapshots are kept, shared and deleted as promised."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from analysis import parquet
from analysis.errors import AnalysisError
from analysis.intake.tables import LeftOut, RawTable
from analysis.recipe import Recipe
from analysis.temporary import own_folder
from analysis.workspace import Workspace, files, schema
from tests.thorough import examples

CUSTOMERS = pd.DataFrame({"customer_id": ["001", "002"], "spend": [10.5, float("nan")]})
SEGMENTS = pd.DataFrame({"customer_id": ["001", "002"], "segment_rfm": ["champions", None]})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def raw_table(file: str = "订单 2024.xlsx", sheet: str = "Sheet1", *, seed: str = "a") -> RawTable:
    rows = pa.table({"line": pa.array([2, 3], pa.int64()), "c0": ["001", None], "c1": [f"=1+1{seed}", "王小明"]})
    return RawTable(
        file, sheet, seed * 64, ("会员号", "姓名"), 2, rows, header_row=1, encoding="gb18030", delimiter=",",
        surplus=(LeftOut(9, "too,many,fields"),),
    )  # fmt: skip


def parquet_files(workspace: Workspace) -> list[Path]:
    return sorted((workspace.home / "files").rglob("*.parquet"))


def test_what_was_saved_is_there_after_reopening(workspace: Workspace) -> None:
    study = workspace.create_study("春季", "win_back")
    workspace.save_recipe(study, Recipe(name="春季"), 0)
    workspace.set_setting("answers", {"as_of": True}, study_id=study)
    workspace.set_setting("language", "zh")
    workspace.store_raw(study, raw_table())
    workspace.close()

    again = Workspace.open(workspace.home)
    assert [found.name for found in again.studies()] == ["春季"]
    assert again.load_recipe(study).recipe == Recipe(name="春季")
    assert again.setting("answers", study_id=study) == {"as_of": True}
    assert again.setting("language") == "zh"
    [table] = again.raw_tables(study)
    assert isinstance(table.rows, Path)
    assert parquet.read_table(table.rows).to_pydict() == {
        "line": [2, 3],
        "c0": ["001", None],
        "c1": ["=1+1a", "王小明"],
    }


def test_a_raw_table_comes_back_with_every_detail(workspace: Workspace) -> None:
    study = workspace.create_study("Spring")
    given_table = raw_table()
    stored = workspace.store_raw(study, given_table)
    [loaded] = workspace.raw_tables(study)
    assert stored == loaded
    assert {**vars(loaded), "rows": None} == {**vars(given_table), "rows": None}


def test_the_study_changed_last_comes_first_with_its_counts(workspace: Workspace) -> None:
    first, second = workspace.create_study("first"), workspace.create_study("second")
    workspace.store_raw(first, raw_table())
    workspace.store_raw(first, raw_table(sheet="Sheet2"))
    workspace.add_snapshot(first, date(2024, 3, 1), Recipe(), {"customers": 2}, CUSTOMERS, SEGMENTS)
    listed = workspace.studies()
    assert [study.id for study in listed] == [first, second]
    assert (listed[0].n_files, listed[0].n_rows, listed[0].n_snapshots) == (1, 4, 1)
    assert (listed[0].as_of, listed[0].n_customers) == (date(2024, 3, 1), 2)
    assert (listed[1].n_files, listed[1].as_of) == (0, None)
    workspace.rename_study(second, "zweite")
    assert [study.name for study in workspace.studies()] == ["zweite", "first"]


def test_a_second_tab_cannot_overwrite_what_it_has_not_seen(workspace: Workspace) -> None:
    study = workspace.create_study("Spring")
    assert workspace.save_recipe(study, Recipe(name="one"), 0) == 1
    with pytest.raises(AnalysisError) as refusal:
        workspace.save_recipe(study, Recipe(name="two"), 0)
    assert refusal.value.code == "recipe_changed_elsewhere"
    assert workspace.load_recipe(study).recipe == Recipe(name="one")
    assert workspace.save_recipe(study, Recipe(name="one"), 1) == 1
    assert workspace.save_recipe(study, Recipe(name="two"), 1) == 2


def test_two_open_workspaces_see_each_others_changes(workspace: Workspace) -> None:
    other = Workspace.open(workspace.home)
    study = workspace.create_study("Spring")
    other.set_setting("seen", 1, study_id=study)
    assert workspace.setting("seen", study_id=study) == 1


def test_the_same_file_twice_is_refused_but_its_other_sheets_are_not(workspace: Workspace) -> None:
    study = workspace.create_study("Spring")
    workspace.store_raw(study, raw_table())
    workspace.store_raw(study, raw_table(sheet="Members"))
    with pytest.raises(AnalysisError) as refusal:
        workspace.store_raw(study, raw_table("renamed.xlsx"))
    assert (refusal.value.code, refusal.value.facts) == ("file_already_there", {"file": "renamed.xlsx"})
    assert len(workspace.raw_tables(study)) == 2
    assert [path.name for path in own_folder(workspace.home / ".portrait-temporary").iterdir()] == [".lock"]


def test_another_file_of_the_same_name_gets_a_number_and_keeps_it_for_all_sheets(workspace: Workspace) -> None:
    study = workspace.create_study("Spring")
    for seed in "abc":
        for sheet in ("One", "Two"):
            workspace.store_raw(study, raw_table("orders.xlsx", sheet, seed=seed))
    names = [table.file for table in workspace.raw_tables(study)]
    assert names == ["orders.xlsx"] * 2 + ["orders (2).xlsx"] * 2 + ["orders (3).xlsx"] * 2


def test_another_reading_takes_the_place_of_the_first(workspace: Workspace) -> None:
    study = workspace.create_study("Spring")
    workspace.store_raw(study, raw_table())
    rows = pa.table({"line": pa.array([3], pa.int64()), "c0": ["x"]})
    other = RawTable("订单 2024.xlsx", "Sheet1", "a" * 64, ("x",), 1, rows, header_row=2)
    workspace.replace_raw(study, other)
    [table] = workspace.raw_tables(study)
    assert (table.columns, table.header_row, table.n_rows) == (("x",), 2, 1)
    assert parquet_files(workspace) == [table.rows]


def test_two_studies_share_a_file_until_the_last_one_lets_go(workspace: Workspace) -> None:
    one, two = workspace.create_study("one"), workspace.create_study("two")
    for study in (one, two):
        workspace.store_raw(study, replace(raw_table(), columns=("会员号", "颜色")))  # sealed rows are not shared
    [shared] = parquet_files(workspace)
    workspace.delete_study(one)
    assert parquet_files(workspace) == [shared]
    assert len(pd.read_parquet(workspace.raw_tables(two)[0].rows)) == 2
    workspace.remove_file(two, "a" * 64)
    assert parquet_files(workspace) == [] and workspace.raw_tables(two) == []
    assert not list((workspace.home / "files").iterdir())


def test_deleting_a_study_removes_its_snapshots_runs_and_settings(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    workspace.set_setting("x", 1, study_id=study)
    workspace.add_snapshot(study, date(2024, 3, 1), Recipe(), {}, CUSTOMERS, SEGMENTS)
    workspace.run_folder(study, "v1").joinpath("orders.parquet").write_bytes(b"x")
    workspace.delete_study(study)
    assert workspace.studies() == [] and list((workspace.home / "studies").iterdir()) == []
    with workspace.engine.connect() as connection:
        for table in (schema.snapshots, schema.study_settings, schema.raw_tables):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
    with pytest.raises(AnalysisError, match="study_gone"):
        workspace.study(study)


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.text(min_size=1, max_size=300).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_a_display_name_is_kept_as_it_is_and_never_becomes_a_path(workspace: Workspace, file: str) -> None:
    study = workspace.create_study(file)
    workspace.store_raw(study, raw_table(file))
    [table] = workspace.raw_tables(study)
    assert table.file == file and workspace.study(study).name == file
    assert isinstance(table.rows, Path)
    parts = table.rows.relative_to(workspace.home / "files").parts
    assert parts[0] == "a" * 64 and len(parts) == 2 and set(table.rows.stem) <= set("0123456789abcdef")
    workspace.delete_study(study)


def test_a_fingerprint_that_is_none_cannot_leave_the_folder(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    rows = pa.table({"line": pa.array([2], pa.int64()), "c0": ["x"]})
    stored = workspace.store_raw(study, RawTable("a", "", "../../escape", ("x",), 1, rows))
    assert isinstance(stored.rows, Path) and stored.rows.parent.parent == workspace.home / "files"
    assert stored.rows.resolve().is_relative_to(workspace.home.resolve())


def test_the_two_runs_used_last_are_kept(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    folders = [workspace.run_folder(study, name) for name in ("v1", "v2")]
    for place, folder in enumerate(folders):
        os.utime(folder, (1_000 + place, 1_000 + place))
    workspace.run_folder(study, "v1")
    third = workspace.run_folder(study, "v3")
    assert sorted(path.name for path in third.parent.iterdir()) == ["v1", "v3"]
    assert workspace.run_folder(study, "../../up").parent == third.parent
    with files.whole_file(third / "profiles.parquet") as part:
        parquet.write_frame(CUSTOMERS, part)
    pd.testing.assert_frame_equal(pd.read_parquet(third / "profiles.parquet"), CUSTOMERS)
    with pytest.raises(AnalysisError, match="study_gone"):
        workspace.run_folder("../up", "v1")


def test_a_snapshot_comes_back_as_it_was(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    recipe = Recipe(name="one", currency="CNY")
    summary = {"customers": 2, "share": float("nan"), "nested": [{"x": float("inf")}]}
    snapshot_id = workspace.add_snapshot(study, date(2024, 3, 1), recipe, summary, CUSTOMERS, SEGMENTS)
    snapshot = workspace.load_snapshot(snapshot_id)
    assert snapshot.recipe == recipe and snapshot.info.as_of == date(2024, 3, 1)
    assert snapshot.info.summary == {"customers": 2, "share": None, "nested": [{"x": None}]}
    pd.testing.assert_frame_equal(snapshot.profiles, CUSTOMERS)
    pd.testing.assert_frame_equal(snapshot.segments, SEGMENTS)
    assert [info.id for info in workspace.snapshots(study)] == [snapshot_id]
    with pytest.raises(AnalysisError, match="snapshot_gone"):
        workspace.load_snapshot("none")


def test_only_another_recipe_date_or_file_makes_another_snapshot(workspace: Workspace) -> None:
    study = workspace.create_study("one")

    def add(recipe: Recipe, day: int = 1) -> str:
        return workspace.add_snapshot(study, date(2024, 3, day), recipe, {}, CUSTOMERS, SEGMENTS)

    first = add(Recipe())
    assert add(Recipe()) == first and add(Recipe(name="another name", goal="launch")) == first
    others = [add(Recipe(), 2), add(Recipe(currency="EUR"))]
    workspace.store_raw(study, raw_table())
    others.append(add(Recipe()))
    workspace.remove_file(study, "a" * 64)
    assert add(Recipe()) == first
    assert len({first, *others}) == 4 == len(workspace.snapshots(study))


def test_sqlite_runs_with_write_ahead_log_and_foreign_keys(workspace: Workspace) -> None:
    with workspace.engine.connect() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
    assert found == ["wal", 1]


def test_the_home_comes_from_the_environment(portrait_home: Path) -> None:
    assert Workspace.open().home == portrait_home
    assert (portrait_home / "portrait.sqlite").exists()


def test_the_database_address_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portrait_home: Path
) -> None:
    monkeypatch.setenv("PORTRAIT_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    Workspace.open().create_study("one")
    assert (tmp_path / "elsewhere.db").exists() and not (portrait_home / "portrait.sqlite").exists()


@pytest.mark.parametrize("url", ["nonsense", "nosuchdatabase://x"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(AnalysisError, match="database_address_unreadable"):
        Workspace.open(tmp_path, url=url)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(AnalysisError, match="workspace_not_writable"):
        Workspace.open(tmp_path / "file")


def test_a_database_that_is_none_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "portrait.sqlite").write_text("these are my notes, not a database at all" * 100)
    with pytest.raises(AnalysisError, match="workspace_unreadable"):
        Workspace.open(tmp_path)
    assert (tmp_path / "portrait.sqlite").read_text().startswith("these are my notes")


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), files.whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("stop")
    assert path.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_the_customers_of_each_segment_in_the_newest_earlier_run_are_found(workspace: Workspace) -> None:
    study = workspace.create_study("A")
    plan = Recipe().plan_or_usual("rfm")
    other = plan.model_copy(update={"params": plan.params.model_copy(update={"n_scores": 3})})

    def kept(day: date, n: int, recipe: Recipe) -> None:
        summary: dict[str, Any] = {"segmentations": {"rfm": {"segments": [{"key": "lost", "customers": n}]}}}
        summary["cards"] = [{"method": "rfm", "segments": ["new"], "customers": n + 1}]
        workspace.add_snapshot(study, day, recipe, summary, CUSTOMERS, SEGMENTS)

    kept(date(2024, 1, 1), 5, Recipe())
    kept(date(2024, 2, 1), 7, Recipe())
    kept(date(2024, 2, 2), 70, Recipe().with_plan(other))
    kept(date(2024, 3, 1), 9, Recipe())
    assert workspace.segments_before(study, plan, date(2024, 2, 22)) == (date(2024, 2, 1), {"lost": 7, "new": 8})
    assert workspace.segments_before(study, other, date(2024, 2, 22)) == (date(2024, 2, 2), {"lost": 70, "new": 71})
    assert workspace.segments_before(study, plan, date(2023, 12, 31)) is None
