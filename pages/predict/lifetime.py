"""Page: what customers are worth over the months ahead, beside the rule that they do the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.lifetime import trial_lines, value_by_tenth
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.words import answer, trial_sentence
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.predict.lifetime.result import LifetimeValue

MONTHS = (3, 6, 12, 24, 36)


def choices(study: compute.LoadedStudy, params: LifetimeParams) -> None:
    """Offer what can be chosen: how far ahead, where the figures come from, margin and discount."""
    st.selectbox(
        t("lifetime.months"), sorted({*MONTHS, params.months}), format_func=lambda n: t("lifetime.n_months", n=n),
        **kept.field(study, params, "months"),
    )  # fmt: skip
    models = ["auto", "rule", "bg_nbd", "mbg_nbd", "pareto_nbd"]
    st.selectbox(
        t("lifetime.model"), models if params.model in models else [*models, params.model],
        format_func=lambda name: t(f"lifetime.choice.{name}"), help=t("lifetime.model_help"),
        **kept.field(study, params, "model"),
    )  # fmt: skip
    with st.popover(t("lifetime.money"), icon=":material/payments:"):
        st.number_input(
            t("lifetime.margin"),
            0.01,
            1.0,
            step=0.05,
            help=t("lifetime.margin_help"),
            **kept.field(study, params, "margin"),
        )
        st.number_input(
            t("lifetime.discount"), 0.0, 1.0, step=0.01, help=t("lifetime.discount_help"),
            **kept.field(study, params, "discount"),
        )  # fmt: skip


def pictures(result: LifetimeValue) -> None:
    """Show who brings how much, or how the model did on the past."""
    views = ("tenths", "trial", "model")
    chosen = st.segmented_control(
        t("segments.closer"), views, format_func=lambda name: t(f"lifetime.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("lifetime_view").to("shown", "tenths", offered=list(views)),
    )  # fmt: skip
    if chosen == "tenths":
        show.chart(value_by_tenth(result, t), t("lifetime.alt_tenths"), name="lifetime_tenths")
    elif chosen == "trial":
        lines = trial_lines(result, t)
        if lines is None:
            st.markdown(show.md_escape(t("lifetime.no_trial")))
        else:
            show.chart(lines, trial_sentence(result, t), name="lifetime_trial")
    else:
        kept.model_table(result)


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params = kept.params_of(study, LifetimeParams())
    lead, (left, right) = st.container(), screen.places()
    with right:
        choices(study, params)
    try:
        result = study.run.prediction(params)
    except AnalysisError as problem:
        with lead:
            show.error(problem)
        return
    with lead:
        show.answer(prose(answer(result, t), t))
        kept.notes(result.notes)
    with left:
        pictures(result)
    with right:
        kept.use(study, params)
        kept.best(result, prepared.profiles)
        kept.as_tiers(study, result, params)
    show.code(prediction_code(study.in_code, params))


segments.begin("lifetime")
t = session.t()
main()
show.how_computed("lifetime.method")
show.next_step("segments/tiers")
