"""A study opened as it was on the day of a run tells what it told then, and nothing can be changed from there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.errors import AnalysisError
from analysis.intake.standard.merges import Merges
from analysis.privacy.care import DataCare
from analysis.recipe import Recipe, SegmentationPlan
from analysis.segments.params import RfmParams
from analysis.study import suggest
from analysis.study.refresh import refresh
from analysis.workspace import Workspace, desk
from analysis.workspace.refreshing.alarming import save_rules
from analysis.workspace.refreshing.past import differing, open_past
from analysis.workspace.refreshing.past_words import differing_words
from analysis.workspace.refreshing.refreshing import keep_run
from commands.refresh import listed
from tests.history.months import file_of, rows_of
from texts import Translator

JANUARY, FEBRUARY = (rows_of(date(2024, month, 1), 28, seed=month, n=60) for month in (1, 2))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Keep a study of January with its run, and February added after that."""
    home = tmp_path_factory.mktemp("kept")
    found = Workspace.open(home)
    tables = file_of(JANUARY, "january.csv")
    plans = (SegmentationPlan(params=RfmParams()),)
    recipe = suggest(tables).model_copy(update={"segmentations": plans})
    study = desk.begin(found, tables, name="Shop", recipe=recipe)
    result = refresh(found.raw_tables(study), recipe)
    keep_run(found, study, result, listed(result))
    desk.add(found, study, file_of(FEBRUARY, "february.csv"), revision=found.load_recipe(study).revision)
    found.close()
    return home, study


@pytest.fixture
def workspace(portrait_home: Path, kept: tuple[Path, str]) -> Iterator[Workspace]:
    shutil.copytree(kept[0], portrait_home, dirs_exist_ok=True)
    found = Workspace.open(portrait_home)
    yield found
    found.close()


@pytest.fixture
def study(kept: tuple[Path, str]) -> str:
    return kept[1]


def test_an_earlier_run_opens_as_it_was_whatever_was_chosen_since(workspace: Workspace, study: str) -> None:
    first = workspace.snapshots(study)[-1]
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    workspace.save_recipe(study, saved.recipe.model_copy(update={"segmentations": ()}), saved.revision)
    then = open_past(workspace, first.id)
    assert [one.file for one in then.raw_tables(study)] == ["january.csv"]
    frame = workspace.load_snapshot(first.id).profiles
    workspace.add_snapshot(study, date(2024, 5, 1), Recipe(), {}, frame, frame)
    assert [one.id for one in then.snapshots(study)] == [first.id] and len(workspace.snapshots(study)) == 2
    result = then.result()
    assert "rfm" in result.edited and differing(first.summary, result) == ()
    assert result.profiles.customers["spend"].tolist() == frame["spend"].tolist()
    workspace.forget(study, JANUARY[0][1])
    changed = differing(first.summary, open_past(workspace, first.id).result())
    assert [one.figure for one in changed] == ["customers", "orders", "revenue"]
    said = [" ".join(differing_words(changed, Translator(language))) for language in ("en", "zh")]
    assert all(str(len(frame)) in one and str(len(frame) - 1) in one for one in said)


def test_nothing_can_be_changed_from_a_study_of_an_earlier_day(workspace: Workspace, study: str) -> None:
    first = workspace.snapshots(study)[-1]
    then = open_past(workspace, first.id)
    anything: Any = {
        "create_study": ("New",),
        "rename_study": (study, "Other"),
        "delete_study": (study,),
        "save_recipe": (study, Recipe(), 0),
        "save_merges": (study, Merges()),
        "save_document": ("care", DataCare(), "x", study),
        "change_document": ("care", "x", lambda _: DataCare(), study),
        "remove_document": ("care", "x", study),
        "save_care": (study, DataCare()),
        "forget": (study, JANUARY[0][1]),
        "store_raw": (study, file_of(FEBRUARY, "x.csv")[0]),
        "replace_raw": (study, file_of(FEBRUARY, "x.csv")[0]),
        "remove_file": (study, workspace.raw_tables(study)[0].fingerprint),
        "add_snapshot": (study, date(2024, 5, 1), Recipe(), {}, *([workspace.load_snapshot(first.id).profiles] * 2)),
    }
    before = workspace.audit(), workspace.snapshots(study), workspace.load_recipe(study), workspace.studies()
    for name, arguments in anything.items():
        extra = {"revision": None} if name == "save_document" else {}
        with pytest.raises(AnalysisError, match="past_read_only"):
            getattr(then, name)(*arguments, **extra)
    with pytest.raises(AnalysisError, match="past_read_only"):
        desk.rename(then, study, "Other")
    with pytest.raises(AnalysisError, match="past_read_only"):
        save_rules(then, study, None)  # type: ignore[arg-type]
    then.set_setting("overview", {"view": "people"}, study)
    assert then.setting("overview", {}, study) and not workspace.setting("overview", {}, study)
    assert (workspace.audit(), workspace.snapshots(study), workspace.load_recipe(study), workspace.studies()) == before
    then.record("exported", study, what="folder", masked=True)
    assert len(workspace.audit()) == len(before[0]) + 1


def test_every_change_of_the_workspace_goes_through_the_door_that_refuses(root: Path) -> None:
    own = root / "analysis" / "workspace" / "database.py"
    opens = re.compile(r"engine\.(begin|connect|raw_connection)\(")
    files = [file for file in (root / "analysis" / "workspace").rglob("*.py") if file != own]
    assert len(files) > 30 and not [file for file in files if opens.search(file.read_text("utf-8"))]


def test_a_run_whose_files_are_gone_or_not_known_is_refused_by_name(workspace: Workspace, study: str) -> None:
    first = workspace.snapshots(study)[-1]
    workspace.remove_file(study, workspace.raw_tables(study)[0].fingerprint)
    with pytest.raises(AnalysisError, match="past_files_gone") as why:
        open_past(workspace, first.id)
    assert why.value.facts == {"day": first.as_of, "files": "january.csv"}
    frame = workspace.load_snapshot(first.id).profiles
    old = workspace.add_snapshot(study, date(2023, 1, 1), Recipe(), {"customers": 3}, frame, frame)
    with pytest.raises(AnalysisError, match="past_files_unknown"):
        open_past(workspace, old)


def test_the_command_lists_runs_and_opens_one(
    workspace: Workspace, study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = str(workspace.snapshots(study)[-1].as_of)
    assert cli.main(["workspace", "past", "Shop"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 and "january.csv" in said[0] and "february.csv" not in said[0], said
    assert cli.main(["workspace", "past", "Shop", day, "-o", str(tmp_path / "then")]) == 0
    told = capsys.readouterr()
    assert "read only" in told.err and (tmp_path / "then" / "summary.json").exists()
    assert cli.main(["workspace", "past", "Shop", "2020-01-01"]) != 0
    assert day in capsys.readouterr().err
