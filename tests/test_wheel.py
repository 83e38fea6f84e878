"""The wheel holds the app as the tree does: what is installed opens the same pages with the same settings."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

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
    [wheel] = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert held == wanted(root)
