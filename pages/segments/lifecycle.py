"""Page: lifecycle stages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.segments import kept, screen, segments
from ui.segments.methods import lifecycle


def main() -> None:
    """Show the page; no fragment, as its fields are typed into."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "lifecycle")
    params: Any = plan.params
    try:
        with st.spinner(t("lifecycle.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(problem)
        if problem.code == "lifecycle_needs_orders":
            show.empty_state(t("lifecycle.without_orders"), "data/files")
            return
        study = segments.take_up(study, plan)
        kept.offer(plan)
        lifecycle.settings(params)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "lifecycle")
    segments.answer(result, view)
    kept.told(study, plan, result)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        lifecycle.settings(params)
        kept.choice(plan)
    with picture:
        lifecycle.picture(study, result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    views = screen.usual(study, profiles, view, focus)
    screen.closer(view, views | {"borders": lambda: lifecycle.borders(result, view)})
    show.how_computed("lifecycle.method")
    segments.code(study, "lifecycle")


segments.begin("lifecycle")
t = session.t()
main()
show.next_step("segments/compare")
