"""The pictures of the Overview: over time, concentration, distributions, cohorts and products."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from analysis.charts import overview as charts
from analysis.errors import AnalysisError
from analysis.intake.tables import StandardTables
from analysis.overview import words
from analysis.overview.distributions import Distribution, distributions
from analysis.overview.overview import selected_customers
from analysis.overview.params import OverviewParams
from analysis.overview.result import Overview
from analysis.profiles.result import DIMENSIONS, Dimension, Profiles
from analysis.profiles.words import feature_name
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.customers import overview_choices, overview_figures


@st.fragment
def pictures(bind: bound.Bound, result: Overview) -> None:
    """Show the line over time and how the revenue is spread, side by side where there is room."""
    t = session.t()
    measures = overview_choices.measured(overview_choices.MEASURES, result)
    measure = st.segmented_control(
        t("overview.measure"),
        measures,
        required=True,
        format_func=lambda key: t(f"overview.measure.{key}"),
        label_visibility="collapsed",
        **bind.to("measure", measures[0], offered=measures, kind=str),
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
    t = session.t()
    table = result.over_time[["start", "orders", "buyers", "revenue"]].dropna(axis=1, how="all")
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


def money(bind: bound.Bound, result: Overview, lately: Overview | None = None) -> None:
    """Show the figures and the money over time; of all days also what changed ``lately``."""
    t = session.t()
    moved = words.lately_text(lately, t) if lately else None
    st.markdown(show.md_escape(prose([words.answer(result, t), *([moved] if moved else [])], t)))
    overview_figures.figures(result)
    pictures(bind, result)


def people(
    study: compute.LoadedStudy,
    standard: StandardTables,
    profiles: Profiles,
    bind: bound.Bound,
    params: OverviewParams,
) -> None:
    """Show who the customers are, and what each feature means."""
    spread(study, standard, profiles, bind, params)
    dictionary(profiles)


@st.fragment
def spread(
    study: compute.LoadedStudy,
    standard: StandardTables,
    profiles: Profiles,
    bind: bound.Bound,
    params: OverviewParams,
) -> None:
    """Show the distributions of one dimension of the profile."""
    t = session.t()
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
    t = session.t()
    if result.cohorts is None:
        return
    shown = result.cohorts.latest()  # the mean is that of the months in sight
    try:
        chart = charts.cohort_heat(shown, t)
    except AnalysisError as problem:
        st.markdown(show.md_escape(t(f"error.{problem.code}")))
        return
    average = shown.average(1)
    facts = {"share": average, "n": int(((shown.cells["month"] == 1) & shown.cells["complete"]).sum())}
    note = t("overview.section.cohorts_plain") if average is None else t("overview.section.cohorts_note", **facts)
    st.caption(show.md_escape(note))
    cells = shown.cells[["cohort", "size", "month", "buyers", "share"]]
    names = ["first_order_in", "months_later", "ordered_again"]
    first, later, share = (t(f"overview.chart.{name}") for name in names)
    headers = [first, t("overview.figure.new_buyers"), later, t("overview.measure.buyers"), share]
    show.chart(chart, t("overview.alt.cohorts"), name="cohorts", data=cells.set_axis(headers, axis=1))


@st.fragment
def top_products(bind: bound.Bound, result: Overview) -> None:
    """Show the products that bring the most revenue, orders or customers."""
    t = session.t()
    if result.products is None or len(result.products) == 0:
        return
    rankings = overview_choices.measured(overview_choices.RANKINGS, result)
    by = st.segmented_control(
        t("overview.products.by"),
        rankings,
        required=True,
        format_func=lambda key: t(f"overview.figure.{key}"),
        label_visibility="collapsed",
        **bind.to("products", rankings[0], offered=rankings, kind=str),
    )
    ranked = result.products.sort_values([str(by), "product"], ascending=[False, True]).head(20)
    ranked = ranked.drop(columns="revenue") if "revenue" not in rankings else ranked
    number = st.column_config.NumberColumn
    columns = {
        "product": t("overview.products.product"),
        "revenue": number(t("overview.figure.revenue"), format="%,.2f"),
        "orders": number(t("overview.figure.orders"), format="localized"),
        "customers": number(t("overview.figure.customers"), format="localized"),
    }
    show.table(ranked.round({"revenue": 2}), columns, alt=t("overview.alt.products"), name="products")


def dictionary(profiles: Profiles) -> None:
    """Say what every feature of the profiles means, in a table that is folded away."""
    import pandas as pd

    t = session.t()
    from analysis.profiles.dictionary import feature_dictionary
    from analysis.profiles.words import feature_names

    names = feature_names(profiles.features, t)
    rows = [
        {
            t("overview.feature"): names[entry.key],
            t("overview.dimension"): t(f"dimension.{entry.dimension}"),
            t("overview.unit"): t(f"workbook.unit.{entry.unit}"),
            t("overview.known_for"): show.percent(entry.coverage),
            t("overview.meaning"): t(entry.definition_key)
            if entry.definition_key
            else t("tags.see")
            if entry.origin == "tag"
            else "",
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
