"""Page: plan an experiment, from typed figures or from a segment, and fix the rule before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.plan_experiment import plan_experiment
from analysis.experiments.plan_words import formula_text, plan_answer, refusal
from analysis.experiments.planning.outlook import amounts_of, shares_of
from analysis.experiments.split_experiment import clusterable
from analysis.experiments.words import prose
from analysis.exports.experiment.code import plan_code
from analysis.predict.churn.definition import some_left
from analysis.profiles.words import feature_names
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
    by = clusterable(profiles) if profiles else []
    start = planning.first(study, profiles, offered)
    bind = experiments.bind(planning.PAGE, planning.fields(start, offered, features, [one.key for one in by]))
    top = st.container()
    plan_inputs.controls(bind, offered, profiles, has_orders=study is not None and planning.has_orders(study))
    with st.expander(t("plan.more"), icon=":material/tune:", key="plan_more", on_change="rerun") as more:
        if more.open:  # a dozen fields that hold whether they are drawn or not
            plan_inputs.more(bind, feature_names(by, t), some_left=profiles is not None and some_left(profiles))
    chosen = planning.choices(bind)
    try:
        source = planning.source_of(study, profiles, views, chosen)
        found = plan_experiment(chosen, source)
    except AnalysisError as problem:
        with top:
            (show.hint if problem.code.startswith("experiment_segment_too_small") else show.error)(refusal(problem, t))
        if problem.code == "experiment_needs_orders":
            show.empty_state(t("plan.without_orders"), "data/files")
        return
    with top:
        show.answer(prose(plan_answer(found, t), t))
        plan_rule.name_and_save(bind, stored, found)
        show.metrics(plan_views.figures(found))
    plan_rule.rule(bind, found)
    plan_views.pictures(found)
    if source:
        plan_views.segments_table(found, source)
    show.how_computed("plan.method", formula=formula_text(found, t))
    show.code(plan_code(chosen, found.plan))


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
show.page_header(t("plan.title"), hint=t("plan.question"))
main()
show.next_step("experiments/split")
