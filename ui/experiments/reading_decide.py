"""The end of the Read page: the decision by the rule, saving the reading, the report, the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.experiment.reading import report_charts
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.reading.decide import Decision, Rule, decide
from analysis.experiments.reading.evaluate import wanted
from analysis.experiments.record import (
    Experiment,
    KeptComparison,
    KeptDecision,
    KeptReading,
    KeptRule,
    with_rule,
)
from analysis.experiments.rows.table import STUDY
from analysis.exports.experiment.contents import DecisionSaid, ReadingContents, decision_text
from ui import session, show
from ui.experiments import reading, reading_inputs, reading_keep, reading_study, reading_views

if TYPE_CHECKING:
    from analysis.experiments.reading.evaluate import Evaluation
    from analysis.experiments.reading.results import MetricResult
    from analysis.workspace.records import StoredExperiment


def view(
    chosen: reading.ReadingChoices, found: Evaluation, read: reading.Read, stored: StoredExperiment | None
) -> None:
    """Show the rule, the decision that follows from it, and the button that keeps the reading."""
    t = session.t()
    fixed = stored.experiment.rule if stored is not None else None
    if fixed is None:
        rule_inputs(chosen, found.main.metric.kind)
    else:
        st.caption(f":material/lock: {show.md_escape(t('read.rule_fixed', day=fixed.fixed_at.date()))}")
        _days_input(chosen)
    said = None
    try:
        said = decision(chosen, found, read, fixed)
    except AnalysisError as problem:
        show.error(problem)
    if said is not None:
        reading_views.says(words.prose(decision_text(said, t), t))
        st.caption(show.md_escape(said.rule))
    elif chosen.rule.target is None and fixed is None:
        show.empty_state(t("read.no_rule"))
    why = ""
    if said is not None:
        why = reading_inputs.bound(
            st.text_input, "why", t("read.why"), chosen.why, max_chars=500, help=t("read.why_help")
        )  # fmt: skip

    def kept() -> tuple[KeptReading, Callable[[Experiment], Experiment]]:
        return kept_with_decision(chosen, found, read, said, fixed, why)

    reading_keep.save_button(chosen, stored, kept)


def rule_inputs(chosen: reading.ReadingChoices, kind: str) -> None:
    """Show the rule to be fixed; effects on shares are typed in percentage points."""
    t = session.t()
    st.caption(show.md_escape(t("read.rule_after")))
    rule, scale = chosen.rule, 100.0 if kind == "proportion" else 1.0
    unit = "points" if kind == "proportion" else "plain"
    with st.grid(min_column_width=220):
        for field, value in (("target", rule.target), ("guardrail", rule.guardrail)):
            key = f"read_rule_{field}"
            session.set_widget(key, None if value is None else round(value * scale, 10))
            st.number_input(
                t(f"read.rule_{field}_{unit}"), key=key, value=None, format="%.15g", on_change=_take_scaled,
                args=(field, key, scale), help=t(f"read.rule_{field}_help"),
            )  # fmt: skip
        for field, value in (
            ("customers_per_year", rule.customers_per_year), ("value_per_unit", rule.value_per_unit),
            ("yearly_cost", rule.yearly_cost),
        ):  # fmt: skip
            reading_inputs.bound(
                st.number_input, f"rule.{field}", t(f"read.rule_{field}"), value, format="%.15g",
                help=t(f"read.rule_{field}_help"),
            )  # fmt: skip
        for field, value in (("min_days", rule.min_days), ("max_days", rule.max_days)):
            reading_inputs.bound(
                st.number_input, f"rule.{field}", t(f"read.rule_{field}"), value, min_value=0, step=1,
                help=t(f"read.rule_{field}_help"),
            )  # fmt: skip
    _days_input(chosen)


def _take_scaled(field: str, key: str, scale: float) -> None:
    value = session.widget(key)
    reading.change_part("rule", **{field: None if value is None and field == "target" else (value or 0.0) / scale})


def _days_input(chosen: reading.ReadingChoices) -> None:
    t = session.t()
    reading_inputs.bound(
        st.number_input, "rule.days", t("read.rule_days"), chosen.rule.days, min_value=0, step=1, width=280,
        help=t("read.rule_days_help"),
    )  # fmt: skip


def decision(
    chosen: reading.ReadingChoices, found: Evaluation, read: reading.Read, fixed: KeptRule | None
) -> DecisionSaid | None:
    """Return what the rule says of the main goal; None while there is no target.

    The interval is that of all goals together, and before the last day the always-valid one.

    Raises
    ------
    AnalysisError
        ``experiment_bad_rule``, ``experiment_open_interval``.
    """
    t = session.t()
    page = chosen.rule
    if fixed is not None:
        rule, money = fixed.rule, (fixed.customers_per_year, fixed.value_per_unit, fixed.yearly_cost)
    elif page.target is not None:
        rule = Rule(target=page.target, guardrail=page.guardrail, min_days=page.min_days, max_days=page.max_days)
        money = (page.customers_per_year, page.value_per_unit, page.yearly_cost)
    else:
        return None
    main = found.main
    days = days_run(chosen, read)
    effect, by = main.simultaneous, "read.rule_by_fixed"
    early = found.always.get((main.metric.name, main.treatment))
    if days < rule.max_days and early is not None:
        effect, by = early[0], "read.rule_by_always"
    guards = [
        wanted(result.reading.absolute, result.metric.higher_is_better)
        for result in found.results
        if result.metric.role == "guardrail" and result.treatment == main.treatment
    ]
    done = decide(
        wanted(effect, main.metric.higher_is_better), rule, days=days, guardrails=guards, health=found.health,
        customers_per_year=money[0], value_per_unit=money[1], yearly_cost=money[2],
    )  # fmt: skip
    said = t(
        "read.rule_said",
        target=words.effect_text(rule.target, main.metric.kind, t),
        guardrail=words.effect_text(rule.guardrail, main.metric.kind, t).lstrip("+"),
        min_days=rule.min_days,
        max_days=rule.max_days,
        days=days,
    )
    return DecisionSaid(done, main.treatment, main.metric.name, words.prose([said, t(by)], t))


def days_run(chosen: reading.ReadingChoices, read: reading.Read) -> int:
    """Return how many days the test has run: as typed, else from the first to the last day of the table, else none."""
    if chosen.rule.days is not None:
        return chosen.rule.days
    known = read.data.days["day"].dropna() if "day" in read.data.days else None
    if known is None or known.empty:
        return 0
    return int((known.max() - known.min()).days) + 1


def kept_with_decision(
    chosen: reading.ReadingChoices,
    found: Evaluation,
    read: reading.Read,
    said: DecisionSaid | None,
    fixed: KeptRule | None,
    why: str,
) -> tuple[KeptReading, Callable[[Experiment], Experiment]]:
    """Return the reading as it is kept, and what gives an experiment the rule and what it decides."""
    kept = reading_keep.kept_reading(
        chosen, [_comparison(result, found.control) for result in found.results], (*found.health, *found.notes),
        columns=chosen.columns, days=days_run(chosen, read) or None,
    )  # fmt: skip

    def changed(experiment: Experiment) -> Experiment:
        if fixed is None and said is not None and not experiment.readings:
            experiment = with_rule(experiment, _kept_rule(chosen.rule, kept.read_at))
        if said is None:
            return experiment
        return experiment.model_copy(update={"decision": _kept_decision(said, kept.read_at, why)})

    return kept, changed


def _kept_rule(page: reading.RuleChoice, now: datetime) -> KeptRule:
    rule = Rule(target=page.target or 0.0, guardrail=page.guardrail, min_days=page.min_days, max_days=page.max_days)
    return KeptRule(
        rule=rule, fixed_at=now, customers_per_year=page.customers_per_year, value_per_unit=page.value_per_unit,
        yearly_cost=page.yearly_cost,
    )  # fmt: skip


def _kept_decision(said: DecisionSaid, now: datetime, why: str) -> KeptDecision:
    done: Decision = said.decision
    return KeptDecision(
        verdict=done.verdict, by_rule=done.verdict, reason=done.reason, arm=said.treatment, decided_at=now, read_at=now,
        yearly=done.yearly, why=why,
    )  # fmt: skip


def _comparison(result: MetricResult, control: str) -> KeptComparison:
    one = result.reading
    return KeptComparison(
        metric=result.metric.name, role=result.metric.role, arm=result.treatment, control=control,
        n_arm=one.n_treatment, n_control=one.n_control, value_arm=one.treatment, value_control=one.control,
        absolute=one.absolute, relative=one.relative, p=one.test.p, p_adjusted=result.p_corrected,
        test=one.test.convention,
    )  # fmt: skip


def source_sentences(chosen: reading.ReadingChoices, read: reading.Read) -> list[str]:
    """Say where the figures come from, how many rows were read and kept, and what was set aside and why."""
    t = session.t()
    if chosen.source == "typed":
        return [t("read.from_typed", n=sum(read.data.sizes().values()))]
    assert chosen.table is not None
    counts = read.data.counts
    sentences = [t("read.from_table", file=chosen.table.file, read=counts.read, kept=counts.kept)]
    gone = ("no_arm", "no_unit", "outside_dates", "in_two_arms")
    sentences += [t(f"read.gone_{name}", n=n) for name in gone if (n := getattr(counts, name))]
    if read.join is not None:
        sentences.append(t("read.joined", known=read.join.known, unknown=read.join.unknown))
        if read.join.added:
            sentences.append(t("read.joined_added", n=read.join.added))
    return sentences


def contents(
    chosen: reading.ReadingChoices, found: Evaluation, read: reading.Read, stored: StoredExperiment | None
) -> ReadingContents:
    """Return what the report holds: everything the views show."""
    t = session.t()
    result = reading_views.shown_result(chosen, found)
    segments = targets = said = None
    if chosen.columns is not None and chosen.columns.segment is not None and chosen.source != "typed":
        try:
            segments = reading_views.segments_of(chosen, found, read)
            targets = reading_views.targets_of(chosen, segments, result)
        except AnalysisError:
            segments = None  # the view says why
    try:
        said = decision(chosen, found, read, stored.experiment.rule if stored else None)
    except AnalysisError:
        said = None
    dates, days = reading_views.running_days(chosen, read, result)
    drawn = report_charts(
        found, t, segments=segments, targets=targets, dates=dates, days=days,
        days_of=(result.metric.name, result.treatment),
    )  # fmt: skip
    return ReadingContents(
        reading_keep.name_of(chosen, stored), datetime.now(UTC), tuple(source_sentences(chosen, read)), found,
        segments, targets, dates, days,
        (result.metric.name, result.treatment), said, drawn, code_of(chosen, result, stored),
    )  # fmt: skip


def code_of(chosen: reading.ReadingChoices, result: MetricResult, stored: StoredExperiment | None) -> str:
    """Return the lines that give the same reading."""
    from analysis.exports.code import reading_code

    t = session.t()
    if chosen.source == "typed":
        arms = {arm.name: reading.arm_statistic(arm, chosen.metric, i) for i, arm in enumerate(chosen.arms)}
        name = chosen.outcome.strip() or t(f"read.outcome_{chosen.metric}")
        return reading_code(how=chosen.how, typed=arms, metric=name)
    columns, table = chosen.columns, chosen.table
    if columns is None or table is None:
        return ""
    segment = (result.metric.name, result.treatment) if columns.segment else None
    study = None
    if chosen.source == "study" and stored is not None:
        names = (columns.arm, columns.segment, columns.crossed)
        study = reading_study.told(names, stored, everyone=chosen.everyone and columns.arm == STUDY + "arm")
    return reading_code(columns=columns, how=chosen.how, file=table.file, segment=segment, study=study)


def take_along(
    chosen: reading.ReadingChoices, found: Evaluation, read: reading.Read, stored: StoredExperiment | None
) -> None:
    """Offer the report as HTML and as a workbook, and the code."""
    t = session.t()
    holds = contents(chosen, found, read, stored)

    def html() -> str:
        from analysis.exports.experiment.report import report_html

        return report_html(holds, t, language=t.language)

    def workbook() -> bytes:
        from analysis.exports.experiment.workbook import reading_workbook

        return reading_workbook(holds, t)

    reading_keep.take_along(holds.name, holds.read_at, html, workbook, holds.code)
