"""Page: what was read, left out and corrected, and the choices that decide it."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.data import asked, cleaning, quality, reconcile, set_aside, study_choices

t = session.t()

show.page_header(t("check.title"), hint=t("check.question"))
show.problem()
study = compute.study_or_stop()
try:
    prepared = compute.prepared(study)
except AnalysisError as problem:
    prepared = None
    show.error(problem)
    st.page_link(show.page_path("data/columns"), label=t("columns.title"), icon=":material/view_column:")
if prepared is not None:
    with st.spinner(t("app.preparing")):
        report = study.run.quality()
    asked.questions(study, prepared.standard.notes, "ask")
    set_aside.answer(prepared)
    set_aside.examples(study, prepared)
    reconcile.with_report(study, prepared)
    quality.findings(study, report)
    quality.score(report)
with st.expander(t("goals.title"), icon=":material/flag:", key="goals"):
    study_choices.goals(study)
with st.expander(t("check.cleaning"), icon=":material/cleaning_services:"):
    cleaning.choices(study)
with st.expander(t("check.study"), icon=":material/event:"):
    study_choices.choices(study, prepared.profiles.as_of if prepared else None)
show.how_computed("check.how")
show.next_step("customers/overview")
