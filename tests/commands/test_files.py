"""What every command does with the files it is given: the good ones are used, the bad ones are named."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

import cli

GOOD = "customer id,order date,amount\n" + "".join(f"c{i % 9},2024-0{i % 8 + 1}-11,{i}.5\n" for i in range(1, 60))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {"good": tmp_path / "good.csv", "empty": tmp_path / "empty.csv", "page": tmp_path / "page.csv"}
    found["good"].write_text(GOOD, "utf-8")
    found["empty"].write_bytes(b"")
    found["page"].write_bytes(b"<html><table></table></html>")
    return found


def command(name: str, tmp_path: Path) -> list[str]:
    return [name, *({"run": ["-o", str(tmp_path / "out")]}.get(name, []))]


@pytest.mark.parametrize("name", ["inspect", "recipe", "run"])
@pytest.mark.parametrize(
    ("given", "code", "told"),
    [(["good"], 0, 0), (["empty", "good", "page"], 1, 2), (["good", "gone"], 1, 1), (["empty", "page"], 2, 2)],
)
def test_one_bad_file_does_not_hide_the_others(
    name: str, given: list[str], code: int, told: int, files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(files.get(one, tmp_path / "gone.csv")) for one in given]
    assert cli.main([*command(name, tmp_path), *paths, "--lang", "en"]) == code
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if not line.startswith("portrait: ")]
    assert len(lines) == told
    for one, line in zip([one for one in given if one != "good"], lines, strict=True):
        assert f"{one}.csv" in line
    if name != "run":
        assert ("good.csv" in out) == ("good" in given)
    assert (tmp_path / "out").exists() == (name == "run" and "good" in given)


def test_json_holds_the_files_that_could_not_be_read_and_those_passed_over(
    files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    assert cli.main(["inspect", str(tmp_path), "--json", "--lang", "zh"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [table["file"] for table in found["tables"]] == ["good.csv"]
    assert [(one["file"], one["code"]) for one in found["refused"]] == [
        ("empty.csv", "file_empty"),
        ("page.csv", "file_is_web_page"),
    ]
    assert all(one["file"] in one["sentence"] and one["sentence"].endswith("。") for one in found["refused"])
    assert found["passed_over"] == {"no_tables": ["notes.pdf"], "own": []}
    assert cli.main(["inspect", str(files["empty"]), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["tables"] == []


def test_a_dash_is_standard_input(tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert cli.main(["inspect", "-", "--json"]) == 0
    [table] = json.loads(capsys.readouterr().out)["tables"]
    assert (table["file"], table["rows"]) == ("stdin", 59)
    assert cli.main(["inspect", "-", "-", "--lang", "en"]) == 2
    assert "only once" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["before", "after"])
def test_quiet_says_only_what_failed_and_the_language_counts_wherever_it_stands(
    place: str, files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, rest = ["--quiet", "--language", "zh"], ["inspect", str(files["good"]), str(files["empty"])]
    assert cli.main(options + rest if place == "before" else rest + options) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "empty.csv" in line and line.endswith("。")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str], root: Path) -> None:
    import tomllib

    assert cli.main(["--version"]) == 0
    stated = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert capsys.readouterr().out == f"portrait {stated}\n"
