"""The card of a persona: the face, the story, the facts, what is supposed, and the fields that a person may rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.exports.persona_card import card_pdf, card_png
from analysis.personas.portrait import portrait_svg
from analysis.personas.words import EDITABLE, Card, own_words
from analysis.privacy.small_groups import is_small
from analysis.translate import prose
from ui import compute, session, show
from ui.experiments import experiments

if TYPE_CHECKING:
    from analysis.personas.result import Persona


def one_card(study: compute.LoadedStudy, method: str, persona: Persona, told: Card, colour: str) -> None:
    """Show one card, its downloads, its evidence and the fields that a person may rewrite."""
    if not told.too_few:
        actions(study, method, persona, told, colour)
    with st.container(border=True, key="persona_card"):
        left, right = st.columns([1, 3], gap="medium")
        with left:
            # Streamlit takes drawings out of HTML; as a picture it stays, and runs nothing.
            st.image(portrait_svg(persona, colour), width=180)
            st.subheader(show.md_escape(told.name), anchor=False)
            if told.name != told.segment:
                st.caption(show.md_escape(told.segment))
            if told.who:
                lines = told.who.split(" · ")  # the column is narrow
                st.markdown("  \n".join(show.md_escape(one) for one in lines))
        with right:
            if told.too_few:
                st.markdown(show.md_escape(told.too_few))
                return
            st.markdown(show.md_escape(told.story))
            facts(told)
            supposed(told)
            past_experiments(method, persona.segment)


def facts(told: Card) -> None:
    """Show the facts beside those of the others, and what the segment favours."""
    t = session.t()
    others = t("personas.others") if any(fact.rest is not None for fact in told.facts) else ""
    head = f"| {show.md_escape(t('personas.on_average'))} | {show.md_escape(told.segment)} | {show.md_escape(others)} |"
    rows = [
        f"| {show.md_escape(one.name)} | **{show.md_escape(one.value)}** | {show.md_escape(one.rest or '')} |"
        for one in told.facts
    ]
    st.markdown("\n".join([head, "| --- | --- | --- |", *rows]))
    for title, sentences in (("personas.apart", told.apart), ("personas.company", told.company)):
        if sentences:
            st.markdown(f"**{show.md_escape(t(title))}**  \n{show.md_escape(' · '.join(sentences))}")


def supposed(told: Card) -> None:
    """Show what is only supposed, and say that it is."""
    t = session.t()
    if told.quote:
        st.markdown(f"*{show.md_escape(t('personas.quoted', quote=told.quote))}*")
    if told.goals or told.pains:
        known = {"label": t("personas.supposed"), "goals": told.goals, "pains": told.pains}
        st.caption(show.md_escape(t("personas.supposed_line", **known)))


def actions(study: compute.LoadedStudy, method: str, persona: Persona, told: Card, colour: str) -> None:
    """Offer the card on paper, the evidence behind it, and the fields that a person may rewrite."""
    t = session.t()
    place = f"{method}_{persona.segment}"
    with st.container(horizontal=True, gap="small", key="persona_actions"):
        if not is_small(persona.customers):  # a card on paper is for others
            st.download_button(
                t("personas.png"), lambda: card_png(persona, told, colour, t),
                f"persona_{persona.segment}.png", "image/png", key=f"png_{place}", on_click="ignore", type="primary",
                icon=":material/download:",
            )  # fmt: skip
            st.download_button(
                t("personas.pdf"), lambda: card_pdf(persona, told, colour, t),
                f"persona_{persona.segment}.pdf", "application/pdf", key=f"pdf_{place}", on_click="ignore",
                icon=":material/print:",
            )  # fmt: skip
        with st.popover(t("personas.evidence"), icon=":material/fact_check:"):
            st.markdown("\n".join(f"- {show.md_escape(sentence)}" for sentence in told.evidence))
        with st.popover(t("personas.edit"), icon=":material/edit:"), st.form(f"edit_{place}", border=False):
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
