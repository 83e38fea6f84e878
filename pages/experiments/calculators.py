"""Page: calculators for people who have only two or four numbers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.calculator_words import calculator_answer
from analysis.experiments.planning.calculators import CALCULATORS, CalculatorChoices
from analysis.experiments.words import prose
from analysis.exports.experiment.code import calculator_code
from ui import bound, session, show

ARMS = ("n_control", "conversions_control", "n_treatment", "conversions_treatment")
EVENTS = ("events_control", "exposure_control", "events_treatment", "exposure_treatment")
ASKED = {
    "size": ("baseline", "points", "power", "alpha"),
    "power": ("baseline", "points", "n", "power", "alpha"),
    "significance": (*ARMS, "alpha"),
    "interval": ("n_control", "conversions_control", "value", "alpha"),
    "sequential": (*ARMS, "points", "lift", "power", "alpha"),
    "looks": (*ARMS, "planned", "earlier", "points", "alpha"),
    "rates": (*EVENTS, "alpha"),
    "bayesian": (*ARMS, "alpha"),
}
WHOLE = ("n", "planned", "events_control", "events_treatment", *ARMS)


def main() -> None:
    """Show the page."""
    bind = bound.to_visit("calculators")
    st.segmented_control(
        t("calculators.which"), CALCULATORS, format_func=lambda one: t(f"calculators.{one}"), required=True,
        **bind.to("which", "size", offered=CALCULATORS),
    )  # fmt: skip
    which, top = bind.value("which"), st.container()
    choices = CalculatorChoices(**fields(bind, which))
    try:
        said = calculator_answer(which, choices, t)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        return
    with top:
        show.answer(prose(said[:1], t))
    for sentence in said[1:]:
        st.markdown(show.md_escape(sentence))
    show.how_computed(f"calculators.{which}_method")
    show.code(calculator_code(which, choices))


def fields(bind: bound.Bound, which: str) -> dict[str, Any]:
    """Show what the calculator asks, and return what was typed."""
    first = dict(CalculatorChoices())
    typed = {}
    with st.grid(min_column_width=200):
        for name in ASKED[which]:
            label, told = t(f"calculators.field_{name}"), t(f"calculators.field_{name}_help")
            if name == "earlier":
                st.text_input(label, max_chars=400, help=told, **bind.to(name, first[name], kind=str))
            else:
                st.number_input(
                    label, value=None, step=1.0 if name in WHOLE else None, format="%.15g", help=told,
                    **bind.to(name, first[name], kind=float | None),
                )  # fmt: skip
            typed[name] = bind.value(name)
    return typed


t = session.t()
show.page_header(t("calculators.title"), t("calculators.question"), "")
main()
show.next_step("experiments/plan")
