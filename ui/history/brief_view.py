"""The brief of the month on the first screen: five parts, each sentence one click from the customers it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.history.telling import whom
from analysis.history.words import PartText, brief_parts, brief_text, title
from ui import compute, session, show
from ui.customers import customer_list
from ui.history import runs

if TYPE_CHECKING:
    from analysis.history.brief import Brief, Whom
    from analysis.profiles.result import Profiles

RIGHT = ("needs", "data", "learned")
_LISTED = "brief_listed"


def answer(study: compute.LoadedStudy, profiles: Profiles) -> bool:
    """Show what became of the study since the run before; return whether there is one."""
    found = runs.pair(study)
    if found is None:
        return False
    t = session.t()
    with st.spinner(t("app.working")):
        brief = runs.brief_of(study, found)
    parts = brief_parts(brief, t, local=session.local_time)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show.answer(title(brief, t))
        _share(brief)
    for column, chosen in zip(
        st.columns(2, gap="large"),
        ([one for one in parts if one.key not in RIGHT], [one for one in parts if one.key in RIGHT]),
        strict=True,
    ):
        with column:
            for part in chosen:
                _part(part)
    listed = session.kept(_LISTED)
    session.keep(_LISTED, None)
    if isinstance(listed, tuple):
        _list(brief, listed[0], listed[1], found, profiles)
    return True


def _part(part: PartText) -> None:
    t = session.t()
    with st.container(gap="xsmall", key=f"brief_{part.key}"):
        st.markdown(f"**{show.md_escape(part.title)}**")
        for place, (said, sentence) in enumerate(part.sentences):
            mark = ":material/error: " if said.level == "check" else ""
            if said.whom is None:
                st.markdown(f"{mark}{show.md_escape(sentence)}")
                continue
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{mark}{show.md_escape(sentence)}", width="stretch")
                st.button(
                    t("cards.list"), key=f"brief_list_{part.key}_{place}", type="tertiary", icon=":material/list:",
                    on_click=session.keep, args=(_LISTED, (said.whom, sentence)),
                )  # fmt: skip


def _share(brief: Brief) -> None:
    """Offer the brief as a page and as text to paste."""
    t = session.t()
    saved = compute.saved_study()
    name = saved.name if saved else ""
    with st.popover(t("moved.share"), icon=":material/ios_share:", type="tertiary", key="brief_share"):
        text = brief_text(brief, t, name=name, local=session.local_time)
        st.code(text, None, wrap_lines=True, height=240)

        def page() -> str:
            from analysis.exports.printed.brief import brief_html

            return brief_html(brief, name, t, language=t.language, local=session.local_time)

        day = brief.as_of.isoformat()
        st.download_button(t("moved.html"), page, f"brief_{day}.html", "text/html", key="brief_html", on_click="ignore")
        st.download_button(t("moved.text"), text, f"brief_{day}.txt", "text/plain", key="brief_text", on_click="ignore")


def _list(brief: Brief, chosen: Whom, sentence: str, found: runs.Pair, profiles: Profiles) -> None:
    name = session.t()("cards.list")
    inside = profiles.customers["customer_id"].isin(whom(chosen, found.result, brief.migration))

    @st.dialog(show.md_escape(name), width="large")
    def opened() -> None:
        st.caption(show.md_escape(sentence))
        customer_list.listed(profiles, inside, name=name, key="brief")

    opened()
