"""The rule at the end of the Plan page, and keeping it with the plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import EVERYBODY
from analysis.experiments.planning.plan import (
    Plan,
    Planned,
)
from analysis.experiments.record import NAME_LENGTH, Experiment, KeptPlan, KeptRule, with_rule
from ui import page_choices, session, show
from ui.experiments import experiments, planning

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment
    from ui.experiments.planning import Source


_SAVED = "plan_saved"


def rule_and_save(
    fields: dict[str, page_choices.Choice], stored: StoredExperiment | None, plan: Plan, planned: Planned,
    source: Source | None, customers: int | None, per_week: float | None,
) -> None:  # fmt: skip
    """Show the rule that will decide, and keep the plan with it."""
    t = session.t()
    key = {name: field.key for name, field in fields.items()}
    to = experiments.bound(planning.PAGE, fields)
    st.subheader(t("plan.rule"), anchor=False)
    st.caption(show.md_escape(t("plan.rule_help")))
    metric = session.widget(key["metric"])
    share = planning.is_share(metric)
    with st.container(border=True):
        left, middle, right = st.columns(3, gap="medium")
        effect = experiments.effect_text(planned.effect, metric)
        with left:
            st.number_input(
                t("plan.target_points") if share else t("plan.target"), **to("target"), value=None, format="%.6g",
                placeholder=effect, help=t("plan.target_help"),
            )  # fmt: skip
            label = t("plan.guardrail_points") if share else t("plan.guardrail")
            st.number_input(label, **to("guardrail"), value=None, format="%.6g", help=t("plan.guardrail_help"))
        with middle:
            st.number_input(t("plan.min_days"), **to("min_days"), value=None, step=1, help=t("plan.min_days_help"))
            st.number_input(t("plan.max_days"), **to("max_days"), value=None, step=1, help=t("plan.max_days_help"))
        with right:
            st.number_input(
                t("plan.per_year"), **to("per_year"), value=None, format="%.6g", help=t("plan.per_year_help")
            )
            if metric in ("proportion", "mean"):
                st.number_input(t("plan.value"), **to("value"), value=None, format="%.6g", help=t("plan.value_help"))
            st.number_input(t("plan.cost"), **to("cost"), value=None, format="%.6g", help=t("plan.cost_help"))
        if not session.widget(key["name"]):
            session.set_widget(key["name"], stored.experiment.name if stored else suggested_name(source))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("plan.name"), **to("name"), max_chars=NAME_LENGTH)
            pressed = st.button(
                t("plan.save") if stored is None else t("plan.save_again"), type="primary", key="plan_save",
                icon=":material/save:",
            )  # fmt: skip
    experiments.keep(planning.PAGE, fields)
    if pressed:
        save(planning.held(fields), stored, plan, source, customers, per_week, planned)
    elif stored is not None and session.kept(_SAVED) == stored.id:
        st.success(show.md_escape(t("plan.saved", name=stored.experiment.name)), icon=":material/check:")
        st.page_link(show.page_path("experiments/split"), icon=":material/arrow_forward:")


def suggested_name(source: Source | None) -> str:
    """Return a name to start from."""
    t = session.t()
    if source is None or source.segment == EVERYBODY:
        return t("plan.name_default")
    return t("plan.name_segment", segment=source.name)[:NAME_LENGTH]


def save(
    typed: dict[str, Any], stored: StoredExperiment | None, plan: Plan, source: Source | None, customers: int | None,
    per_week: float | None, planned: Planned,
) -> None:  # fmt: skip
    """Keep plan and rule in the experiment, or in a new one."""
    t = session.t()
    metric = typed["metric"]
    now = datetime.now(UTC)
    try:
        kept_plan = KeptPlan(
            choices=plan, metric=metric, outcome=(typed["outcome"] or "").strip(), customers=customers,
            per_week=per_week if per_week else None,
        )  # fmt: skip
        if any(typed[name] is not None and typed[name] < 0 for name in ("per_year", "value", "cost")):
            raise AnalysisError("experiment_bad_rule")
        rule = KeptRule(
            rule=planning.rule_of(typed, planned.effect), fixed_at=now,
            customers_per_year=typed["per_year"] or None,
            value_per_unit=1.0 if metric in ("revenue", "ratio") else typed["value"] or None,
            yearly_cost=typed["cost"] or 0.0,
        )  # fmt: skip
        audience = source.audience if source and source.segment != EVERYBODY else None
        name = typed["name"].strip()[:NAME_LENGTH] or t("plan.name_default")

        def change(experiment: Experiment) -> Experiment:
            # The same rule once more keeps the day on which it was fixed.
            old = experiment.rule
            same = old is not None and old.model_copy(update={"fixed_at": now}) == rule
            ruled = experiment if same else with_rule(experiment, rule)
            return ruled.model_copy(update={"name": name, "plan": kept_plan, "audience": audience})

        if stored is None:
            kept = experiments.begin(change(Experiment(name=name)), planning.PAGE)
        else:
            kept = experiments.change(stored, change)
    except AnalysisError as problem:
        show.error(problem)
        return
    session.keep(_SAVED, kept.id)
    st.rerun()
