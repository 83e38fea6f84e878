"""Page: two segmentations crossed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import kept, segment_table, segments
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
        controls.undo(study)
        return
    view = segments.shown(result, edited, profiles, "hybrid")
    segments.answer(result, view)
    kept.told(study, plan, result)
    hybrid.settings(study, params)
    kept.choice(plan)
    focus = segments.focus(view) if edited.shown else None
    hybrid.picture(study, profiles, result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    segments.segment_bars(view, name="hybrid_bars", focus=focus)
    segment_table.editor(study, view)
    customer_list.customers(view, profiles)
    show.how_computed("hybrid.method")
    segments.code(study, "hybrid")


segments.begin("hybrid")
t = session.t()
main()
show.next_step("segments/compare")
