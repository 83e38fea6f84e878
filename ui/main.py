"""The frame around every page: language, menu, and which study is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import controls, session, show

ASSETS = Path(__file__).resolve().parent / "assets"

# Section and page as in pages/<section>/<page>.py, with the page's icon; the page's name is also its address.
MENU: dict[str, dict[str, str]] = {
    "data": {"start": "home", "files": "folder_open", "columns": "view_column", "check": "fact_check"},
    "customers": {"overview": "group"},
    "segments": {"rfm": "grid_view", "clusters": "bubble_chart", "compare": "compare_arrows"},
    "share": {"export": "download"},
}


def menu() -> dict[str, list[st.Page]]:
    """Return the pages by the title of their section, in the reader's language."""
    t = session.t()
    return {
        t(f"app.section_{section}"): [
            st.Page(
                show.page_path(f"{section}/{page}"),
                title=t(f"{page}.title"),
                icon=f":material/{icon}:",
                url_path=page,
                default=page == "start",
            )
            for page, icon in pages.items()
        ]
        for section, pages in MENU.items()
    }


def frame() -> None:
    """Draw the frame, then the page that is open."""
    t = session.t()
    # A picture of our own: for a Material icon the browser would ask a font server for the tab's picture.
    st.set_page_config(
        page_icon=str(ASSETS / "mark.svg"),
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": t("app.about")},
    )
    st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "mark.svg"), size="large")
    page = st.navigation(menu(), expanded=True)
    session.keep_study_in_address()
    with st.sidebar:
        if note := show.study_note():
            st.caption(show.md_escape(note))
        controls.language_switch()
    page.run()


frame()
