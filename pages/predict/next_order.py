"""Page: in which window each customer orders next, and how often such windows were right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.next_order import comes_back, due
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.next_order.words import answer
from ui import compute, session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    pass


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show when orders are due, or who comes back after the first one."""
    return {
        "due": lambda: show.chart(due(made.result, t), t("next_order.tab.due"), name="next_order_due"),
        "back": lambda: show.chart(comes_back(made.result, t), t("next_order.tab.back"), name="next_order_back"),
    }


def choices(study: compute.LoadedStudy, params: NextOrderParams) -> None:
    """Offer how many days ahead the list reaches."""
    st.number_input(t("next_order.days"), 1, 1095, help=t("next_order.days_help"), **kept.field(study, params, "days"))


def actions(made: frame.Made) -> None:
    """Offer the list of those whose order is due."""
    days: int = made.params.days
    soon = made.result.customers["next_order_days"] <= days
    told = t("next_order.list", n=int(soon.sum()), days=days)
    kept.listing(made.profiles, soon.fillna(False), told, "next_order")


t = session.t()
frame.page(
    NextOrderParams(), choices=choices, views=views, actions=actions,
    told=lambda made: answer(made.result, t)[:2],
    beside=lambda made: frame.captions(answer(made.result, t)[2:]),
)  # fmt: skip
