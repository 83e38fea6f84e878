"""A kill at any moment loses nothing that was reported as saved."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.temporary import own_folder
from analysis.workspace.store import Workspace

N_KILLS = 25
KINDS = {"recipe", "setting", "file", "snapshot"}
HOST = Path(__file__).with_name("crash_host.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9, which Windows does not have")
def test_a_killed_writer_loses_nothing_it_reported_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    study = workspace.create_study("Spring")
    workspace.close()
    delays = random.Random(7)
    environment = {**os.environ, "PYTHONPATH": str(HOST.parents[2])}
    with subprocess.Popen(
        [sys.executable, str(HOST), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as host:
        assert host.stdin is not None and host.stdout is not None
        for turn in range(4 * N_KILLS):
            if turn >= N_KILLS and kinds(tmp_path) >= KINDS:
                break
            # On a busy machine a writer needs longer to come as far as a snapshot.
            patience = max(1.0, turn / (N_KILLS / 4) - 3)
            host.stdin.write(f"{delays.uniform(0.02, 0.35) * patience}\n")
            host.stdin.flush()
            assert host.stdout.readline() == "killed\n"
            check(tmp_path, study)
        host.stdin.close()
    assert kinds(tmp_path) >= KINDS


def kinds(folder: Path) -> set[str]:
    return {report["kind"] for report in read_reports(folder)}


def read_reports(folder: Path) -> list[dict]:
    path = folder / "reported.txt"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def check(folder: Path, study: str) -> None:
    reported = read_reports(folder)
    workspace = Workspace.open(folder / "workspace")
    home = workspace.home
    last = {report["kind"]: report for report in reported}

    saved = workspace.load_recipe(study)
    if "recipe" in last:
        assert saved.revision >= last["recipe"]["revision"]
        assert saved.recipe is not None and saved.recipe.name == f"version {saved.revision}"
        assert workspace.setting("turn", 0, study_id=study) >= last.get("setting", {"turn": 0})["turn"]

    tables = workspace.raw_tables(study)
    for table in tables:
        assert isinstance(table.rows, Path)
        assert len(pd.read_parquet(table.rows)) == table.n_rows
    removing, removed, stored = (
        {report["fingerprint"] for report in reported if report["kind"] == kind}
        for kind in ("removing", "removed", "file")
    )
    present = {table.fingerprint for table in tables}
    assert not present & removed
    assert stored - present <= removing
    on_disk = {path for path in (home / "files").rglob("*") if path.is_file()}
    # What a killed writer put in place and did not come to name is in the trash.
    assert on_disk == {table.rows for table in tables}

    infos = {info.id: info for info in workspace.snapshots(study)}
    assert {report["id"] for report in reported if report["kind"] == "snapshot"} <= set(infos)
    newest = next(iter(infos.values()), None)
    for info in infos.values():
        place = home / "studies" / study / "snapshots" / info.id
        assert {path.name for path in place.iterdir()} == {"profiles.parquet", "segments.parquet"}
    if newest is not None:
        snapshot = workspace.load_snapshot(newest.id)
        assert (snapshot.profiles["spend"] == newest.summary["n"]).all() and len(snapshot.segments) == 500
    folders = {path.name for path in (home / "studies" / study / "snapshots").glob("*")}
    assert folders == set(infos)
    left = set((home / ".portrait-temporary").iterdir()) - {own_folder(home / ".portrait-temporary")}
    # A writer that ends while it makes its folder leaves it empty, for a later sweep.
    assert {path.name for folder in left for path in folder.iterdir()} <= {".lock-new"}
    workspace.close()
