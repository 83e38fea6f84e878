"""Page: read an experiment, from figures typed in, a table, or a table joined with the study."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.evaluate_experiment import EvaluatedExperiment
from analysis.experiments.plan_words import came_text, refusal
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
    reading.say_lost()
    chosen = reading.choices()
    reading_inputs.source(chosen)
    if chosen.source == "typed":
        reading_inputs.typed(chosen)
        chosen = reading.choices()
    else:
        reading_inputs.table(chosen, stored)
        if chosen.table is None:
            show.empty_state(t("read.nothing_uploaded"))
            return
    if chosen.is_change:
        reading_changes.show_change(chosen, stored)
        return
    if chosen.source == "typed" and all(arm.conversions is None and arm.mean is None for arm in chosen.arms):
        show.empty_state(t("read.nothing_typed"))
        return
    if chosen.source != "typed" and chosen.columns is None:
        show.empty_state(t("error.experiment_no_arm_chosen"))
        return
    try:
        with st.spinner(t("app.working")):
            read = reading.read(stored, chosen)
    except AnalysisError as problem:
        show.error(refusal(problem, t))
        return
    results(read, stored)


def results(read: EvaluatedExperiment, stored: StoredExperiment | None) -> None:
    """Show alarms, the answer, and one view at a time."""
    chosen, found = read.choices, read.found
    reading_views.health(found)
    show.answer(words.prose(words.answer(found, t), t))
    reading_views.remarks([note for note in found.health if note.level == "check"])
    sizes = {arm: found.sizes[arm] for arm in found.arms if arm != t("read.hold_out")}
    by_cluster = read.read.data.cluster is not None
    for sentence in came_text(sizes, stored.experiment.plan if stored else None, t, by_cluster=by_cluster):
        st.caption(f":material/group_off: {show.md_escape(sentence)}")
    source = words.source_text(chosen, read.read.data.counts, read.read.join, t)
    st.caption(show.md_escape(words.prose(source, t)))
    reading_inputs.how(chosen, found)
    view = chosen.shown.get("view", "effects")
    view = view if view in VIEWS else "effects"
    st.segmented_control(
        t("read.view"), list(VIEWS), format_func=lambda one: t(f"read.view_{one}"), required=True,
        label_visibility="collapsed", **reading_inputs.field("shown.view", view),
    )  # fmt: skip
    if view == "decide":
        reading_decide.view(read, stored)
    else:
        getattr(reading_views, view)(read)
    st.divider()
    reading_decide.take_along(read, stored)
    show.how_computed("read.method_text")


t = session.t()
show.page_header(t("read.title"), t("read.question"))
main()
show.next_step("experiments/experiments")
