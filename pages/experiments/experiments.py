"""Page: all experiments, what became of them, and what was learned."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.record import State
from ui import session, show
from ui.experiments import experiment_card, experiments


def main() -> None:
    """Show the page."""
    show.problem()
    try:
        found = experiments.listed()
    except AnalysisError as problem:
        show.error(problem)
        return
    if not found:
        show.empty_state(t("experiments.nothing"), "experiments/plan")
        return
    states = Counter(stored.experiment.state for stored in found)
    parts = [t(f"experiments.count_{state}", n=states[state]) for state in get_args(State) if states[state]]
    show.answer(t("experiments.answer", n=len(found), states=t("split.and").join(parts)))
    st.button(t("experiments.begin"), key="experiments_new", icon=":material/add:", type="primary", on_click=open_new)
    if session.kept("experiments_new"):
        session.keep("experiments_new", None)
        st.switch_page(show.page_path("experiments/plan"))
    for stored in found:
        experiment_card.card(stored)


def open_new() -> None:
    """Work on a new experiment."""
    session.set_experiment(None)
    session.keep("experiments_new", True)


t = session.t()
show.page_header(t("experiments.title"), t("experiments.question"))
main()
