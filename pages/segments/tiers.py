"""Page: value tiers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.segments import kept, screen, segments
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
        tiers.refused(plan, problem)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "tiers")
    segments.answer(result, view)
    kept.told(study, plan, result)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        tiers.settings(params, result, view)
        kept.choice(plan)
    with picture:
        tiers.curve(result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    views = screen.usual(study, profiles, view, focus)
    screen.closer(view, views | {"borders": lambda: tiers.borders(result, view)})
    show.how_computed("tiers.method")
    segments.code(study, "tiers")


segments.begin("tiers")
t = session.t()
main()
show.next_step("segments/compare")
