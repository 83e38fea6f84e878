"""One experiment on the page of all: how it stands, its readings, its name, and the decision about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.choices import ReadChoices, parse_choices
from analysis.experiments.decide_experiment import with_verdict
from analysis.experiments.reading.decide import Verdict
from analysis.experiments.record import NAME_LENGTH, TEXT_LENGTH, Experiment, State
from analysis.experiments.record_words import about_text, reading_line
from ui import bound, compute, session, show
from ui.experiments import experiments

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

# Where an experiment goes on, by how far it is.
NEXT: dict[State, str] = {"draft": "plan", "planned": "split", "assigned": "read", "read": "read", "decided": "read"}
COLOURS: dict[State, str] = {"draft": "gray", "planned": "gray", "assigned": "blue", "read": "blue", "decided": "green"}
DRAFT = "decide"
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def card(stored: StoredExperiment) -> None:
    """Show one experiment."""
    t, experiment = session.t(), stored.experiment
    about = about_text(experiment, t, created_at=stored.created_at, local=session.local_time)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(show.md_escape(experiment.name), anchor=False, width="content")
            st.badge(t(f"experiments.state_{experiment.state}"), color=COLOURS[experiment.state])  # pyright: ignore
        st.caption(show.md_escape(" · ".join(about)))
        if said := experiments.lines(stored):
            st.markdown("\n".join(f"- {show.md_escape(one)}" for one in said))
        with st.container(horizontal=True):
            if st.button(t("experiments.open"), key=f"open_{stored.id}", icon=":material/arrow_forward:"):
                session.set_experiment(stored.id)
                st.switch_page(show.page_path(f"experiments/{next_page(stored)}"))
            rename(stored)
            delete(stored)
        if experiment.readings:
            with st.expander(t("experiments.readings", n=len(experiment.readings)), icon=":material/history:"):
                readings(stored)
        with st.expander(t("experiments.decide"), icon=":material/gavel:"):
            decide(stored)


def next_page(stored: StoredExperiment) -> str:
    """Return the page on which an experiment goes on: with results at hand that is Read, planned and split or not."""
    held = parse_choices(ReadChoices, compute.workspace().experiment_typed(stored.id).get("read", {})).choices
    typed = any(arm.n is not None for arm in held.arms)
    return "read" if typed or held.table else NEXT[stored.experiment.state]


def readings(stored: StoredExperiment) -> None:
    """Show every reading, the newest first, and let it be opened again."""
    t, experiment = session.t(), stored.experiment
    for place, reading in reversed(list(enumerate(experiment.readings))):
        with st.container(horizontal=True, vertical_alignment="center"):
            line = reading_line(experiment, reading, t, local=session.local_time)
            st.markdown(show.md_escape(line), width="stretch")
            # What another program kept may hold nothing to open; what an older version kept is read by the page.
            if reading.choices and st.button(t("experiments.open_reading"), key=f"reading_{stored.id}_{place}"):
                session.set_experiment(stored.id)
                compute.workspace().keep_experiment_typed(stored.id, "read", reading.choices)
                st.switch_page(show.page_path("experiments/read"))


def rename(stored: StoredExperiment) -> None:
    """Offer another name; what is typed is kept at once."""
    t = session.t()
    with st.popover(t("experiments.rename"), icon=":material/edit:"):
        st.text_input(
            t("plan.name"), max_chars=NAME_LENGTH,
            **bound.one(f"name_{stored.id}", stored.experiment.name, partial(take_name, stored)),
        )  # fmt: skip


def take_name(stored: StoredExperiment, typed: str) -> None:
    """Keep another name; an empty one is none."""
    if name := typed.strip():
        changed(stored, lambda now: now.model_copy(update={"name": name}))


def delete(stored: StoredExperiment) -> None:
    """Ask once more, then delete."""
    t = session.t()
    with st.popover(t("experiments.delete"), icon=":material/delete:"):
        st.markdown(show.md_escape(t("experiments.delete_help", name=stored.experiment.name)))
        if st.button(t("experiments.delete_sure"), key=f"delete_{stored.id}"):
            try:
                compute.workspace().delete_experiment(stored.id)
            except AnalysisError as problem:
                show.error(problem)
                return
            if session.experiment_id() == stored.id:
                session.set_experiment(None)
            st.rerun()


def decide(stored: StoredExperiment) -> None:
    """Show what the rule says, and keep a person's decision and what was learned."""
    t, experiment = session.t(), stored.experiment
    reading, decision = experiment.last_reading, experiment.decision
    if reading is None:
        st.markdown(show.md_escape(t("experiments.not_read")))
    elif experiment.rule is None:
        st.markdown(show.md_escape(t("experiments.no_rule")))
    elif decision is not None and decision.by_rule is not None:
        st.markdown(show.md_escape(t("experiments.rule_says", verdict=t(f"experiment.decision_{decision.by_rule}"))))
    if reading is not None:
        judge(stored)
    st.text_area(
        t("experiments.learned"), max_chars=TEXT_LENGTH, help=t("experiments.learned_help"),
        **bound.one(f"learned_{stored.id}", experiment.learned, partial(take_learned, stored)),
    )  # fmt: skip


def judge(stored: StoredExperiment) -> None:
    """Ask for a person's decision; what is chosen and typed stays, and counts once it is kept."""
    t, decision = session.t(), stored.experiment.decision
    bind = draft(stored)
    verdict = st.radio(
        t("experiments.verdict"), VERDICTS, format_func=lambda one: t(f"experiment.decision_{one}"), horizontal=True,
        **bind.to("verdict", decision.verdict if decision else None, offered=VERDICTS),
    )  # fmt: skip
    st.text_input(
        t("experiments.why"), max_chars=500, help=t("experiments.why_help"),
        **bind.to("why", decision.why if decision else "", kind=str),
    )  # fmt: skip
    st.button(
        t("experiments.keep"), key=f"decide_{stored.id}", icon=":material/save:", disabled=verdict is None,
        on_click=take_decision, args=(stored, bind),
    )  # fmt: skip


def draft(stored: StoredExperiment) -> bound.Bound:
    """Return what binds what is chosen and typed of a decision that is not made yet."""

    def save(values: dict[str, Any]) -> None:
        experiments.told(lambda: compute.workspace().keep_experiment_typed(stored.id, DRAFT, values))

    typed = compute.workspace().experiment_typed
    return bound.Bound("", stored.id, lambda: typed(stored.id).get(DRAFT, {}), save)


def take_decision(stored: StoredExperiment, bind: bound.Bound) -> None:
    """Make the decision; the widgets are asked now, as the reader may have typed just before the click."""
    verdict, why = bind.held("verdict"), (bind.held("why") or "").strip()
    if verdict is not None:
        changed(stored, lambda now: with_verdict(now, verdict, why, now=datetime.now(UTC)))


def take_learned(stored: StoredExperiment, typed: str) -> None:
    """Keep what was learned."""
    changed(stored, lambda now: now.model_copy(update={"learned": typed.strip()}))


def changed(stored: StoredExperiment, change: Callable[[Experiment], Experiment]) -> None:
    """Keep a change, or say on the next run why not."""
    experiments.told(lambda: experiments.change(stored, change))
