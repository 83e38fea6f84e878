"""Page: two segmentations crossed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import hybrid as charts
from analysis.errors import AnalysisError
from analysis.segments.methods import CROSSABLE, METHODS
from analysis.segments.params import HybridParams
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import kept, segment_table, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.hybrid import HybridResult

SMALL = ("rest", "largest", "keep")


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    study = segments.take_up(study, segments.plan_of(study, "hybrid"))
    plan = segments.plan_of(study, "hybrid")
    params: Any = plan.params
    try:
        with st.spinner(t("hybrid.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(in_words(segments.missing_columns(problem, profiles)))
        kept.offer(problem, plan)
        settings(study, params)
        controls.undo(study)
        return
    view = segments.shown(result, edited, profiles, "hybrid")
    show.answer(answer(result, view))
    kept.told(study, plan, result)
    settings(study, params)
    kept.choice(plan)
    focus = segments.focus(view) if edited.shown else None
    picture(study, profiles, result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    segments.segment_bars(view, name="hybrid_bars", focus=focus)
    segment_table.editor(study, view)
    customer_list.customers(view, profiles)
    show.how_computed("hybrid.method")
    segments.code(study, "hybrid")


def in_words(problem: AnalysisError) -> AnalysisError:
    """Return a refusal with the segmentations it names in words."""
    facts = {
        name: t(f"compare.{value}") if name in ("method", "first", "second") else value
        for name, value in problem.facts.items()
    }
    return AnalysisError(problem.code, **facts)


def answer(result: HybridResult, view: segments.Shown) -> str:
    """Return the page's answer in two or three sentences."""
    params = result.params
    facts = {
        "first": t(f"compare.{params.first}"), "n_first": len(result.first),
        "second": t(f"compare.{params.second}"), "n_second": len(result.second),
        "n": len(result.segmentation.segments),
    }  # fmt: skip
    sentences = [t("hybrid.answer", **facts)]
    if result.n_small:
        small = int(result.cells.loc[result.cells["small"], "customers"].sum())
        sentences.append(t("hybrid.answer_small", cells=result.n_small, limit=result.limit, n=small))
    known = view.table[view.table["revenue_share"].notna()]
    if len(known):
        top = known.sort_values("revenue", ascending=False, kind="stable").iloc[0].to_dict()
        facts = {"share": top["share"], "revenue_share": top["revenue_share"], "segment": view.names[top["segment"]]}
        sentences.append(t("clusters.answer_top", **facts))
    if result.segmentation.n_outside:
        sentences.append(t("hybrid.answer_outside", n=result.segmentation.n_outside))
    return segments.prose(sentences)


def settings(study: compute.Study, params: HybridParams) -> None:
    """Show the choices; each is kept at once."""
    # What can do nothing before a choice is offered once it is part of the study.
    offered = [kind for kind in CROSSABLE if not METHODS[kind].asks or study.recipe.plan(kind) is not None]
    columns = st.columns(2)
    for column, field, other in zip(columns, ("first", "second"), ("second", "first"), strict=True):
        kinds = list(dict.fromkeys([*offered, getattr(params, field)]))
        session.set_widget(f"hybrid_{field}", getattr(params, field))
        column.selectbox(
            t(f"hybrid.{field}"), kinds, format_func=lambda kind: t(f"compare.{kind}"), key=f"hybrid_{field}",
            on_change=set_kind, args=(field, other), help=t("hybrid.kinds_help"),
        )  # fmt: skip
    left, middle, right = st.columns([2, 3, 2])
    session.set_widget("hybrid_smallest_share", round(params.smallest_share * 100, 1))
    left.slider(
        t("hybrid.smallest_share"), 0.0, 10.0, step=0.5, format="%.1f%%", key="hybrid_smallest_share",
        on_change=set_share, help=t("hybrid.smallest_share_help"), disabled=params.small == "keep",
    )  # fmt: skip
    session.set_widget("hybrid_small", params.small)
    middle.selectbox(
        t("hybrid.small"), SMALL, format_func=lambda rule: t(f"hybrid.small_{rule}"), key="hybrid_small",
        on_change=lambda: segments.change_params("hybrid", small=session.widget("hybrid_small")),
        help=t("hybrid.small_help"),
    )  # fmt: skip
    session.set_widget("hybrid_least", params.least)
    right.number_input(
        t("hybrid.least"), 1, 1_000_000, key="hybrid_least", disabled=params.small == "keep",
        on_change=lambda: segments.change_params("hybrid", least=session.widget("hybrid_least")),
    )  # fmt: skip
    segments.problem()


def set_kind(field: str, other: str) -> None:
    """Cross another segmentation; choosing the one that stands on the other side swaps them."""
    params: Any = segments.plan_of(compute.study_or_stop(), "hybrid").params
    chosen = session.widget(f"hybrid_{field}")
    changes = {field: chosen}
    if chosen == getattr(params, other):
        changes[other] = getattr(params, field)
    segments.change_params("hybrid", **changes)


def set_share() -> None:
    """Take another least size of a cell."""
    segments.change_params("hybrid", smallest_share=session.widget("hybrid_smallest_share") / 100)


def picture(
    study: compute.Study, profiles: Profiles, result: HybridResult, view: segments.Shown, focus: str | None
) -> None:
    """Show the cells; a click on one lists the customers of its segment."""
    rows, columns = (
        words(study, profiles, kind, keys)
        for kind, keys in ((result.params.first, result.first), (result.params.second, result.second))
    )
    merged = {str(key): view.names[str(key)] for key in result.cells["segment"]}
    chart = charts.hybrid_grid(result, t, rows=rows, columns=columns, names=merged)
    data = cell_rows(result, rows, columns, merged)
    segments.clickable(chart, view, t("hybrid.grid_alt"), name="hybrid_grid", data=data, focus=focus)
    if result.n_small:
        st.caption(show.md_escape(t("hybrid.grid_help", limit=result.limit)))


def words(study: compute.Study, profiles: Profiles, kind: str, keys: tuple[str, ...]) -> dict[str, str]:
    """Return the names of the segments of a segmentation that is crossed."""
    found, edited = study.run.segmentation(segments.plan_of(study, kind))
    named = segments.shown(found, edited, profiles, kind).names
    return {key: named[key] for key in keys}


def cell_rows(
    result: HybridResult, rows: dict[str, str], columns: dict[str, str], merged: dict[str, str]
) -> pd.DataFrame:
    """Return the cells behind the picture, in words."""
    cells = result.cells
    frame = cells[["customers", "revenue"]].assign(
        first=cells["first"].map(rows), second=cells["second"].map(columns), ends_in=cells["segment"].map(merged)
    )
    frame = frame[["first", "second", "customers", "revenue", "ends_in"]].dropna(axis=1, how="all")
    titles = {"customers": t("column.customers"), "revenue": t("column.revenue")}
    return frame.rename(columns=titles | {name: t(f"hybrid.{name}") for name in ("first", "second", "ends_in")})


segments.begin("hybrid")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
