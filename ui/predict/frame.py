"""The page of a prediction: its choices, the answer, one view at a time, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.engine import StoppedError
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.translate import prose
from ui import bound, compute, session, show, work
from ui.predict import kept
from ui.segments import screen, segments

if TYPE_CHECKING:
    from analysis.notes import Note
    from analysis.profiles.result import Profiles

View = Callable[[], object]
_MADE = "predictions_made"


@dataclass(frozen=True)
class Made:
    """A prediction of the open study, as its page shows it."""

    study: compute.LoadedStudy
    profiles: Profiles
    params: Any
    result: Any


def page(
    usual: Any,
    *,
    told: Callable[[Made], Sequence[str]],
    views: Callable[[Made], Mapping[str, View]],
    actions: Callable[[Made], object],
    choices: Callable[[compute.LoadedStudy, Any], object] | None = None,
    beside: Callable[[Made], object] | None = None,
    unready: Callable[[Made], str | None] | None = None,
    said: Sequence[str] = (),
    note_words: Callable[[Any, Note], str] | None = None,
    words: str = "prediction",
    next_page: str = "customers/tags",
) -> None:
    """Show the whole page of a prediction.

    Parameters
    ----------
    usual : params
        What is predicted when nobody has chosen; their kind names the page, its texts and its keys.
    told : callable
        Returns the answer as sentences.
    views : callable
        Returns what can be seen, by name, the first one first; ``<kind>.tab.<name>`` is what it is called.
    actions : callable
        Draws what can be done with the prediction, below the button that uses it as a feature.
    choices, beside : callable, optional
        Draw what is chosen, before it is made; and what goes with the choices once it is there.
    unready : callable, optional
        Returns what has to be done before it can be used as a feature, or None.
    said : sequence of str
        Codes of notes that the answer says already.
    note_words : callable, optional
        Returns the sentence of a note of the result, where it is more than its facts.
    words : str
        Of the button that uses it, ``<words>.use``.
    next_page : str
        Where to go on.
    """
    segments.begin(usual.kind)
    study = compute.study_or_stop()
    params = kept.params_of(study, usual)
    lead, (left, right) = st.container(), screen.places()
    go_on = next_page
    if choices is not None:
        with right:
            choices(study, params)
    try:
        with lead:
            made = made_of(study, params)
            show.answer(prose(told(made), session.t()))
    except AnalysisError as problem:
        with lead:
            show.hint(problem)
        go_on = "data/files"  # where what is missing comes from
    else:
        with lead:
            notes([note for note in made.result.notes if note.code not in said], _sentences(made, note_words))
        with left:
            switch(made.params.kind, views(made))
        with right:
            kept.use(study, params, words, unready(made) if unready is not None else None)
            actions(made)
            if beside is not None:  # below what is done, which a laptop has to show
                beside(made)
        show.code(prediction_code(study.in_code, params))
    show.how_computed(f"{usual.kind}.method")
    show.next_step(go_on)


def _sentences(made: Made, note_words: Callable[[Any, Note], str] | None) -> Callable[[Note], str] | None:
    return None if note_words is None else lambda note: note_words(made.result, note)


def made_of(study: compute.LoadedStudy, params: Any) -> Made:
    """Return a prediction, made or kept; on many customers the page shows that it is being made, and a way to stop."""
    profiles = compute.prepared_or_stop(study).profiles
    return Made(study, profiles, params, _make(study, params, len(profiles.customers)))


def _make(study: compute.LoadedStudy, params: Any, n: int) -> Any:
    t = session.t()
    key = f"predict {study.id} {study.run.state} {params.model_dump_json()}"
    if key in session.kept(_MADE, ()):
        return study.run.prediction(params)  # kept by the server, or made again as quickly as a page waits

    def make(job: work.Job[Any]) -> Any:
        job.say("prediction.step", n=n)
        return study.run.prediction(params)

    try:
        result = work.result(key, make, doing=t("prediction.working"))
    except StoppedError:
        st.info(t("app.stopped"))
        st.button(t("prediction.again"), key="predict_again", type="primary")
        st.stop()
    session.keep(_MADE, (*session.kept(_MADE, ()), key))
    return result


def switch(kind: str, views: Mapping[str, View]) -> None:
    """Offer the views of a page, and draw the chosen one alone; where it cannot be drawn, say what is missing."""
    t, names = session.t(), list(views)
    chosen = names[0]
    if len(names) > 1:
        chosen = st.segmented_control(
            t("segments.closer"), names, format_func=lambda name: t(f"{kind}.tab.{name}"), required=True,
            label_visibility="collapsed", **bound.to_visit(f"{kind}_view").to("shown", names[0], offered=names),
        )  # fmt: skip
    try:
        views[chosen or names[0]]()
    except AnalysisError as problem:
        show.empty_state(t(f"error.{problem.code}", **problem.facts))


def notes(found: Sequence[Note], sentence: Callable[[Note], str] | None = None) -> None:
    """Show what a reader should mind."""
    t = session.t()
    sentence = sentence or (lambda note: t(f"note.{note.code}", **note.facts))
    if not found:
        return
    several = st.container(gap=None)  # a laptop has to show the picture below them
    for note in found:
        mark = ":material/info:" if note.level == "info" else ":material/warning:"
        several.caption(f"{mark} {show.md_escape(sentence(note))}")


def captions(sentences: Sequence[str]) -> None:
    """Show what stands beside the choices, in small letters."""
    for sentence in sentences:
        st.caption(show.md_escape(sentence))


def rows(told: Mapping[str, Any], name: str) -> None:
    """Show some rows of a view, by their headings in words; ``name`` is the key of what they are."""
    import pandas as pd

    st.dataframe(pd.DataFrame(told), hide_index=True, height=300, alt=session.t()(name))
