"""Page: two segmentations crossed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.segments import kept, screen, segments
from ui.segments.methods import hybrid


def main() -> None:
    """Show the page; no fragment, as its fields are typed into."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    study = segments.take_up(study, segments.plan_of(study, "hybrid"))
    plan = segments.plan_of(study, "hybrid")
    params: Any = plan.params
    try:
        with st.spinner(t("hybrid.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(hybrid.in_words(segments.missing_columns(problem)))
        kept.offer(plan)
        hybrid.settings(study, params)
        return
    view = segments.shown(result, edited, profiles, "hybrid")
    segments.answer(result, view)
    kept.told(study, plan, result)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        hybrid.settings(study, params)
        kept.choice(plan)
    with picture:
        hybrid.picture(study, profiles, result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    screen.closer(view, screen.usual(study, profiles, view, focus))
    show.how_computed("hybrid.method")
    segments.code(study, "hybrid")


segments.begin("hybrid")
t = session.t()
main()
show.next_step("segments/compare")
