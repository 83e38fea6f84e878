"""Page: what customers are worth over the months ahead, beside the rule that they do the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.lifetime import staying_lines, trial_lines, value_by_tenth
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.words import answer, trial_sentence, unused_sentence, used_sentence
from ui import compute, session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    from analysis.predict.lifetime.result import LifetimeValue

MONTHS = (3, 6, 12, 24, 36)
BESIDE = ("lifetime_left_by",)  # notes that stand with the choices
SAID = ("lifetime_off",)  # by the answer


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


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show who brings how much, or how the model did on the past."""
    return {
        "tenths": lambda: show.chart(value_by_tenth(made.result, t), t("lifetime.alt_tenths"), name="lifetime_tenths"),
        "trial": lambda: trial(made.result),
        "model": lambda: kept.model_table(made.result),
    }


def trial(result: LifetimeValue) -> None:
    """Show how the model did on the past."""
    lines = trial_lines(result, t)
    if result.stayed is not None:
        show.chart(staying_lines(result.stayed, t), used_sentence(result, t), name="lifetime_staying")
    elif lines is None:
        st.markdown(show.md_escape(t("lifetime.no_trial")))
    else:
        show.chart(lines, trial_sentence(result, t), name="lifetime_trial")
        if unused := unused_sentence(result, t):
            st.markdown(show.md_escape(unused))


def actions(made: frame.Made) -> None:
    """Offer the list of the most valuable, and tiers by what they are worth."""
    kept.best(made.result, made.profiles, made.params)
    kept.as_tiers(made.study, made.result, made.params)


def beside(made: frame.Made) -> None:
    """Say by which column subscribers have left: a laptop has to show the picture below the answer."""
    frame.captions([t(f"note.{note.code}", **note.facts) for note in made.result.notes if note.code in BESIDE])


t = session.t()
frame.page(
    LifetimeParams(), choices=choices, views=views, actions=actions, beside=beside, said=(*BESIDE, *SAID),
    next_page="segments/tiers", told=lambda made: answer(made.result, t),
)  # fmt: skip
