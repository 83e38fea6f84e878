"""Page: a segment as a person, and persons that people believe in set beside the data."""

from __future__ import annotations

import streamlit as st

from analysis.charts.palette import segment_colours
from analysis.errors import AnalysisError
from analysis.personas.build import personas
from analysis.personas.words import card
from analysis.translate import unique_words
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
    bind = bound.to_visit("personas")
    method = st.segmented_control(
        t("compare.segmentation"), list(views), format_func=explain.method_name, required=True,
        label_visibility="collapsed", **bind.to("method", next(iter(views)), offered=views),
    )  # fmt: skip
    view = views[str(method)]
    built = study.run.small(
        "personas", explain.key_of(study, view), lambda: personas(profiles, view.edited.segmentation)
    )
    edits = compute.workspace().persona_words(study.id).get(view.method, {})
    shown = {persona.segment: persona for persona in built if persona.segment in view.edited.shown}
    told = {key: card(one, view.names[key], t, edits=edits.get(key)) for key, one in shown.items()}
    names = dict(zip(told, unique_words(one.name for one in told.values()), strict=True))
    first = next((key for key, one in told.items() if not one.too_few), next(iter(names)))
    chosen = str(
        st.pills(
            t("personas.which"), list(names), format_func=lambda key: show.md_escape(names[key]), required=True,
            label_visibility="collapsed", **bind.to(f"segment_{view.method}", first, offered=names),
        )
    )  # fmt: skip
    show.answer(told[chosen].size)
    colour = segment_colours(shown)[chosen]
    persona_cards.one_card(study, view.method, shown[chosen], told[chosen], colour)
    with st.expander(t("personas.hypothesis"), icon=":material/rule:"):
        persona_claims.hypotheses(study, profiles, view)
    show.how_computed("personas.method")


segments.begin("personas")
t = session.t()
try:
    main()
except AnalysisError as problem:
    show.error(problem)
show.next_step("segments/compare")
