"""Page: all experiments, what became of them, and what was learned."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.decide import Verdict
from analysis.experiments.plan import sample_size
from analysis.experiments.record import NAME_LENGTH, TEXT_LENGTH, Experiment, KeptDecision, State
from ui import compute, experiments, session, show

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

# Where an experiment goes on, by how far it is.
NEXT: dict[State, str] = {"draft": "plan", "planned": "split", "assigned": "read", "read": "read", "decided": "read"}
COLOURS: dict[State, str] = {"draft": "gray", "planned": "gray", "assigned": "blue", "read": "blue", "decided": "green"}
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
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
        card(stored)


def open_new() -> None:
    """Work on a new experiment."""
    session.set_experiment(None)
    session.keep("experiments_new", True)


def card(stored: StoredExperiment) -> None:
    """Show one experiment."""
    experiment = stored.experiment
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(show.md_escape(experiment.name), anchor=False, width="content")
            st.badge(t(f"experiments.state_{experiment.state}"), color=COLOURS[experiment.state])  # pyright: ignore
        st.caption(show.md_escape(" · ".join(about(stored))))
        if said := experiments.lines(stored):
            st.markdown("\n".join(f"- {show.md_escape(one)}" for one in said))
        with st.container(horizontal=True):
            if st.button(t("experiments.open"), key=f"open_{stored.id}", icon=":material/arrow_forward:"):
                session.set_experiment(stored.id)
                st.switch_page(show.page_path(f"experiments/{NEXT[experiment.state]}"))
            rename(stored)
            delete(stored)
        with st.expander(t("experiments.decide"), icon=":material/gavel:"):
            decide(stored)


def about(stored: StoredExperiment) -> list[str]:
    """Return the plan in short sentences."""
    experiment = stored.experiment
    found = [t("experiments.created", day=session.local_time(stored.created_at).date())]
    if experiment.audience is not None:
        found.append(t("experiments.audience", segment=experiment.audience.name, n=experiment.audience.n))
    if experiment.plan is not None:
        plan, metric = experiment.plan.choices, experiment.plan.metric
        try:
            planned = sample_size(plan)
        except AnalysisError:
            planned = None
        if planned is not None:
            found.append(
                t(
                    "experiments.plan",
                    outcome=experiment.plan.outcome or t(f"plan.metric_{metric}"),
                    base=experiments.level_text(plan.baseline, metric),
                    n=planned.n_total,
                    goal=experiments.level_text(plan.baseline + planned.effect, metric),
                )
            )
    if experiment.assignment is not None:
        found.append(t("experiments.assigned", n=experiment.assignment.n, arms=len(experiment.assignment.arms)))
    if experiment.rule is not None:
        found.append(t("experiments.rule_fixed", day=session.local_time(experiment.rule.fixed_at).date()))
    return found


def rename(stored: StoredExperiment) -> None:
    """Offer another name."""
    with st.popover(t("experiments.rename"), icon=":material/edit:"), st.form(f"rename_{stored.id}", border=False):
        name = st.text_input(
            t("plan.name"), stored.experiment.name, max_chars=NAME_LENGTH, key=f"name_{stored.id}"
        ).strip()  # fmt: skip
        if st.form_submit_button(t("app.apply")) and name:
            changed(stored, lambda now: now.model_copy(update={"name": name}))


def delete(stored: StoredExperiment) -> None:
    """Ask once more, then delete."""
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
    experiment = stored.experiment
    reading, decision = experiment.last_reading, experiment.decision
    if reading is None:
        st.markdown(show.md_escape(t("experiments.not_read")))
    elif experiment.rule is None:
        st.markdown(show.md_escape(t("experiments.no_rule")))
    elif decision is not None and decision.by_rule is not None:
        st.markdown(show.md_escape(t("experiments.rule_says", verdict=t(f"experiment.decision_{decision.by_rule}"))))
    with st.form(f"decide_{stored.id}", border=False):
        verdict = None
        if reading is not None:
            verdict = st.radio(
                t("experiments.verdict"), VERDICTS, format_func=lambda one: t(f"experiment.decision_{one}"),
                index=VERDICTS.index(decision.verdict) if decision else None, horizontal=True,
                key=f"verdict_{stored.id}",
            )  # fmt: skip
        why = st.text_input(
            t("experiments.why"), decision.why if decision else "", max_chars=500, key=f"why_{stored.id}",
            help=t("experiments.why_help"), disabled=reading is None,
        )  # fmt: skip
        learned = st.text_area(
            t("experiments.learned"), experiment.learned, max_chars=TEXT_LENGTH, key=f"learned_{stored.id}",
            help=t("experiments.learned_help"),
        )  # fmt: skip
        if not st.form_submit_button(t("experiments.keep"), icon=":material/save:"):
            return
    changed(stored, lambda now: decided(now, verdict, (why or "").strip(), (learned or "").strip()))


def decided(experiment: Experiment, verdict: Verdict | None, why: str, learned: str) -> Experiment:
    """Return the experiment with a person's decision and what was learned."""
    reading, before = experiment.last_reading, experiment.decision
    decision = before
    if verdict is not None and reading is not None and (
        before is None or (before.verdict, before.why) != (verdict, why)
    ):  # fmt: skip
        now = datetime.now(UTC)
        goal = reading.goal
        if before is not None:
            decision = before.model_copy(update={"verdict": verdict, "why": why, "decided_at": now})
        else:
            decision = KeptDecision(
                verdict=verdict, by_rule=None, arm=goal.arm if goal else "", decided_at=now, read_at=reading.read_at,
                why=why,
            )  # fmt: skip
    return experiment.model_copy(update={"decision": decision, "learned": learned})


def changed(stored: StoredExperiment, change) -> None:
    """Keep a change and show it, or say why not."""
    try:
        experiments.change(stored, change)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.rerun()


t = session.t()
show.page_header(t("experiments.title"), t("experiments.question"))
st.fragment(main)()
