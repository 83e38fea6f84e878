"""Where the figures of the Read page come from: typed in, a table, or a table joined with the study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import ProportionTest, RatioInterval
from analysis.experiments.choices import MOST_ARMS, ReadChoices, ReadSource, designs
from analysis.experiments.evaluate_experiment import ROWS
from analysis.experiments.reading.results import Correction
from analysis.experiments.rows.table import STUDY
from analysis.experiments.suggest_choices import offered_outcomes
from analysis.intake.reading.read import TABLE_FILES
from analysis.segments.methods import METHODS
from ui import bound, session, show
from ui.experiments import experiments, reading, reading_changes, reading_study

if TYPE_CHECKING:
    from analysis.experiments.reading.evaluate import Evaluation
    from analysis.experiments.rows.read import Metric, ReadParams
    from analysis.workspace.records import StoredExperiment

_NONE = ""


def field(name: str, value: Any) -> dict[str, Any]:
    """Return what binds a widget to a field of the choices; ``part.field`` is one of a part."""
    return bound.one(f"read_{name.replace('.', '_')}", value, partial(reading.take, name))


def source(chosen: ReadChoices) -> None:
    """Show where the figures come from."""
    t = session.t()
    st.segmented_control(
        t("read.source"), get_args(ReadSource), format_func=lambda one: t(f"read.source_{one}"), required=True,
        **bound.one("read_source", chosen.source, _take_source),
    )  # fmt: skip


def _take_source(source: ReadSource) -> None:
    """Take where the figures come from; joined with the study or no longer, other columns stand to choose from."""
    reading.take("source", source)
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
    with st.grid(min_column_width=220):
        left, middle, right = st.container(), st.container(), st.container()
    with left:
        st.selectbox(
            t("read.metric"), ["proportion", "mean"], format_func=lambda one: t(f"read.metric_{one}"),
            **field("metric", chosen.metric),
        )  # fmt: skip
    with middle:
        st.text_input(
            t("read.outcome"), max_chars=80, placeholder=t(f"read.outcome_{chosen.metric}"),
            **field("outcome", chosen.outcome),
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
    st.selectbox(
        t("read.design"), offered, format_func=lambda one: t(f"read.design_{one}"), help=t("read.design_help"),
        **field("design", now), **options,
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
            st.text_input(
                t("read.arm"), max_chars=80, label_visibility=shown, help=t("read.arm_help") if place == 0 else None,
                **_of_arm(place, "name", arm.name),
            )  # fmt: skip
        else:
            st.markdown(show.md_escape(t(f"read.row_{chosen.design}_{place}")))
    for column, name in zip(columns[1:], fields, strict=True):
        with column:
            st.number_input(
                t(f"read.field_{name}"), value=None, label_visibility=shown, format="%.15g",
                step=None if name in ("mean", "sd") else 1.0, **_of_arm(place, name, getattr(arm, name)),
            )  # fmt: skip


def _of_arm(place: int, name: str, value: Any) -> dict[str, Any]:
    return bound.one(f"read_{name}_{place}", value, partial(reading.take_arm, place, name))


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
        if now is None:  # all else is asked of a table whose arms are known
            return
        _column("unit", now.unit, names)
        if chosen.source == "table":
            _column("customers", now.customers, names)
        _column(
            "cluster",
            now.cluster,
            {key: word for key, word in levels.items() if key.removeprefix(STUDY) not in METHODS},
        )
        _column("day", now.day, names)
        _covariates(now, names)
        _column("segment", now.segment, levels)
        _column("crossed", now.crossed, levels, disabled=now.segment is None)
    _outcomes(chosen, now)
    _limits(chosen, now)


def _column(
    role: str, value: str | None, offered: dict[str, str], *, needed: bool = False, disabled: bool = False
) -> None:
    t = session.t()
    options = list(offered) if needed and value is not None else [_NONE, *offered]
    shown = value if value in offered else _NONE if _NONE in options else options[0]
    st.selectbox(
        t(f"read.column_{role}"), options, format_func=lambda one: offered.get(one) or t("read.none"),
        help=t(f"read.column_{role}_help"), disabled=disabled,
        **bound.one(f"read_column_{role}", shown, partial(_take_column, role)),
    )  # fmt: skip


def _covariates(now: ReadParams, names: dict[str, str]) -> None:
    t = session.t()
    taken = {now.arm, now.unit, now.day, *(metric.column for metric in now.metrics)}
    offered = [name for name in names if name not in taken or name in now.covariates]
    st.multiselect(
        t("read.column_covariates"), offered, format_func=str, help=t("read.column_covariates_help"),
        wrap=True, placeholder=t("read.none_chosen"),
        **bound.one("read_column_covariates", list(now.covariates), partial(reading.take, "columns.covariates")),
    )  # fmt: skip


def _take_column(role: str, chosen: str | None) -> None:
    value, now = chosen or None, reading.choices()
    if now.columns is None:
        if role == "arm":
            reading.suggest_again(value)
    elif role == "segment" and value is None:
        reading.change_part("columns", segment=None, crossed=None)
    elif role == "cluster" and value is not None:
        reading.change_part("columns", cluster=value, segment=None, crossed=None, customers=None, covariates=())
    elif role == "customers" and value is not None:
        reading.change_part("columns", customers=value, unit=None, covariates=())
    elif role == "arm":
        reading.change_part("columns", arm=value, control=None)
    else:
        reading.change_part("columns", **{role: value})


def _outcomes(chosen: ReadChoices, now: ReadParams) -> None:
    t = session.t()
    measured = [metric.column for metric in now.metrics]
    st.multiselect(
        t("read.outcomes"), offered_outcomes(chosen), help=t("read.outcomes_help"), placeholder=t("read.none_chosen"),
        wrap=True, **bound.one("read_outcomes", measured, reading.take_metrics),
    )  # fmt: skip
    for place, metric in enumerate(now.metrics):
        _metric_row(chosen, place, metric)


def _metric_row(chosen: ReadChoices, place: int, metric: Metric) -> None:
    t = session.t()
    shown: Any = "visible" if place == 0 else "collapsed"

    def to(name: str, value: Any) -> dict[str, Any]:
        return bound.one(f"read_metric_{name}_{place}", value, partial(reading.take_metric, place, name))

    def select(column: Any, name: str, value: Any, options: list[Any], words: Any = None) -> None:
        with column:
            st.selectbox(
                t(f"read.metric_{name}"), options, label_visibility=shown,
                format_func=words or (lambda one: t(f"read.{name}_{one}")),
                help=t(f"read.metric_{name}_help") if place == 0 else None, **to(name, value),
            )  # fmt: skip

    name, kind, role, extra, toggle = st.columns([2, 2, 2, 2, 2], vertical_alignment="bottom")
    with name:
        st.markdown(show.md_escape(metric.column))
    select(kind, "kind", metric.kind, ["proportion", "mean", "ratio", "quantile"])
    select(role, "role", metric.role, ["goal", "secondary", "guardrail"])
    if metric.kind == "ratio":
        others = [other for other in offered_outcomes(chosen) if other != metric.column]
        select(extra, "denominator", metric.denominator, others, str)
    elif metric.kind == "quantile":
        offered = sorted({0.25, 0.5, 0.75, 0.9, 0.95, metric.quantile or 0.5})
        select(
            extra,
            "quantile",
            metric.quantile,
            offered,
            lambda one: t("read.quantile_median") if one == 0.5 else t("read.quantile_at", percent=f"{one * 100:.6g}"),
        )
    elif metric.kind == "mean":
        select(
            extra, "cap", metric.cap or 0.0, [0.0, 0.999, 0.99, 0.95],
            lambda one: t("read.cap_none") if not one else t("read.cap_at", share=f"{one:.1%}".replace(".0%", "%")),
        )  # fmt: skip
    with toggle:
        st.toggle(
            t("read.lower_is_better"), help=t("read.lower_is_better_help"),
            **to("lower_is_better", not metric.higher_is_better),
        )  # fmt: skip


def _limits(chosen: ReadChoices, now: ReadParams) -> None:
    """Show the dates of the test, once there is a date column."""
    t = session.t()
    if now.day is not None:
        left, right = st.columns(2)
        with left:
            st.date_input(t("read.start"), None, format="YYYY-MM-DD", **field("columns.start", now.start))
        with right:
            st.date_input(t("read.end"), None, format="YYYY-MM-DD", **field("columns.end", now.end))
    if chosen.source == "study" and now.arm == "study.arm":
        st.toggle(t("read.everyone"), help=t("read.everyone_help"), **field("everyone", chosen.everyone))


def how(chosen: ReadChoices, found: Evaluation) -> None:
    """Show how to read: error rate, tests, correction, planned shares."""
    t = session.t()
    now, arms = chosen.how, found.arms
    with st.expander(t("read.how"), icon=":material/tune:"), st.grid(min_column_width=220):
        st.selectbox(
            t("read.alpha"), sorted({0.01, 0.05, 0.1, now.alpha}), format_func=lambda one: t.percent(1 - one),
            help=t("read.alpha_help"), **field("how.alpha", now.alpha),
        )  # fmt: skip
        st.selectbox(
            t("read.test"), list(get_args(ProportionTest)), help=t("read.test_help"),
            format_func=lambda one: t(f"convention.{'fisher_conditional_mle' if one == 'fisher' else one}"),
            **field("how.test", now.test),
        )  # fmt: skip
        st.selectbox(
            t("read.ratio_interval"), list(get_args(RatioInterval)), help=t("read.ratio_interval_help"),
            format_func=lambda one: t(f"convention.{ {'delta': 'delta_normal', 'katz': 'katz_log'}.get(one, one) }"),
            **field("how.ratio_interval", now.ratio_interval),
        )  # fmt: skip
        st.selectbox(
            t("read.correction"), list(get_args(Correction)), help=t("read.correction_help"),
            format_func=lambda one: t(f"experiment.correction_{one}"), **field("how.correction", now.correction),
        )  # fmt: skip
        if chosen.source != "typed":
            st.selectbox(
                t("read.control"), list(arms), format_func=str, help=t("read.control_help"),
                **field("columns.control", arms[0]),
            )  # fmt: skip
        planned = dict(found.params.shares or ())
        for place, arm in enumerate(arms):
            st.number_input(
                t("read.share", arm=show.md_escape(arm)), step=1.0, help=t("read.share_help"), format="%.15g",
                **bound.one(f"read_share_{place}", planned.get(arm, 1.0), partial(_take_share, arms)),
            )  # fmt: skip


def _take_share(arms: tuple[str, ...], _: float | None) -> None:
    # All together: what was typed into another one just before is not saved by itself.
    shares = [(arm, session.widget(f"read_share_{place}") or 0.0) for place, arm in enumerate(arms)]
    equal = len({share for _, share in shares}) == 1 and shares[0][1] > 0
    reading.change_part("how", shares=None if equal else shares)
