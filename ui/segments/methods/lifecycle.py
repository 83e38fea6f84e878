"""What the page of lifecycle stages is made of: its choices, how long customers are silent, and borders."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import lifecycle as charts
from analysis.segments.param_edit import with_stages
from analysis.segments.scores.lifecycle import LifecycleParams, LifecycleResult
from ui import bound, compute, session, show
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

WAYS = ("rhythm", "days")
ENDS = ("active", "at_risk", "dormant")


def settings(params: LifecycleParams) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    st.selectbox(
        t("lifecycle.by"), WAYS, format_func=lambda by: t(f"lifecycle.by_{by}"), help=t("lifecycle.by_help"),
        **bound.one("lifecycle_by", params.by, partial(change, "by", None)),
    )  # fmt: skip
    if params.by == "days":
        for place, (column, name) in enumerate(zip([*st.columns(2), *st.columns(2)], ("new", *ENDS), strict=True)):
            number(column, "days", place, params.days[place], t(f"lifecycle.days_{name}"), low=1, high=36_500, step=1)
    else:
        st.toggle(
            t("lifecycle.season"), help=t("lifecycle.season_help"),
            **bound.one("lifecycle_season", params.season == "auto", partial(change, "season", None)),
        )  # fmt: skip
        with st.popover(t("lifecycle.more"), icon=":material/tune:"):
            first, second, *_ = st.columns(3)
            share = round(100 * params.new_until, 4)
            number(first, "new_until", None, share, t("lifecycle.new_until"), low=1.0, high=99.0, step=5.0)
            number(
                second, "shop_gaps", None, params.shop_gaps, t("lifecycle.shop_gaps"), low=0.0, high=100.0, step=1.0,
                told=t("lifecycle.shop_gaps_help"),
            )  # fmt: skip
            for place, (column, name) in enumerate(zip(st.columns(3), ENDS, strict=True)):
                share, label = round(100 * params.ends[place], 4), t(f"lifecycle.ends_{name}")
                number(column, "ends", place, share, label, low=1.0, high=99.9, step=1.0)
            for place, (column, name) in enumerate(zip(st.columns(3), ENDS, strict=True)):
                least, label = params.least[place], t(f"lifecycle.least_{name}")
                number(column, "least", place, least, label, low=1.0, high=1000.0, step=0.25)
    show.problem()


def number(
    column: Any, field: str, place: int | None, value: float, label: str, *,
    low: float, high: float, step: float, told: str | None = None,
) -> None:  # fmt: skip
    """Show one number of the params; ``place`` is where it stands among several."""
    key = f"lifecycle_{field}" if place is None else f"lifecycle_{field}_{place}"
    column.number_input(
        label, low, high, step=step, help=told, format="%d" if isinstance(step, int) else "%.15g",
        **bound.one(key, value, partial(change, field, place)),
    )  # fmt: skip


def change(field: str, place: int | None, value: Any) -> None:
    """Keep one choice; stages that would not follow one another are refused."""
    if field == "season":
        value = "auto" if value else "never"
    if field in ("new_until", "ends"):
        value = value / 100
    segments.edit_params("lifecycle", lambda params: with_stages(params, field, value, place))


def picture(study: compute.LoadedStudy, result: LifecycleResult, view: segments.Shown, focus: str | None) -> None:
    """Show how long customers have been silent; a click on a bar picks its stage."""
    t = session.t()
    before = study.run.before.state if study.run.before else ""
    key = f"silence {explain.key_of(study, view)} {before} {t.language} {t.currency}"
    drawn, bins = study.run.kept("drawn", key, lambda: _silence(result, view))
    bins = bins.assign(segment=bins["segment"].map(view.names))
    titles = {
        "start": t("lifecycle.from"), "end": t(f"charts.lifecycle_{result.params.by}"), "segment": t("column.segment"),
        "customers": t("column.customers"),
    }  # fmt: skip
    segments.clickable(
        drawn, view, t("lifecycle.silence_alt"), name="lifecycle_silence", data=bins.rename(columns=titles), focus=focus
    )


def _silence(result: LifecycleResult, view: segments.Shown) -> tuple[Any, pd.DataFrame]:
    drawn = charts.silence(result, session.t(), names=view.names, edited=view.edited)
    return drawn, charts.silence_bins(result, view.edited.segmentation.labels)


def borders(result: LifecycleResult, view: segments.Shown) -> None:
    """Show where each stage ends."""
    t = session.t()
    frame: pd.DataFrame = result.borders.dropna(axis=1, how="all").round({"multiple": 2, "days": 1})
    once = "lifecycle.border_once" if "multiple" in frame else "lifecycle.border_days"
    titles = {
        "segment": t("column.segment"), "multiple": t("lifecycle.border_again"), "days": t(once),
    }  # fmt: skip
    names = [view.names.get(key) or segments.word(key) for key in frame["segment"].tolist()]
    show.table(frame.assign(segment=names).rename(columns=titles), alt=t("lifecycle.borders"), name="lifecycle_borders")
    st.caption(show.md_escape(t("lifecycle.border_new", n=result.new_days)))
