"""Personas that people believe in, each statement set beside the data."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.compare.explain import described
from analysis.compare.words import level_name
from analysis.personas.hypothesis import HypothesisPersona, Op, check
from analysis.personas.words import read_statement
from analysis.profiles.words import feature_name, feature_names, mean_text
from ui import compute, session, show
from ui.segments import segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles

SOURCES = ("interviews", "sales", "service")
_KIND = "hypothesis"
OPS: tuple[Op, ...] = get_args(Op)


def hypotheses(study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown) -> None:
    """Show the personas people believe in, each statement beside the data, and the form for a new statement."""
    t = session.t()
    st.caption(show.md_escape(t("personas.hypothesis_help")))
    kept = compute.workspace().documents(_KIND, study.id)
    for position, document in enumerate(kept):
        one: HypothesisPersona = document.value
        with st.container(border=True):
            st.markdown(f"**{show.md_escape(one.name)}**")
            st.caption(show.md_escape(t(f"personas.source_{one.source}")))
            if one.notes:
                st.caption(show.md_escape(one.notes))
            if one.method == view.method and one.segment in view.names:
                st.markdown(show.md_escape(view.names[one.segment]))
                checks_table(one, profiles, view, position)
            if st.button(t("personas.remove"), key=f"remove_{position}", type="tertiary"):
                compute.workspace().remove_document(_KIND, document.name, study.id)
                st.rerun()
    features = {feature.key: feature for feature in described(profiles)}
    words = feature_names(features.values(), t)
    with st.form("hypothesis", border=True):
        left, right = st.columns(2)
        name = left.text_input(t("personas.name"), max_chars=80, key="hypothesis_name")
        source = right.selectbox(
            t("personas.source"), SOURCES, format_func=lambda key: t(f"personas.source_{key}"), key="hypothesis_source"
        )
        notes = st.text_area(t("personas.notes"), max_chars=4_000, key="hypothesis_notes")
        segment = left.selectbox(
            t("personas.beside"), list(view.edited.shown), format_func=lambda key: view.names[key],
            key=f"hypothesis_segment_{view.method}",
        )  # fmt: skip
        feature = right.selectbox(
            t("personas.feature"), list(features), format_func=lambda key: words[key],
            key="hypothesis_feature",
        )  # fmt: skip
        op = left.selectbox(t("personas.op"), OPS, format_func=lambda key: t(f"personas.op_{key}"), key="hypothesis_op")
        value = right.text_input(t("personas.value"), max_chars=200, key="hypothesis_value")
        if not st.form_submit_button(t("personas.add")) or not name.strip():
            return
    statement = read_statement(profiles, str(feature), op, value, t)
    if statement is None:
        st.error(show.md_escape(t("personas.not_fitting")))
        return
    same = next((document.name for document in kept if document.value.name == name.strip()), uuid.uuid4().hex)

    def changed(now: HypothesisPersona | None) -> HypothesisPersona:
        old = now or HypothesisPersona(name=name.strip())
        return old.model_copy(
            update={"source": source, "notes": notes or old.notes, "method": view.method, "segment": segment or "",
                    "statements": (*old.statements, statement)[-20:]}
        )  # fmt: skip

    compute.workspace().change_document(_KIND, same, changed, study.id)
    st.rerun()


def checks_table(one: HypothesisPersona, profiles: Profiles, view: segments.Shown, position: int) -> None:
    """Show each statement with its verdict, what was measured and on how many."""
    import pandas as pd

    t = session.t()
    rows: list[dict[str, Any]] = []
    for found in check(one.statements, profiles, view.edited.segmentation, one.segment):
        feature = profiles.feature(found.statement.feature)
        is_mean = not isinstance(found.statement.value, str)

        def write(value: float, feature: Any = feature, is_mean: bool = is_mean) -> str:
            return mean_text(value, feature, t) if feature and is_mean else t.percent(value) if value == value else "–"

        believed = found.statement.value
        told = level_name(feature, believed, t) if feature and isinstance(believed, str) else write(float(believed))  # pyright: ignore
        span = t("rfm.span", low=write(found.low), high=write(found.high))
        rows.append(
            {
                t("personas.feature"): feature_name(feature, t) if feature else found.statement.feature,
                t("personas.op"): t(f"personas.op_{found.statement.op}"),
                t("personas.value"): told,
                t("personas.verdict"): t(f"personas.verdict_{found.verdict}"),
                t("personas.measured"): f"{write(found.value)} ({span})" if found.value == found.value else "–",
                t("compare.n"): found.n,
            }
        )
    show.table(pd.DataFrame(rows), alt=t("personas.checks_alt"), name=f"checks_{position}")
