"""Groups keep number, name and colour when a choice or the data changes, as the engine matches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.edit import standing
from analysis.segments.frozen import Before, continued
from analysis.segments.names import note_sentence
from analysis.study.refresh import before_of
from analysis.study.settling import anchored
from ui import compute, session, show

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan

_CONTINUED = "clusters_settled"
_NOTES = "carried_notes"


def with_continued_groups(
    study: compute.LoadedStudy, profiles: Profiles, old: SegmentationPlan, new: SegmentationPlan
) -> SegmentationPlan:
    """Return a changed plan of clusters whose groups bear the numbers, and the edits, of those they continue."""
    if new.fit == "frozen":
        return new  # its groups are the stored ones
    try:
        found = study.run.segmentation(old)[0].segmentation
        return _matched(study, profiles, new, Before(None, profiles.customers["customer_id"], found.labels))
    except AnalysisError:
        return new  # nothing to carry from, or to


def continue_groups(study: compute.LoadedStudy, profiles: Profiles) -> compute.LoadedStudy:
    """Carry the numbers of clusters over when the data of the study has changed since they were last looked at."""
    if compute.past() is not None:
        return study
    version = study.version
    known = compute.workspace().setting(_CONTINUED, None, study.id)
    if known == version:
        return study
    plan = study.recipe.plan("clusters")
    try:
        old = None if known is None or plan is None else _before(study, str(known), plan)
        if old is not None and plan is not None and plan.fit == "refit":
            compute.save_recipe(study, study.recipe.with_plan(_matched(study, profiles, plan, old)))
    except AnalysisError:
        pass  # the page of the clusters says why there are none
    compute.workspace().set_setting(_CONTINUED, version, study.id)
    say()
    return compute.study_or_stop()


def say() -> None:
    """Say which names and merges nobody could take over, once; not in the callback of a widget, which shows nothing."""
    for note in session.kept(_NOTES, ()):
        st.toast(show.md_escape(note_sentence(note, session.t())), icon=":material/info:")
    session.keep(_NOTES, ())


def _matched(
    study: compute.LoadedStudy, profiles: Profiles, plan: SegmentationPlan, before: Before
) -> SegmentationPlan:
    params: Any = plan.params
    plain = params.model_copy(update={"numbers": (), "anchors": ()})
    found: Any = study.run.segmentation(plan.model_copy(update={"params": plain, "edits": ()}))[0]
    now = continued(found, before, profiles)
    _forget_personas(study, set(now.gone))
    session.keep(_NOTES, (*session.kept(_NOTES, ()), *standing(plan.edits, now)[1]))
    return anchored(plan, now)


def _forget_personas(study: compute.LoadedStudy, gone: set[str]) -> None:
    """A persona's own words are about a group; they do not pass to another one that takes its number."""
    from analysis.workspace.documents import persona_name

    for key in gone & set(compute.workspace().persona_words(study.id).get("clusters", {})):
        compute.workspace().remove_document("persona", persona_name("clusters", key), study.id)


def _before(study: compute.LoadedStudy, version: str, plan: SegmentationPlan) -> Before | None:
    """Return the run before: computed again from what was kept of it, else from the last snapshot."""
    from analysis.segments.clustering.clusters import clusters
    from analysis.workspace.runs import load_prepared

    old = load_prepared(compute.workspace().run_folder(study.id, version), study.tables)
    if old is not None:
        params: Any = plan.params
        return Before(None, old.profiles.customers["customer_id"], clusters(old.profiles, params).segmentation.labels)
    for info in compute.workspace().snapshots(study.id):
        before = before_of(compute.workspace().load_snapshot(info.id))
        if before.clusters is not None:
            return before
    return None
