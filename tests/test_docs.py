"""What the pages for people say is true: their code runs, their commands work, their lists are whole."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

import cli
from analysis.intake.tables import REASONS
from analysis.recipe import Recipe
from commands.argument_words import options_of

PAGES = ("README.md", "docs/notebook.md", "docs/guide-analyst.md", "docs/guide-consultant.md", "docs/guide-owner.md")
HOUSE = ("docs/architecture.md", "docs/contracts.md", "docs/changing.md")
TOPS = ("analysis", "benchmarks", "commands", "pages", "tests", "texts", "ui")
ROOT = Path(__file__).resolve().parent.parent


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        for place, code in enumerate(re.findall(rf"```{language}\n(.*?)```", text, re.S)):
            found.append(pytest.param(code, id=f"{page}:{place}"))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the sample data, where code and commands may write."""
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data", ignore=shutil.ignore_patterns("*.py", "truth"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def scores_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the search for clusters out where no page says anything about them."""
    from analysis import study

    plans, suggested = Recipe().segmentations[:1], study.suggest_recipe
    monkeypatch.setattr(
        study, "suggest_recipe", lambda guesses: suggested(guesses).model_copy(update={"segmentations": plans})
    )


@pytest.mark.parametrize("code", [one for one in blocks("python") if "notebook" not in str(one.id)])
def test_the_python_of_the_pages_runs_as_it_stands(code: str, folder: Path, scores_alone: None) -> None:
    exec(compile(code, "page", "exec"), {})


@pytest.mark.parametrize("code", blocks("sh"))
def test_the_commands_of_the_pages_work_as_they_stand(
    code: str, folder: Path, scores_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = code.strip().splitlines()
    assert lines
    for line in lines:
        words = shlex.split(line)
        assert words.pop(0) == "portrait"
        if "<" in words:
            *words, _, file = words
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(file).read_bytes())))
        assert cli.main(words) == 0, line


def options() -> set[str]:
    return options_of(cli._parser([]))


def test_every_option_is_told_of_and_every_option_told_of_is_there() -> None:
    text = (ROOT / "README.md").read_text("utf-8") + (ROOT / "docs/guide-analyst.md").read_text("utf-8")
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"(?m)^ .*pip install.*$|.*jupyter.*", "", text)))
    there = {name for name in options() if name.startswith("--")}
    assert told <= there
    assert there - told <= {"--help", "--out", "--language"}  # two long forms of what is told of by its short one


def test_every_reason_to_set_a_row_aside_is_named() -> None:
    text = (ROOT / "docs/guide-analyst.md").read_text("utf-8")
    named = re.findall(r"`(\w+)`", text[text.index("Set-aside reasons") :])
    assert sorted(named) == sorted(REASONS)


@pytest.mark.parametrize("page", (*PAGES, *HOUSE))
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("page", HOUSE)
def test_every_file_that_the_house_names_is_there(page: str) -> None:
    """A page names a file by the end of its path."""
    named = re.findall(r"`([\w/.-]+\.(?:py|toml))`", (ROOT / page).read_text("utf-8"))
    there = [f"/{file.relative_to(ROOT)}" for top in TOPS for file in (ROOT / top).rglob("*.*")]
    there += [f"/{file.name}" for file in ROOT.glob("*.*")]
    assert [name for name in named if not any(file.endswith(f"/{name}") for file in there)] == []
