"""The frame around every page: language, menu, and which study is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analysis.errors import AnalysisError, of_the_machine
from ui import compute, controls, guesses, leaving, menu, session, show, warm
from ui.history import past_view

ASSETS = Path(__file__).resolve().parent / "assets"

session.begin_run()
t = session.t()

st.set_page_config(
    # A picture of our own: for a Material icon the browser would ask a font server for the tab's picture.
    page_icon=str(ASSETS / "mark.svg"),
    layout="wide",
    initial_sidebar_state=240,
    menu_items={"Get help": None, "Report a bug": None, "About": t("app.about")},
)
st.html(ASSETS / "app.css")
st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "mark.svg"), size="large")

page = st.navigation(menu.pages(), expanded=True)
name = page.url_path or menu.FIRST
st.set_page_config(page_title=t("app.tab", page=t(f"{name}.title")))
session.keep_address()
compute.know_study()
with st.sidebar:
    controls.language_switch()
    menu.expert_switch()
    if compute.past() is None:
        controls.undo_list()

menu.pages_of_entry(name)
said_above = st.container(key="guesses", gap="xsmall")
try:
    if past_view.banner(name):
        page.run()
        with said_above:
            guesses.strip(name)
except Exception as problem:
    refusal = problem if isinstance(problem, AnalysisError) else of_the_machine(problem)
    if refusal is None:
        raise
    show.error(refusal)
finally:
    warm.drawn.set()
    leaving.drew.set()
