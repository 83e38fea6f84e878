"""Page: a report to hand over."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.privacy.small_groups import LEAST
from ui import compute, session, show
from ui.segments import continuity
from ui.share import reports

t = session.t()
show.page_header(t("report.title"), t("report.question"))
study = compute.study_or_stop()
study = continuity.continue_groups(study, compute.prepared_or_stop(study).profiles)
t = session.t()
with st.spinner(t("export.gathering")):
    result = compute.study_result(study)

n = len(result.profiles.customers)
if n < LEAST:
    show.error(AnalysisError("share_too_few", n=n, least=LEAST))
    st.stop()
show.answer(t("report.answer", n=n, day=result.profiles.as_of, least=LEAST))
choices = reports.choose(study)
reports.make(study, result, choices)
show.how_computed("report.how")
show.code(reports.code(study, result, choices))
show.next_step("share/export")
