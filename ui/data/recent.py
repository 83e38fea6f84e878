"""The studies that are kept, the one changed last first: open, rename, export, delete."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.workspace.home import nothing_kept
from ui import compute, session, show
from ui.data import studies

STUDIES_SHOWN = 12


def recent_studies() -> None:
    """List the studies, the one changed last first: open, rename, export, delete."""
    t = session.t()
    try:
        known = [] if nothing_kept() else compute.workspace().studies()
    except AnalysisError as problem:  # a workspace that cannot be opened: what is broken, and what to do
        show.error(problem)
        return
    if not known:
        return
    st.subheader(t("start.recent"), anchor=False)
    for study in known[:STUDIES_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"study_{study.id}"):
            with st.container():
                shown = study.name or t("app.study_unnamed")
                if st.button(show.md_escape(shown), key=f"open_{study.id}", type="tertiary", icon=":material/folder:"):
                    session.set_study(study.id, name=study.name)
                    st.switch_page(show.page_path("customers/overview"))
            st.caption(
                t("start.study_facts", rows=study.n_rows, files=study.n_files, day=study.changed_at), width="content"
            )
            menu = st.popover(t("app.more"), type="tertiary", key=f"more_{study.id}", on_change="rerun")
            if menu.open:
                with menu:
                    more(study.id, study.name)
    if len(known) > STUDIES_SHOWN:
        st.caption(t("start.more_studies", n=len(known) - STUDIES_SHOWN))


def more(study_id: str, name: str) -> None:
    """Offer what can be done with one study of the list."""
    t = session.t()
    new_name = st.text_input(t("start.new_name"), name, key=f"name_{study_id}", max_chars=studies.NAME_LENGTH)
    if new_name.strip() and new_name != name:
        studies.rename(study_id, new_name.strip())
        if session.study_id() == study_id:
            session.set_study(study_id, name=new_name.strip())
        st.rerun()
    pack(study_id)
    st.caption(t("start.delete_help"))
    if st.button(t("start.delete_for_good"), key=f"delete_{study_id}", icon=":material/delete:"):
        compute.workspace().delete_study(study_id)
        if session.study_id() == study_id:
            session.close_study()
        st.rerun()


def pack(study_id: str) -> None:
    """Offer a study as one zip, or say what of it is damaged."""
    t = session.t()
    try:
        compute.workspace().raw_tables(study_id)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.download_button(
        t("start.export"),
        lambda: studies.packed(study_id),
        f"portrait_{study_id[:8]}.zip",
        "application/zip",
        key=f"export_{study_id}",
        on_click="ignore",
        icon=":material/archive:",
    )
    if left_out := compute.workspace().damaged_snapshots(study_id):
        days = ", ".join(f"{info.as_of:%Y-%m-%d}" for info in left_out)
        st.caption(show.md_escape(t("start.export_without", n=len(left_out), days=days)))
