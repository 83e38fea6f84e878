"""Page: the customer base at a glance."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.code import overview_code
from analysis.overview import words
from analysis.overview.overview import data_period, overview
from analysis.overview.params import OverviewParams
from analysis.overview.result import Overview
from ui import bound, compute, session, show
from ui.customers import overview_choices, overview_figures, overview_pictures
from ui.segments import continuity


def members_only() -> None:
    """Show what a customers table alone can say."""
    show.answer(words.members_answer(profiles, t))
    show.metrics([show.Metric(t("overview.figure.customers"), t.number(len(profiles.customers)))])
    with st.container(border=True):
        st.markdown(show.md_escape(t("overview.answer.members_add")))
        st.page_link(show.page_path("data/files"), label=t("overview.add_orders"), icon=":material/arrow_forward:")
    overview_pictures.spread(study, standard, profiles, bind, OverviewParams())
    show.next_step("segments/clusters")
    compute.keep_snapshot(study)


t = session.t()
show.page_header(t("overview.title"), t("overview.question"))


study = compute.study_or_stop()
prepared = compute.prepared_or_stop(study)
study = continuity.continue_groups(study, prepared.profiles)
standard, profiles = prepared.standard, prepared.profiles
t = session.t()

overview_figures.read_line(standard)
data = study.run.small("data_period", "", lambda: data_period(standard, profiles))
bind = bound.to_study(study, "overview")
if data is None:
    members_only()
    st.stop()
params = overview_choices.controls(study, standard, bind, data)
try:
    result: Overview = study.run.small(
        "overview", params.model_dump_json(), lambda: overview(standard, profiles, params)
    )
except AnalysisError as problem:
    show.error(problem)
    st.stop()
show.answer(words.answer(result, t))
overview_figures.figures(result)
overview_pictures.pictures(bind, result)
overview_pictures.segments(study)
overview_pictures.spread(study, standard, profiles, bind, params)
overview_pictures.come_back(result)
overview_pictures.top_products(bind, result)
overview_pictures.dictionary(profiles)
show.how_computed("overview.method")
show.code(overview_code(study.in_code, params))
show.next_step("segments/rfm")
compute.keep_snapshot(study)
