"""A workspace touches only what it made, loses nothing on opening, and can be looked over and mended."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.recipe import Recipe
from analysis.workspace import Workspace, desk, files
from analysis.workspace.upkeep import check, folder, trash

ORDERS = b"customer_id,order_date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i, i) for i in range(1, 8))
FRAME = pd.DataFrame({"customer_id": ["c1"], "spend": [1.0]})
FOREIGN = (
    "studies/2024-survey/data.csv",
    "studies/readme.txt",
    "studies/a/snapshots/keep.txt",
    "experiments/ab-test-3/results.xlsx",
    "experiments/notes.docx",
    "files/march/orders.parquet",
    "trash/old.txt",
    "pictures/cat.png",
)


def lay(home: Path, names: tuple[str, ...] = FOREIGN) -> None:
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("mine")


def whole(home: Path, name: str = "Spring") -> tuple[Workspace, str]:
    workspace = Workspace.open(home)
    study = desk.begin(workspace, read_file(ORDERS, name="orders.csv"), name=name, originals=[ORDERS])
    workspace.add_snapshot(study, date(2024, 3, 1), Recipe(), {"customers": 1}, FRAME, FRAME)
    return workspace, study


def without_database(home: Path) -> None:
    for path in home.glob("portrait.sqlite*"):
        path.rename(home.parent / path.name)


def refusal(home: Path, url: str | None = None) -> AnalysisError:
    with pytest.raises(AnalysisError) as caught:
        Workspace.open(home, url)
    return caught.value


def codes(report: check.Report) -> list[str]:
    return [finding.code for finding in report.findings()]


def test_a_folder_of_the_users_own_is_refused_and_nothing_in_it_is_touched(tmp_path: Path) -> None:
    lay(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for _ in range(2):
        assert refusal(tmp_path).code == "workspace_folder_foreign"
    assert sorted(tmp_path.rglob("*")) == before
    assert all((tmp_path / name).read_text() == "mine" for name in FOREIGN)
    Workspace.open(Path(refusal(tmp_path).facts["suggested"])).close()


def test_what_another_puts_into_the_folders_of_a_workspace_stays(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    workspace.close()
    lay(tmp_path)
    (tmp_path / "files" / ".DS_Store").write_text("x")
    for _ in range(3):
        again = Workspace.open(tmp_path)
        again.delete_study(again.create_study("gone"))
        again.close()
    assert all((tmp_path / name).read_text() == "mine" for name in FOREIGN)
    assert Workspace.open(tmp_path).study(study).n_rows == 7
    found = [one.facts["path"] for one in check.check(tmp_path).findings() if one.code == "foreign"]
    assert found == ["files/march", "studies/2024-survey", "studies/a", "studies/readme.txt",
                     "experiments/ab-test-3", "experiments/notes.docx", "trash/old.txt"]  # fmt: skip


def test_files_whose_database_is_gone_are_kept_and_the_way_back_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace, study = whole(home)
    workspace.close()
    files_before = sorted(path for path in home.rglob("*") if path.is_file() and "sqlite" not in path.name)
    without_database(home)
    for _ in range(3):
        assert refusal(home).code == "workspace_database_lost"
        assert refusal(home, f"sqlite:///{tmp_path / 'empty.db'}").code == "workspace_database_lost"
    assert set(files_before) <= set(home.rglob("*"))
    for path in tmp_path.glob("portrait.sqlite*"):
        path.rename(home / path.name)
    again = Workspace.open(home)
    assert again.study(study).n_snapshots == 1 and trash.items(home) == []


def test_an_emptied_database_is_refused_and_repair_names_the_studies_again(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    recipe = workspace.load_recipe(study)
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM studies")
    workspace.close()
    assert refusal(tmp_path).code == "workspace_database_lost"
    report = check.check(tmp_path)
    assert report.problem is not None and report.lost == ("Spring",) and not report.is_well
    assert [one.code for one in check.repair(tmp_path)] == ["named_again"]
    again = Workspace.open(tmp_path)
    assert again.study(study).n_rows == 7 and again.load_recipe(study) == recipe
    assert len(pd.read_parquet(again.raw_tables(study)[0].rows)) == 7  # type: ignore[arg-type]


def test_a_lost_database_is_made_again_from_what_the_folder_knows(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace, study = whole(home)
    workspace.close()
    without_database(home)
    check.repair(home)
    assert check.check(home).is_well
    assert Workspace.open(home).study(study).name == "Spring"


def test_files_that_only_their_database_can_tell_are_not_thrown_away_by_repair(tmp_path: Path) -> None:
    home = tmp_path / "home"
    workspace, study = whole(home)
    workspace.close()
    (home / "studies" / study / "study.json").unlink()
    without_database(home)
    with pytest.raises(AnalysisError, match="workspace_database_lost"):
        check.repair(home)
    assert trash.items(home) == [] and list(home.glob("files/*/*.parquet"))


def test_a_database_of_another_workspace_is_refused(tmp_path: Path) -> None:
    (one, study), (two, _) = whole(tmp_path / "one"), whole(tmp_path / "two", "Autumn")
    one.close()
    two.close()
    url = f"sqlite:///{tmp_path / 'two' / 'portrait.sqlite'}"
    assert refusal(tmp_path / "one", url).code == "workspace_database_other"
    assert check.check(tmp_path / "one", url).problem is not None
    assert [one.facts["study"] for one in check.repair(tmp_path / "one", url) if one.code == "named_again"] == [
        "Spring"
    ]
    assert Workspace.open(tmp_path / "one", url).study(study).n_rows == 7


def test_a_database_restored_from_before_a_study_does_not_lose_its_files(tmp_path: Path) -> None:
    home, before = tmp_path / "home", tmp_path / "before.sqlite"
    first = Workspace.open(home)
    first.create_study("older")
    first.close()
    database_file = home / "portrait.sqlite"
    with closing(sqlite3.connect(database_file)) as now, closing(sqlite3.connect(before)) as then:
        now.backup(then)
    workspace, study = whole(home)
    workspace.close()
    for path in home.glob("portrait.sqlite-*"):
        path.unlink()
    shutil.copy(before, database_file)
    for _ in range(2):
        Workspace.open(home).close()
    report = check.check(home)
    assert report.lost == ("Spring",) and [item.kind for item in report.trash] == []
    assert "study_lost" in codes(report)
    check.repair(home)
    assert Workspace.open(home).study(study).n_rows == 7


def test_what_nobody_names_goes_to_the_trash_and_comes_back(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    workspace.close()
    rows = tmp_path / "files" / ("b" * 64) / ("c" * 64 + ".parquet")
    snapshot = tmp_path / "studies" / study / "snapshots" / ("d" * 32)
    paths = (rows, tmp_path / "studies" / ("e" * 32) / "x", tmp_path / "experiments" / ("f" * 32) / "x", snapshot / "x")
    (tmp_path / "studies" / ("e" * 32)).mkdir()
    (tmp_path / "studies" / ("e" * 32) / f".writing-99999-{'2' * 32}-{'3' * 32}").write_text("goes with its folder")
    for path in (*paths, tmp_path / "files" / f".writing-99999-{'0' * 32}-{'1' * 32}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert {one.kind for one in check.check(tmp_path).unnamed} == {
        "rows",
        "study",
        "experiment",
        "snapshot",
        "unfinished",
    }
    Workspace.open(tmp_path).close()
    assert not any(path.exists() for path in paths)
    items = {item.kind: item for item in trash.items(tmp_path)}
    assert len(items) == 5 and items["rows"].path == f"files/{'b' * 64}"
    assert check.restore(items["rows"].id, tmp_path).path == items["rows"].path
    assert rows.read_text() == "x" and len(trash.items(tmp_path)) == 4
    rows.parent.mkdir(exist_ok=True)
    with pytest.raises(AnalysisError, match="trash_item_gone"):
        trash.restore(tmp_path, items["rows"].id)


def test_the_trash_is_emptied_by_a_person_or_after_thirty_days(tmp_path: Path) -> None:
    Workspace.open(tmp_path).close()
    for days in (0, 29, 31):
        place = tmp_path / "files" / (f"{days % 10}" * 64)
        place.mkdir()
        item = trash.throw(tmp_path, trash.Unnamed(place.relative_to(tmp_path).as_posix(), "rows", 0))
        moved = item.model_copy(update={"moved_at": datetime.now(UTC) - timedelta(days=days)})
        (tmp_path / "trash" / item.id / "item.json").write_text(moved.model_dump_json())
    Workspace.open(tmp_path).close()
    assert len(trash.items(tmp_path)) == 2
    assert len(trash.empty(tmp_path)) == 2 and trash.items(tmp_path) == []


def test_a_forged_item_cannot_leave_the_workspace(tmp_path: Path) -> None:
    Workspace.open(tmp_path / "home").close()
    place = tmp_path / "home" / "trash" / ("a" * 32)
    (place / "content").mkdir(parents=True)
    item = {
        "id": "a" * 32,
        "path": "files/../../escaped",
        "kind": "rows",
        "moved_at": "2024-01-01T00:00:00Z",
        "n_bytes": 0,
    }
    (place / "item.json").write_text(str(item).replace("'", '"'))
    assert trash.items(tmp_path / "home") == []


def test_a_restored_study_is_named_again_with_its_files(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    [table] = workspace.raw_tables(study)
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM raw_tables")
        connection.exec_driver_sql("DELETE FROM studies")
    kept = {path: trash.throw(tmp_path, trash.Unnamed(path, kind, 0)) for path, kind in
            ((f"studies/{study}", "study"), (f"files/{table.fingerprint}", "rows"))}  # fmt: skip
    assert workspace.studies() == []
    check.restore(kept[f"studies/{study}"].id, tmp_path)
    assert workspace.study(study).n_rows == 7 and workspace.raw_tables(study)[0].rows.exists()  # type: ignore[union-attr]


def test_deleting_a_study_leaves_nothing_of_it(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    workspace.delete_study(study)
    assert trash.items(tmp_path) == [] and not list(tmp_path.glob("files/*")) and not list(tmp_path.glob("studies/*"))
    assert check.check(tmp_path).is_well


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes of files as other systems do")
def test_what_is_ours_only_the_user_may_read_also_in_an_older_home(tmp_path: Path) -> None:
    workspace, _ = whole(tmp_path)
    workspace.close()
    (tmp_path / folder.MARK).unlink()
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    Workspace.open(tmp_path).close()
    for path in (tmp_path, *tmp_path.rglob("*")):
        if folder.TEMPORARY not in path.parts:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes of files as other systems do")
def test_the_modes_of_what_another_made_stay(tmp_path: Path) -> None:
    lay(tmp_path, ("notes.txt", "pictures/cat.png"))
    for path in (tmp_path, tmp_path / "notes.txt"):
        path.chmod(0o755)
    Workspace.open(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == stat.S_IMODE((tmp_path / "notes.txt").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "studies").stat().st_mode) == 0o700


def test_after_the_clock_was_set_back_the_snapshot_taken_last_is_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(tmp_path)
    study = workspace.create_study("one")
    for month, moment in ((1, "2030"), (2, "2020")):
        monkeypatch.setattr("analysis.workspace.studies.now", lambda m=moment: f"{m}-01-01T00:00:00.000000+00:00")
        workspace.add_snapshot(study, date(2024, month, 1), Recipe(), {"customers": month}, FRAME, FRAME)
    assert [info.as_of.month for info in workspace.snapshots(study)] == [2, 1]
    assert workspace.study(study).n_customers == 2


def test_there_is_nothing_to_check_where_there_is_no_workspace(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(AnalysisError, match="workspace_none"):
            check.check(place)
    assert not (tmp_path / "none").exists() and not list(tmp_path.iterdir())


def test_an_export_is_written_with_the_modes_of_the_user(tmp_path: Path) -> None:
    with files.whole_file(tmp_path / "out.txt") as part:
        part.write_text("x")
    (tmp_path / "plain.txt").write_text("x")
    assert (tmp_path / "out.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_a_full_disk_does_not_keep_a_workspace_from_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, study = whole(tmp_path)
    workspace.close()
    (tmp_path / "files" / ("b" * 64)).mkdir()
    (tmp_path / "studies" / study / "study.json").unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "temporary_beside", full)
    again = Workspace.open(tmp_path)
    assert again.study(study).n_rows == 7 and len(again.raw_tables(study)) == 1
    again.rename_study(study, "Autumn")
    assert again.study(study).name == "Autumn"
