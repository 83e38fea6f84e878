"""Page: segments as persons, and persons that people believe in set beside the data."""

from __future__ import annotations

import streamlit as st

from analysis.charts.palette import segment_colours
from analysis.errors import AnalysisError
from analysis.personas.build import personas
from analysis.personas.words import answer, card
from ui import bound, compute, session, show
from ui.segments import explain, persona_cards, persona_claims, segments


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
        t("compare.segmentation"), list(views), format_func=explain.method_name, required=True,
        **bound.to_visit("personas").to("method", next(iter(views)), offered=views),
    )  # fmt: skip
    view = views[str(method)]
    built = study.run.small(
        "personas", explain.key_of(study, view), lambda: personas(profiles, view.edited.segmentation)
    )
    shown = [persona for persona in built if persona.segment in view.edited.shown]
    show.answer(answer(shown, t))
    edits = compute.workspace().persona_words(study.id).get(view.method, {})
    colours = segment_colours(persona.segment for persona in shown)
    for persona in shown:
        told = card(persona, view.names[persona.segment], t, edits=edits.get(persona.segment))
        persona_cards.one_card(study, view.method, persona, told, colours[persona.segment])
    persona_claims.hypotheses(study, profiles, view)
    show.how_computed("personas.method")


segments.begin("personas")
t = session.t()
try:
    main()
except AnalysisError as problem:
    show.error(problem)
show.next_step("segments/compare")
