"""Page: what to offer to whom next, how often such lists were right, and what is bought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.offers import offered, together, tried
from analysis.predict.methods import PREDICTIONS
from analysis.predict.offers.params import OffersParams
from analysis.predict.offers.words import answer
from analysis.study.predicting import together_of, triples_of
from ui import compute, session, show
from ui.predict import frame, kept, offer_views

if TYPE_CHECKING:
    from analysis.predict.offers.result import Offers


def choices(study: compute.LoadedStudy, params: OffersParams) -> None:
    """Offer how it is ranked, and what is never offered."""
    st.selectbox(
        t("lifetime.model"), ["auto", "rule", "model"], format_func=lambda name: t(f"offers.choice.{name}"),
        help=t("offers.method_help"), **kept.field(study, params, "method"),
    )  # fmt: skip
    with st.popover(t("offers.limits"), icon=":material/block:"):
        st.number_input(
            t("offers.gone_days"), 1, 1095, help=t("offers.gone_days_help"), **kept.field(study, params, "gone_days")
        )
        st.number_input(
            t("offers.least_margin"), -1.0, 1.0, step=0.05, help=t("offers.least_margin_help"),
            **kept.field(study, params, "least_margin"),
        )  # fmt: skip
        offer_views.left_out(study, params)
    offer_views.which_list()


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show what is offered, or what stands behind it."""
    result: Offers = made.result
    which = offer_views.list_shown()
    found: dict[str, frame.View] = {
        "what": lambda: what(made, which),
        "tried": lambda: show.chart(tried(result, t), t("charts.offers_tried"), name="offers_tried"),
        "segments": lambda: offer_views.by_segment(made.study, made.profiles, result, which),
        "pairs": lambda: pairs(made),
        "sets": lambda: offer_views.sets(result, triples_of(made.study.run, made.params)),
    }
    if len(result.fresh.products):
        found["fresh"] = lambda: offer_views.fresh(result, made.profiles)
    if len(result.occasions):
        found["season"] = lambda: offer_views.season(result)
    return found


def what(made: frame.Made, which: str) -> None:
    """Show what is offered to how many, and to whom one product is."""
    show.chart(offered(made.result, t, which), t("offers.alt_what"), name="offers_what")
    offer_views.whom(made.study, made.params, made.result, made.profiles, which)


def pairs(made: frame.Made) -> None:
    """Show what is bought together."""
    found = together_of(made.study.run, made.params)
    names = dict(zip(made.result.items["item"], made.result.items["name"], strict=True))
    show.chart(together(found, names, t), t("offers.alt_pairs"), name="offers_pairs")


def actions(made: frame.Made) -> None:
    """Offer all lists as a file."""
    show.download_csv(lambda: PREDICTIONS["offers"].rows(made.result), "offers")


t = session.t()
frame.page(
    OffersParams(), choices=choices, views=views, actions=actions,
    told=lambda made: answer(made.result, t)[:2],
    beside=lambda made: frame.captions(answer(made.result, t)[2:]),
    said=["offers_untested"],
)  # fmt: skip
