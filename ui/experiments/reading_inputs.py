"""Where the figures of the Read page come from: typed in, a table, or a table joined with the study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import ProportionTest, RatioInterval
from analysis.experiments.choices import MOST_ARMS, ReadChoices, ReadSource, designs
from analysis.experiments.evaluate_experiment import ROWS
from analysis.experiments.reading.results import Correction
from analysis.experiments.suggest_choices import offered_outcomes
from analysis.intake.reading.read import TABLE_FILES
from ui import session, show
from ui.experiments import experiments, reading, reading_changes, reading_study

if TYPE_CHECKING:
    from analysis.experiments.reading.evaluate import Evaluation
    from analysis.experiments.rows.read import Metric, ReadParams
    from analysis.workspace.records import StoredExperiment

_NONE = ""
_SOURCE = "read_source"


def bound(widget: Any, field: str, label: str, value: Any, *, help: str | None = None, **options: Any) -> Any:
    """Show a widget that holds what is kept, and keeps at once what it is changed to."""
    key = f"read_{field.replace('.', '_')}"
    session.set_widget(key, value)
    return widget(label, key=key, on_change=reading.take, args=(field, key), help=help, **options)


def source(chosen: ReadChoices) -> None:
    """Show where the figures come from."""
    t = session.t()
    session.set_widget(_SOURCE, chosen.source)
    st.segmented_control(
        t("read.source"), get_args(ReadSource), key=_SOURCE, format_func=lambda one: t(f"read.source_{one}"),
        required=True, on_change=_take_source,
    )  # fmt: skip


def _take_source() -> None:
    """Take where the figures come from; joined with the study or no longer, other columns stand to choose from."""
    reading.take("source", _SOURCE)
    now = reading.choices()
    if now.columns is None or now.source == "typed":
        return
    columns = now.columns
    if now.source == "study":
        reading.change_part("columns", segment=columns.segment or reading_study.first_segments(experiments.current()))
    elif reading_study.is_column(columns.arm):
        reading.suggest_again()
    else:
        own = [None if reading_study.is_column(name) else name for name in (columns.segment, columns.crossed)]
        reading.change_part("columns", segment=own[0], crossed=own[0] and own[1])


def typed(chosen: ReadChoices) -> None:
    """Show the figures to type in, one row per arm."""
    t = session.t()
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        bound(
            st.selectbox, "metric", t("read.metric"), chosen.metric, options=["proportion", "mean"],
            format_func=lambda one: t(f"read.metric_{one}"),
        )  # fmt: skip
    with middle:
        bound(
            st.text_input, "outcome", t("read.outcome"), chosen.outcome, max_chars=80,
            placeholder=t(f"read.outcome_{chosen.metric}"),
        )  # fmt: skip
    with right:
        design(chosen)
    rows = ROWS.get(chosen.design, len(chosen.arms))
    for place in range(rows):
        _arm_row(chosen, place)
    if chosen.design == "test":
        with st.container(horizontal=True):
            st.button(
                t("read.add_arm"), key="read_add", icon=":material/add:", on_click=reading.resize_arms, args=(1,),
                type="tertiary", disabled=len(chosen.arms) >= MOST_ARMS,
            )  # fmt: skip
            st.button(
                t("read.remove_arm"), key="read_remove", icon=":material/remove:", on_click=reading.resize_arms,
                args=(-1,), type="tertiary", disabled=len(chosen.arms) <= 1,
            )  # fmt: skip


def design(chosen: ReadChoices, **options: Any) -> None:
    """Show how it was done: by chance, or without."""
    t = session.t()
    offered = designs(chosen.source)
    now = chosen.design if chosen.design in offered else "test"
    bound(
        st.selectbox, "design", t("read.design"), now, options=offered,
        format_func=lambda one: t(f"read.design_{one}"), help=t("read.design_help"), **options,
    )  # fmt: skip


def _arm_row(chosen: ReadChoices, place: int) -> None:
    t = session.t()
    while len(chosen.arms) <= place:  # a design with more rows than were typed so far
        reading.resize_arms(1)
        chosen = reading.choices()
    arm = chosen.arms[place]
    fields = ("n", "conversions") if chosen.metric == "proportion" else ("n", "mean", "sd")
    columns = st.columns([2, *[2] * len(fields)], vertical_alignment="bottom")
    shown: Any = "visible" if place == 0 else "collapsed"
    with columns[0]:
        if chosen.design == "test":
            key = f"read_name_{place}"
            session.set_widget(key, arm.name)
            st.text_input(
                t("read.arm"), key=key, max_chars=80, on_change=reading.take_arm, args=(place, "name", key),
                label_visibility=shown, help=t("read.arm_help") if place == 0 else None,
            )  # fmt: skip
        else:
            st.markdown(show.md_escape(t(f"read.row_{chosen.design}_{place}")))
    for column, field in zip(columns[1:], fields, strict=True):
        key = f"read_{field}_{place}"
        session.set_widget(key, getattr(arm, field))
        with column:
            st.number_input(
                t(f"read.field_{field}"), key=key, value=None, on_change=reading.take_arm, args=(place, field, key),
                label_visibility=shown, format="%.15g", step=None if field in ("mean", "sd") else 1.0,
            )  # fmt: skip


def table(chosen: ReadChoices, stored: StoredExperiment | None) -> None:
    """Show the upload, and once there is a table, which of its columns mean what."""
    t = session.t()
    if chosen.source == "study" and session.study_id() is None:
        show.no_study()
        st.stop()
    design(chosen, width=380)
    if chosen.table is None:
        uploaded(stored)
        return
    changed = chosen.is_change
    with st.expander(
        t("read.columns", file=show.md_escape(chosen.table.file), n=chosen.table.n_rows),
        expanded=changed or chosen.columns is None,
    ):
        (reading_changes.columns if changed else columns)(chosen, stored)
        uploaded(stored)


def uploaded(stored: StoredExperiment | None) -> None:
    """Show the uploader; a file is taken at once, a workbook of several sheets asks which."""
    t = session.t()
    found = st.file_uploader(
        t("read.upload"),
        type=list(TABLE_FILES),
        key=f"read_upload_{session.upload_round()}",
        help=t("read.upload_help"),
    )
    if found is None:
        return
    try:
        with st.spinner(t("app.working")):
            reading.accept(found.name, found.getvalue(), stored)
    except AnalysisError as problem:
        show.error(problem)
        return
    session.next_upload()
    st.rerun()


def columns(chosen: ReadChoices, stored: StoredExperiment | None) -> None:
    """Show which column is the arm, the customer, the outcome and so on."""
    assert chosen.table is not None
    names = dict(zip(chosen.table.columns, chosen.table.columns, strict=True))
    added = reading_study.columns(stored) if chosen.source == "study" else {}
    arms = names | {key: word for key, word in added.items() if key == "study.arm"}
    levels = names | {key: word for key, word in added.items() if key != "study.arm"}
    now = chosen.columns
    with st.grid(min_column_width=220):
        _column("arm", now and now.arm, arms, needed=True)
        _column("unit", now and now.unit, names)
        if now is None:
            return
        _column("day", now.day, names)
        _column("covariate", now.covariate, names)
        _column("segment", now.segment, levels)
        _column("crossed", now.crossed, levels, disabled=now.segment is None)
    _outcomes(chosen, now)
    _limits(chosen, now)


def _column(
    role: str, value: str | None, offered: dict[str, str], *, needed: bool = False, disabled: bool = False
) -> None:
    t = session.t()
    key = f"read_column_{role}"
    options = list(offered) if needed and value is not None else [_NONE, *offered]
    session.set_widget(key, value if value in offered else _NONE if _NONE in options else options[0])
    st.selectbox(
        t(f"read.column_{role}"), options, format_func=lambda one: offered.get(one) or t("read.none"), key=key,
        on_change=_take_column, args=(role, key), help=t(f"read.column_{role}_help"), disabled=disabled,
    )  # fmt: skip


def _take_column(role: str, key: str) -> None:
    value = session.widget(key) or None
    now = reading.choices()
    if role == "arm" and now.columns is None:
        reading.suggest_again(value)
    elif role == "segment" and value is None:
        reading.change_part("columns", segment=None, crossed=None)
    elif role == "arm":
        reading.change_part("columns", arm=value, control=None)
    else:
        reading.change_part("columns", **{role: value})


def _outcomes(chosen: ReadChoices, now: ReadParams) -> None:
    t = session.t()
    key = "read_outcomes"
    session.set_widget(key, [metric.column for metric in now.metrics])
    st.multiselect(
        t("read.outcomes"), offered_outcomes(chosen), key=key, on_change=reading.take_metrics, args=(key,),
        help=t("read.outcomes_help"),
    )  # fmt: skip
    for place, metric in enumerate(now.metrics):
        _metric_row(chosen, place, metric)


def _metric_row(chosen: ReadChoices, place: int, metric: Metric) -> None:
    t = session.t()
    shown: Any = "visible" if place == 0 else "collapsed"

    def select(column: Any, field: str, value: Any, options: list[Any], words: Any = None) -> None:
        key = f"read_metric_{field}_{place}"
        session.set_widget(key, value)
        with column:
            st.selectbox(
                t(f"read.metric_{field}"), options, key=key, on_change=reading.take_metric, args=(place, field, key),
                label_visibility=shown, format_func=words or (lambda one: t(f"read.{field}_{one}")),
                help=t(f"read.metric_{field}_help") if place == 0 else None,
            )  # fmt: skip

    name, kind, role, extra, toggle = st.columns([2, 2, 2, 2, 2], vertical_alignment="bottom")
    with name:
        st.markdown(show.md_escape(metric.column))
    select(kind, "kind", metric.kind, ["proportion", "mean", "ratio"])
    select(role, "role", metric.role, ["goal", "secondary", "guardrail"])
    if metric.kind == "ratio":
        others = [other for other in offered_outcomes(chosen) if other != metric.column]
        select(extra, "denominator", metric.denominator, others, str)
    elif metric.kind == "mean":
        select(
            extra, "cap", metric.cap or 0.0, [0.0, 0.999, 0.99, 0.95],
            lambda one: t("read.cap_none") if not one else t("read.cap_at", share=f"{one:.1%}".replace(".0%", "%")),
        )  # fmt: skip
    key = f"read_metric_lower_is_better_{place}"
    session.set_widget(key, not metric.higher_is_better)
    with toggle:
        st.toggle(
            t("read.lower_is_better"), key=key, on_change=reading.take_metric, args=(place, "lower_is_better", key)
        )


def _limits(chosen: ReadChoices, now: ReadParams) -> None:
    """Show the dates of the test, once there is a date column."""
    t = session.t()
    if now.day is not None:
        left, right = st.columns(2)
        with left:
            bound(st.date_input, "columns.start", t("read.start"), now.start, format="YYYY-MM-DD")
        with right:
            bound(st.date_input, "columns.end", t("read.end"), now.end, format="YYYY-MM-DD")
    if chosen.source == "study" and now.arm == "study.arm":
        bound(st.toggle, "everyone", t("read.everyone"), chosen.everyone, help=t("read.everyone_help"))


def how(chosen: ReadChoices, found: Evaluation) -> None:
    """Show how to read: error rate, tests, correction, planned shares."""
    t = session.t()
    now, arms = chosen.how, found.arms
    with st.expander(t("read.how"), icon=":material/tune:"), st.grid(min_column_width=220):
        bound(
            st.selectbox, "how.alpha", t("read.alpha"), now.alpha, options=sorted({0.01, 0.05, 0.1, now.alpha}),
            format_func=lambda one: t.percent(1 - one), help=t("read.alpha_help"),
        )  # fmt: skip
        bound(
            st.selectbox, "how.test", t("read.test"), now.test, options=list(get_args(ProportionTest)),
            format_func=lambda one: t(f"convention.{'fisher_conditional_mle' if one == 'fisher' else one}"),
            help=t("read.test_help"),
        )  # fmt: skip
        bound(
            st.selectbox, "how.ratio_interval", t("read.ratio_interval"), now.ratio_interval,
            options=list(get_args(RatioInterval)), help=t("read.ratio_interval_help"),
            format_func=lambda one: t(f"convention.{ {'delta': 'delta_normal', 'katz': 'katz_log'}.get(one, one) }"),
        )  # fmt: skip
        bound(
            st.selectbox, "how.correction", t("read.correction"), now.correction, options=list(get_args(Correction)),
            format_func=lambda one: t(f"experiment.correction_{one}"), help=t("read.correction_help"),
        )  # fmt: skip
        if chosen.source != "typed":
            bound(
                st.selectbox, "columns.control", t("read.control"), arms[0], options=list(arms), format_func=str,
                help=t("read.control_help"),
            )  # fmt: skip
        planned = dict(found.params.shares or ())
        for place, arm in enumerate(arms):
            key = f"read_share_{place}"
            session.set_widget(key, planned.get(arm, 1.0))
            st.number_input(
                t("read.share", arm=show.md_escape(arm)), key=key, on_change=_take_shares, args=(arms,), step=1.0,
                help=t("read.share_help"), format="%.15g",
            )  # fmt: skip


def _take_shares(arms: tuple[str, ...]) -> None:
    shares = [(arm, session.widget(f"read_share_{place}") or 0.0) for place, arm in enumerate(arms)]
    equal = len({share for _, share in shares}) == 1 and shares[0][1] > 0
    reading.change_part("how", shares=None if equal else shares)
