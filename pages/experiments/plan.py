"""Page: plan an experiment, from typed figures or from a segment, and fix the rule before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import amounts_of, shares_of
from analysis.experiments.planning.plan import sample_size
from analysis.experiments.words import prose
from ui import compute, session, show
from ui.experiments import experiments, plan_inputs, plan_rule, plan_views, planning

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles


def main() -> None:
    """Show the page."""
    stored = experiments.picker()
    study, profiles = of_study()
    offered, views = planning.sources(study, profiles)
    features = [*shares_of(profiles), *amounts_of(profiles)] if profiles else []
    fields = planning.choices(offered, features)
    experiments.restore(planning.PAGE, fields)
    top = st.container()
    plan_inputs.controls(fields, offered, profiles)
    with st.expander(t("plan.more"), icon=":material/tune:"):
        plan_inputs.more(fields)
    typed = planning.held(fields)
    experiments.keep(planning.PAGE, fields)
    try:
        from_study = study is not None and profiles is not None and typed["source"] != planning.TYPED
        source = planning.source_of(study, profiles, views, typed["source"], typed) if from_study else None  # pyright: ignore
        plan = planning.plan_of(typed, source)
        planned = sample_size(plan)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        if problem.code == "experiment_needs_orders":
            show.empty_state(t("plan.without_orders"), "data/files")
        return
    customers = source.chosen.n if source else typed["customers"]
    per_week = source.chosen.per_week if source and typed["per_week"] is None else typed["per_week"]
    with top:
        show.answer(prose(plan_views.answer(plan, planned, typed, source, customers, per_week), t))
        show.metrics(plan_views.figures(plan, planned, typed, customers, per_week))
    plan_views.pictures(plan, planned, customers, per_week)
    if source:
        plan_views.segments_table(plan, source, typed)
    plan_rule.rule_and_save(fields, stored, plan, planned, source, customers, per_week)
    show.how_computed(
        "plan.method",
        formula=plan_views.formula_words(plan, planned),
    )
    show.code(plan_views.code_of(plan))


def of_study() -> tuple[compute.LoadedStudy | None, Profiles | None]:
    """Return the open study and its profiles, or nothing: typed figures need no study."""
    if session.study_id() is None:
        return None, None
    try:
        study = compute.study_if_any()
    except AnalysisError as problem:
        session.close_study()
        show.error(problem)
        return None, None
    try:
        return (study, compute.prepared(study).profiles) if study else (None, None)
    except AnalysisError as problem:
        show.error(problem)
        return None, None


t = session.t()
show.page_header(t("plan.title"), t("plan.question"))
main()
show.next_step("experiments/split")
