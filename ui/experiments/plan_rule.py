"""The rule at the end of the Plan page, and keeping it with the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.plan_experiment import PlannedExperiment, PlanSource, with_plan
from analysis.experiments.plan_words import effect_text, refusal
from analysis.experiments.record import NAME_LENGTH, Experiment
from ui import bound, session, show
from ui.experiments import experiments, planning

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

_SAVED = "plan_saved"


def rule(bind: bound.Bound, found: PlannedExperiment) -> None:
    """Show the rule that will decide; it holds as it stands, also for those who leave it closed."""
    t, to = session.t(), bind.of
    metric, share = found.choices.metric, found.choices.is_share
    with st.expander(t("plan.rule"), icon=":material/gavel:"):
        st.caption(show.md_escape(t("plan.rule_help")))
        with st.grid(min_column_width=220):
            left, middle, right = st.container(), st.container(), st.container()
        effect = effect_text(found.needed.effect, metric, t)
        with left:
            if not found.choices.non_inferior:  # of which the margin counts
                st.number_input(
                    t("plan.target_points") if share else t("plan.target"), **to("target"), value=None, format="%.6g",
                    placeholder=effect, help=t("plan.target_help"),
                )  # fmt: skip
            st.number_input(
                t("plan.guardrail_percent"), **to("guardrail_percent"), value=None, format="%.6g",
                help=t("plan.guardrail_help"),
            )  # fmt: skip
        with middle:
            st.number_input(t("plan.min_days"), **to("min_days"), value=None, step=1, help=t("plan.min_days_help"))
            st.number_input(t("plan.max_days"), **to("max_days"), value=None, step=1, help=t("plan.max_days_help"))
        with right:
            st.number_input(
                t("plan.per_year"), **to("per_year"), value=None, format="%.6g", help=t("plan.per_year_help")
            )
            if metric in ("proportion", "mean"):
                st.number_input(t("plan.value"), **to("value"), value=None, format="%.6g", help=t("plan.value_help"))
            else:
                st.number_input(
                    t("plan.gross_margin"), **to("gross_margin"), value=None, format="%.6g",
                    help=t("plan.gross_margin_help"),
                )  # fmt: skip
            st.number_input(t("plan.cost"), **to("cost"), value=None, format="%.6g", help=t("plan.cost_help"))


def name_and_save(bind: bound.Bound, stored: StoredExperiment | None, found: PlannedExperiment) -> None:
    """Keep the plan and its rule under a name, beside the answer."""
    t = session.t()
    named = bind.to("name", stored.experiment.name if stored else suggested_name(found.source))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("plan.name"), **named, max_chars=NAME_LENGTH, width=420)
        pressed = st.button(
            t("plan.save") if stored is None else t("plan.save_again"), type="primary", key="plan_save",
            icon=":material/save:",
        )  # fmt: skip
    if pressed:
        save(replace(found, choices=planning.choices(bind)), stored)
    elif stored is not None and session.kept(_SAVED) == stored.id:
        st.success(show.md_escape(t("plan.saved", name=stored.experiment.name)), icon=":material/check:")
        st.page_link(show.page_path("experiments/split"), label=t("split.title"), icon=":material/arrow_forward:")


def suggested_name(source: PlanSource | None) -> str:
    """Return a name to start from."""
    t = session.t()
    if source is None or not source.is_segment:
        return t("plan.name_default")
    return t("plan.name_segment", segment=source.name)[:NAME_LENGTH]


def save(found: PlannedExperiment, stored: StoredExperiment | None) -> None:
    """Keep plan and rule in the experiment, or in a new one."""
    t, now = session.t(), datetime.now(UTC)
    name = found.choices.name.strip()[:NAME_LENGTH] or t("plan.name_default")

    def change(experiment: Experiment) -> Experiment:
        return with_plan(experiment.model_copy(update={"name": name}), found, now=now)

    try:
        if stored is None:
            kept = experiments.begin(change(Experiment(name=name)), planning.PAGE)
        else:
            kept = experiments.change(stored, change)
    except AnalysisError as problem:
        show.error(refusal(problem, t))
        return
    session.keep(_SAVED, kept.id)
    st.rerun()
