"""Page: segments by rules."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.by_rule.starters import starter_rules
from analysis.segments.params import RulesParams
from ui import compute, session, show
from ui.segments import rule_editor, screen, segments
from ui.segments.methods import rule_coverage


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = study.recipe.plan("rules")
    if plan is None:
        params = RulesParams(rules=starter_rules(profiles, study.recipe.goal))
        study = segments.take_up(study, segments.plan_of(study, "rules").model_copy(update={"params": params}))
        plan = segments.plan_of(study, "rules")
    rules: Any = plan.params
    try:
        with st.spinner(t("rules.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(segments.feature_in_words(problem, profiles))
        rule_editor.editor(rules, profiles, None)
        return
    view = segments.shown(result, edited, profiles, "rules")
    segments.answer(result, view)
    focus = screen.looked_at(study, profiles, plan, view)
    segments.segment_bars(view, name="rules_bars", focus=focus)
    segments.notes((*result.notes, *edited.notes), view)
    views = screen.usual(study, profiles, view, focus, lambda: rule_coverage.also(result, view))
    views.pop("sizes", None)  # they stand above
    views = {"rules": lambda: rule_editor.editor(rules, profiles, result)} | views
    screen.closer(view, views | {"coverage": lambda: rule_coverage.coverage(result, view)})
    show.how_computed("rules.method")
    segments.code(study, "rules")


segments.begin("rules")
t = session.t()
main()
show.next_step("segments/compare")
