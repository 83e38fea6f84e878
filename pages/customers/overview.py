"""Page: the answer of a study: who the customers are and what to do, and below it the whole base at a glance."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.code import overview_code
from analysis.overview.given import given
from analysis.overview.overview import data_period, overview
from analysis.overview.params import OverviewParams
from analysis.overview.periods import lately
from analysis.overview.result import Overview
from ui import bound, compute, session, show
from ui.customers import overview_choices, overview_figures, overview_pictures, segment_cards
from ui.history import brief_view, schedule
from ui.segments import continuity


def members_only() -> None:
    """Say what orders would add to a customers table alone."""
    with st.container(border=True):
        st.markdown(show.md_escape(t("overview.answer.members_add")))
        st.page_link(show.page_path("data/files"), label=t("overview.add_orders"), icon=":material/arrow_forward:")


def closer(view: str) -> None:
    """Show one view of the whole base; with orders, of a period."""
    if data is None:
        overview_pictures.people(study, standard, profiles, bind, OverviewParams())
        return
    params = overview_choices.controls(study, standard, bind, data)
    preset = lately(data) if view == "figures" and params.period == "all" else None
    try:
        result = of_period(params)
        recent = of_period(params.model_copy(update={"period": preset})) if preset else None
    except AnalysisError as problem:
        show.error(problem)
        return
    if view == "figures":
        overview_pictures.money(bind, result, recent)
    elif view == "people":
        overview_pictures.people(study, standard, profiles, bind, params)
    elif view == "return":
        overview_pictures.come_back(result)
    else:
        overview_pictures.top_products(bind, result)
    show.how_computed("overview.method")
    show.code(overview_code(study.in_code, params))


def of_period(params: OverviewParams) -> Overview:
    """Return the overview of a period, computed once."""
    return study.run.small("overview", params.model_dump_json(), lambda: overview(standard, profiles, params))


t = session.t()
if session.study_id() is None:
    st.switch_page(show.page_path("data/start"))  # nothing to see here yet
show.page_header(t("overview.title"))
study = compute.study_or_stop()
prepared = compute.prepared_or_stop(study)
study = continuity.continue_groups(study, prepared.profiles)
standard, profiles = prepared.standard, prepared.profiles
t = session.t()

schedule.banner(study)
has_brief = brief_view.answer(study, profiles)
since = "" if has_brief else segment_cards.answer(study, profiles)
overview_figures.read_line(standard, since, study.run.small("given", "", lambda: given(standard)))
data = study.run.small("data_period", "", lambda: data_period(standard, profiles))
bind = bound.to_study(study, "overview")
views = ["figures", "people", "return", "products"] if data else ["people"]
if "product" not in standard.order_roles:
    views = [view for view in views if view != "products"]
if has_brief:
    views = ["segments", *views]
chosen = st.segmented_control(
    t("overview.closer"),
    views,
    format_func=lambda view: t(f"overview.tab.{view}"),
    label_visibility="collapsed",
    **bind.to("view", None, offered=views, kind=str | None),
)
if chosen == "segments":
    segment_cards.answer(study, profiles, headed=False)
elif chosen:
    closer(chosen)
if data is None:
    members_only()
show.next_step("segments/rfm" if data else "segments/clusters", "app.section_segments")
compute.keep_snapshot(study)
