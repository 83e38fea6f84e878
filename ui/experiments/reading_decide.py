"""The end of the Read page: the decision by the rule, saving the reading, the report, the code."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.charts.experiment.reading import report_charts
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.choices import ReadChoices
from analysis.experiments.decide_experiment import decide_experiment, with_evaluation
from analysis.experiments.evaluate_experiment import (
    EvaluatedExperiment,
    shown_result,
    targeting,
    uses_assignment,
)
from analysis.experiments.reading.decide import Goal
from analysis.experiments.record import Experiment
from analysis.exports.experiment.code import experiment_code
from analysis.exports.experiment.contents import ReadingContents
from ui import bound, session, show
from ui.experiments import reading, reading_inputs, reading_keep, reading_study, reading_views

if TYPE_CHECKING:
    from analysis.experiments.reading.results import MetricResult
    from analysis.workspace.records import StoredExperiment


def view(read: EvaluatedExperiment, stored: StoredExperiment | None) -> None:
    """Show the rule, the decision that follows from it, and the button that keeps the reading."""
    t, chosen = session.t(), read.choices
    fixed = stored.experiment.rule if stored is not None else None
    if fixed is None:
        rule_inputs(chosen, read.found.main.metric.kind)
    else:
        st.caption(f":material/lock: {show.md_escape(t('read.rule_fixed', day=fixed.fixed_at.date()))}")
        _days_input(chosen)
    decided, why = None, ""
    try:
        decided = decide_experiment(read, fixed)
    except AnalysisError as problem:
        show.error(problem)
    if decided is not None:
        reading_views.says(words.prose(words.decision_text(decided, t), t))
        st.caption(show.md_escape(words.rule_text(decided, t)))
        why = st.text_input(
            t("read.why"), max_chars=500, help=t("read.why_help"), **reading_inputs.field("why", chosen.why)
        )
    elif fixed is None and (chosen.rule.target if chosen.rule.goal == "better" else chosen.rule.margin) is None:
        show.empty_state(t("read.no_rule"))

    def with_reading(experiment: Experiment, now: datetime) -> Experiment:
        return with_evaluation(experiment, read, now=now, decided=decided, why=why or "")

    reading_keep.save_button(chosen, stored, with_reading)


def rule_inputs(chosen: ReadChoices, kind: str) -> None:
    """Show the rule to be fixed; effects on shares are typed in percentage points."""
    t = session.t()
    st.caption(show.md_escape(t("read.rule_after")))
    rule, scale = chosen.rule, 100.0 if kind == "proportion" else 1.0
    unit = "points" if kind == "proportion" else "plain"
    with st.grid(min_column_width=220):
        st.segmented_control(
            t("read.rule_goal"), get_args(Goal), format_func=lambda one: t(f"read.rule_goal_{one}"), required=True,
            **reading_inputs.field("rule.goal", rule.goal),
        )  # fmt: skip
        counts = "target" if rule.goal == "better" else "margin"
        value = getattr(rule, counts)
        shown = None if value is None else round(value * scale, 10)
        st.number_input(
            t(f"read.rule_{counts}_{unit}"), value=None, format="%.15g", help=t(f"read.rule_{counts}_help"),
            **bound.one(f"read_rule_{counts}", shown, partial(_take_scaled, counts, scale)),
        )  # fmt: skip
        st.number_input(
            t("read.rule_guardrail_percent"), value=None, format="%.15g", help=t("read.rule_guardrail_help"),
            **reading_inputs.field("rule.guardrail_percent", rule.guardrail_percent),
        )  # fmt: skip
        for field, value in (
            ("customers_per_year", rule.customers_per_year), ("value_per_unit", rule.value_per_unit),
            ("yearly_cost", rule.yearly_cost),
        ):  # fmt: skip
            st.number_input(
                t(f"read.rule_{field}"), value=None, format="%.15g", help=t(f"read.rule_{field}_help"),
                **reading_inputs.field(f"rule.{field}", value),
            )  # fmt: skip
        for field, value in (("min_days", rule.min_days), ("max_days", rule.max_days)):
            st.number_input(
                t(f"read.rule_{field}"), 0, step=1, help=t(f"read.rule_{field}_help"),
                **reading_inputs.field(f"rule.{field}", value),
            )  # fmt: skip
    _days_input(chosen)


def _take_scaled(name: str, scale: float, value: float | None) -> None:
    reading.change_part("rule", **{name: None if value is None else value / scale})


def _days_input(chosen: ReadChoices) -> None:
    t = session.t()
    st.number_input(
        t("read.rule_days"), 0, value=None, step=1, width=280, help=t("read.rule_days_help"),
        **reading_inputs.field("rule.days", chosen.rule.days),
    )  # fmt: skip


def contents(read: EvaluatedExperiment, stored: StoredExperiment | None) -> ReadingContents:
    """Return what the report holds: everything the views show."""
    t, chosen, found = session.t(), read.choices, read.found
    result = shown_result(found, chosen.shown)
    segments = targets = decided = None
    if chosen.columns is not None and chosen.columns.segment is not None and chosen.source != "typed":
        try:
            segments = reading_views.segments_of(read, result)
            targets = targeting(chosen, segments, result)
        except AnalysisError:
            segments = None  # the view says why
    try:
        decided = decide_experiment(read, stored.experiment.rule if stored else None)
    except AnalysisError:
        decided = None  # the view says why
    dates, days = reading_views.running_days(read, result)
    shown = (result.metric.name, result.treatment)
    drawn = report_charts(found, t, segments=segments, targets=targets, dates=dates, days=days, days_of=shown)
    source = words.source_text(chosen, read.read.data.counts, read.read.join, t)
    return ReadingContents(
        reading_keep.name_of(chosen, stored), datetime.now(UTC), tuple(source), found, segments, targets, dates, days,
        shown, decided, drawn, code_of(chosen, result, stored),
    )  # fmt: skip


def code_of(chosen: ReadChoices, result: MetricResult, stored: StoredExperiment | None) -> str:
    """Return the lines that give the same reading."""
    study, columns = None, chosen.columns
    if chosen.source == "study" and stored is not None and columns is not None:
        names = (columns.arm, columns.segment, columns.crossed, columns.cluster)
        study = reading_study.told(names, stored, everyone=chosen.everyone and uses_assignment(chosen))
    return experiment_code(reading.named(chosen), result, study=study)


def take_along(read: EvaluatedExperiment, stored: StoredExperiment | None) -> None:
    """Offer the report as HTML and as a workbook, and the code."""
    t = session.t()
    holds = contents(read, stored)

    def html() -> str:
        from analysis.exports.experiment.report import report_html

        return report_html(holds, t, language=t.language)

    def workbook() -> bytes:
        from analysis.exports.experiment.workbook import reading_workbook

        return reading_workbook(holds, t)

    reading_keep.take_along(holds.name, holds.read_at, html, workbook, holds.code)
