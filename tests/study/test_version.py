"""Results are kept under the version of the code that made them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from analysis import study
from analysis.recipe import Recipe
from analysis.study.version import code_hash, engine_version


@pytest.fixture
def engine(root: Path, tmp_path: Path) -> Path:
    """Return a copy of the engine's code."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(root / "analysis", tmp_path / "analysis", ignore=ignored))


@pytest.mark.parametrize(
    "file", ["intake/values.py", "intake/roles.toml", "profiles/value.py", "engine.py", "workspace/runs.py"]
)
def test_an_edited_rule_makes_a_new_version(engine: Path, file: str) -> None:
    before = code_hash(engine)
    with (engine / file).open("ab") as opened:
        opened.write(b"\n# another rule\n")
    assert code_hash(engine) != before


def test_a_file_that_comes_goes_or_moves_makes_a_new_version(engine: Path) -> None:
    versions = [code_hash(engine)]
    (engine / "intake" / "new.py").write_bytes(b"")
    versions.append(code_hash(engine))
    (engine / "intake" / "new.py").rename(engine / "profiles" / "new.py")
    versions.append(code_hash(engine))
    assert len(set(versions)) == 3


def test_what_only_shows_results_and_what_python_leaves_behind_change_nothing(engine: Path) -> None:
    before = code_hash(engine)
    (engine / "charts" / "palette.py").write_text("", "utf-8")
    (engine / "intake" / "__pycache__").mkdir()
    (engine / "intake" / "__pycache__" / "x.py").write_text("", "utf-8")
    assert code_hash(engine) == before


def test_a_zipped_engine_has_the_version_of_the_folder(engine: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "analysis")
    with zipfile.ZipFile(tmp_path / "packed.zip") as packed:
        assert code_hash(zipfile.Path(packed, "analysis/")) == code_hash(engine)


def test_kept_tables_are_named_by_the_version_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    now = study.prepared_version([], Recipe())
    assert study.prepared_version([], Recipe()) == now
    assert len(engine_version()) == 32
    monkeypatch.setattr("analysis.study.prepared.engine_version", lambda: "other code")
    assert study.prepared_version([], Recipe()) != now
