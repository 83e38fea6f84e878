"""Page: segments as persons, and persons that people believe in set beside the data."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic import ValidationError

from analysis.charts.palette import segment_colours
from analysis.compare.compare import YES
from analysis.compare.explain import described
from analysis.compare.words import level_name
from analysis.errors import AnalysisError
from analysis.exports.persona_card import card_png
from analysis.personas.build import personas
from analysis.personas.hypothesis import HypothesisPersona, Statement, check
from analysis.personas.portrait import portrait_svg
from analysis.personas.words import EDITABLE, Card, card
from analysis.profiles.words import feature_name, feature_names, value_text
from ui import compute, session, show
from ui.experiments import experiments
from ui.segments import explain, segments

if TYPE_CHECKING:
    from analysis.personas.result import Persona
    from analysis.profiles.result import Profiles

SOURCES = ("interviews", "sales", "service")
OPS = ("at_least", "at_most", "most_are")


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    views, problems = explain.views_and_problems(study, profiles)
    segments.left_out(problems, profiles)
    if not views:
        show.empty_state(t("personas.nothing"), "segments/rfm")
        return
    method = st.segmented_control(
        t("compare.segmentation"), list(views), format_func=explain.method_name, default=next(iter(views)),
        required=True, key="personas_method", persist_state="session",
    )  # fmt: skip
    view = views[str(method)]
    built = study.run.small(
        "personas", explain.key_of(study, view), lambda: personas(profiles, view.edited.segmentation)
    )
    shown = [persona for persona in built if persona.segment in view.edited.shown]
    show.answer(t("personas.answer", n=len(shown)))
    edits = compute.workspace().persona_words(study.id).get(view.method, {})
    colours = segment_colours(persona.segment for persona in shown)
    for persona in shown:
        told = card(persona, view.names[persona.segment], t, edits=edits.get(persona.segment))
        one_card(study, view.method, persona, told, colours[persona.segment])
    hypotheses(study, profiles, view)
    show.how_computed("personas.method")


def one_card(study: compute.Study, method: str, persona: Persona, told: Card, colour: str) -> None:
    """Show one card with its picture to download and the fields that a person may rewrite."""
    with st.container(border=True):
        left, right = st.columns([1, 5])
        with left:
            # Streamlit takes drawings out of HTML; as a picture it stays, and runs nothing.
            st.image(portrait_svg(persona, colour), width=150)
        with right:
            st.subheader(show.md_escape(told.name), anchor=False)
            if told.name != told.segment:
                st.caption(show.md_escape(told.segment))
            if told.too_few:
                st.markdown(show.md_escape(told.size))
                st.caption(show.md_escape(told.too_few))
                return
            st.markdown(show.md_escape(segments.prose(told.story)))
            for title, sentences in (("personas.preferred", told.preferred), ("personas.company", told.company)):
                if sentences:
                    st.markdown(f"**{show.md_escape(t(title))}**")
                    st.markdown("\n".join(f"- {show.md_escape(sentence)}" for sentence in sentences))
            supposed = ((t("personas.goals"), told.goals), (t("personas.pains"), told.pains))
            lines = [f"- {show.md_escape(name)}: {show.md_escape(text)}" for name, text in supposed]
            lines.append(f"- {show.md_escape(t('personas.quoted', quote=told.quote))}")
            st.caption("\n".join([f"**{show.md_escape(t('personas.supposed'))}**", "", *lines]))
        past_experiments(method, persona.segment)
        place = f"{method}_{persona.segment}"
        st.download_button(
            t("personas.png"), lambda: card_png(persona, told, colour, t),
            f"persona_{persona.segment}.png", "image/png", key=f"png_{place}", on_click="ignore", type="tertiary",
            icon=":material/download:",
        )  # fmt: skip
        with st.expander(t("personas.edit")), st.form(f"edit_{place}", border=False):
            fields = {
                key: st.text_input(
                    t(f"personas.{key}"), getattr(told, key), max_chars=80 if key == "name" else 300,
                    key=f"{key}_{place}_{session.language()}",
                )
                for key in EDITABLE
            }  # fmt: skip
            st.caption(t("personas.edit_help"))
            if st.form_submit_button(t("app.apply")):
                save_edits(study.id, method, persona, told, fields)
                st.rerun()


def past_experiments(method: str, segment: str) -> None:
    """Show what was tried with the segment, and what was learned."""
    found = experiments.of_segment(method, segment)
    if not found:
        return
    st.markdown(f"**{show.md_escape(t('personas.experiments'))}**")
    for stored in found:
        name = stored.experiment.name
        said = segments.prose(experiments.lines(stored))
        text = t("personas.experiment", name=name, said=said) if said else t("personas.no_outcome", name=name)
        st.markdown(f"- {show.md_escape(text)}")


def save_edits(study_id: str, method: str, persona: Persona, told: Card, fields: dict[str, str | None]) -> None:
    """Keep what a person rewrote; a suggestion left as it stands is not kept, so that it follows the data."""
    from analysis.workspace.documents import PersonaWords, persona_name

    plain = card(persona, told.segment, t)
    typed = {key: (text or "").strip() for key, text in fields.items()}
    own = {key: text for key, text in typed.items() if text and text != getattr(plain, key)}

    def changed(_: PersonaWords | None) -> PersonaWords | None:
        return PersonaWords(method=method, segment=persona.segment, **own) if own else None

    name = persona_name(method, persona.segment)
    compute.workspace().change_document("persona", name, changed, study_id)


def hypotheses(study: compute.Study, profiles: Profiles, view: segments.Shown) -> None:
    """Show the personas people believe in, each statement beside the data, and the form for a new statement."""
    st.subheader(t("personas.hypothesis"), anchor=False)
    st.caption(show.md_escape(t("personas.hypothesis_help")))
    kept = compute.workspace().documents("hypothesis", study.id)
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
                compute.workspace().remove_document("hypothesis", document.name, study.id)
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
    statement = statement_of(profiles, str(feature), str(op), value)
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

    compute.workspace().change_document("hypothesis", same, changed, study.id)
    st.rerun()


def statement_of(profiles: Profiles, key: str, op: str, typed: str) -> Statement | None:
    """Return what was typed as a statement, or None when it does not fit the feature."""
    feature = profiles.feature(key)
    if feature is None:
        return None
    value: float | str = typed.strip()
    try:
        if feature.kind == "number":
            value = float(typed.replace(",", "").strip())
        elif feature.kind == "flag":
            value = YES
        else:
            # A level is known by its words or as the file wrote it.
            levels = profiles.customers[key].dropna().astype(str).unique()
            value = next((level for level in levels if typed.strip() in (level, level_name(feature, level, t))), "")
        return Statement(feature=key, op=op, value=value) if value != "" else None  # pyright: ignore
    except (ValueError, ValidationError):
        return None


def checks_table(one: HypothesisPersona, profiles: Profiles, view: segments.Shown, position: int) -> None:
    """Show each statement with its verdict, what was measured and on how many."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for found in check(one.statements, profiles, view.edited.segmentation, one.segment):
        feature = profiles.feature(found.statement.feature)
        is_mean = not isinstance(found.statement.value, str)

        def write(value: float, feature: Any = feature, is_mean: bool = is_mean) -> str:
            return value_text(value, feature, t) if feature and is_mean else t.percent(value) if value == value else "–"

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


segments.begin("personas")
t = session.t()
try:
    main()
except AnalysisError as problem:
    show.error(problem)
show.next_step("segments/compare")
