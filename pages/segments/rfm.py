"""Page: RFM segments."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.changes import shown_grid
from ui import compute, session, show
from ui.segments import kept, rfm_options, screen, segments
from ui.segments.methods import rfm_controls, rfm_scores


def main() -> None:
    """Show the page; no fragment, as its fields are typed into."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "rfm")
    params: Any = plan.params
    try:
        with st.spinner(t("rfm.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        rfm_controls.refused(study, plan, profiles, problem)
        return
    view = segments.shown(result, edited, profiles, "rfm")
    segments.answer(result, view)
    kept.told(study, plan, result)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        rfm_controls.settings(params, profiles, result)
        kept.choice(plan)
    with picture:
        rfm_scores.grid(study, shown_grid(result, edited), view, focus)
    for found in result.notes:
        if found.code.endswith("cuts_collapse"):
            rfm_controls.collapsed(found, profiles, result)
    segments.notes([n for n in (*result.notes, *edited.notes) if not n.code.endswith("cuts_collapse")], view)
    views = screen.usual(study, profiles, view, focus, lambda: rfm_scores.score_columns(result, profiles))
    if result.params.scheme == "boxes":
        views["boxes"] = lambda: rfm_options.checker(result, view)
    screen.closer(view, views | {"scores": lambda: rfm_scores.scores(result)})
    show.how_computed("rfm.method")
    segments.code(study, "rfm")


segments.begin("rfm")
t = session.t()
main()
show.next_step("segments/clusters")
