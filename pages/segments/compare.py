"""Page: segments side by side."""

from __future__ import annotations

import streamlit as st

from analysis.compare import words
from analysis.compare.compare import compare
from analysis.compare.influence import influences
from analysis.errors import AnalysisError
from analysis.segments.methods import ALWAYS, place
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.segments import compare_parts, explain, segments, side_by_side

VIEWS = ["ranked", "sizes", "dimensions", "apart", "rules", "beside"]


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    found: dict[str, segments.Shown] = {}
    problems = {}
    for method in sorted({*ALWAYS, *(plan.params.kind for plan in study.recipe.segmentations)}, key=place):
        try:
            result, edited = study.run.segmentation(segments.plan_of(study, method))
            found[method] = segments.shown(result, edited, profiles, method)
        except AnalysisError as problem:
            problems[method] = problem
    usable = {method: view for method, view in found.items() if len(view.edited.shown) > 1}
    for method, view in found.items():
        if len(view.edited.segmentation.segments) == 1:
            facts = {"segment": view.names[view.table["segment"].iloc[0]], "n": int(view.table["customers"].iloc[0])}
            sentence = t("segments.one_segment", method=t(f"workbook.segmentation.{method}"), **facts)
            st.caption(f":material/info: {show.md_escape(sentence)}")
    if not usable:
        # The hybrid fails for the reason of one that it crosses.
        for problem in {str(problem): problem for problem in problems.values()}.values():
            show.error(segments.missing_columns(problem))
        show.empty_state(t("compare.nothing"), "segments/rfm")
        return
    chosen_by_hand = {method: found for method, found in problems.items() if study.recipe.is_chosen(method)}
    segments.left_out(chosen_by_hand, profiles)
    answer, above = st.container(), st.container()
    with above:
        view, chosen = compare_parts.choice(study, usable)
    if len(chosen) < 2:
        show.empty_state(t("compare.choose_two"))
        return
    key = f"{view.method} {study.revision} {' '.join(chosen)}"
    comparison = study.run.small("compare", key, lambda: compare(profiles, view.edited.segmentation, chosen))
    with above:
        focus = segments.focus(view, chosen)
        influence = None if focus is None else influences(comparison, focus)
        told = words.findings(comparison, view.names, t)
        if influence is not None:
            told = words.influence_answer(influence, view.names, t)
    with answer:
        show.answer(prose(told, t))
    if influence is not None and len(influence.rows):
        compare_parts.influencers(influence, view)
    else:
        compare_parts.first_picture(comparison if focus is None else compare_parts.only(comparison, focus), view)
    segments.notes(comparison.notes, view)
    closer = st.segmented_control(
        t("compare.closer"), VIEWS, format_func=lambda name: t(f"compare.tab.{name}"),
        **bound.to_visit("compare").to("view", None, offered=VIEWS),
    )  # fmt: skip
    if closer == "sizes":
        compare_parts.cards(comparison, view)
    elif closer == "ranked":
        compare_parts.ranked(comparison if focus is None else compare_parts.only(comparison, focus), view)
        compare_parts.by_construction(comparison)
    elif closer == "dimensions":
        compare_parts.by_dimension(comparison, view, focus)
    elif closer == "apart":
        explain.apart(study, profiles, view, comparison, chosen, focus)
    elif closer == "rules":
        explain.rules(study, profiles, view, chosen if focus is None else [focus])
    elif closer == "beside":
        side_by_side.section(study, profiles, view, usable)
        side_by_side.keep(study, view)
    show.how_computed("compare.method")
    segments.code(study, view.method, compared=chosen)


segments.begin("compare")
t = session.t()
st.fragment(main)()
show.next_step("share/export")
compute.keep_snapshot(compute.study_or_stop())
