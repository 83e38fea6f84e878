"""Page: how revenue, orders or customers go on over the months ahead, and how such a forecast did on the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.trend import months_ahead
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.methods import PREDICTIONS
from analysis.predict.trend.params import TrendParams
from analysis.predict.trend.words import answer
from analysis.segments.names import edited_names
from analysis.translate import prose
from ui import compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.predict.trend.result import Trend

MEASURES = ("auto", "revenue", "orders", "customers")
GROUPS = ("none", "segments", "region", "channel", "category")


def choices(study: compute.LoadedStudy, params: TrendParams) -> None:
    """Offer what is told, for whom, and how far ahead."""
    st.selectbox(
        t("trend.what"), MEASURES, format_func=lambda name: t(f"trend.measure.{name}"),
        **kept.field(study, params, "measure"),
    )  # fmt: skip
    st.selectbox(
        t("trend.by"), GROUPS, format_func=lambda name: t(f"trend.by.{name}"), **kept.field(study, params, "by")
    )
    st.slider(t("trend.months"), 1, 12, **kept.field(study, params, "months"))


def names_of(study: compute.LoadedStudy, params: TrendParams) -> Mapping[str, str]:
    """Return the words of the segments; of other groups the data's own stand."""
    plan = study.run.cards().plan if params.by == "segments" else None
    return {} if plan is None else edited_names(*study.run.segmentation(plan), t)


def shown(found: Trend, names: Mapping[str, str]) -> None:
    """Show the picture, and what a reader should mind."""
    show.chart(months_ahead(found, t, names), t("trend.chart"), name="trend")
    kept.notes(found.notes)


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    params: TrendParams = kept.params_of(study, TrendParams())
    found = names = problem = None
    try:
        found, names = study.run.prediction(params), names_of(study, params)
        show.answer(prose([*answer(found, t, names)[:1], answer(found, t, names)[-1]], t))
    except AnalysisError as refused:
        problem = refused
    left, right = screen.places()
    with left:
        if problem is not None:
            show.hint(problem)
        elif found is not None:
            shown(found, names or {})
    with right:
        choices(study, params)
        if found is not None:
            for sentence in answer(found, t, names)[1:-1]:
                st.caption(show.md_escape(sentence))
            kept.use(study, params, "trend")
            show.download_csv(lambda: PREDICTIONS["trend"].rows(found), "trend")
    show.code(prediction_code(study.in_code, params))


segments.begin("trend")
t = session.t()
main()
show.how_computed("trend.method")
show.next_step("customers/overview")
