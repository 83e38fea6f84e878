"""The strip of guesses: what the figures of every page rest on, with the other readings one click away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.fixes import accept, apply_fix
from ui import compute, session, show, undo

if TYPE_CHECKING:
    from analysis.intake.decision import Alternative, Decision
    from analysis.recipe import Recipe

MOST_SHOWN = 2
ASKED_BY_PAGE = {"check": ("date_order",)}  # what a page asks itself
NOT_ON = ("start", "plan", "split", "read", "experiments")  # pages that show no figures of the study


def strip(page: str) -> None:
    """Ask the first open question of the study, and say what else was guessed; nothing where all is sure."""
    if page in NOT_ON or session.study_id() is None or compute.past() is not None:
        return
    try:
        study = compute.study_if_any()
        made = _made(study) if study else ()
    except AnalysisError:
        return  # the page says it
    guesses = [one for one in made if one.is_guess and one.subject not in ASKED_BY_PAGE.get(page, ())]
    if study is None or not guesses:
        return
    asked = next((one for one in guesses if one.is_question), None)
    if asked is not None:
        _question(study, asked)
    with st.container(horizontal=True, gap="medium"):  # side by side where there is room
        for place, one in enumerate([one for one in guesses if not one.is_question][:MOST_SHOWN]):
            _guess(study, one, place, only=len(study.tables) == 1)


def _made(study: compute.LoadedStudy) -> tuple[Decision, ...]:
    """Return what was decided, as far as it is known without waiting."""
    from analysis.intake.judging.deciding import decisions
    from analysis.workspace.runs import is_kept

    if is_kept(compute.workspace().run_folder(study.id, study.version)):
        return study.run.decisions()
    return decisions(study.tables, study.run.guesses(), study.recipe)


def _question(study: compute.LoadedStudy, one: Decision) -> None:
    """Ask one question: what speaks for each answer, and the result that it gives."""
    t = session.t()
    asked = f"decision.ask.{one.subject}"
    if not one.table and t.has(f"{asked}_of_all"):
        asked += "_of_all"
    with st.container(border=True, key="question"):
        st.markdown(f":material/help: **{show.md_escape(t(asked, table=one.table))}**")
        st.caption(_because(one))
        with st.container(horizontal=True):
            _choices(study, one, "question")


def _guess(study: compute.LoadedStudy, one: Decision, place: int, *, only: bool) -> None:
    from analysis.intake.judging.deciding_words import choice_line, guess_sentence

    t = session.t()
    with st.container(horizontal=True, vertical_alignment="center", width="content", key=f"guess_{place}"):
        sentence = show.md_escape(guess_sentence(one, t, only=only))
        st.markdown(f":small[:orange-badge[{show.md_escape(t('decision.guessed'))}] {sentence}]", width="content")
        with st.popover(t("decision.change"), type="tertiary", key=f"guess_change_{place}"):
            st.caption(_because(one))
            _choices(study, one, f"guess_{place}", right=t("decision.is_right", choice=choice_line(one, one, t)))


def _because(one: Decision) -> str:
    from analysis.intake.judging.deciding_words import evidence_sentences

    return show.md_escape("; ".join(evidence_sentences(one, session.t())))


def _choices(study: compute.LoadedStudy, one: Decision, name: str, *, right: str = "") -> None:
    """Offer the choice as it stands, said to be ``right`` where it is no answer yet, and what a click can choose."""
    st.button(
        show.md_escape(right) or _label(one, one), key=f"{name}_right", type="primary", icon=":material/check:",
        on_click=_choose, args=(study, accept(study.recipe, one.id)),
    )  # fmt: skip
    if not one.alternatives and one.column is not None:
        st.page_link(
            show.page_path("data/columns"), label=session.t()("decision.elsewhere"), icon=":material/arrow_forward:"
        )
    for place, other in enumerate(one.alternatives):
        if other.fix is not None:
            st.button(
                _label(one, other), key=f"{name}_other_{place}",
                on_click=_choose, args=(study, apply_fix(study.recipe, other.fix)),
            )  # fmt: skip


def _label(one: Decision, effect: Decision | Alternative) -> str:
    from analysis.intake.judging.deciding_words import choice_line

    return show.md_escape(choice_line(one, effect, session.t()))


def _choose(study: compute.LoadedStudy, recipe: Recipe) -> None:
    """Keep an answer before the page runs, so that its figures rest on it."""
    try:
        compute.save_recipe(study, recipe)
    except AnalysisError as problem:
        show.error(problem)
        return
    undo.remember(compute.workspace(), study.id, study.recipe, recipe)
