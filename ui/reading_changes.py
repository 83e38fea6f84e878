"""The Read page without a test: before and after, or two groups before and after, from figures or from a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.changes import change_lines
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.changes import MAX_STEPS, Change, ChangeParams, read_change
from analysis.experiments.quasi import compare_before_after, difference_in_differences
from analysis.experiments.table import type_rows
from ui import compute, experiments, reading, session, show

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analysis.experiments.result import Reading
    from analysis.workspace.records import StoredExperiment

_NONE = ""


@dataclass(frozen=True)
class Values:
    """What a column holds: dates (first and last), numbers, or labels; more than ``MAX_STEPS`` of these are cut off."""

    kind: str
    values: tuple[Any, ...]


def typed(chosen: reading.ReadingChoices) -> None:
    """Show what figures typed in say: weaker evidence, and why."""
    t = session.t()
    rows = chosen.arms[: reading.ROWS[chosen.design]]
    if all(arm.n is None for arm in rows):
        show.empty_state(t("read.nothing_typed"))
        return
    try:
        arms = [reading.arm_statistic(arm, chosen.metric, place) for place, arm in enumerate(rows)]
        if chosen.design == "before_after":
            found = compare_before_after(arms[0], arms[1], alpha=chosen.how.alpha)
        else:
            found = difference_in_differences(*arms, alpha=chosen.how.alpha)
    except AnalysisError as problem:
        show.error(problem)
        return
    _said(chosen, found, chosen.metric, chosen.outcome.strip() or t(f"read.outcome_{chosen.metric}"))
    show.how_computed("read.method_text")


def table(chosen: reading.ReadingChoices, stored: StoredExperiment | None) -> None:
    """Show what a table says: the change, how it went over time, the sides compared."""
    t = session.t()
    try:
        params = params_of(chosen)
        with st.spinner(t("app.working")):
            found = read(stored, chosen, params)
    except AnalysisError as problem:
        if problem.code == "experiment_change_unfinished":
            show.empty_state(t(f"error.{problem.code}"))
        else:
            show.error(problem)
        return
    _said(chosen, found.reading, params.kind, params.outcome)
    st.caption(show.md_escape(words.prose(sentences(chosen, found), t)))
    if not found.steps.empty:
        chart = change_lines(found.steps, params.kind, t, metric=params.outcome, groups=params.group is not None)
        show.chart(chart, t("read.change_alt"), name="read_change", data=_step_words(found, params.kind))
    show.table(_cell_words(found, params.kind), alt=t("read.change_sides"), name="read_change_sides")
    show.how_computed("read.method_text")
    show.code(_code(chosen, params))


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
            _choice("group", now.group, names)
            if now.group is not None:
                found = values(stored, chosen, now.group)
                _choice("treated", now.treated, [_word(value) for value in found.values])


def params_of(chosen: reading.ReadingChoices) -> ChangeParams:
    """Return what is compared; ``experiment_change_unfinished`` while something is not chosen."""
    now, two = chosen.change, chosen.design == "differences"
    if now.outcome is None or now.when is None or now.since is None or (two and None in (now.group, now.treated)):
        raise AnalysisError("experiment_change_unfinished")
    return ChangeParams(
        outcome=now.outcome, kind=now.kind, when=now.when, since=now.since, unit=now.unit,
        group=now.group if two else None, treated=now.treated if two else None,
    )  # fmt: skip


def read(stored: StoredExperiment | None, chosen: reading.ReadingChoices, params: ChangeParams) -> Change:
    """Return the change that the choices describe."""
    if stored is None or chosen.table is None:
        raise AnalysisError("experiment_no_table")
    digest = chosen.table.digest

    def compute_it() -> Change:
        return read_change(_rows(experiments.table(stored, digest), params), params, alpha=chosen.how.alpha)

    return compute.experiment("change", f"{digest} {params.model_dump_json()} {chosen.how.alpha}", compute_it)


def values(stored: StoredExperiment | None, chosen: reading.ReadingChoices, column: str) -> Values:
    """Return what a column of the table holds."""
    assert chosen.table is not None
    digest = chosen.table.digest

    def compute_it() -> Values:
        assert stored is not None
        cells = type_rows(experiments.table(stored, digest).select([column])).column(column)
        found = sorted({cell for cell in cells.to_pylist() if cell is not None})
        if found and isinstance(found[0], date):
            return Values("date", (found[0], found[-1]))
        return Values("number" if found and isinstance(found[0], float) else "label", tuple(found[:MAX_STEPS]))

    return compute.experiment("values", f"{digest} {column}", compute_it)


def sentences(chosen: reading.ReadingChoices, found: Change) -> list[str]:
    """Say how many rows were read and kept, and what was set aside and why."""
    t = session.t()
    assert chosen.table is not None
    counts = found.counts
    gone = ("no_time", "no_group", "no_unit", "no_value", "in_two_groups")
    return [
        t("read.from_table", file=chosen.table.file, read=counts.read, kept=counts.kept),
        *(t(f"read.gone_{name}", n=n) for name in gone if (n := getattr(counts, name))),
    ]


def _said(chosen: reading.ReadingChoices, found: Reading, kind: str, name: str) -> None:
    t = session.t()
    for note in found.notes:
        if note.level == "check":
            st.warning(show.md_escape(words.note_text(note, t)), icon=":material/info:")
    show.answer(words.quasi_text(found, chosen.design, kind, t, metric=name))


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
        _choice("since", now.since, [_word(value) for value in found.values])
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
        if name not in rows.column_names:
            raise AnalysisError("experiment_unknown_column", column=name)
    return type_rows(rows.select([name for name in rows.column_names if name in wanted]), text=_text(params))


def _text(params: ChangeParams) -> list[str]:
    measured = (params.outcome, params.when)
    return [name for name in (params.unit, params.group) if name is not None and name not in measured]


def _code(chosen: reading.ReadingChoices, params: ChangeParams) -> str:
    from analysis.exports.code import change_code

    assert chosen.table is not None
    return change_code(params, file=chosen.table.file, text=_text(params), alpha=chosen.how.alpha)


def _cell_words(found: Change, kind: str) -> pd.DataFrame:
    import pandas as pd

    t = session.t()
    two = len({cell.treated for cell in found.cells}) == 2
    sides = [f"differences_{2 * cell.treated + cell.after}" if two else f"before_after_{int(cell.after)}"
             for cell in found.cells]  # fmt: skip
    return pd.DataFrame(
        {
            t("read.change_side"): [t(f"read.row_{side}") for side in sides],
            t("charts.value"): [words.value_text(cell.mean, kind, t) for cell in found.cells],
            t("read.change_units"): [f"{cell.units:,}" for cell in found.cells],
            t("read.change_rows"): [f"{cell.n:,}" for cell in found.cells],
        }
    )


def _step_words(found: Change, kind: str) -> pd.DataFrame:
    t = session.t()
    return found.steps.assign(
        step=[_word(step) for step in found.steps["step"]],
        treated=[t(f"charts.change_{'with' if one else 'without'}") for one in found.steps["treated"]],
        after=[t(f"read.row_before_after_{int(one)}") for one in found.steps["after"]],
        mean=[words.value_text(mean, kind, t) for mean in found.steps["mean"]],
    ).rename(
        columns={
            "step": t("charts.change_step"), "treated": t("charts.change_group"), "after": t("read.change_side"),
            "mean": t("charts.value"), "n": t("read.change_rows"),
        }
    )  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(value)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
