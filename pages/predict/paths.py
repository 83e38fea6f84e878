"""Page: how far customers go through steps, what they do instead, and which contact an order is credited to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.paths import funnel_bars, what_follows
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.paths.params import PathsParams
from analysis.predict.paths.words import answer
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.predict.paths.result import Paths

VIEWS = ("funnel", "flow", "stopped", "credit")


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
    import pandas as pd

    if found.funnel is None or found.funnel.stopped.empty:
        missing("no_events" if found.funnel is None else "no_stopped")
        return
    rows = found.funnel.stopped.head(200)
    told = pd.DataFrame({
        t("paths.column.step"): rows["step"],
        t("paths.column.then"): [then or t("paths.nothing") for then in rows["then"]],
        t("paths.chart.customers"): rows["customers"],
    })  # fmt: skip
    st.dataframe(told, hide_index=True, height=300, alt=t("paths.tab.stopped"))


def credited(found: Paths) -> None:
    """Show what contacts are credited with, by every way of sharing orders out."""
    import pandas as pd

    if found.credits is None:
        missing("no_credit")
        return
    told = {t("paths.column.contact"): found.credits["contact"]}
    told |= {
        t(f"paths.column.{name}"): [t.number(one, 1) for one in found.credits[name]]
        for name in ("removal", "first", "last", "linear")
    }
    st.dataframe(pd.DataFrame(told), hide_index=True, height=300, alt=t("paths.tab.credit"))


def choices(study: compute.LoadedStudy, found: Paths | None, params: PathsParams) -> None:
    """Offer the steps, their order and what ends a way."""
    known = list(found.events) if found is not None else []
    if known:
        offered = [*known[:100], *(step for step in (*params.steps, *params.exclude) if step not in known[:100])]
        kept.several(study, params, "steps", offered)
        st.toggle(t("paths.ordered"), **kept.field(study, params, "ordered"))
        st.number_input(
            t("paths.window"), 1, 1095, help=t("paths.window_help"), **kept.field(study, params, "window_days")
        )
        rest = [name for name in offered if name not in params.steps]
        kept.several(study, params, "exclude", rest)


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: PathsParams = kept.params_of(study, PathsParams())
    try:
        found: Paths = study.run.prediction(params)
    except AnalysisError as problem:
        show.hint(problem)
        return
    show.answer(prose(answer(found, t), t))
    kept.notes(found.notes)
    left, right = screen.places()
    with left:
        view = st.segmented_control(
            t("segments.closer"), VIEWS, format_func=lambda name: t(f"paths.tab.{name}"), required=True,
            label_visibility="collapsed", **bound.to_visit("paths_view").to("shown", "funnel", offered=list(VIEWS)),
        )  # fmt: skip
        if view == "flow":
            flows(found)
        elif view == "stopped":
            stopped(found)
        elif view == "credit" or found.funnel is None:
            credited(found)
        else:
            show.chart(funnel_bars(found, t), t("paths.chart.funnel"), name="paths_funnel")
    with right:
        choices(study, found, params)
        kept.use(study, params)
        if found.funnel is not None:
            n = len(found.funnel.steps)
            away = found.customers["steps"].between(1, n - 1)
            kept.listing(prepared.profiles, away, t("paths.list", n=int(away.sum())), "paths")
    show.code(prediction_code(study.in_code, params))


segments.begin("paths")
t = session.t()
main()
show.how_computed("paths.method")
show.next_step("customers/tags")
