"""Page: the customer base at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, cast

import pandas as pd
import streamlit as st
from pydantic import Field

from analysis.charts import overview as charts
from analysis.charts.segments import segment_bars
from analysis.errors import AnalysisError
from analysis.overview import words
from analysis.overview.distributions import Distribution, distributions
from analysis.overview.overview import data_period, filter_choices, overview, selected_customers
from analysis.overview.params import FILTER_COLUMNS, OverviewParams, Preset
from analysis.overview.periods import Period, presets
from analysis.overview.result import Choice, Overview
from analysis.profiles.result import DIMENSIONS, Dimension
from analysis.profiles.words import feature_name
from analysis.segments.names import result_names
from ui import bound, compute, session, show
from ui.segments import carry

REASONS_SHOWN = 2
NOTES_SHOWN = 1
MEASURES = ("revenue", "orders", "buyers")
RANKINGS = ("revenue", "orders", "customers")


def read_line() -> None:
    """Show in one line what was read and left out, and up to three things worth a look."""
    counts = standard.counts
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    left: dict[str, int] = {}
    for count in counts:
        for reason, n in count.set_aside.items():
            left[reason] = left.get(reason, 0) + n
    key = "some" if read > kept else "all"
    if len(counts) == 1:
        sentence = t(f"overview.read.one_{key}", read=read, left=read - kept)
    else:
        sentence = t(f"overview.read.{key}", read=read, tables=len(counts), left=read - kept)
    worth = [
        t("overview.read.reason", reason=t(f"reason.{reason}"), n=left[reason])
        for reason in sorted(left, key=lambda reason: -left[reason])[:REASONS_SHOWN]
    ]
    worth += [
        t(f"overview.read.{note.code}", **note.facts)
        for note in standard.notes
        if note.level != "info" and t.has(f"overview.read.{note.code}")
    ][:NOTES_SHOWN]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="read_line"):
        st.caption(show.md_escape(sentence), width="content")
        for text in worth or [t("overview.read.check")]:
            st.page_link(show.page_path("data/check"), label=show.md_escape(text), icon=":material/fact_check:")


def controls(data: Period) -> OverviewParams:
    """Show the period picker and the filters; stop while a period has only one end."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.segmented_control(
            t("overview.period"),
            presets(data),
            required=True,
            format_func=lambda preset: t(f"overview.period.{preset}"),
            **bind.to("period", "all", offered=presets(data), kind=str),
        )
        days: Sequence[date] = (data.start, data.end)
        if period == "own":
            days = st.date_input(  # pyright: ignore
                t("overview.period.days"),
                min_value=data.start,
                max_value=data.end,
                format="YYYY-MM-DD",
                width=260,
                **bind.to("days", days, kind=days_within(data)),
            )
        filters = filter_popover()
    if len(days) < 2:
        st.info(t("overview.period.one_day"))
        st.stop()
    start, end = days if period == "own" else (None, None)
    return OverviewParams(period=cast(Preset, period), start=start, end=end, **filters)


def days_within(data: Period) -> Any:
    """Return the type of a whole period within the data."""
    day = Annotated[date, Field(ge=data.start, le=data.end)]
    return tuple[day, day]


def filter_popover() -> dict[str, Any]:
    """Show one list per column that can be filtered by."""
    choices: tuple[Choice, ...] = study.run.small("filter_choices", "", lambda: filter_choices(standard))
    offered = {column: [one.value for one in choices if one.column == column] for column in FILTER_COLUMNS}
    if not any(offered.values()):
        return {}
    fields = {
        column: bind.to(column, [], offered=values, many=True, kind=list[str])
        for column, values in offered.items()
        if values
    }

    def clear() -> None:
        for column in fields:
            bind.put(column, [])

    active = sum(bool(session.widget(field["key"])) for field in fields.values())
    label = t("overview.filters_on", n=active) if active else t("overview.filters")
    chosen: dict[str, Any] = {}
    with st.popover(label, icon=":material/filter_list:", key="overview_filters"):
        for column, values in offered.items():
            if values:
                chosen[column] = tuple(
                    st.multiselect(
                        t(f"overview.filter.{column}"),
                        list(values),
                        placeholder=t("overview.filter.any"),
                        **fields[column],
                    )
                )
        st.button(t("overview.filter.clear"), on_click=clear, disabled=not active, type="tertiary")
    return chosen


def figures(result: Overview) -> None:
    """Show the figures with their change on the period before, and both comparisons in a table."""
    everything = result.period == result.data
    shown = []
    for figure in result.figures:
        if figure.key == "new_buyers" and everything:
            continue
        shown.append(
            show.Metric(
                t(f"overview.figure.{figure.key}"),
                words.amount(figure.key, figure.value, t),
                words.change_text(figure, figure.against_before, t),
                show.md_escape(words.figure_help(figure, t)),
            )
        )
    show.metrics(shown)
    comparisons(result)


def comparisons(result: Overview) -> None:
    """Show the period before and the year before, or why there is none."""
    span = {"start": result.data.start, "end": result.data.end}
    revenue = result.figure("revenue")
    if revenue.against_before.reason and revenue.against_year.reason:
        st.caption(show.md_escape(t("overview.compare.none", **span)))
        return
    if revenue.against_before.reason is None:
        st.caption(show.md_escape(t("overview.changes_against", start=result.before.start, end=result.before.end)))
    with st.expander(t("overview.compare"), icon=":material/compare:"):
        rows = [
            (
                t(f"overview.figure.{figure.key}"),
                words.amount(figure.key, figure.value, t),
                words.amount(figure.key, figure.against_before.before, t),
                words.change_text(figure, figure.against_before, t) or "–",
                words.amount(figure.key, figure.against_year.before, t),
                words.change_text(figure, figure.against_year, t) or "–",
            )
            for figure in result.figures
            if figure.key != "customers"
        ]
        headers = [
            t("overview.compare.figure"),
            t("overview.compare.now", start=result.period.start, end=result.period.end),
            t("overview.compare.before", start=result.before.start, end=result.before.end),
            t("overview.compare.change"),
            t("overview.compare.year", start=result.year.start, end=result.year.end),
            t("overview.compare.year_change"),
        ]
        show.table(pd.DataFrame(rows, columns=headers), alt=t("overview.compare.alt"), name="comparison")
        for key, change in (("no_before", revenue.against_before), ("no_year", revenue.against_year)):
            reason = words.why_no_change(change, t)
            if reason:
                st.caption(show.md_escape(t(f"overview.compare.{key}", reason=reason)))


@st.fragment
def pictures(result: Overview) -> None:
    """Show the line over time and how the revenue is spread, side by side where there is room."""
    measure = st.segmented_control(
        t("overview.measure"),
        MEASURES,
        required=True,
        format_func=lambda key: t(f"overview.measure.{key}"),
        label_visibility="collapsed",
        **bind.to("measure", "revenue", offered=MEASURES, kind=str),
    )
    with st.grid(min_column_width=400, gap="medium"):
        with st.container():
            over_time(result, cast(charts.Measure, measure))
        if result.concentration is not None:
            with st.container():
                names = [t("overview.chart.buyers_axis"), t("overview.chart.revenue_axis")]
                show.chart(
                    charts.concentration_curve(result.concentration, t),
                    t("overview.alt.concentration", share=result.concentration.top_share),
                    name="concentration",
                    data=result.concentration.curve.set_axis(names, axis=1),
                )


def over_time(result: Overview, measure: charts.Measure) -> None:
    """Show revenue, orders or buyers over time."""
    table = result.over_time[["start", "orders", "buyers", "revenue"]]
    names = [t(f"overview.step.{result.bucket}"), *(t(f"overview.measure.{key}") for key in table.columns[1:])]
    show.chart(
        charts.over_time(result, t, measure=measure),
        t(
            "overview.alt.over_time",
            measure=t(f"overview.measure.{measure}"),
            n=len(table),
            start=result.period.start,
            end=result.period.end,
        ),
        name="over_time",
        data=table.set_axis(names, axis=1),
    )
    if not result.over_time["complete"].all():
        st.caption(show.md_escape(t("overview.chart.incomplete")))


def segments() -> None:
    """Show the segments of the study's first way to group customers, if the data carries it."""
    plan = next(iter(study.recipe.segmentations), None)
    if plan is None:
        return
    try:
        result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.subheader(t("overview.section.segments"), anchor=False)
    names = result_names(result, edited.segmentation.segments["segment"], t, names=edited.names)
    chart = segment_bars(edited.segmentation, t, names=names, hidden=edited.hidden)
    show.chart(chart, t("overview.alt.segments"), name="segments")


@st.fragment
def spread(params: OverviewParams) -> None:
    """Show the distributions of one dimension of the profile."""
    st.subheader(t("overview.section.distributions"), anchor=False)
    present = {feature.dimension for feature in profiles.features if feature.personal is None}
    offered = [dimension for dimension in DIMENSIONS if dimension in present]
    first = next((dimension for dimension in ("value", *DIMENSIONS) if dimension in present), None)
    dimension: Dimension = st.segmented_control(  # pyright: ignore
        t("overview.dimension"),
        offered,
        required=True,
        format_func=lambda key: t(f"dimension.{key}"),
        label_visibility="collapsed",
        **bind.to("dimension", first, offered=offered, kind=str),
    )

    def count() -> tuple[int, tuple[Distribution, ...]]:
        selected = selected_customers(standard, profiles, params)
        return int(selected.sum()), distributions(profiles, dimension, selected=selected)

    n, found = study.run.small(f"distributions {dimension}", params.model_dump_json(), count)
    if not found:
        st.markdown(show.md_escape(t("overview.nothing_in_dimension")))
        return
    st.caption(show.md_escape(t("overview.section.distributions_note", n=n, day=profiles.as_of)))
    with st.grid(min_column_width=330, gap="medium"):
        for one in found:
            name = feature_name(one.feature, t)
            data = pd.DataFrame(
                {
                    name: charts.level_words(one, t),
                    t("column.customers"): one.levels["customers"],
                    t("column.share"): one.levels["share"],
                }
            )
            with st.container():
                show.chart(
                    charts.distribution_chart(one, t),
                    t("overview.alt.distribution", feature=name, n=one.n, bars=len(one.levels)),
                    name=f"spread_{profiles.features.index(one.feature)}",
                    data=data,
                )


def come_back(result: Overview) -> None:
    """Show the cohort table."""
    if result.cohorts is None:
        return
    st.subheader(t("overview.section.cohorts"), anchor=False)
    try:
        chart = charts.cohort_heat(result.cohorts, t)
    except AnalysisError as problem:
        st.markdown(show.md_escape(t(f"error.{problem.code}")))
        return
    average = result.cohorts.average(1)
    note = t("overview.section.cohorts_plain") if average is None else t("overview.section.cohorts_note", share=average)
    st.caption(show.md_escape(note))
    cells = result.cohorts.cells[["cohort", "size", "month", "buyers", "share"]]
    names = ["first_order_in", "months_later", "ordered_again"]
    first, later, share = (t(f"overview.chart.{name}") for name in names)
    headers = [first, t("overview.figure.new_buyers"), later, t("overview.measure.buyers"), share]
    show.chart(chart, t("overview.alt.cohorts"), name="cohorts", data=cells.set_axis(headers, axis=1))


@st.fragment
def top_products(result: Overview) -> None:
    """Show the products that bring the most revenue, orders or customers."""
    if result.products is None or len(result.products) == 0:
        return
    st.subheader(t("overview.section.products"), anchor=False)
    by = st.segmented_control(
        t("overview.products.by"),
        RANKINGS,
        required=True,
        format_func=lambda key: t(f"overview.figure.{key}"),
        label_visibility="collapsed",
        **bind.to("products", "revenue", offered=RANKINGS, kind=str),
    )
    ranked = result.products.sort_values([str(by), "product"], ascending=[False, True]).head(20)
    number = st.column_config.NumberColumn
    columns = {
        "product": t("overview.products.product"),
        "revenue": number(t("overview.figure.revenue"), format="%,.2f"),
        "orders": number(t("overview.figure.orders"), format="localized"),
        "customers": number(t("overview.figure.customers"), format="localized"),
    }
    show.table(ranked.round({"revenue": 2}), columns, alt=t("overview.alt.products"), name="products")


def members_only() -> None:
    """Show what a customers table alone can say."""
    show.answer(t("overview.answer.members", n=len(profiles.customers)))
    show.metrics([show.Metric(t("overview.figure.customers"), t.number(len(profiles.customers)))])
    with st.container(border=True):
        st.markdown(show.md_escape(t("overview.answer.members_add")))
        st.page_link(show.page_path("data/files"), label=t("overview.add_orders"), icon=":material/arrow_forward:")
    spread(OverviewParams())
    show.next_step("segments/clusters")
    compute.keep_snapshot(study)


t = session.t()
show.page_header(t("overview.title"), t("overview.question"))


def dictionary() -> None:
    """Say what every feature of the profiles means, in a table that is folded away."""
    import pandas as pd

    from analysis.profiles.dictionary import feature_dictionary

    rows = [
        {
            t("overview.feature"): entry.header or t(f"feature.{entry.key}"),
            t("overview.dimension"): t(f"dimension.{entry.dimension}"),
            t("overview.unit"): t(f"workbook.unit.{entry.unit}"),
            t("overview.known_for"): show.percent(entry.coverage),
            t("overview.meaning"): t(entry.definition_key) if entry.definition_key else "",
        }
        for entry in feature_dictionary(profiles)
    ]
    with st.expander(t("overview.dictionary")):
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            alt=t("overview.dictionary"),
            key="dictionary",
            column_config={t("overview.known_for"): st.column_config.NumberColumn(format="%g%%")},
        )


study = compute.study_or_stop()
prepared = compute.prepared_or_stop(study)
study = carry.settle(study, prepared.profiles)
standard, profiles = prepared.standard, prepared.profiles
t = session.t()

read_line()
data = study.run.small("data_period", "", lambda: data_period(standard, profiles))
bind = bound.to_study(study, "overview")
if data is None:
    members_only()
    st.stop()
params = controls(data)
try:
    result: Overview = study.run.small(
        "overview", params.model_dump_json(), lambda: overview(standard, profiles, params)
    )
except AnalysisError as problem:
    show.error(problem)
    st.stop()
show.answer(words.answer(result, t))
figures(result)
pictures(result)
segments()
spread(params)
come_back(result)
top_products(result)
dictionary()
show.how_computed("overview.method")
show.code(
    "from analysis.overview.overview import overview\n"
    "from analysis.overview.params import OverviewParams\n"
    "from analysis.study import prepare, read, suggest\n\n"
    f"tables = read({', '.join(repr(file) for file in dict.fromkeys(table.file for table in study.tables))})\n"
    "prepared = prepare(tables, suggest(tables))\n"
    f"params = OverviewParams.model_validate_json({params.model_dump_json(exclude_defaults=True)!r})\n"
    "result = overview(prepared.standard, prepared.profiles, params)\n"
)
show.next_step("segments/rfm")
compute.keep_snapshot(study)
