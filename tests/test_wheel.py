"""The wheel holds the app as the tree does: what is installed opens the same pages with the same settings."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

# What the app, the commands and the engine read at work; the rest of the tree is for those who work on it.
ROOMS = ("analysis/", "commands/", "pages/", "texts/", "ui/")
FRONT = {"app.py", "cli.py", ".streamlit/config.toml"}


def wanted(root: Path) -> set[str]:
    command = ["git", "-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the tree is no git checkout")
    there = {name for name in listed.stdout.splitlines() if (root / name).is_file()}
    samples = {name for name in there if name.startswith("sample_data/") and Path(name).suffix in {".xlsx", ".csv"}}
    return {
        name
        for name in there
        if name.startswith(ROOMS) or name in FRONT or (name in samples and Path(name).parent.name == "sample_data")
    }


def test_the_wheel_holds_what_works_and_nothing_else(root: Path, tmp_path: Path) -> None:
    build = pytest.importorskip("hatchling.builders.wheel", reason="the builder is fetched only for a build")
    [wheel] = build.WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert held == wanted(root)


def test_every_room_and_file_that_works_is_named_for_the_wheel(root: Path) -> None:
    target = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    included, excluded = target["only-include"], target["exclude"]

    def is_held(name: str) -> bool:
        path = Path(name)
        inside = any(name == one or name.startswith(f"{one}/") for one in included)
        return inside and not any(path.match(one) or any(up.match(one) for up in path.parents) for one in excluded)

    assert {name for name in wanted(root) if not is_held(name)} == set()
    assert not is_held("docs/notebook.md") and not is_held("sample_data/make.py") and not is_held("tests/conftest.py")
    assert not is_held("sample_data/truth/subscription_en.csv")
