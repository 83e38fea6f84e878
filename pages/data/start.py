"""Page: where a study begins, with an upload, pasted cells, sample data or an exported study."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from texts import LANGUAGES
from ui import compute, session, show
from ui.data import at_rest, studies
from ui.data.begun import begin, follow, followed, give_up, goal_choice, name_of
from ui.data.recent import recent_studies

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
SAMPLE = {"en": "subscription_en.xlsx", "zh": "中文店铺.xlsx"}

t = session.t()

show.page_header(t("start.title"), t("start.question"))
show.answer(t("start.what"))

left, right = st.columns(2, gap="large")
with left:
    uploads = st.file_uploader(
        t("start.upload"),
        type=list(TABLE_FILES),
        accept_multiple_files=True,
        key=f"upload_{session.upload_round()}",
        help=t("start.upload_help"),
        on_change=give_up,
    )
    st.caption(t("start.upload_hint"))
with right:
    st.markdown(f"**{t('start.no_file')}**")
    tried = st.button(
        t("start.sample"), key="sample", type="primary", icon=":material/play_arrow:", wrap=True, on_click=give_up
    )
    st.caption(t("start.sample_what"))
    for language in sorted(LANGUAGES, key=lambda code: code != t.language):
        template = f"template_{language}.xlsx"
        st.download_button(
            t(f"start.template_{language}"),
            (SAMPLES / template).read_bytes,
            template,
            key=f"template_{language}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            wrap=True,
        )
result = st.container()  # where the reader has just clicked, in sight on a laptop
goal_choice()
with st.expander(t("start.paste"), icon=":material/content_paste:"):
    pasted = st.text_area(
        t("start.paste_label"), key=f"paste_{session.upload_round()}", height=160, help=t("start.paste_help"),
        on_change=give_up,
    )  # fmt: skip
    read_pasted = st.button(t("start.paste_read"), key="paste_read", on_click=give_up)

if followed() is None:
    if uploads:
        begin([(file.name, file.getvalue()) for file in uploads], name_of([file.name for file in uploads]))
    elif tried:
        sample = SAMPLE[t.language]
        begin([(sample, (SAMPLES / sample).read_bytes())], t("start.sample_name"))
    elif read_pasted or pasted.strip():
        begin([(t("start.pasted_file"), pasted.encode())], t("start.pasted_name"))
if job := followed():
    with result:
        follow(job)

at_rest.warn()
recent_studies()

with st.expander(t("start.import"), icon=":material/unarchive:"):
    archive = st.file_uploader(t("start.import_label"), type="zip", key=f"import_{session.upload_round()}")
if archive is not None:
    try:
        imported = studies.bring(archive)
    except AnalysisError as problem:
        show.error(problem)
    else:
        session.set_study(imported, name=compute.workspace().study(imported).name)
        session.next_upload()
        st.switch_page(show.page_path("customers/overview"))
