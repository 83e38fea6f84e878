"""The Read page without a test: before and after, or two groups before and after, from figures or from a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.experiment.changes import change_lines
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.choices import ChangeChoice, ReadChoices
from analysis.experiments.decide_experiment import with_change
from analysis.experiments.evaluate_experiment import (
    ROWS,
    EvaluatedChange,
    change_params,
    change_sides,
    evaluate_change,
    text_of_change,
)
from analysis.experiments.plan_words import refusal
from analysis.experiments.reading.changes import MAX_STEPS
from analysis.experiments.rows.table import STUDY, join_study, type_rows
from analysis.exports.experiment.change import (
    ChangeContents,
    change_html,
    change_workbook,
    side_rows,
    step_rows,
    step_text,
)
from analysis.exports.experiment.code import change_code, typed_change_code
from ui import bound, compute, session, show
from ui.experiments import experiments, reading, reading_keep, reading_study

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

_NONE = ""


@dataclass(frozen=True)
class Values:
    """What a column holds: dates (first and last), numbers, or labels; more than ``MAX_STEPS`` of these are cut off."""

    kind: str
    values: tuple[Any, ...]


def show_change(chosen: ReadChoices, stored: StoredExperiment | None) -> None:
    """Show what changed: weaker evidence and why, how it went over time, the sides compared."""
    t = session.t()
    is_typed = chosen.source == "typed"
    if is_typed and all(arm.n is None for arm in chosen.arms[: ROWS[chosen.design]]):
        show.empty_state(t("read.nothing_typed"))
        return
    try:
        with st.spinner(t("app.working")):
            found = read(stored, chosen)
            holds = contents(found, stored)
    except AnalysisError as problem:
        if problem.code == "experiment_change_unfinished":
            show.empty_state(t(f"error.{problem.code}"))
        else:
            show.error(refusal(problem, t))
        return
    for sentence in holds.weaker(t):
        st.warning(show.md_escape(sentence), icon=":material/info:")
    show.answer(holds.answer(t))
    if not is_typed:
        st.caption(show.md_escape(words.prose(holds.source, t)))
    if holds.steps is not None:
        data = step_rows(holds.steps, holds.kind, t)
        for key, chart in holds.charts.items():
            show.chart(chart, t(f"read.{key}"), name="read_change", data=data, of_study=False)
    show.table(side_rows(holds.cells, holds.kind, t), alt=t("read.change_sides"), name="read_change_sides")
    st.caption(show.md_escape(t("read.change_no_rule")))
    reading_keep.save_button(
        chosen, stored, lambda experiment, now: with_change(experiment, found, metric=holds.metric, now=now)
    )
    st.divider()
    reading_keep.take_along(
        holds.name, holds.read_at, lambda: change_html(holds, t, language=t.language),
        lambda: change_workbook(holds, t), holds.code,
    )  # fmt: skip
    show.how_computed("read.method_text")


def contents(found: EvaluatedChange, stored: StoredExperiment | None) -> ChangeContents:
    """Return what is shown and taken along of a change."""
    t, chosen, params, change = session.t(), found.choices, found.params, found.change
    name, now = reading_keep.name_of(chosen, stored), datetime.now(UTC)
    if params is None or change is None:
        source = (t("read.from_typed", n=sum(cell.n for cell in found.cells)),)
        code = typed_change_code(change_sides(chosen), alpha=chosen.how.alpha)
        return ChangeContents(
            name, now, chosen.design, reading.named(chosen).outcome, chosen.metric, found.reading, found.cells, source,
            code=code,
        )  # fmt: skip
    charts = {}
    if not change.steps.empty:
        charts["change_alt"] = change_lines(
            change.steps, params.written, t, metric=params.outcome, groups=params.group is not None
        )
    source = tuple(words.source_text(chosen, change.counts, found.join, t))
    return ChangeContents(
        name, now, chosen.design, params.outcome, params.written, found.reading, found.cells, source, change.steps,
        charts, _code(found, stored),
    )  # fmt: skip


def columns(chosen: ReadChoices, stored: StoredExperiment | None) -> None:
    """Show which column is what was measured, the time, the customer and the group."""
    assert chosen.table is not None
    t = session.t()
    names = list(chosen.table.columns)
    now = chosen.change
    with st.grid(min_column_width=220):
        _choice("outcome", now.outcome, names)
        _choice("kind", now.kind, ["mean", "proportion"], lambda one: t(f"read.kind_{one}"), needed=True)
        _choice("when", now.when, names)
        if now.when is not None:
            _since(now, values(stored, chosen, now.when))
        _choice("unit", now.unit, names)
        if chosen.design == "differences":
            added = reading_study.columns(stored) if chosen.source == "study" else {}
            _choice("group", now.group, [*names, *added], lambda one: added.get(one) or one or t("read.none"))
            if now.group is not None:
                _treated(now, stored, chosen)


def _treated(now: ChangeChoice, stored: StoredExperiment | None, chosen: ReadChoices) -> None:
    t = session.t()
    try:
        found = values(stored, chosen, now.group or "")
    except AnalysisError as problem:
        show.error(problem)
        return
    known = reading_study.level_names((now.group,)) if chosen.source == "study" else {}
    options = [step_text(value) for value in found.values]
    _choice("treated", now.treated, options, lambda one: known.get(one) or one or t("read.none"))


def read(stored: StoredExperiment | None, chosen: ReadChoices) -> EvaluatedChange:
    """Return the change that the choices describe; AnalysisError says what is missing or wrong."""
    if chosen.source == "typed":
        return evaluate_change(chosen)
    if stored is None or chosen.table is None:
        raise AnalysisError("experiment_no_table")
    digest, params = chosen.table.digest, change_params(chosen)

    def compute_it() -> EvaluatedChange:
        customers = reading_study.customers((params.group,), stored) if chosen.source == "study" else None
        return evaluate_change(chosen, experiments.table(stored, digest), customers=customers)

    key = f"{digest} {params.model_dump_json()} {chosen.how.alpha} {chosen.source}"
    if chosen.source == "study":
        key += f" {reading_study.version(stored)}"
    return replace(compute.experiment("change", key, compute_it), choices=chosen)


def values(stored: StoredExperiment | None, chosen: ReadChoices, column: str) -> Values:
    """Return what a column holds: of the table, or of the study for the customers of the table."""
    assert chosen.table is not None and stored is not None
    digest, unit = chosen.table.digest, chosen.change.unit
    of_study = chosen.source == "study" and column.startswith(STUDY)

    def compute_it() -> Values:
        rows = experiments.table(stored, digest)
        if of_study:
            if unit is None:
                raise AnalysisError("experiment_no_unit_chosen")
            ids = type_rows(rows.select([unit]), text=[unit])
            cells = join_study(ids, unit, reading_study.customers((column,), stored)).rows.column(column)
        else:
            cells = type_rows(rows.select([column])).column(column)
        found = sorted({cell for cell in cells.to_pylist() if cell is not None})
        if found and isinstance(found[0], date):
            return Values("date", (found[0], found[-1]))
        return Values("number" if found and isinstance(found[0], float) else "label", tuple(found[:MAX_STEPS]))

    key = f"{digest} {column}" + (f" {unit} {reading_study.version(stored)}" if of_study else "")
    return compute.experiment("values", key, compute_it)


def _choice(field: str, value: Any, options: list[str], word: Any = None, *, needed: bool = False) -> None:
    t = session.t()
    offered = options if needed else [_NONE, *options]
    shown = value if value in offered else offered[0]
    st.selectbox(
        t(f"read.change_{field}"), offered, format_func=word or (lambda one: one or t("read.none")),
        help=t(f"read.change_{field}_help"), **bound.one(f"read_change_{field}", shown, partial(_take, field)),
    )  # fmt: skip


def _since(now: ChangeChoice, found: Values) -> None:
    t = session.t()
    if found.kind != "date":
        _choice("since", now.since, [step_text(value) for value in found.values])
        return
    low, high = found.values
    known = _day(now.since)
    shown = known if known is not None and low <= known <= high else None
    st.date_input(
        t("read.change_since"), None, low, high, format="YYYY-MM-DD", help=t("read.change_since_help"),
        **bound.one("read_change_since", shown, partial(_take, "since")),
    )  # fmt: skip


def _take(field: str, value: Any) -> None:
    value = value.isoformat() if isinstance(value, date) else value or None
    also = {"when": {"since": None}, "group": {"treated": None}}.get(field, {})
    reading.change_part("change", **{field: value}, **also)


def _code(found: EvaluatedChange, stored: StoredExperiment | None) -> str:
    chosen, params = found.choices, found.params
    assert chosen.table is not None and params is not None and stored is not None
    study = reading_study.told((params.group,), stored) if chosen.source == "study" else None
    text = text_of_change(params)
    return change_code(params, file=chosen.table.file, text=text, alpha=chosen.how.alpha, study=study)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
