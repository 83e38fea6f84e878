"""Page: in which window each customer orders next, and how often such windows were right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.next_order import comes_back, due
from analysis.conditions import Condition
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.next_order.words import answer
from analysis.tags.params import Rule
from ui import compute, session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.next_order.result import NextOrders


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
    when = Condition(feature="next_order_days", op="le", values=(float(days),))
    tag = kept.tag_of(f"predicted_due_{days}", Rule(when=when), "next_order.tag", days=days)
    kept.listing(
        made.profiles, soon.fillna(False), told, "next_order", lambda: windows(made.result), sent=(tag, made.params)
    )


def windows(result: NextOrders) -> pd.DataFrame:
    """Return how often each customer orders, and the window of the next order, as columns of the list."""
    import pandas as pd

    found = result.customers
    days = {name: found[name].dt.strftime("%Y-%m-%d") for name in ("low_50", "high_50")}
    return pd.DataFrame(
        {
            t("next_order.usual"): found["usual_days"].round(),
            t("next_order.from"): days["low_50"],
            t("next_order.to"): days["high_50"],
        }
    )


t = session.t()
frame.page(
    NextOrderParams(), choices=choices, views=views, actions=actions,
    told=lambda made: answer(made.result, t)[:2],
    beside=lambda made: frame.captions(answer(made.result, t)[2:]),
)  # fmt: skip
