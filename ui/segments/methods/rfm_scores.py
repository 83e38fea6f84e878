"""What the RFM page shows of scores: the grid, what each score means, and the scores of every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.segments.scores.cuts import thresholds
from analysis.segments.scores.words import span
from ui import compute, session, show
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rfm import RfmResult


def grid(study: compute.LoadedStudy, result: RfmResult, view: segments.Shown, focus: str | None) -> None:
    """Show the cells; a click on one lists the customers of its segment."""
    from analysis.charts.rfm import rfm_grid

    t = session.t()
    before = study.run.before.state if study.run.before else ""
    key = f"rfm_grid {explain.key_of(study, view)} {before} {t.language} {t.currency}"
    chart: Any = study.run.kept("drawn", key, lambda: rfm_grid(result, t, names=view.names))
    data = result.grid.assign(segment=result.grid["segment"].map(view.names)).dropna(axis=1, how="all")
    titles = {"r": t("rfm.r"), "f": t("rfm.f"), "m": t("rfm.m")}
    data = data.rename(columns={c: titles.get(c) or t(f"column.{c}") for c in data.columns})
    if hasattr(chart, "layer"):
        segments.clickable(chart, view, t("rfm.grid_alt"), name="rfm_grid", data=data, focus=focus)
    else:
        _panels(chart, view, data, focus)
    st.caption(show.md_escape(t("rfm.grid_help")))


def _panels(chart: Any, view: segments.Shown, data: pd.DataFrame, focus: str | None) -> None:
    """Show the panels of the eight classes, which share one selection."""
    import altair as alt

    from analysis.charts.palette import fade

    picked = alt.selection_point(name="segment", fields=["segment"])
    drawn = fade(chart, view.names[focus] if focus else None).add_params(picked)
    show.chart(
        drawn, session.t()("rfm.grid_alt"), name="rfm_grid", data=data,
        on_select=lambda: segments.pick("chart_rfm_grid", view),
    )  # fmt: skip


def scores(result: RfmResult) -> None:
    """Show what each score means in days, orders and money."""
    import pandas as pd

    t = session.t()
    table = thresholds(result)
    eight = result.params.scheme.startswith("eight")
    wide: dict[str, Any] = {}
    for key in result.cuts:
        part = table[table["measure"] == key].set_index("score")
        borders = zip(part["above"].tolist(), part["up_to"].tolist(), strict=True)
        values = [span(above, up_to, key, t, two_classes=eight) for above, up_to in borders]
        wide[t(f"rfm.unit_{key}")] = pd.Series(values, index=part.index, dtype="str")
        wide[t(f"rfm.customers_{key}")] = part["customers"].astype("Int64")
    frame = pd.DataFrame(wide).sort_index(ascending=False)
    first = [level(score, eight) for score in frame.index]
    frame.insert(0, t("rfm.score"), pd.Series(first, index=frame.index, dtype="str"))
    show.table(frame, alt=t("rfm.thresholds"), name="rfm_scores")


def level(score: int, eight: bool) -> str:
    """Return the words of a score."""
    t = session.t()
    return t("charts.high" if score == 2 else "charts.low") if eight else t.number(score)


def score_columns(result: RfmResult, profiles: Profiles) -> pd.DataFrame:
    """Return the scores of every customer, aligned with the profiles."""
    import pandas as pd

    t = session.t()
    inside = result.segmentation.labels.notna().to_numpy()
    columns = {}
    for key in result.cuts:
        column = pd.Series(pd.NA, index=profiles.customers.index, dtype="Int64")
        column[inside] = result.customers[key].to_numpy()
        columns[t(f"rfm.{key}")] = column
    weighted = pd.Series(float("nan"), index=profiles.customers.index)
    weighted[inside] = result.customers["weighted"].round(1).to_numpy()
    columns[t("rfm.weighted")] = weighted
    return pd.DataFrame(columns)
