"""Page: how far customers go through steps, what they do instead, and which contact an order is credited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.paths import funnel_bars, what_follows
from analysis.predict.paths.by_segment import funnel_by_segment
from analysis.predict.paths.params import PathsParams
from analysis.predict.paths.words import answer
from ui import bound, session, show
from ui.predict import by_segment, frame, kept

if TYPE_CHECKING:
    from analysis.predict.paths.result import Paths

ALPHA = 0.05


def missing(code: str) -> None:
    """Say what is missing for a view."""
    show.empty_state(t(f"error.paths_{code}"))


def flows(found: Paths) -> None:
    """Show what follows what at one place of the way."""
    places = sorted({int(place) for place in found.flows["place"]})
    if not places:
        missing("no_flow")
        return
    place = st.segmented_control(
        t("paths.place"), places, format_func=lambda n: show.label("paths.place_n", n=n, next=n + 1), required=True,
        **bound.to_visit("paths_place").to("shown", places[0], offered=places),
    )  # fmt: skip
    show.chart(what_follows(found, place or places[0], t), t("paths.tab.flow"), name="paths_flow")


def stopped(found: Paths) -> None:
    """Show what those who stopped did next."""
    if found.funnel is None or found.funnel.stopped.empty:
        missing("no_events" if found.funnel is None else "no_stopped")
        return
    rows = found.funnel.stopped.head(200)
    told = {
        t("paths.column.step"): rows["step"],
        t("paths.column.then"): [then or t("paths.nothing") for then in rows["then"]],
        t("paths.chart.customers"): rows["customers"],
    }
    frame.rows(told, "paths.tab.stopped")


def segments_of(made: frame.Made) -> None:
    """Show who of each segment goes all the way, beside all others."""
    if made.result.funnel is None:
        missing("no_events")
        return
    view = by_segment.chosen(made.study, made.profiles, "paths")
    if view is None:
        return
    table = funnel_by_segment(made.result, view.edited.segmentation.labels)
    table = table[table["segment"].isin(view.edited.shown)]
    if table.empty:
        missing("no_segments")
        return
    shares = zip(table["share"], table["low"], table["high"], strict=True)
    told = {
        "segment": [view.names[key] for key in table["segment"]],
        "customers": table["customers"],
        "share": [t("paths.share_from_to", share=share, low=low, high=high) for share, low, high in shares],
        "others": [t.percent(one) if one == one else "–" for one in table["others"]],
        "differs": [t("paths.differs" if p < ALPHA else "paths.as_others") for p in table["p"]],
        "worst": table["worst"],
    }
    frame.rows({t(f"paths.column.{name}"): column for name, column in told.items()}, "paths.tab.segments")


def credited(found: Paths) -> None:
    """Show what contacts are credited with, by every way of sharing orders out."""
    if found.credits is None:
        missing("no_credit")
        return
    told = {t("paths.column.contact"): found.credits["contact"]}
    told |= {
        t(f"paths.column.{name}"): [t.number(one, 1) for one in found.credits[name]]
        for name in ("removal", "first", "last", "linear")
    }
    frame.rows(told, "paths.tab.credit")


def choices(made: frame.Made) -> None:
    """Offer the steps, their order and what ends a way."""
    study, params, known = made.study, made.params, list(made.result.events)
    if not known:
        return
    offered = [*known[:100], *(step for step in (*params.steps, *params.exclude) if step not in known[:100])]
    kept.several(study, params, "steps", offered)
    st.toggle(t("paths.ordered"), **kept.field(study, params, "ordered"))
    st.number_input(t("paths.window"), 1, 1095, help=t("paths.window_help"), **kept.field(study, params, "window_days"))
    kept.several(study, params, "exclude", [name for name in offered if name not in params.steps])


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show who goes how far, what follows what, what those who stopped did, or what contacts are credited with."""
    found: Paths = made.result
    return {
        "funnel": lambda: steps(found),
        "flow": lambda: flows(found),
        "stopped": lambda: stopped(found),
        "segments": lambda: segments_of(made),
        "credit": lambda: credited(found),
    }


def steps(found: Paths) -> None:
    """Show who goes how far, or where there are no events what contacts are credited with."""
    if found.funnel is None:
        credited(found)
    else:
        show.chart(funnel_bars(found, t), t("paths.chart.funnel"), name="paths_funnel")


def actions(made: frame.Made) -> None:
    """Offer the list of those who stopped on the way."""
    if made.result.funnel is None:
        return
    away = made.result.customers["steps"].between(1, len(made.result.funnel.steps) - 1)
    kept.listing(made.profiles, away, t("paths.list", n=int(away.sum())), "paths")


t = session.t()
frame.page(PathsParams(), views=views, beside=choices, actions=actions, told=lambda made: answer(made.result, t))
