"""What the segment pages share: changing a plan, notes, bars, and the segment that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.code import segmentation_code
from analysis.profiles.words import feature_name
from analysis.recipe import Recipe, SegmentationPlan
from analysis.segments import words
from analysis.segments.names import edited_names, note_sentence, segment_name
from analysis.segments.scores.schemes import scheme_of
from analysis.translate import prose, unique_words
from ui import bound, compute, session, show
from ui.segments import continuity
from ui.tags import gone

if TYPE_CHECKING:
    import pandas as pd

    from analysis.notes import Note
    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation, Segmentation

_IN_ROWS = 10  # segments beside each other; more stand in a list
_NOTES_SHOWN = 2  # the others wait behind a mark
# What the answer of the page says already, or the mark beside it.
_SAID = {"segments_frozen", "clusters_no_groups", "clusters_winding", "clusters_weak"}


@dataclass(frozen=True)
class Shown:
    """A segmentation as a page shows it.

    Attributes
    ----------
    method : str
        The kind of segmentation.
    base : Segmentation
        Before merges.
    edited : EditedSegmentation
    names : dict of str
        Words by key, of every segment before merges.
    features : tuple of Feature
        Where the features in notes are described.
    """

    method: str
    base: Segmentation
    edited: EditedSegmentation
    names: dict[str, str]
    features: tuple[Feature, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The segments after merges that are not hidden, in display order."""
        return self.edited.table


def begin(page: str) -> None:
    """Show the header of a page, and prepare the study behind it or stop the page."""
    t = session.t()
    place = st.empty()
    note = show.study_note()
    question = t(f"{page}.question") if t.has(f"{page}.question") else ""
    with place.container():
        show.page_header(t(f"{page}.title"), hint=question)
    study = compute.study_or_stop()
    continuity.continue_groups(study, compute.prepared_or_stop(study).profiles)
    if show.study_note() != note:
        # Only now the study's name and date are known.
        with place.container():
            show.page_header(t(f"{page}.title"), hint=question)


def plan_of(study: compute.LoadedStudy, method: str) -> SegmentationPlan:
    """Return the study's plan of a method, or the one that runs when nobody chooses."""
    return study.recipe.plan_or_usual(method)


def shown(result: SegmentationResult, edited: EditedSegmentation, profiles: Profiles, method: str) -> Shown:
    """Return a result with the words of its segments."""
    return Shown(method, result.segmentation, edited, edited_names(result, edited, session.t()), profiles.features)


def change_plan(method: str, change: Callable[[SegmentationPlan], SegmentationPlan]) -> None:
    """Change one segmentation of the open study and keep it at once; a refusal shows on the next run."""

    def edited(recipe: Recipe) -> Recipe:
        old = recipe.plan_or_usual(method)
        new = change(old)
        return recipe if new == old else recipe.with_plan(new)

    compute.edit_recipe(edited)


def edit_params(method: str, edit: Callable[[Any], Any]) -> None:
    """Change the params of one segmentation as the engine says; its refusals show on the next run."""
    change_plan(method, lambda plan: plan.model_copy(update={"params": edit(plan.params)}))


def take_up(study: compute.LoadedStudy, plan: SegmentationPlan) -> compute.LoadedStudy:
    """Enter a method into the recipe when its page is first used, and return the study as it is now."""
    if study.recipe.plan(plan.params.kind) is not None:
        return study
    try:
        compute.save_recipe(study, study.recipe.with_plan(plan))
    except AnalysisError as found:
        show.error(found)
        st.stop()
    return compute.study_or_stop()


def change_params(method: str, **changes: Any) -> None:
    """Change params of one segmentation; what no longer fits together is refused by the params themselves."""

    edit_params(method, lambda params: type(params).model_validate({**params.model_dump(), **changes}))


def param(method: str, field: str, value: Any, *, key: str | None = None) -> dict[str, Any]:
    """Return what binds a widget to one param of a method, which is kept as it is chosen."""
    return bound.one(key or f"{method}_{field}", value, lambda chosen: change_params(method, **{field: chosen}))


def word(key: str) -> str:
    """Return what a segment is called when nobody has named it."""
    return segment_name(key, session.t())


def answer(result: SegmentationResult, view: Shown) -> None:
    """Show what a segmentation found, in words."""
    t = session.t()
    show.answer(prose(words.answer(result, view.edited, t, names=view.names), t))


def notes(found: Sequence[Note], view: Shown) -> None:
    """Show what a reader should know about the result, in one line each."""
    scheme = scheme_of(view.base.segments["segment"].iloc[0])
    sentences = [
        note_sentence(note, session.t(), names=view.names, features=view.features)
        for note in found
        # Names given under another naming scheme wait for it; that is nothing to report.
        if (note.code != "edit_unknown_segment" or scheme is None or scheme_of(note.facts["segment"]) is None)
        and note.code not in _SAID
    ]
    for sentence in sentences[:_NOTES_SHOWN]:
        _remark(sentence)
    if rest := sentences[_NOTES_SHOWN:]:
        with st.expander(session.t()("segments.more_notes", n=len(rest)), icon=":material/info:"):
            for sentence in rest:
                _remark(sentence)


def _remark(sentence: str) -> None:
    st.caption(f":material/info: {show.md_escape(sentence)}")


def segment_bars(view: Shown, *, name: str, focus: str | None = None) -> None:
    """Show size and revenue of each segment; a click on a bar picks it."""
    from analysis.charts import segments as charts

    if not view.edited.shown:
        return
    t = session.t()
    chart = charts.segment_bars(view.edited.segmentation, t, names=view.names, hidden=view.edited.hidden)
    clickable(chart, view, t("segments.bars_alt"), name=name, data=table_words(view), focus=focus)


def clickable(
    chart: Any,
    view: Shown,
    alt: str,
    *,
    name: str,
    data: pd.DataFrame | None = None,
    focus: str | None = None,
    layer: int = 0,
) -> None:
    """Show a chart in which a click on a mark picks its segment, and the picked one stands out.

    The field ``segment`` of the chart's data holds the segment's words; ``layer`` is that of the marks to click.
    """
    import altair

    from analysis.charts.palette import alike, fade

    drawn = alike(fade(chart, view.names[focus] if focus else None))
    picked = altair.selection_point(name="segment", fields=["segment"], toggle=False)
    drawn.layer = [one.add_params(picked) if place == layer else one for place, one in enumerate(drawn.layer)]
    show.chart(drawn, alt, name=name, data=data, on_select=lambda: pick(f"chart_{name}", view))


def focus(view: Shown, offered: Sequence[str] | None = None) -> str | None:
    """Offer one segment to look at in every picture, for those who do not click; return it, or None for all."""
    t = session.t()
    options = list(view.edited.shown if offered is None else offered)
    words = unique_words(view.names[option].replace("：", ": ").split(": ")[0] for option in options)
    short = dict(zip(options, words, strict=True))
    bind = bound.to_visit("focus")
    bind.to(view.method, None, offered=options)
    bound_to: dict[str, Any] = {
        "key": bind.key(view.method), "on_change": lambda: _look_at(view, bind.held(view.method)),
    }  # fmt: skip
    if len(options) > _IN_ROWS:
        return st.selectbox(
            t("segments.focus"), options, index=None, format_func=short.__getitem__, label_visibility="collapsed",
            placeholder=t("segments.focus"), **bound_to,
        )  # fmt: skip
    return st.pills(
        t("segments.focus"), options, format_func=lambda option: show.md_escape(short[option]),
        help=t("segments.focus_help"), **bound_to,
    )  # fmt: skip


def table_words(view: Shown) -> pd.DataFrame:
    """Return the shown segments as rows with translated headers, for the data behind a chart."""
    t = session.t()
    table = view.table
    frame = table.assign(segment=[view.names[key] for key in table["segment"]]).dropna(axis=1, how="all")
    return frame.rename(columns={column: t(f"column.{column}") for column in frame.columns})


def pick(chart_key: str, view: Shown) -> None:
    """Take the segment just clicked in a chart as the one to look at and to list; called by the click itself."""
    chosen = (session.widget(chart_key) or {}).get("selection", {}).get("segment", [])
    words = next((point.get("segment") for point in chosen if point.get("segment")), None)
    key = next((key for key in view.edited.shown if view.names[key] == words), None)
    _look_at(view, key)


def _look_at(view: Shown, segment: str | None) -> None:
    bound.to_visit("focus").put(view.method, segment)
    if segment is not None:
        bound.to_visit("customers").put(view.method, segment)


def code(study: compute.LoadedStudy, method: str, *, compared: Sequence[str] = ()) -> None:
    """Show the Python lines that give the same segments."""
    told = study.in_code
    show.code(
        segmentation_code(
            told.recipe,
            method,
            files=told.files,
            suggested=told.suggested,
            compared=compared,
            kept_in=told.kept_in,
        )
    )


def missing_columns(found: AnalysisError) -> AnalysisError:
    """Return a refusal with the features it names in words."""
    if "columns" not in found.facts:
        return found
    t = session.t()
    words = [t(f"feature.{key}") for key in str(found.facts["columns"]).split(", ")]
    return AnalysisError(found.code, **{**found.facts, "columns": t("segments.between").join(words)})


def left_out(problems: Mapping[str, AnalysisError], profiles: Profiles) -> None:
    """Say which segmentations a page goes without, and why."""
    t = session.t()
    for method, found in problems.items():
        told = feature_in_words(missing_columns(found), profiles)
        reason = t(f"error.{told.code}", **told.facts)
        sentence = t("segments.left_out", method=t(f"workbook.segmentation.{method}"), reason=reason)
        st.caption(f":material/info: {show.md_escape(sentence)}")


def feature_in_words(found: AnalysisError, profiles: Profiles) -> AnalysisError:
    """Return a refusal of rules with its feature and comparison in words."""
    t, found = session.t(), gone.in_words(found)
    facts = dict(found.facts)
    known = profiles.feature(str(facts.get("feature")))
    if known is not None:
        facts["feature"] = feature_name(known, t)
    if "op" in facts:
        facts["op"] = t(f"rules.op_{facts['op']}")
    return AnalysisError(found.code, **facts)


def ids(profiles: Profiles, rows: Sequence[int]) -> list[str]:
    """Return the ids of some customers as they may be seen in this visit."""
    from analysis.profiles.personal import id_kind_of, shown_ids

    column = profiles.customers["customer_id"]
    kind = None if session.unmasked() else profiles.id_kind or id_kind_of(column)
    chosen = column.iloc[list(rows)]
    return (shown_ids(chosen, kind, among=column) if kind else chosen).astype("str").tolist()
