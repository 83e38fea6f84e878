"""Page: how revenue, orders or customers go on over the months ahead, how such a forecast did on the past; shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.trend import months_ahead
from analysis.predict.methods import PREDICTIONS
from analysis.predict.trend.params import TrendParams
from analysis.predict.trend.words import answer
from analysis.segments.names import edited_names
from ui import compute, session, show
from ui.predict import frame, kept, shape_views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def words(made: frame.Made) -> Sequence[str]:
    """Return what is told: the months ahead, more of them, and how such a forecast did."""
    return answer(made.result, t, names_of(made.study, made.params))


def picture(made: frame.Made) -> None:
    """Show the months behind and those ahead."""
    show.chart(months_ahead(made.result, t, names_of(made.study, made.params)), t("trend.chart"), name="trend")


t = session.t()
frame.page(
    TrendParams(), choices=choices,
    views=lambda made: {"months": lambda: picture(made), "shapes": lambda: shape_views.view(made.study)},
    actions=lambda made: show.download_csv(lambda: PREDICTIONS["trend"].rows(made.result), "trend"),
    told=lambda made: [*words(made)[:1], words(made)[-1]],
    beside=lambda made: frame.captions(words(made)[1:-1]),
    words="trend", next_page="customers/overview",
)  # fmt: skip
