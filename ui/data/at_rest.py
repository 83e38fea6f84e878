"""Whether personal data is kept encrypted and no longer than it may be, and encrypting what an earlier version kept."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analysis.errors import AnalysisError
from analysis.workspace.home import nothing_kept
from ui import compute, session, show
from ui.data import caches


def warn() -> None:
    """Say when personal data cannot be read for want of the key, or lies there open."""
    try:
        past = [] if nothing_kept() else compute.workspace().kept_too_long(date.today())
    except AnalysisError:  # the list of studies says what is broken
        return
    if not nothing_kept():
        _say_state()
    for study, day in past:
        st.warning(show.md_escape(session.t()("assessment.past", study=study, day=day)), icon=":material/event_busy:")


def _say_state() -> None:
    state = compute.workspace().key_state
    if state in ("lost", "wrong"):
        show.error(AnalysisError(f"workspace_key_{state}"))
    elif state == "none":
        _offer()


def section() -> None:
    """Say how personal data is kept, and where the key is."""
    t, workspace = session.t(), compute.workspace()
    st.subheader(t("at_rest.heading"), anchor=False)
    if workspace.key_state == "open":
        st.caption(show.md_escape(t(f"at_rest.open_{workspace.key_store}")))
    else:
        _say_state()


def _offer() -> None:
    t = session.t()
    st.warning(show.md_escape(t("at_rest.none")), icon=":material/lock_open:")
    if st.button(t("at_rest.encrypt"), key="encrypt", icon=":material/lock:"):
        try:
            with st.spinner(t("at_rest.encrypting")):
                compute.workspace().encrypt()
        except AnalysisError as problem:
            show.error(problem)
            return
        caches.clear()
        st.rerun()
