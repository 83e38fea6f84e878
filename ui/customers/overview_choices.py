"""The choices of the Overview: its period and filters, saved in the study."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, cast

import streamlit as st
from pydantic import Field

from analysis.intake.tables import StandardTables
from analysis.overview.overview import filter_choices
from analysis.overview.params import FILTER_COLUMNS, OverviewParams, Preset
from analysis.overview.periods import Period, presets
from analysis.overview.result import FilterChoice, Overview
from ui import bound, compute, session

MEASURES = ("revenue", "orders", "buyers")
RANKINGS = ("revenue", "orders", "customers")


def measured(offered: tuple[str, ...], result: Overview) -> tuple[str, ...]:
    """Return the measures that the data carries: without money, those that are counted."""
    knows_money = result.figure("revenue").reason != "no_money"
    return tuple(one for one in offered if one != "revenue" or knows_money)


def controls(study: compute.LoadedStudy, standard: StandardTables, bind: bound.Bound, data: Period) -> OverviewParams:
    """Show the period picker and the filters; stop while a period has only one end."""
    t = session.t()
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
        filters = filter_popover(study, standard, bind)
    if len(days) < 2:
        st.info(t("overview.period.one_day"))
        st.stop()
    start, end = days if period == "own" else (None, None)
    return OverviewParams(period=cast(Preset, period), start=start, end=end, **filters)


def days_within(data: Period) -> Any:
    """Return the type of a whole period within the data."""
    day = Annotated[date, Field(ge=data.start, le=data.end)]
    return tuple[day, day]


def filter_popover(study: compute.LoadedStudy, standard: StandardTables, bind: bound.Bound) -> dict[str, Any]:
    """Show one list per column that can be filtered by."""
    t = session.t()
    choices: tuple[FilterChoice, ...] = study.run.small("filter_choices", "", lambda: filter_choices(standard))
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
                        wrap=True,
                        placeholder=t("overview.filter.any"),
                        **fields[column],
                    )
                )
        st.button(t("overview.filter.clear"), on_click=clear, disabled=not active, type="tertiary")
    return chosen
