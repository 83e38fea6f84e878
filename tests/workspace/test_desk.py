"""Each action of the desk is done whole or not at all: stopped at any moment, refused, or beside another window."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.workspace import Workspace, desk, files
from benchmarks.faults import ACTIONS, begun, hurt_database, kill_at_moments, state, tables
from texts import catalogue

N_MOMENTS = 5


@pytest.fixture
def study(tmp_path: Path) -> str:
    return begun(tmp_path / "home")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9, which Windows does not have")
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_that_is_killed_is_done_or_not_begun(tmp_path: Path, study: str, action: str) -> None:
    moments = 3 if action == "refresh" else N_MOMENTS  # each makes a whole run
    kill_at_moments(tmp_path / "home", tmp_path / "trial", study, action, moments)


def test_a_database_that_is_cut_or_holds_garbage_is_read_or_refused_in_words(tmp_path: Path, study: str) -> None:
    found = hurt_database(tmp_path / "home", tmp_path / "trial", 6)
    assert found.total() == 6
    assert {code for code in found if code != "opened"} <= {key.removeprefix("error.") for key in catalogue()}


def test_a_study_that_cannot_be_begun_leaves_nothing(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    with pytest.raises(AnalysisError, match="no_"):
        desk.begin(workspace, read_file(b"a,b\nx,y\nz,w\n", name="a.csv"))
    assert workspace.studies() == [] and not list(tmp_path.glob("files/*"))


def test_a_window_that_has_not_seen_the_newest_recipe_changes_no_file(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    there, revision = workspace.raw_tables(study), workspace.load_recipe(study).revision
    desk.rename(workspace, study, "Elsewhere")
    now = state(tmp_path / "home")
    new = desk.read_differently(workspace, there[0], encoding=None, header_row=2)
    for late in (
        lambda: desk.add(workspace, study, tables(3), revision=revision),
        lambda: desk.remove(workspace, study, there[0].fingerprint, revision=revision),
        lambda: desk.keep_reading(workspace, study, there[0], new, encoding=None, header_row=2, revision=revision),
    ):
        with pytest.raises(AnalysisError, match="recipe_changed_elsewhere"):
            late()
    assert state(tmp_path / "home") == now


def test_a_file_that_is_there_is_refused_and_the_study_stays(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    before, revision = state(tmp_path / "home"), workspace.load_recipe(study).revision
    with pytest.raises(AnalysisError, match="file_already_there"):
        desk.add(workspace, study, tables(2), revision=revision)
    assert state(tmp_path / "home") == before


def test_another_file_of_the_same_name_is_numbered_and_mapped_under_its_number(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    new = read_file(b"customer_id,city\nc1,Rome\nc2,Oslo\n", name="orders1.csv")
    desk.add(workspace, study, new, revision=workspace.load_recipe(study).revision)
    assert [table.file for table in workspace.raw_tables(study)] == ["orders1.csv", "orders2.csv", "orders1 (2).csv"]


def test_a_disk_that_is_full_leaves_the_study_as_it_was(
    tmp_path: Path, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(tmp_path / "home")
    before = state(tmp_path / "home")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("put", "temporary_beside"):
        monkeypatch.setattr(files, name, full)
        for action in ("begin", "add", "read differently"):
            with pytest.raises(AnalysisError, match=r"workspace_not_saved.*No space left"):
                ACTIONS[action](workspace, study)
        monkeypatch.undo()
    assert state(tmp_path / "home") == before


def test_a_name_that_is_changed_in_the_recipe_is_the_studys_too(tmp_path: Path, study: str) -> None:
    workspace = Workspace.open(tmp_path / "home")
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    workspace.save_recipe(study, saved.recipe.model_copy(update={"name": "Autumn"}), saved.revision)
    assert workspace.study(study).name == "Autumn"
    desk.rename(workspace, study, " Winter ")
    renamed = workspace.load_recipe(study)
    assert renamed.recipe is not None and workspace.study(study).name == renamed.recipe.name == "Winter"
    assert renamed.revision == saved.revision + 2
