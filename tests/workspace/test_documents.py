"""Documents: closed, versioned, in order, and never overwritten unseen by another window."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analysis.errors import AnalysisError, ChoiceError
from analysis.experiments.choices import PlanChoices
from analysis.personas.hypothesis import HypothesisPersona
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RfmParams
from analysis.workspace import Workspace
from analysis.workspace.documents import KeptSegmentation, PersonaWords, persona_name
from tests.workspace.older import KEPT, PERSONAS


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path)


def kept(name: str) -> KeptSegmentation:
    return KeptSegmentation(name=name, plan=SegmentationPlan(params=RfmParams()))


def test_documents_come_back_in_the_order_they_were_added_each_with_its_study(workspace: Workspace) -> None:
    one, two = workspace.create_study("one"), workspace.create_study("two")
    for name in ("b", "a", "c"):
        workspace.save_document("kept_segmentation", kept(name), study_id=one, revision=0)
    workspace.save_document("kept_segmentation", kept("other"), study_id=two, revision=0)
    workspace.save_document("plan_choices", PlanChoices(customers=1), "new", revision=0)
    assert [document.value.name for document in workspace.documents("kept_segmentation", one)] == ["b", "a", "c"]
    assert [document.value for document in workspace.documents("plan_choices")] == [PlanChoices(customers=1)]
    workspace.delete_study(one)
    assert workspace.documents("kept_segmentation", one) == []
    assert len(workspace.documents("kept_segmentation", two)) == 1


def test_of_two_windows_the_second_cannot_overwrite_what_it_has_not_seen(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    first = workspace.save_document("hypothesis", HypothesisPersona(name="Ann"), "a", study, revision=0)
    assert first.revision == 1
    workspace.save_document("hypothesis", HypothesisPersona(name="Bo"), "a", study, revision=1)
    for seen in (0, 1):
        with pytest.raises(AnalysisError, match="document_changed_elsewhere"):
            workspace.save_document("hypothesis", HypothesisPersona(name="Cy"), "a", study, revision=seen)
    [document] = workspace.documents("hypothesis", study)
    assert (document.value.name, document.revision) == ("Bo", 2)


def test_changes_of_many_windows_at_once_are_all_kept(tmp_path: Path, workspace: Workspace) -> None:
    study = workspace.create_study("one")
    windows = [Workspace.open(tmp_path) for _ in range(4)]

    def add_words(place: int) -> None:
        for n in range(5):
            words = PersonaWords(method="rfm", segment=f"{place} {n}", name="x")
            windows[place].save_document("persona", words, persona_name("rfm", words.segment), study, revision=0)

            def longer(now: HypothesisPersona | None) -> HypothesisPersona:
                now = now or HypothesisPersona(name="Ann")
                return now.model_copy(update={"notes": now.notes + "."})

            windows[place].change_document("hypothesis", "ann", longer, study)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_words, range(4)))
    assert len(workspace.persona_words(study)["rfm"]) == 20
    [document] = workspace.documents("hypothesis", study)
    assert document.value.notes == "." * 20 and document.revision == 20


def test_a_change_that_leaves_nothing_removes_the_document(workspace: Workspace) -> None:
    study = workspace.create_study("one")
    workspace.save_document("persona", PersonaWords(method="rfm", segment="a", name="x"), "rfm:a", study, revision=None)
    assert workspace.change_document("persona", "rfm:a", lambda _: None, study) is None
    assert workspace.documents("persona", study) == []


def test_a_document_is_closed_and_belongs_to_a_study_that_is_there(workspace: Workspace) -> None:
    with pytest.raises(ChoiceError):
        PersonaWords(method="rfm", segment="a", colour="red")  # type: ignore[call-arg]
    with pytest.raises(AnalysisError, match="study_gone"):
        workspace.save_document("kept_segmentation", kept("a"), study_id="0" * 32, revision=0)


@pytest.mark.parametrize("change", ["version = 99", "value = '{\"colour\": 1}'", "value = 'x'"])
def test_a_document_of_another_version_is_refused_and_stays(workspace: Workspace, change: str) -> None:
    study = workspace.create_study("one")
    workspace.save_document("kept_segmentation", kept("a"), study_id=study, revision=0)
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE documents SET {change}")
    with pytest.raises(AnalysisError, match="document_unreadable"):
        workspace.documents("kept_segmentation", study)
    assert workspace.study(study).name == "one"


def test_documents_travel_with_their_study(workspace: Workspace, tmp_path: Path) -> None:
    study = workspace.create_study("one")
    workspace.save_document("persona", PersonaWords(method="rfm", segment="a", name="x"), "rfm:a", study, revision=0)
    for name in ("b", "a"):
        workspace.save_document("kept_segmentation", kept(name), study_id=study, revision=0)
    packed = io.BytesIO()
    workspace.export_study(study, packed)
    again = workspace.import_study(packed)
    assert workspace.persona_words(again) == {"rfm": {"a": {"name": "x"}}}
    assert [document.value.name for document in workspace.documents("kept_segmentation", again)] == ["b", "a"]


def test_an_archive_of_an_older_version_brings_what_its_settings_held(workspace: Workspace) -> None:
    settings = {"personas": PERSONAS, "kept_segmentations": KEPT, "compare": {"a": 1}}
    manifest = {"format": "portrait-study", "version": 3, "name": "old", "settings": settings}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
    study = workspace.import_study(packed)
    assert workspace.persona_words(study)["rfm"]["champions"] == {"name": "Ann", "goals": "less waiting"}
    assert [document.value.name for document in workspace.documents("kept_segmentation", study)] == ["sooner", "later"]
    assert workspace.setting("personas", study_id=study) is None
    assert workspace.setting("compare", study_id=study) == {"a": 1}
