"""Page: clusters of customers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.changes import shown_clusters
from analysis.segments.clustering.fit import fit_columns
from ui import compute, session, show
from ui.segments import cluster_choices, cluster_parts, kept, screen, segments, side_by_side


def main() -> None:
    """Show the page; no fragment, as the frame says what can be undone."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "clusters")
    params: Any = plan.params
    try:
        with st.spinner(t("clusters.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(problem)
        kept.offer(plan)
        cluster_choices.settings(study, params, profiles, None)
        return
    view = segments.shown(result, edited, profiles, "clusters")
    with st.spinner(t("clusters.measuring")):
        stable = study.run.stability(plan)
    cluster_parts.answer(result, view, stable)
    kept.told(study, plan, result)
    focus = screen.looked_at(study, profiles, plan, view)
    picture, choices = screen.places()
    with choices:
        cluster_choices.settings(study, params, profiles, result)
        kept.choice(plan)
    drawn = shown_clusters(result, edited, profiles) if edited.shown else None
    if drawn is not None:
        with picture:
            cluster_parts.customer_map(drawn, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    usual = screen.usual(
        study, profiles, view, focus, lambda: cluster_parts.fit_words(fit_columns(result, edited.segmentation), view)
    )
    views: dict[str, Any] = {}
    if drawn is not None:
        views["marks"] = lambda: cluster_parts.marks(drawn, view, focus)
        views |= usual
        if result.tree is not None:
            views["tree"] = lambda: cluster_parts.tree(result, view)
        views["trust"] = lambda: cluster_parts.trust(result, view, stable, focus)
        views["fit"] = lambda: cluster_parts.fit(study, profiles, plan, result, view, focus)
    screen.closer(view, (views or usual) | {"keep": lambda: side_by_side.keep(study, view)})
    show.how_computed("clusters.method")
    segments.code(study, "clusters")


segments.begin("clusters")
t = session.t()
main()
show.next_step("segments/compare")
