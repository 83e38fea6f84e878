"""Page: the results as files."""

from __future__ import annotations

import streamlit as st

from analysis.exports.contents import has_personal, segment_table
from analysis.exports.folder import folder_code
from analysis.exports.words import answer
from analysis.translate import prose
from ui import compute, controls, session, show
from ui.segments import continuity, segments
from ui.share import downloads, snapshots

t = session.t()
show.page_header(t("export.title"), t("export.question"))
study = compute.study_or_stop()
study = continuity.continue_groups(study, compute.prepared_or_stop(study).profiles)
t = session.t()
with st.spinner(t("export.gathering")):
    result = compute.study_result(study)

show.answer(prose(answer(result, t), t))
if result.segmentations:
    chosen = {method: problem for method, problem in result.problems.items() if study.recipe.is_chosen(method)}
    segments.left_out(chosen, result.profiles)
else:
    for problem in result.problems.values():
        show.error(segments.missing_columns(problem))
unmask = controls.show_personal() if has_personal(result) else False
confirmed = controls.confirm_contact(result.profiles.customers, "export")
shared = downloads.Shared(study, result, unmask, confirmed)
downloads.workbook(shared)
downloads.show_files(shared, downloads.other_files(shared))
compute.keep_snapshot(study)
snapshots.snapshots(study)
show.how_computed("export.method", n=len(segment_table(result, t)))
show.code(folder_code([table.file for table in study.tables], t.language, kept_in=study.kept_in))
show.next_step("data/files")
