"""Widgets that more than one screen shows."""

from __future__ import annotations

import streamlit as st

from texts import LANGUAGES, Language
from ui import bound, compute, session
from ui.scripts import LANGUAGE_SCRIPTS


def language_switch() -> Language:
    """Show the switch of the language, and tell the browser which one the page is written in."""
    t = session.t()
    language: Language = st.segmented_control(
        t("app.language"),
        LANGUAGES,
        default=session.first_language(),
        required=True,
        format_func=lambda code: t(f"app.language_{code}"),
        key=session.LANGUAGE_KEY,
        label_visibility="collapsed",
    )
    st.html(f"<script>{LANGUAGE_SCRIPTS[language]}</script>", unsafe_allow_javascript=True)
    return language


def show_personal() -> bool:
    """Show the switch that unmasks personal data for this visit, off at first; return its state."""
    t = session.t()
    return st.toggle(
        t("app.show_personal"),
        help=t("app.show_personal_help"),
        **bound.one("unmasked", session.unmasked(), session.set_unmasked),
    )


def undo(study: compute.LoadedStudy) -> None:
    """Offer to take back the last change of this visit, while there is one."""
    before = session.last_recipe(study.id)
    if before is None:
        return
    t = session.t()
    if st.button(t("app.undo"), key="undo", icon=":material/undo:", type="tertiary"):
        compute.save_recipe(study, before)
        session.forget_change(study.id)
        st.rerun()
