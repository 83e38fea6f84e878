"""Page: clusters of customers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.changes import shown_clusters
from analysis.segments.clustering.fit import fit_columns
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import cluster_choices, cluster_parts, kept, segment_table, segments, side_by_side


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
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
        controls.undo(study)
        return
    view = segments.shown(result, edited, profiles, "clusters")
    segments.answer(result, view)
    kept.told(study, plan, result)
    with st.spinner(t("clusters.measuring")):
        stable = study.run.stability(plan)
    cluster_parts.trust(result, stable)
    cluster_choices.settings(study, params, profiles, result)
    kept.choice(plan)
    if result.recommended is not None:
        cluster_parts.why_k(result)
    focus = None
    if edited.shown:
        focus = segments.focus(view)
        cluster_parts.pictures(shown_clusters(result, edited, profiles), view, focus)
        cluster_parts.tree(result, view)
        cluster_parts.stability_bars(view, stable, focus)
    segments.segment_bars(view, name="clusters_bars", focus=focus)
    segments.notes((*result.notes, *edited.notes), view)
    segment_table.editor(study, view)
    side_by_side.keep(study, view)
    if edited.shown:
        cluster_parts.fit(study, profiles, plan, result, view, focus)
    extra = cluster_parts.fit_words(fit_columns(result, edited.segmentation), view)
    customer_list.customers(view, profiles, extra)
    show.how_computed("clusters.method")
    segments.code(study, "clusters")


segments.begin("clusters")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
