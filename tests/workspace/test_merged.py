"""Decisions about customers are kept with the study, travel with it and end with it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.intake.standard.merges import Merges
from analysis.recipe import Recipe
from analysis.workspace import Workspace

PAIR = ("13800138001", "M1")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / "home")


def test_decisions_are_there_after_reopening_and_hold_no_id(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    assert workspace.merges(study) == Merges()
    chosen = Merges().decide([PAIR], "same", {PAIR: ("phone", "email")}).decide([("x", "y")], "different")
    workspace.save_merges(study, chosen)
    workspace.close()
    again = Workspace.open(workspace.home)
    found = again.merges(study)
    assert found.salt == chosen.salt
    assert sorted(found.links, key=str) == sorted(chosen.links, key=str)
    again.close()
    assert b"13800138001" not in (workspace.home / "portrait.sqlite").read_bytes()


def test_saving_replaces_and_undo_is_kept(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    chosen = Merges().decide([PAIR, ("a", "b")], "same")
    workspace.save_merges(study, chosen)
    workspace.save_merges(study, chosen.undo(chosen.links[:1]))
    assert workspace.merges(study).links == chosen.links[1:]


def test_decisions_travel_in_the_zip_and_end_with_the_study(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    workspace.save_merges(study, Merges().decide([PAIR], "same", {PAIR: ("phone",)}))
    buffer = io.BytesIO()
    workspace.export_study(study, buffer)
    copy = workspace.import_study(io.BytesIO(buffer.getvalue()))
    assert workspace.merges(copy) == workspace.merges(study)
    workspace.delete_study(study)
    with pytest.raises(AnalysisError, match="study_gone"):
        workspace.merges(study)
    assert len(workspace.merges(copy).links) == 1


def test_another_merge_is_another_snapshot(workspace: Workspace) -> None:
    study = workspace.create_study("a")
    frame = pd.DataFrame({"customer_id": ["1"]})
    first = workspace.add_snapshot(study, date(2024, 1, 1), Recipe(), {}, frame, frame)
    workspace.save_merges(study, Merges().decide([PAIR], "different"))
    assert workspace.add_snapshot(study, date(2024, 1, 1), Recipe(), {}, frame, frame) == first
    workspace.save_merges(study, Merges().decide([PAIR], "same"))
    assert workspace.add_snapshot(study, date(2024, 1, 1), Recipe(), {}, frame, frame) != first
