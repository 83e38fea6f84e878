"""The choices of the RFM page: naming scheme, cuts, own cuts as typed; each is kept at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.param_edit import with_scheme
from analysis.segments.params import RfmParams
from analysis.segments.scores.cuts import OWN_FIELDS, own_params, read_cuts, write_cuts
from analysis.segments.scores.schemes import measured
from ui import bound, compute, session, show
from ui.segments import kept, rfm_options, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rfm import RfmResult

SCHEMES = ("two_digit", "eight_a", "eight_b", "boxes")
MEASURES = ("r", "f", "m")
OWN_CUTS_HELP = {"rfm_one_customer", "rfm_too_few_customers", "rfm_all_equal"}


def refused(study: compute.LoadedStudy, plan: Any, profiles: Profiles, problem: AnalysisError) -> None:
    """Say why there are no segments, and offer what helps."""
    t = session.t()
    if problem.code == "rfm_needs_orders":
        show.hint(segments.missing_columns(problem))
        show.empty_state(t("rfm.without_orders"), "segments/clusters")
        return
    show.error(problem)
    kept.offer(plan)
    settings(plan.params, profiles, None)
    if problem.code in OWN_CUTS_HELP:
        st.button(t("rfm.use_own"), type="primary", on_click=use_own, args=(profiles, None))


def settings(params: RfmParams, profiles: Profiles, result: RfmResult | None) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    eight = params.scheme.startswith("eight")
    methods = ["mean", "median", "own"] if eight else ["quantile", "interval", "mean", "median", "own"]
    cuts = result.cuts if result is not None else None
    if not eight and params.cuts in ("quantile", "interval"):
        st.slider(
            t("rfm.n_scores"), 2, 10, help=t("rfm.n_scores_help"),
            **segments.param("rfm", "n_scores", params.n_scores),
        )  # fmt: skip
    st.selectbox(
        t("rfm.scheme"), SCHEMES, format_func=lambda scheme: t(f"rfm.scheme_{scheme}"), help=t("rfm.scheme_help"),
        **bound.one("rfm_scheme", params.scheme, set_scheme),
    )  # fmt: skip
    st.selectbox(
        t("rfm.cuts"), methods, format_func=lambda method: t(f"rfm.cuts_{method}"), help=t("rfm.cuts_help"),
        **bound.one("rfm_cuts", params.cuts, partial(set_cuts, profiles, cuts)),
    )  # fmt: skip
    if params.cuts == "own":
        own_cuts(params, profiles)
    rfm_options.more(params, profiles)
    show.problem()


def own_cuts(params: RfmParams, profiles: Profiles) -> None:
    """Show a field for the cuts of each measure, in days, orders and (where it is known) money."""
    t = session.t()
    for key in measured(profiles):
        saved = getattr(params, OWN_FIELDS[key])
        name = f"rfm_own_{key}"
        with st.container():
            if not params.scheme.startswith("eight"):
                st.text_input(
                    t(f"rfm.own_{key}"), help=t("rfm.own_help"),
                    **bound.one(name, write_cuts(saved), partial(set_own, key)),
                )  # fmt: skip
                if (refusal := bound.refusal(name)) is not None:
                    show.error(refusal)
            else:
                st.number_input(
                    t(f"rfm.own_one_{key}"), min_value=0.0, step=1.0, format="%.15g",
                    **bound.one(f"{name}_one", float(saved[0]), partial(set_own_one, key)),
                )  # fmt: skip


def set_scheme(scheme: Any) -> None:
    """Take another naming scheme, with cuts that it can use."""
    forget_drafts()
    segments.edit_params("rfm", lambda params: with_scheme(params, scheme))


def set_cuts(profiles: Profiles, cuts: dict[str, tuple[float, ...]] | None, chosen: str) -> None:
    """Take another way to cut; own cuts start from the present ones."""
    if chosen == "own":
        use_own(profiles, cuts)
    else:
        segments.change_params("rfm", cuts=chosen)


def use_own(profiles: Profiles, cuts: dict[str, tuple[float, ...]] | None) -> None:
    """Start own cuts from the present ones, apart where many customers share a value."""
    forget_drafts()
    segments.edit_params("rfm", lambda params: own_params(profiles, params, cuts))


def set_own(key: str, typed: str) -> None:
    """Keep cuts that were typed; raises AnalysisError when they cannot be read."""
    segments.change_params("rfm", **{OWN_FIELDS[key]: read_cuts(typed)})


def set_own_one(key: str, cut: float) -> None:
    """Keep the one cut of the eight classes."""
    segments.change_params("rfm", **{OWN_FIELDS[key]: (cut,)})


def forget_drafts() -> None:
    """Forget texts that could not be read."""
    for key in MEASURES:
        bound.forget(f"rfm_own_{key}")


def collapsed(found: Any, profiles: Profiles, result: RfmResult) -> None:
    """Say that cuts fell together, with the way out one click away."""
    t = session.t()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(show.md_escape(t(f"note.{found.code}", **found.facts)))
        st.button(
            t("rfm.use_own"), key=f"use_own_{found.code}", on_click=use_own, args=(profiles, result.cuts),
            icon=":material/edit:",
        )  # fmt: skip
