"""Where a workspace lies, and whether there is one, without loading the database package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.workspace import Workspace
from analysis.workspace.home import home_folder, nothing_kept


@pytest.fixture(autouse=True)
def no_database_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTRAIT_DATABASE_URL", raising=False)


def test_a_workspace_that_was_opened_keeps_something(tmp_path: Path) -> None:
    assert nothing_kept(tmp_path / "new")
    Workspace.open(tmp_path / "new").close()
    assert not nothing_kept(tmp_path / "new")


def test_a_database_of_ones_own_may_keep_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_DATABASE_URL", "sqlite://")
    assert not nothing_kept(tmp_path)


def test_the_folder_named_comes_before_the_one_of_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTRAIT_HOME", str(tmp_path))
    assert home_folder() == tmp_path
    monkeypatch.delenv("PORTRAIT_HOME")
    assert "portrait" in str(home_folder())
    assert home_folder(tmp_path / "x") == tmp_path / "x"


def test_asking_loads_no_database_package(root: Path) -> None:
    code = "import sys; from analysis.workspace.home import nothing_kept as n; n(); print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "False"
