"""Page: movement between two periods."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.segments import screen, segments
from ui.segments.methods import movement


def main() -> None:
    """Show the page; no fragment, as the frame says what can be undone."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "movement")
    params: Any = plan.params
    try:
        with st.spinner(t("movement.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(problem)
        if problem.code == "movement_needs_orders":
            show.empty_state(t("movement.without_orders"), "data/files")
            return
        study = segments.take_up(study, plan)
        movement.settings(params, profiles)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "movement")
    segments.answer(result, view)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        movement.settings(params, profiles)
    with picture:
        movement.picture(result, view, focus)
    segments.notes(edited.notes, view)
    views = screen.usual(study, profiles, view, focus)
    screen.closer(view, views | {"money": lambda: movement.money(result, view)})
    show.how_computed("movement.method")
    segments.code(study, "movement")


segments.begin("movement")
t = session.t()
main()
show.next_step("segments/compare")
