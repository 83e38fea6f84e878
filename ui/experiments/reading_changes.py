"""The Read page without a test: before and after, or two groups before and after, from figures or from a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.experiment.changes import change_lines
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.reading.changes import MAX_STEPS, Change, ChangeParams, cells_of, read_change
from analysis.experiments.reading.quasi import compare_before_after, difference_in_differences
from analysis.experiments.record import Experiment, KeptComparison, KeptReading
from analysis.experiments.rows.table import STUDY, Joined, type_rows
from analysis.exports.code import change_code, typed_change_code
from analysis.exports.experiment.change import (
    ChangeContents,
    change_html,
    change_workbook,
    side_rows,
    step_rows,
    step_text,
)
from analysis.notes import Note
from ui import compute, session, show
from ui.experiments import experiments, reading, reading_keep, reading_study

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.arms.result import Reading
    from analysis.workspace.records import StoredExperiment

_NONE = ""


@dataclass(frozen=True)
class Values:
    """What a column holds: dates (first and last), numbers, or labels; more than ``MAX_STEPS`` of these are cut off."""

    kind: str
    values: tuple[Any, ...]


def typed(chosen: reading.ReadingChoices, stored: StoredExperiment | None) -> None:
    """Show what figures typed in say: weaker evidence, and why."""
    t = session.t()
    rows = chosen.arms[: reading.ROWS[chosen.design]]
    if all(arm.n is None for arm in rows):
        show.empty_state(t("read.nothing_typed"))
        return
    try:
        sides = [reading.arm_statistic(arm, chosen.metric, place) for place, arm in enumerate(rows)]
        if chosen.design == "before_after":
            found = compare_before_after(sides[0], sides[1], alpha=chosen.how.alpha)
        else:
            found = difference_in_differences(*sides, alpha=chosen.how.alpha)
    except AnalysisError as problem:
        show.error(problem)
        return
    cells = cells_of(sides)
    holds = ChangeContents(
        reading_keep.name_of(chosen, stored), datetime.now(UTC), chosen.design,
        chosen.outcome.strip() or t(f"read.outcome_{chosen.metric}"), chosen.metric, found, cells,
        (t("read.from_typed", n=sum(cell.n for cell in cells)),),
        code=typed_change_code(sides, alpha=chosen.how.alpha),
    )  # fmt: skip
    _said(holds)
    _end(chosen, stored, holds, None)


def table(chosen: reading.ReadingChoices, stored: StoredExperiment | None) -> None:
    """Show what a table says: the change, how it went over time, the sides compared."""
    t = session.t()
    try:
        params = params_of(chosen)
        with st.spinner(t("app.working")):
            found, join = read(stored, chosen, params)
    except AnalysisError as problem:
        if problem.code == "experiment_change_unfinished":
            show.empty_state(t(f"error.{problem.code}"))
        else:
            show.error(problem)
        return
    assert stored is not None
    charts = {}
    if not found.steps.empty:
        charts["change_alt"] = change_lines(
            found.steps, params.kind, t, metric=params.outcome, groups=params.group is not None
        )
    holds = ChangeContents(
        stored.experiment.name, datetime.now(UTC), chosen.design, params.outcome, params.kind,
        _reading(found, params, stored), found.cells, tuple(sentences(chosen, found, join)), found.steps, charts,
        _code(chosen, params, stored),
    )  # fmt: skip
    _said(holds)
    st.caption(show.md_escape(words.prose(holds.source, t)))
    for key, chart in charts.items():
        data = step_rows(found.steps, params.kind, t)
        show.chart(chart, t(f"read.{key}"), name="read_change", data=data)
    _end(chosen, stored, holds, params)


def _end(
    chosen: reading.ReadingChoices, stored: StoredExperiment | None, holds: ChangeContents, params: ChangeParams | None
) -> None:
    """Show the sides compared, keep the reading, take it along."""
    t = session.t()
    show.table(side_rows(holds.cells, holds.kind, t), alt=t("read.change_sides"), name="read_change_sides")
    found = holds.reading
    comparison = KeptComparison(
        metric=holds.metric, arm=(params and params.treated) or "", n_arm=found.n_treatment,
        n_control=found.n_control, value_arm=found.treatment, value_control=found.control, absolute=found.absolute,
        relative=found.relative, p=found.test.p, test=found.test.convention,
    )  # fmt: skip
    st.caption(show.md_escape(t("read.change_no_rule")))

    def kept() -> tuple[KeptReading, Callable[[Experiment], Experiment]]:
        return reading_keep.kept_reading(chosen, [comparison], found.notes, columns=params), lambda same: same

    reading_keep.save_button(chosen, stored, kept)
    st.divider()
    reading_keep.take_along(
        holds.name, holds.read_at, lambda: change_html(holds, t, language=t.language),
        lambda: change_workbook(holds, t), holds.code,
    )  # fmt: skip
    show.how_computed("read.method_text")


def columns(chosen: reading.ReadingChoices, stored: StoredExperiment | None) -> None:
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


def _treated(now: reading.ChangeChoice, stored: StoredExperiment | None, chosen: reading.ReadingChoices) -> None:
    t = session.t()
    try:
        found = values(stored, chosen, now.group or "")
    except AnalysisError as problem:
        show.error(problem)
        return
    known = reading_study.level_names((now.group,)) if chosen.source == "study" else {}
    options = [step_text(value) for value in found.values]
    _choice("treated", now.treated, options, lambda one: known.get(one) or one or t("read.none"))


def params_of(chosen: reading.ReadingChoices) -> ChangeParams:
    """Return what is compared; ``experiment_change_unfinished`` while something is not chosen."""
    now, two = chosen.change, chosen.design == "differences"
    if now.outcome is None or now.when is None or now.since is None or (two and None in (now.group, now.treated)):
        raise AnalysisError("experiment_change_unfinished")
    return ChangeParams(
        outcome=now.outcome, kind=now.kind, when=now.when, since=now.since, unit=now.unit,
        group=now.group if two else None, treated=now.treated if two else None,
    )  # fmt: skip


def read(
    stored: StoredExperiment | None, chosen: reading.ReadingChoices, params: ChangeParams
) -> tuple[Change, Joined | None]:
    """Return the change that the choices describe, and how the table met the study."""
    if stored is None or chosen.table is None:
        raise AnalysisError("experiment_no_table")
    digest = chosen.table.digest

    def compute_it() -> tuple[Change, Joined | None]:
        rows = _rows(experiments.table(stored, digest), params)
        join = reading_study.joined(rows, params.unit, (params.group,), stored) if chosen.source == "study" else None
        return read_change(rows if join is None else join.rows, params, alpha=chosen.how.alpha), join

    key = f"{digest} {params.model_dump_json()} {chosen.how.alpha} {chosen.source}"
    if chosen.source == "study":
        key += f" {reading_study.version(stored)}"
    return compute.experiment("change", key, compute_it)


def values(stored: StoredExperiment | None, chosen: reading.ReadingChoices, column: str) -> Values:
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
            cells = reading_study.joined(ids, unit, (column,), stored).rows.column(column)
        else:
            cells = type_rows(rows.select([column])).column(column)
        found = sorted({cell for cell in cells.to_pylist() if cell is not None})
        if found and isinstance(found[0], date):
            return Values("date", (found[0], found[-1]))
        return Values("number" if found and isinstance(found[0], float) else "label", tuple(found[:MAX_STEPS]))

    key = f"{digest} {column}" + (f" {unit} {reading_study.version(stored)}" if of_study else "")
    return compute.experiment("values", key, compute_it)


def sentences(chosen: reading.ReadingChoices, found: Change, join: Joined | None) -> list[str]:
    """Say how many rows were read and kept, and what was set aside and why."""
    t = session.t()
    assert chosen.table is not None
    counts = found.counts
    gone = ("no_time", "no_group", "no_unit", "no_value", "in_two_groups")
    return [
        t("read.from_table", file=chosen.table.file, read=counts.read, kept=counts.kept),
        *(t(f"read.gone_{name}", n=n) for name in gone if (n := getattr(counts, name))),
        *([] if join is None else [t("read.joined", known=join.known, unknown=join.unknown)]),
    ]


def _said(holds: ChangeContents) -> None:
    t = session.t()
    for sentence in holds.weaker(t):
        st.warning(show.md_escape(sentence), icon=":material/info:")
    show.answer(holds.answer(t))


def _reading(found: Change, params: ChangeParams, stored: StoredExperiment) -> Reading:
    """Return the reading, with a remark where the groups are segments, which were formed of what customers did."""
    if params.group is None or not params.group.startswith(STUDY) or params.group == STUDY + "arm":
        return found.reading
    note = Note("experiment_segment_of_today", {}, "check")
    return replace(found.reading, notes=(*found.reading.notes, note))


def _choice(field: str, value: Any, options: list[str], word: Any = None, *, needed: bool = False) -> None:
    t = session.t()
    key = f"read_change_{field}"
    offered = options if needed else [_NONE, *options]
    session.set_widget(key, value if value in offered else offered[0])
    st.selectbox(
        t(f"read.change_{field}"), offered, key=key, on_change=_take, args=(field, key),
        format_func=word or (lambda one: one or t("read.none")), help=t(f"read.change_{field}_help"),
    )  # fmt: skip


def _since(now: reading.ChangeChoice, found: Values) -> None:
    t = session.t()
    key = "read_change_since"
    if found.kind != "date":
        _choice("since", now.since, [step_text(value) for value in found.values])
        return
    low, high = found.values
    known = _day(now.since)
    session.set_widget(key, known if known is not None and low <= known <= high else None)
    st.date_input(
        t("read.change_since"), None, low, high, key=key, on_change=_take, args=("since", key), format="YYYY-MM-DD",
        help=t("read.change_since_help"),
    )  # fmt: skip


def _take(field: str, key: str) -> None:
    value = session.widget(key)
    value = value.isoformat() if isinstance(value, date) else value or None
    also = {"when": {"since": None}, "group": {"treated": None}}.get(field, {})
    reading.change_part("change", **{field: value}, **also)


def _rows(rows: pa.Table, params: ChangeParams) -> pa.Table:
    wanted = {params.outcome, params.when, params.unit, params.group} - {None}
    for name in sorted(str(name) for name in wanted):
        if name not in rows.column_names and not name.startswith(STUDY):
            raise AnalysisError("experiment_unknown_column", column=name)
    return type_rows(rows.select([name for name in rows.column_names if name in wanted]), text=_text(params))


def _text(params: ChangeParams) -> list[str]:
    apart = (params.outcome, params.when)
    return [
        name for name in (params.unit, params.group)
        if name is not None and name not in apart and not name.startswith(STUDY)
    ]  # fmt: skip


def _code(chosen: reading.ReadingChoices, params: ChangeParams, stored: StoredExperiment) -> str:
    assert chosen.table is not None
    study = reading_study.told((params.group,), stored) if chosen.source == "study" else None
    return change_code(params, file=chosen.table.file, text=_text(params), alpha=chosen.how.alpha, study=study)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
