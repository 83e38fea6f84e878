"""Page: what to offer to whom next, how often such lists were right, and what is bought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.offers import offered, together, tried
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.methods import PREDICTIONS
from analysis.predict.offers.params import OffersParams
from analysis.predict.offers.words import answer
from analysis.study.predicting import together_of
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept, offer_views
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.predict.offers.result import Offers
    from analysis.profiles.result import Profiles


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


def pictures(study: compute.LoadedStudy, params: OffersParams, result: Offers, profiles: Profiles, which: str) -> None:
    """Show what is offered, or what stands behind it."""
    views = ["what", "tried", "segments", "pairs", *(["fresh"] if len(result.fresh.products) else [])]
    views += ["season"] if len(result.occasions) else []
    chosen = st.segmented_control(
        t("segments.closer"), views, format_func=lambda name: t(f"offers.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("offers_view").to("shown", "what", offered=views),
    )  # fmt: skip
    try:
        if chosen == "what":
            show.chart(offered(result, t, which), t("offers.alt_what"), name="offers_what")
        elif chosen == "tried":
            show.chart(tried(result, t), t("charts.offers_tried"), name="offers_tried")
        elif chosen == "pairs":
            found = together_of(study.run, params)
            names = dict(zip(result.items["item"], result.items["name"], strict=True))
            show.chart(together(found, names, t), t("offers.alt_pairs"), name="offers_pairs")
        elif chosen == "segments":
            offer_views.by_segment(study, profiles, result, which)
        elif chosen == "fresh":
            offer_views.fresh(result, profiles)
        else:
            offer_views.season(result)
    except AnalysisError as problem:
        show.empty_state(t(f"error.{problem.code}", **problem.facts))


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: OffersParams = kept.params_of(study, OffersParams())
    lead, (left, right) = st.container(), screen.places()
    with right:
        choices(study, params)
    try:
        with lead, st.spinner(t("offers.working")):
            result: Offers = study.run.prediction(params)
    except AnalysisError as problem:
        with lead:
            show.error(problem)
        return
    told = answer(result, t)
    with lead:
        show.answer(prose(told[:2], t))
        kept.notes([note for note in result.notes if note.code != "offers_untested"])  # the answer says it
    with right:
        which = offer_views.which_list()
    with left:
        pictures(study, params, result, prepared.profiles, which)
    with right:
        for sentence in told[2:]:
            st.caption(show.md_escape(sentence))
        kept.use(study, params)
        offer_views.whom(study, params, result, prepared.profiles, which)
        show.download_csv(lambda: PREDICTIONS["offers"].rows(result), "offers")
    show.code(prediction_code(study.in_code, params))


segments.begin("offers")
t = session.t()
main()
show.how_computed("offers.method")
show.next_step("customers/tags")
