"""The card of each persona: what is known, supposed and was tried, and the fields that a person may rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.exports.persona_card import card_png
from analysis.personas.portrait import portrait_svg
from analysis.personas.words import EDITABLE, Card, own_words
from analysis.translate import prose
from ui import compute, session, show
from ui.experiments import experiments

if TYPE_CHECKING:
    from analysis.personas.result import Persona


def one_card(study: compute.LoadedStudy, method: str, persona: Persona, told: Card, colour: str) -> None:
    """Show one card with its picture to download and the fields that a person may rewrite."""
    t = session.t()
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
            st.markdown(show.md_escape(prose(told.story, t)))
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
    t = session.t()
    found = experiments.of_segment(method, segment)
    if not found:
        return
    st.markdown(f"**{show.md_escape(t('personas.experiments'))}**")
    for stored in found:
        name = stored.experiment.name
        said = prose(experiments.lines(stored), t)
        text = t("personas.experiment", name=name, said=said) if said else t("personas.no_outcome", name=name)
        st.markdown(f"- {show.md_escape(text)}")


def save_edits(study_id: str, method: str, persona: Persona, told: Card, fields: dict[str, str | None]) -> None:
    """Keep what a person rewrote; a suggestion left as it stands is not kept, so that it follows the data."""
    from analysis.workspace.documents import PersonaWords, persona_name

    own = own_words(persona, told.segment, fields, session.t())

    def changed(_: PersonaWords | None) -> PersonaWords | None:
        return PersonaWords(method=method, segment=persona.segment, **own) if own else None

    name = persona_name(method, persona.segment)
    compute.workspace().change_document("persona", name, changed, study_id)
