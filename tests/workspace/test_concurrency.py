"""Several tabs and processes at once: nothing is overwritten unseen, nothing shared disappears."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.errors import AnalysisError
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.workspace import Workspace


def test_of_saves_on_one_revision_exactly_one_wins(tmp_path: Path) -> None:
    workspaces = [Workspace.open(tmp_path) for _ in range(4)]
    study = workspaces[0].create_study("one")

    def save(place: int) -> int:
        won = 0
        for revision in range(5):
            try:
                workspaces[place].save_recipe(study, Recipe(name=f"{place} {revision}"), revision)
                won += 1
            except AnalysisError as error:
                assert error.code == "recipe_changed_elsewhere"
        return won

    with ThreadPoolExecutor(4) as pool:
        wins = sum(pool.map(save, range(4)))
    assert wins == workspaces[0].load_recipe(study).revision >= 1


def test_a_shared_file_survives_studies_that_come_and_go(tmp_path: Path) -> None:
    workspaces = [Workspace.open(tmp_path) for _ in range(4)]
    rows = pa.table({"line": pa.array([2], pa.int64()), "c0": ["x"]})
    table = RawTable("a.csv", "", "a" * 64, ("id",), 1, rows)

    def come_and_go(workspace: Workspace) -> None:
        for _ in range(8):
            study = workspace.create_study("one")
            workspace.store_raw(study, table)
            [stored] = workspace.raw_tables(study)
            assert isinstance(stored.rows, Path)
            assert len(pd.read_parquet(stored.rows)) == 1
            workspace.delete_study(study)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(come_and_go, workspaces))
    assert workspaces[0].studies() == [] and not list((tmp_path / "files").iterdir())
