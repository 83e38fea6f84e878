"""Page: movement between two periods."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import segment_table, segments
from ui.segments.methods import movement


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
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
        controls.undo(study)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "movement")
    segments.answer(result, view)
    movement.settings(params, profiles)
    focus = segments.focus(view) if edited.shown else None
    movement.picture(result, view, focus)
    segments.notes(edited.notes, view)
    movement.money(result, view)
    segments.segment_bars(view, name="movement_bars", focus=focus)
    segment_table.editor(study, view)
    customer_list.customers(view, profiles)
    show.how_computed("movement.method")
    segments.code(study, "movement")


segments.begin("movement")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
