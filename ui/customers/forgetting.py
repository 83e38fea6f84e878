"""Forgetting a customer from the card: what follows from it is said first, what was touched afterwards."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.workspace.upkeep.receipt_words import receipt_words
from ui import compute, session, show
from ui.data import caches

RECEIPT = "forget_receipt"  # of the last customer who was forgotten, until the page is shown again


def offer(study: compute.LoadedStudy, customer_id: str) -> None:
    """Show the button that begins it."""
    if st.button(session.t()("forget.button"), key="forget", icon=":material/person_remove:", type="tertiary"):
        _ask(study, customer_id)


def show_receipt() -> None:
    """Show what was touched when a customer was forgotten, or why nobody was, once."""
    found = session.kept(RECEIPT)
    session.keep(RECEIPT, None)
    if isinstance(found, AnalysisError):
        show.error(found)
    elif found:
        st.success(show.md_escape(found[0]), icon=":material/task_alt:")
        for line in found[1:]:
            st.caption(show.md_escape(line))


def _ask(study: compute.LoadedStudy, customer_id: str) -> None:
    t = session.t()

    @st.dialog(show.md_escape(t("forget.title")))
    def opened() -> None:
        st.markdown(show.md_escape(t("forget.consequences")))
        st.warning(show.md_escape(t("forget.not_touched")), icon=":material/warning:")
        if st.button(
            t("forget.sure"), key="forget_sure", type="primary", on_click=_forget, args=(study.id, customer_id)
        ):  # fmt: skip
            st.rerun()

    opened()


def _forget(study_id: str, customer_id: str) -> None:
    try:
        receipt = compute.workspace().forget(study_id, customer_id)
    except AnalysisError as problem:
        session.keep(RECEIPT, problem)
        return
    caches.clear()  # what the server keeps of studies can hold the customer too
    session.keep(RECEIPT, receipt_words(receipt, session.t()))
