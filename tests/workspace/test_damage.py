"""What is damaged is said in a sentence, what is still usable stays usable, and an upload is read again."""

from __future__ import annotations

import io
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.recipe import Recipe
from analysis.workspace import Workspace, desk
from analysis.workspace.upkeep import check
from benchmarks.apart import run_apart
from tests.workspace.killed import open_as_nobody
from texts import translator

ORDERS = b"customer_id,order_date,amount\n" + b"".join(b"c%d,2024-01-0%d,5\n" % (i, i) for i in range(1, 8))
FRAME = pd.DataFrame({"customer_id": ["c1"], "spend": [1.0]})


def whole(home: Path, *, original: bool = True) -> tuple[Workspace, str]:
    workspace = Workspace.open(home)
    tables = read_file(ORDERS, name="orders.csv")
    study = desk.begin(workspace, tables, name="Spring", originals=[ORDERS] if original else [])
    desk.begin(workspace, read_file(ORDERS.replace(b"c1,", b"d1,"), name="other.csv"), name="Other")
    workspace.add_snapshot(study, date(2024, 3, 1), Recipe(), {"customers": 1}, FRAME, FRAME)
    return workspace, study


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


HURTS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "garbage": lambda path: path.write_bytes(b"garbage" * 100),
    "empty": lambda path: path.write_bytes(b""),
    "cut": cut,
    "another schema": lambda path: FRAME.to_parquet(path),
}
# What pandas wrote of itself beside the rows: no text, and no JSON.
ODD_NOTES: dict[str, Callable[[Path], object]] = {
    "notes that are no text": lambda path: with_notes(path, b"\xff"),
    "notes that are no JSON": lambda path: with_notes(path, b"{"),
}


def with_notes(path: Path, notes: bytes) -> None:
    parquet.write_table(parquet.read_table(path).replace_schema_metadata({b"pandas": notes}), path)


@pytest.mark.parametrize("hurt", HURTS)
def test_rows_that_are_damaged_are_said_and_read_again_from_the_upload(tmp_path: Path, hurt: str) -> None:
    workspace, study = whole(tmp_path)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    before = table.rows.read_bytes()
    HURTS[hurt](table.rows)
    with pytest.raises(AnalysisError) as refusal:
        workspace.raw_tables(study)
    assert (refusal.value.code, refusal.value.facts) == ("stored_rows_damaged", {"file": "orders.csv", "n_usable": 0})
    report = check.check(tmp_path)
    assert [study for study, _ in report.damages] == ["Spring"] and not report.is_well
    assert all(len(workspace.raw_tables(one.id)) == 1 for one in workspace.studies() if one.name == "Other")
    assert [one.file for one in desk.read_again(workspace, study)] == ["orders.csv"]
    assert table.rows.read_bytes() == before and workspace.raw_tables(study) == [table]
    assert check.check(tmp_path).is_well


def test_rows_without_their_upload_are_said_to_be_lost_and_can_be_taken_out(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path, original=False)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    cut(table.rows)
    with pytest.raises(AnalysisError, match="stored_rows_damaged_for_good"):
        workspace.raw_tables(study)
    with pytest.raises(AnalysisError, match="original_not_kept"):
        desk.read_again(workspace, study)
    workspace.remove_file(study, table.fingerprint)
    assert workspace.raw_tables(study) == []


def test_a_damaged_page_within_whole_outlines_is_found_by_the_check(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    content = bytearray(table.rows.read_bytes())
    content[4:60] = bytes(56)
    table.rows.write_bytes(bytes(content))
    assert [damage.why for _, damage in check.check(tmp_path).damages] == ["unreadable"]
    assert [one.code for one in check.repair(tmp_path)] == ["read_again"]
    assert check.check(tmp_path).is_well


@pytest.mark.parametrize("hurt", HURTS)
def test_a_study_whose_rows_are_damaged_is_not_packed_as_if_it_were_whole(tmp_path: Path, hurt: str) -> None:
    workspace, study = whole(tmp_path)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    HURTS[hurt](table.rows)
    with pytest.raises(AnalysisError, match="stored_rows_damaged"):
        workspace.export_study(study, io.BytesIO())


@pytest.mark.parametrize("hurt", [*HURTS, *ODD_NOTES])
def test_a_study_is_packed_without_a_run_that_is_damaged_and_can_be_brought_back(tmp_path: Path, hurt: str) -> None:
    workspace, study = whole(tmp_path)
    workspace.add_snapshot(study, date(2024, 4, 1), Recipe(), {"customers": 1}, FRAME, FRAME.assign(spend=2.0))
    _, first = workspace.snapshots(study)
    bad = FRAME.rename(columns={"customer_id": "x"})
    path = tmp_path / "studies" / study / "snapshots" / first.id / "profiles.parquet"
    bad.to_parquet(path) if hurt == "another schema" else (HURTS | ODD_NOTES)[hurt](path)
    assert workspace.damaged_snapshots(study) == [first]
    packed = io.BytesIO()
    workspace.export_study(study, packed)
    again = workspace.import_study(packed)
    assert [info.as_of for info in workspace.snapshots(again)] == [date(2024, 4, 1)]


def test_a_cell_that_is_no_text_is_found_by_the_check_and_read_again(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    [table] = workspace.raw_tables(study)
    assert isinstance(table.rows, Path)
    rows = parquet.read_table(table.rows)
    no_text = pa.array([b"\xff\xfe"] * table.n_rows, pa.binary()).view(pa.string())
    parquet.write_table(rows.set_column(rows.column_names.index("c0"), "c0", no_text), table.rows)
    assert workspace.raw_tables(study)
    with pytest.raises(AnalysisError, match="stored_rows_damaged"):
        workspace.raw_tables(study, thorough=True)
    assert [one.code for one in check.repair(tmp_path)] == ["read_again"]
    assert workspace.raw_tables(study, thorough=True)


def test_a_snapshot_without_its_customers_is_said_to_be_damaged(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    [info] = workspace.snapshots(study)
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "studies" / study / "snapshots" / info.id / "profiles.parquet")
    with pytest.raises(AnalysisError, match="snapshot_damaged"):
        workspace.load_snapshot(info.id)


@pytest.mark.parametrize("hurt", ["missing", "garbage", "empty", "cut", *ODD_NOTES])
@pytest.mark.parametrize("part", ["profiles", "segments"])
def test_a_snapshot_that_is_damaged_is_said_and_the_study_stays_usable(tmp_path: Path, hurt: str, part: str) -> None:
    workspace, study = whole(tmp_path)
    [info] = workspace.snapshots(study)
    (HURTS | ODD_NOTES)[hurt](tmp_path / "studies" / study / "snapshots" / info.id / f"{part}.parquet")
    with pytest.raises(AnalysisError, match="snapshot_gone" if hurt == "missing" else "snapshot_damaged"):
        workspace.load_snapshot(info.id)
    assert [name for name, _ in check.check(tmp_path).broken] == ["Spring"]
    assert len(workspace.raw_tables(study)) == 1 and workspace.study(study).n_customers == 1


def test_an_experiments_table_that_is_damaged_is_said(tmp_path: Path) -> None:
    from analysis.experiments.record import Experiment

    workspace = Workspace.open(tmp_path)
    experiment = workspace.add_experiment(Experiment(name="a"))
    digest = workspace.keep_experiment_table(experiment, pa.table({"x": [1, 2]}))
    (tmp_path / "experiments" / experiment / f"{digest}.parquet").write_bytes(b"PAR1garbagePAR1")
    with pytest.raises(AnalysisError, match="experiment_table_damaged"):
        workspace.experiment_table(experiment, digest)


def everything(home: Path, study: str) -> None:
    """Ask a workspace for all that a page asks for."""
    workspace = Workspace.open(home)
    try:
        for one in workspace.studies():
            for asked in (workspace.load_recipe, workspace.raw_tables, workspace.merges, workspace.experiments):
                asked(one.id)
            workspace.documents("persona", one.id)
            workspace.setting("x", study_id=one.id)
            for info in workspace.snapshots(one.id):
                workspace.load_snapshot(info.id)
        workspace.create_study("new")
    finally:
        workspace.close()


def test_whatever_happens_to_the_database_is_a_sentence_in_both_languages(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path / "base")
    workspace.close()
    content = (tmp_path / "base" / "portrait.sqlite").read_bytes()
    assert not (tmp_path / "base" / "portrait.sqlite-wal").exists()
    draw = random.Random(3)
    hurts: list[bytes] = [content[:n] for n in (0, 10, 100, 4096, 8192, len(content) // 2, len(content) - 4096)]
    for page in range(len(content) // 4096):
        garbage = bytearray(content)
        start = page * 4096 + (100 if page == 0 else 0)
        garbage[start : (page + 1) * 4096] = draw.randbytes((page + 1) * 4096 - start)
        hurts.append(bytes(garbage))
    hurts.append(b"these are my notes, not a database" * 200)
    n_refused = 0
    for place, hurt in enumerate(hurts):
        home = tmp_path / f"trial{place}"
        copy_of(tmp_path / "base", home)
        (home / "portrait.sqlite").write_bytes(hurt)
        try:
            everything(home, study)
        except AnalysisError as error:
            n_refused += 1
            for language in ("en", "zh"):
                assert translator(language)(f"error.{error.code}", **error.facts)
        assert list(home.glob("files/*/*.parquet")) and not list(home.glob("trash/*/content/*.parquet"))
        check.check(home).findings()
    assert n_refused > len(hurts) // 2


def test_a_text_of_the_database_that_is_something_else_is_a_sentence(tmp_path: Path) -> None:
    from analysis.experiments.record import Experiment

    workspace, study = whole(tmp_path / "base")
    workspace.add_experiment(Experiment(name="a"), study)
    workspace.set_setting("x", [1], study_id=study)
    workspace.close()
    home = tmp_path / "trial"
    copy_of(tmp_path / "base", home)
    whole_database = (home / "portrait.sqlite").read_bytes()
    said, failed = [], []
    with closing(sqlite3.connect(tmp_path / "base" / "portrait.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [
            (table, name)
            for table in tables
            for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")
            if kind != "INTEGER"
        ]
    for table, column in columns:
        (home / "portrait.sqlite").write_bytes(whole_database)
        with closing(sqlite3.connect(home / "portrait.sqlite")) as database, database:
            if not database.execute(f"UPDATE OR IGNORE {table} SET {column} = 'garbage'").rowcount:
                continue
        try:
            everything(home, study)
        except AnalysisError as refusal:
            said.append((table, column))
            for language in ("en", "zh"):
                assert translator(language)(f"error.{refusal.code}", **refusal.facts)
        except Exception as problem:
            failed.append((table, column, type(problem).__name__))
    assert failed == []
    assert {("studies", "changed_at"), ("snapshots", "as_of"), ("snapshots", "summary")} <= {*said}


def copy_of(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target)


def test_repair_moves_a_database_that_cannot_be_read_aside_and_names_the_studies_again(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    workspace.close()
    (tmp_path / "portrait.sqlite").write_bytes(b"garbage" * 1000)
    assert [one.code for one in check.repair(tmp_path)] == ["database_aside", "named_again", "named_again"]
    assert (tmp_path / "portrait.sqlite.damaged-1").read_bytes() == b"garbage" * 1000
    assert {one.name for one in Workspace.open(tmp_path).studies()} == {"Spring", "Other"}
    assert len(Workspace.open(tmp_path).raw_tables(study)) == 1


def test_what_was_kept_of_a_reading_by_another_version_is_a_sentence(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE raw_tables SET reading = '{}'")
    with pytest.raises(AnalysisError, match="saved_reading_unreadable"):
        workspace.raw_tables(study)


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="needs to become another user")
def test_a_home_that_may_only_be_read_is_a_sentence(tmp_path: Path) -> None:
    workspace, _ = whole(tmp_path / "home")
    workspace.close()
    (tmp_path / "empty").mkdir()
    # All that pytest made of the way there, which is one folder more in a worker of several.
    outside = [path for path in (tmp_path, *tmp_path.parents) if "pytest-of-" in str(path)]
    try:
        for path in (*outside, *tmp_path.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        assert {opened_by_another(tmp_path / name) for name in ("home", "empty")} == {"workspace_not_writable"}
    finally:
        for path in outside:
            path.chmod(0o700)


def opened_by_another(home: Path) -> str:
    """Return the code of the refusal that a user gets who may only read."""
    said = home.parent / "said"
    said.touch()
    said.chmod(0o666)
    run_apart(open_as_nobody, home, said)
    return said.read_text("utf-8")


def test_a_file_whose_heading_a_refresh_took_for_another_is_read_again(tmp_path: Path) -> None:
    workspace, study = whole(tmp_path)
    later = ORDERS.replace(b"2024-01", b"2024-02").replace(b"amount", b"amount paid")
    [table] = read_file(later, name="february.csv")
    taken = replace(table, columns=("customer_id", "order_date", "amount"))
    desk.add(workspace, study, [taken], revision=1, originals=[later])
    kept = next(one for one in workspace.raw_tables(study) if one.file == "february.csv")
    assert isinstance(kept.rows, Path)
    cut(kept.rows)
    [mended] = desk.read_again(workspace, study)
    assert mended.columns == taken.columns and mended.n_rows == table.n_rows
