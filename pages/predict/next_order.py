"""Page: in which window each customer orders next, and how often such windows were right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.next_order import comes_back, due
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.next_order.words import answer
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.predict.next_order.result import NextOrders


def pictures(result: NextOrders) -> None:
    """Show when orders are due, or who comes back after the first one."""
    views = ("due", "back")
    chosen = st.segmented_control(
        t("segments.closer"), views, format_func=lambda name: t(f"next_order.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("next_order_view").to("shown", "due", offered=list(views)),
    )  # fmt: skip
    if chosen == "back":
        show.chart(comes_back(result, t), t("next_order.tab.back"), name="next_order_back")
        return
    try:
        show.chart(due(result, t), t("next_order.tab.due"), name="next_order_due")
    except AnalysisError as problem:
        show.empty_state(t(f"error.{problem.code}", **problem.facts))


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: NextOrderParams = kept.params_of(study, NextOrderParams())
    try:
        result: NextOrders = study.run.prediction(params)
    except AnalysisError as problem:
        show.error(problem)
        return
    show.answer(prose(answer(result, t)[:2], t))
    kept.notes(result.notes)
    left, right = screen.places()
    with left:
        pictures(result)
    with right:
        st.number_input(
            t("next_order.days"), 1, 1095, help=t("next_order.days_help"), **kept.field(study, params, "days")
        )
        for sentence in answer(result, t)[2:]:
            st.caption(show.md_escape(sentence))
        kept.use(study, params)
        soon = result.customers["next_order_days"] <= params.days
        kept.listing(
            prepared.profiles,
            soon.fillna(False),
            t("next_order.list", n=int(soon.sum()), days=params.days),
            "next_order",
        )
    show.code(prediction_code(study.in_code, params))


segments.begin("next_order")
t = session.t()
main()
show.how_computed("next_order.method")
show.next_step("customers/tags")
