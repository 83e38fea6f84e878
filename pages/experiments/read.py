"""Page: read an experiment, from figures typed in, a table, or a table joined with the study."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.reading.evaluate import Evaluation, evaluate
from analysis.workspace.records import StoredExperiment
from ui import session, show
from ui.experiments import (
    experiments,
    reading,
    reading_changes,
    reading_decide,
    reading_inputs,
    reading_views,
)

VIEWS = ("effects", "belief", "days", "segments", "decide")


def main() -> None:
    """Show the page."""
    stored = experiments.picker()
    chosen = reading.choices()
    reading_inputs.source(chosen)
    if chosen.source == "typed":
        reading_inputs.typed(chosen)
        chosen = reading.choices()
        if reading.is_change(chosen):
            reading_changes.typed(chosen, stored)
            return
        if all(arm.n is None for arm in chosen.arms):
            show.empty_state(t("read.nothing_typed"))
            return
    else:
        reading_inputs.table(chosen, stored)
        if chosen.table is None:
            show.empty_state(t("read.nothing_uploaded"))
            return
        if reading.is_change(chosen):
            reading_changes.table(chosen, stored)
            return
        if chosen.columns is None:
            show.empty_state(t("error.experiment_no_arm_chosen"))
            return
    try:
        with st.spinner(t("app.working")):
            read = reading.read(stored, chosen)
            found = evaluate(read.data, reading.how(stored, chosen, read.data))
    except AnalysisError as problem:
        show.error(problem)
        return
    results(chosen, found, read, stored)


def results(
    chosen: reading.ReadingChoices, found: Evaluation, read: reading.Read, stored: StoredExperiment | None
) -> None:
    """Show alarms, the answer, and one view at a time."""
    reading_views.health(found)
    show.answer(words.prose(words.answer(found, t), t))
    st.caption(show.md_escape(words.prose(reading_decide.source_sentences(chosen, read), t)))
    reading_inputs.how(chosen, found)
    view = chosen.shown.get("view", "effects")
    reading_inputs.bound(
        st.segmented_control, "shown.view", t("read.view"), view if view in VIEWS else "effects", options=list(VIEWS),
        format_func=lambda one: t(f"read.view_{one}"), required=True, label_visibility="collapsed",
    )  # fmt: skip
    if view == "belief":
        reading_views.belief(chosen, found)
    elif view == "days":
        reading_views.days(chosen, found, read)
    elif view == "segments":
        reading_views.segments(chosen, found, read)
    elif view == "decide":
        reading_decide.view(chosen, found, read, stored)
    else:
        reading_views.effects(chosen, found, read)
    st.divider()
    reading_decide.take_along(chosen, found, read, stored)
    show.how_computed("read.method_text")


t = session.t()
show.page_header(t("read.title"), t("read.question"))
main()
show.next_step("experiments/experiments")
