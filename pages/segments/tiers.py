"""Page: value tiers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.customers import customer_list
from ui.segments import kept, segment_table, segments
from ui.segments.methods import tiers


def main() -> None:
    """Show the page; no fragment, as its fields are typed into."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "tiers")
    params: Any = plan.params
    try:
        with st.spinner(t("tiers.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        tiers.refused(study, plan, problem)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "tiers")
    segments.answer(result, view)
    kept.told(study, plan, result)
    tiers.settings(params, result, view)
    kept.choice(plan)
    focus = segments.focus(view) if edited.shown else None
    tiers.curve(result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    segments.segment_bars(view, name="tiers_bars", focus=focus)
    segment_table.editor(study, view)
    tiers.borders(result, view)
    customer_list.customers(view, profiles)
    show.how_computed("tiers.method")
    segments.code(study, "tiers")


segments.begin("tiers")
t = session.t()
main()
show.next_step("segments/compare")
