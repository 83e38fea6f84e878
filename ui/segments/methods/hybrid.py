"""What the page of two crossed segmentations is made of: the choices, each kept at once, and the grid of cells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import streamlit as st

from analysis.charts import hybrid as charts
from analysis.errors import AnalysisError
from analysis.segments.methods import CROSSABLE, METHODS
from analysis.segments.param_edit import with_side
from analysis.segments.params import HybridParams
from ui import bound, compute, session, show
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.hybrid import HybridResult

SMALL = ("rest", "largest", "keep")


def in_words(problem: AnalysisError) -> AnalysisError:
    """Return a refusal with the segmentations it names in words."""
    t = session.t()
    facts = {
        name: t(f"compare.{value}") if name in ("method", "first", "second") else value
        for name, value in problem.facts.items()
    }
    return AnalysisError(problem.code, **facts)


def settings(study: compute.LoadedStudy, params: HybridParams) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    # What can do nothing before a choice is offered once it is part of the study.
    offered = [kind for kind in CROSSABLE if not METHODS[kind].asks or study.recipe.plan(kind) is not None]
    with st.grid(min_column_width=160):
        columns = [st.container(), st.container()]
    for column, field in zip(columns, ("first", "second"), strict=True):
        kinds = list(dict.fromkeys([*offered, getattr(params, field)]))
        column.selectbox(
            t(f"hybrid.{field}"), kinds, format_func=lambda kind: t(f"compare.{kind}"), help=t("hybrid.kinds_help"),
            **bound.one(f"hybrid_{field}", getattr(params, field), partial(set_kind, field)),
        )  # fmt: skip
    st.slider(
        t("hybrid.smallest_share"), 0.0, 10.0, step=0.5, format="%.1f%%", help=t("hybrid.smallest_share_help"),
        disabled=params.small == "keep",
        **bound.one("hybrid_smallest_share", round(params.smallest_share * 100, 1), set_share),
    )  # fmt: skip
    st.selectbox(
        t("hybrid.small"), SMALL, format_func=lambda rule: t(f"hybrid.small_{rule}"), help=t("hybrid.small_help"),
        **segments.param("hybrid", "small", params.small),
    )  # fmt: skip
    st.number_input(
        t("hybrid.least"), 1, 1_000_000, disabled=params.small == "keep",
        **segments.param("hybrid", "least", params.least),
    )  # fmt: skip
    show.problem()


def set_kind(side: Literal["first", "second"], kind: str) -> None:
    """Cross another segmentation."""
    segments.edit_params("hybrid", lambda params: with_side(params, side, kind))


def set_share(percent: float) -> None:
    """Take another least size of a cell."""
    segments.change_params("hybrid", smallest_share=percent / 100)


def picture(
    study: compute.LoadedStudy, profiles: Profiles, result: HybridResult, view: segments.Shown, focus: str | None
) -> None:
    """Show the cells; a click on one lists the customers of its segment."""
    t = session.t()
    rows, columns = (
        words(study, profiles, kind, keys)
        for kind, keys in ((result.params.first, result.first), (result.params.second, result.second))
    )
    merged = {str(key): view.names[str(key)] for key in result.cells["segment"]}
    chart = charts.hybrid_grid(result, t, rows=rows, columns=columns, names=merged)
    data = cell_rows(result, rows, columns, merged)
    segments.clickable(chart, view, t("hybrid.grid_alt"), name="hybrid_grid", data=data, focus=focus)
    if result.n_small:
        st.caption(show.md_escape(t("hybrid.grid_help", cells=result.n_small, n=result.n_in_small, limit=result.limit)))


def words(study: compute.LoadedStudy, profiles: Profiles, kind: str, keys: tuple[str, ...]) -> dict[str, str]:
    """Return the names of the segments of a segmentation that is crossed."""
    found, edited = study.run.segmentation(segments.plan_of(study, kind))
    named = segments.shown(found, edited, profiles, kind).names
    return {key: named[key] for key in keys}


def cell_rows(
    result: HybridResult, rows: dict[str, str], columns: dict[str, str], merged: dict[str, str]
) -> pd.DataFrame:
    """Return the cells behind the picture, in words."""
    t = session.t()
    cells = result.cells
    frame = cells[["customers", "revenue"]].assign(
        first=cells["first"].map(rows), second=cells["second"].map(columns), ends_in=cells["segment"].map(merged)
    )
    frame = frame[["first", "second", "customers", "revenue", "ends_in"]].dropna(axis=1, how="all")
    titles = {"customers": t("column.customers"), "revenue": t("column.revenue")}
    return frame.rename(columns=titles | {name: t(f"hybrid.{name}") for name in ("first", "second", "ends_in")})
