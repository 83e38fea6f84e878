"""Page: all experiments, what became of them, and what was learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.plan import sample_size
from analysis.experiments.reading.decide import Verdict
from analysis.experiments.record import NAME_LENGTH, TEXT_LENGTH, Experiment, KeptDecision, State
from ui import compute, session, show
from ui.experiments import experiments

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

# Where an experiment goes on, by how far it is.
NEXT: dict[State, str] = {"draft": "plan", "planned": "split", "assigned": "read", "read": "read", "decided": "read"}
COLOURS: dict[State, str] = {"draft": "gray", "planned": "gray", "assigned": "blue", "read": "blue", "decided": "green"}
DRAFT, PROBLEM = "decide", "experiments_problem"
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def main() -> None:
    """Show the page."""
    if (problem := session.kept(PROBLEM)) is not None:
        session.keep(PROBLEM, None)
        show.error(problem)
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
    held = compute.workspace().experiment_typed(stored.id).get("read", {})
    typed = any(arm.get("n") is not None for arm in held.get("arms", ()))
    return "read" if typed or held.get("table") else NEXT[stored.experiment.state]


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


def readings(stored: StoredExperiment) -> None:
    """Show every reading, the newest first, and let it be opened again."""
    experiment = stored.experiment
    for place, reading in reversed(list(enumerate(experiment.readings))):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(show.md_escape(experiments.reading_line(experiment, reading)), width="stretch")
            # What an older version kept, or another program, may hold nothing to open.
            if reading.choices and st.button(t("experiments.open_reading"), key=f"reading_{stored.id}_{place}"):
                session.set_experiment(stored.id)
                experiments.keep_typed("read", reading.choices)
                st.switch_page(show.page_path("experiments/read"))


def rename(stored: StoredExperiment) -> None:
    """Offer another name; what is typed is kept at once."""
    key = f"name_{stored.id}"
    with st.popover(t("experiments.rename"), icon=":material/edit:"):
        session.set_widget(key, stored.experiment.name)
        st.text_input(t("plan.name"), key=key, max_chars=NAME_LENGTH, on_change=take_name, args=(stored, key))


def take_name(stored: StoredExperiment, key: str) -> None:
    """Keep another name; an empty one is none."""
    if name := (session.widget(key) or "").strip():
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
    if reading is not None:
        judge(stored)
    key = f"learned_{stored.id}"
    session.set_widget(key, experiment.learned)
    st.text_area(
        t("experiments.learned"), max_chars=TEXT_LENGTH, key=key, help=t("experiments.learned_help"),
        on_change=take_learned, args=(stored, key),
    )  # fmt: skip


def judge(stored: StoredExperiment) -> None:
    """Ask for a person's decision; what is chosen and typed stays, and counts once it is kept."""
    decision, draft = stored.experiment.decision, compute.workspace().experiment_typed(stored.id).get(DRAFT, {})
    verdict = draft.get("verdict", decision.verdict if decision else None)
    verdict_key, why_key = f"verdict_{stored.id}", f"why_{stored.id}"
    session.set_widget(verdict_key, verdict if verdict in VERDICTS else None)
    session.set_widget(why_key, str(draft.get("why", decision.why if decision else "")))
    options: Any = {"on_change": take_draft, "args": (stored, verdict_key, why_key)}
    verdict = st.radio(
        t("experiments.verdict"), VERDICTS, format_func=lambda one: t(f"experiment.decision_{one}"), horizontal=True,
        key=verdict_key, **options,
    )  # fmt: skip
    st.text_input(t("experiments.why"), max_chars=500, key=why_key, help=t("experiments.why_help"), **options)
    st.button(
        t("experiments.keep"), key=f"decide_{stored.id}", icon=":material/save:", disabled=verdict is None,
        on_click=take_decision, args=(stored, verdict_key, why_key),
    )  # fmt: skip


def take_draft(stored: StoredExperiment, verdict_key: str, why_key: str) -> None:
    """Keep what is chosen and typed of a decision that is not made yet."""
    held = {"verdict": session.widget(verdict_key), "why": session.widget(why_key) or ""}
    told(lambda: compute.workspace().keep_experiment_typed(stored.id, DRAFT, held))


def take_decision(stored: StoredExperiment, verdict_key: str, why_key: str) -> None:
    """Make the decision; the widgets are asked now, as the reader may have typed just before the click."""
    verdict, why = session.widget(verdict_key), (session.widget(why_key) or "").strip()
    changed(stored, lambda now: decided(now, verdict, why))


def take_learned(stored: StoredExperiment, key: str) -> None:
    """Keep what was learned."""
    changed(stored, lambda now: now.model_copy(update={"learned": (session.widget(key) or "").strip()}))


def decided(experiment: Experiment, verdict: Verdict | None, why: str) -> Experiment:
    """Return the experiment with a person's decision."""
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
    return experiment.model_copy(update={"decision": decision})


def changed(stored: StoredExperiment, change: Callable[[Experiment], Experiment]) -> None:
    """Keep a change, or say on the next run why not."""
    told(lambda: experiments.change(stored, change))


def told(action: Callable[[], object]) -> None:
    """Do something in a callback, where nothing can be shown; say on the next run why it could not be done."""
    try:
        action()
    except AnalysisError as problem:
        session.keep(PROBLEM, problem)


t = session.t()
show.page_header(t("experiments.title"), t("experiments.question"))
main()
