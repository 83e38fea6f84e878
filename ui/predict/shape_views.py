"""The shapes of customers, as a view of the trend: its own choices, answer and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.shapes import over_the_year
from analysis.exports.code import prediction_code
from analysis.predict.methods import PREDICTIONS
from analysis.predict.shapes.forms import AGAINST_CHANCE
from analysis.predict.shapes.params import ShapesParams
from analysis.predict.shapes.words import answer, how_sure
from analysis.translate import prose
from ui import session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    from analysis.predict.shapes.result import Shapes
    from ui import compute


def view(study: compute.LoadedStudy) -> None:
    """Show which shapes there are, and offer them as a feature and as lists; refuses as the engine does."""
    t, params = session.t(), kept.params_of(study, ShapesParams())
    made = frame.made_of(study, params)
    found: Shapes = made.result
    st.markdown(show.md_escape(prose(answer(found, t), t)))
    if found.shapes["is_told"].any():
        show.chart(over_the_year(found, t), t("shapes.chart"), name="shapes")
    frame.notes(found.notes)
    with st.expander(t("shapes.table")):
        st.slider(t("shapes.least"), 6, 60, **kept.field(study, params, "least_orders"))
        _table(found)
        st.caption(show.label("shapes.method"))
        st.code(prediction_code(study.in_code, params), "python")
    with st.container(horizontal=True, key="shape_actions"):
        kept.use(study, params)
        told = found.shapes.loc[found.shapes["is_told"] & found.shapes["shape"].isin(AGAINST_CHANCE), "shape"]
        for shape in told:
            name = t("shapes.list", shape=t(f"value.shape.{shape}"))
            kept.listing(made.profiles, found.customers["shape"] == shape, name, f"shape_{shape}")
        show.download_csv(lambda: PREDICTIONS["shapes"].rows(found), "shapes")


def _table(found: Shapes) -> None:
    t, rows = session.t(), found.shapes
    frame.rows(
        {
            t("shapes.column.shape"): [t(f"value.shape.{name}") for name in rows["shape"]],
            t("shapes.column.customers"): rows["customers"],
            t("shapes.column.interval"): [
                f"{t.percent(low)} – {t.percent(high)}" for low, high in zip(rows["low"], rows["high"], strict=True)
            ],
            t("shapes.column.by_chance"): ["–" if one != one else t.number(round(one)) for one in rows["by_chance"]],
            t("shapes.column.stable"): [how_sure(one, t) for one in rows["stable"]],
            t("shapes.column.told"): [t("charts.yes") if told else "–" for told in rows["is_told"]],
        },
        "shapes.table",
    )
