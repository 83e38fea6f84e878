"""Forks writers and kills them: run by test_crash.py with a folder; each input line is a delay in seconds.

Whatever a writer was told is saved, it notes in ``reported.txt`` before it goes on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet  # noqa: F401  loaded before the forks, so that each of them starts at once

from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.workspace.store import Workspace


def write_without_end(home: Path) -> None:
    notes = os.open(home / "reported.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def report(kind: str, **facts: object) -> None:
        os.write(notes, (json.dumps({"kind": kind, **facts}) + "\n").encode())

    workspace = Workspace.open(home / "workspace")
    study = workspace.studies()[0].id
    revision = workspace.load_recipe(study).revision
    turn = 0
    while True:
        turn += 1
        n = revision + 1
        revision = workspace.save_recipe(study, Recipe(name=f"version {n}"), revision)
        report("recipe", revision=revision, name=f"version {n}")
        workspace.set_setting("turn", n, study_id=study)
        report("setting", turn=n)
        rows = pa.table({"line": pa.array(range(2000), pa.int64()), "c0": [f"{n} {i}" for i in range(2000)]})
        table = RawTable(f"orders {n}.csv", "", f"{n:064x}", ("客户",), 2000, rows)
        workspace.store_raw(study, table)
        report("file", fingerprint=table.fingerprint)
        frame = pd.DataFrame({"customer_id": [str(i) for i in range(500)], "spend": [float(n)] * 500})
        day = date(2000, 1, 1) + timedelta(days=n)
        snapshot = workspace.add_snapshot(study, day, Recipe(), {"customers": 500, "n": n}, frame, frame)
        report("snapshot", id=snapshot, n=n)
        if turn % 3 == 0:
            report("removing", fingerprint=table.fingerprint)
            workspace.remove_file(study, table.fingerprint)
            report("removed", fingerprint=table.fingerprint)


def main() -> None:
    home = Path(sys.argv[1])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write_without_end(home)
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended by itself: {status}", flush=True)


if __name__ == "__main__":
    main()
