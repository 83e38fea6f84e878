"""The choices of the Overview: its period and filters, found again after a refresh."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

import streamlit as st

from analysis.intake.tables import StandardTables
from analysis.overview.overview import filter_choices
from analysis.overview.params import FILTER_COLUMNS, OverviewParams, Preset
from analysis.overview.periods import Period, presets
from analysis.overview.result import FilterChoice
from analysis.profiles.result import DIMENSIONS, Profiles
from ui import compute, page_choices, session

MEASURES = ("revenue", "orders", "buyers")
RANKINGS = ("revenue", "orders", "customers")


def kept_choices(
    study: compute.LoadedStudy, standard: StandardTables, profiles: Profiles, data: Period | None
) -> dict[str, page_choices.Choice]:
    """Return the choices of this page that are found again after a refresh."""
    present = {feature.dimension for feature in profiles.features if feature.personal is None}
    dimensions = [dimension for dimension in DIMENSIONS if dimension in present]
    first = next((dimension for dimension in ("value", *DIMENSIONS) if dimension in present), None)
    found = {"dimension": page_choices.Choice(f"overview_dimension_{study.id}", dimensions, first)}
    if data is None:
        return found
    choices: tuple[FilterChoice, ...] = study.run.small("filter_choices", "", lambda: filter_choices(standard))
    for column in FILTER_COLUMNS:
        values = [choice.value for choice in choices if choice.column == column]
        found[column] = page_choices.Choice(f"overview_{column}_{study.id}", values, [], many=True)
    every_day = {str(data.start + timedelta(days=n)) for n in range((data.end - data.start).days + 1)}
    return found | {
        "days": page_choices.Choice(
            f"overview_days_{study.id}",
            every_day,
            (data.start, data.end),
            many=True,
            read=lambda days: tuple(date.fromisoformat(day) for day in days),
        ),
        "period": page_choices.Choice(f"overview_period_{study.id}", presets(data), "all"),
        "measure": page_choices.Choice(f"overview_measure_{study.id}", MEASURES, "revenue"),
        "products": page_choices.Choice(f"overview_products_{study.id}", RANKINGS, "revenue"),
    }


def controls(data: Period, kept: dict[str, page_choices.Choice]) -> OverviewParams:
    """Show the period picker and the filters; stop while a period has only one end."""
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.segmented_control(
            t("overview.period"),
            presets(data),
            required=True,
            format_func=lambda preset: t(f"overview.period.{preset}"),
            key=kept["period"].key,
            persist_state="session",
        )
        days: Sequence[date] = (data.start, data.end)
        if period == "own":
            days = st.date_input(  # pyright: ignore
                t("overview.period.days"),
                min_value=data.start,
                max_value=data.end,
                format="YYYY-MM-DD",
                key=kept["days"].key,
                persist_state="session",
                width=260,
            )
        filters = filter_popover(kept)
    if len(days) < 2:
        st.info(t("overview.period.one_day"))
        st.stop()
    start, end = days if period == "own" else (None, None)
    return OverviewParams(period=cast(Preset, period), start=start, end=end, **filters)


def filter_popover(kept: dict[str, page_choices.Choice]) -> dict[str, Any]:
    """Show one list per column that can be filtered by."""
    t = session.t()
    keys = {column: kept[column].key for column in FILTER_COLUMNS}
    offered = {column: kept[column].offered for column in FILTER_COLUMNS}
    if not any(offered.values()):
        return {}

    def clear() -> None:
        for key in keys.values():
            st.session_state[key] = []

    active = sum(bool(st.session_state.get(key)) for key in keys.values())
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
                        key=keys[column],
                        persist_state="session",
                    )
                )
        st.button(t("overview.filter.clear"), on_click=clear, disabled=not active, type="tertiary")
    return chosen
