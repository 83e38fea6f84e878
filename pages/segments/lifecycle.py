"""Page: lifecycle stages."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import kept, segment_table, segments
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
        controls.undo(study)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "lifecycle")
    segments.answer(result, view)
    kept.told(study, plan, result)
    lifecycle.settings(params)
    kept.choice(plan)
    focus = segments.focus(view) if edited.shown else None
    lifecycle.picture(result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    segments.segment_bars(view, name="lifecycle_bars", focus=focus)
    segment_table.editor(study, view)
    lifecycle.borders(result, view)
    customer_list.customers(view, profiles)
    show.how_computed("lifecycle.method")
    segments.code(study, "lifecycle")


segments.begin("lifecycle")
t = session.t()
main()
show.next_step("segments/compare")
