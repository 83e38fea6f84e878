"""What the Plan page asks: the metric, for whom, the effect worth having, and what seldom changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.experiments.choices import METRICS, TYPED
from analysis.experiments.planning.outlook import amounts_of, shares_of
from analysis.experiments.planning.plan import ProportionFormula
from analysis.profiles.words import feature_names
from ui import bound, session
from ui.experiments import planning

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles


def controls(bind: bound.Bound, offered: dict[str, str], profiles: Profiles | None, *, has_orders: bool) -> None:
    """Show what most plans need: the metric, for whom, and the effect worth having.

    Where it is not known what customers did, a feature of theirs is measured.
    """
    t = session.t()
    to = bind.of
    with st.container(border=True):
        st.segmented_control(
            t("plan.metric"), METRICS, format_func=lambda one: t(f"plan.metric_{one}"), **to("metric"),
            required=True, help=t("plan.metric_help"),
        )  # fmt: skip
        metric = bind.value("metric")
        share = metric == "proportion"
        with st.grid(min_column_width=260):  # side by side where each still has room for its words
            left, middle, right = st.container(), st.container(), st.container()
        with left:
            st.selectbox(
                t("plan.source"), list(offered), format_func=lambda one: offered[one], **to("source"),
                help=t("plan.source_help"), disabled=len(offered) == 1,
            )  # fmt: skip
            typed = bind.value("source") == TYPED
            st.text_input(t("plan.outcome"), **to("outcome"), max_chars=100, placeholder=t("plan.outcome_hint"))
        with middle:
            if typed and share:
                st.number_input(
                    t("plan.baseline"), **to("baseline"), value=None, format="%.4g", help=t("plan.baseline_help")
                )
            elif typed:
                st.number_input(
                    t("plan.mean"), **to("mean"), value=None, format="%.6g", help=t(f"plan.mean_help_{metric}")
                )
                st.number_input(t("plan.sd"), **to("sd"), value=None, format="%.6g", help=t("plan.sd_help"))
            else:
                measured(bind, str(metric), profiles, has_orders=has_orders)
            if typed:
                st.number_input(
                    t("plan.customers"), **to("customers"), value=None, step=1, help=t("plan.customers_help")
                )
        with right:
            only = bool(bind.value("non_inferior"))  # then it is what is expected, mostly nothing
            st.segmented_control(
                t("plan.effect_expected" if only else "plan.effect_kind"), ("absolute", "relative"),
                format_func=lambda one: t(f"plan.effect_{one}"), **to("effect_kind"), required=True,
                help=t("plan.effect_expected_help" if only else "plan.effect_help"),
            )  # fmt: skip
            hint = t("plan.no_effect_hint") if only else None if typed else t("plan.smallest_hint")
            if bind.value("effect_kind") == "relative":
                st.number_input(t("plan.relative"), **to("relative"), value=None, format="%.4g", placeholder=hint)
            elif share:
                st.number_input(t("plan.points"), **to("points"), value=None, format="%.4g", placeholder=hint)
            else:
                st.number_input(t("plan.amount"), **to("amount"), value=None, format="%.6g", placeholder=hint)
            st.number_input(
                t("plan.per_week"), **to("per_week"), value=None, format="%.6g",
                help=t("plan.per_week_help") if typed else t("plan.per_week_help_segment"),
            )  # fmt: skip


def measured(bind: bound.Bound, metric: str, profiles: Profiles | None, *, has_orders: bool) -> None:
    """Show what is measured of the segment's customers, and over how many days."""
    t = session.t()
    if profiles is None:
        return
    known = shares_of(profiles) if metric == "proportion" else amounts_of(profiles) if metric == "mean" else ()
    words = feature_names([feature for key in known if (feature := profiles.feature(key))], t)
    if has_orders or not words:
        words = {"": t(f"plan.measure_{metric}")} | words
    at_first = str(bind.value("feature"))
    feature = bind.to("feature", at_first if at_first in words else next(iter(words)), offered=words)
    if len(words) > 1 or "" not in words:
        st.selectbox(
            t("plan.feature"), list(words), format_func=lambda one: words[one], help=t("plan.feature_help"), **feature
        )
    if not bind.value("feature"):
        st.number_input(
            t("plan.days"), **bind.of("days"), value=None, step=1, min_value=1, max_value=3660,
            help=t("plan.days_help"),
        )  # fmt: skip


def more(bind: bound.Bound, by: dict[str, str], *, some_left: bool) -> None:
    """Show what seldom has to change; ``by`` are the columns that can name what is assigned as a whole, in words.

    ``some_left`` says that a column tells who left.
    """
    t = session.t()
    to = bind.of
    with st.grid(min_column_width=220):
        left, middle, right = st.container(), st.container(), st.container()
    with left:
        st.number_input(t("plan.power"), **to("power"), value=None, format="%.4g", help=t("plan.power_help"))
        st.number_input(t("plan.alpha"), **to("alpha"), value=None, format="%.4g", help=t("plan.alpha_help"))
        st.selectbox(
            t("plan.sides"), ("two_sided", "one_sided"), format_func=lambda one: t(f"plan.{one}"), **to("sides"),
            help=t("plan.sides_help"),
        )  # fmt: skip
    with middle:
        st.number_input(t("plan.treatments"), **to("treatments"), value=None, step=1, help=t("plan.treatments_help"))
        st.toggle(t("plan.correct"), **to("correct"), help=t("plan.correct_help"))
        st.number_input(t("plan.split"), **to("split"), value=None, format="%.4g", help=t("plan.split_help"))
        if bind.value("metric") in ("revenue", "mean") and bind.value("source") == TYPED:
            st.number_input(
                t("plan.skewness"), **to("skewness"), value=None, format="%.4g", help=t("plan.skewness_help")
            )
    with right:
        together(bind, by)
        st.selectbox(
            t("plan.sequential"), planning.SEQUENTIAL, format_func=lambda one: t(f"plan.{one}"), **to("sequential"),
            help=t("plan.sequential_help"),
        )  # fmt: skip
        if bind.value("sequential") in ("obrien_fleming", "pocock"):
            st.number_input(t("plan.looks"), **to("looks"), value=None, step=1)
        st.toggle(t("plan.non_inferior"), **to("non_inferior"), help=t("plan.non_inferior_help"))
        share = bind.value("metric") == "proportion"
        if bind.value("non_inferior"):
            label = t("plan.margin_points") if share else t("plan.margin")
            st.number_input(label, **to("margin"), value=None, format="%.6g")
        elif share and bind.value("sequential") == "fixed":
            st.selectbox(
                t("plan.formula"), get_args(ProportionFormula), format_func=lambda one: t(f"plan.formula_{one}"),
                **to("formula"), help=t("plan.formula_help"),
            )  # fmt: skip
        if some_left and bind.value("source") != TYPED:
            st.toggle(t("act.leave_out_left"), **to("leave_out_left"), help=t("act.leave_out_left_help"))


def together(bind: bound.Bound, by: dict[str, str]) -> None:
    """Show what gets a version as a whole, where it is not each customer alone, and how alike its customers are."""
    t, to = session.t(), bind.of
    typed = bind.value("source") == TYPED
    if typed:
        st.number_input(
            t("plan.cluster_size"), **to("cluster_size"), value=None, format="%.6g", help=t("plan.cluster_size_help")
        )
        if bind.value("cluster_size") is None:
            return
        st.number_input(
            t("plan.cluster_variation"), **to("cluster_variation"), value=None, format="%.4g",
            help=t("plan.cluster_variation_help"),
        )  # fmt: skip
    elif by:
        words = {"": t("plan.cluster_none")} | by
        st.selectbox(
            t("plan.cluster"), list(words), format_func=lambda one: words[one], **to("cluster"),
            help=t("plan.cluster_help"),
        )  # fmt: skip
    if typed or bind.value("cluster"):
        st.number_input(
            t("plan.icc"), **to("icc"), value=None, format="%.4g", help=t("plan.icc_help"),
            placeholder=None if typed else t("plan.icc_seen"),
        )  # fmt: skip
