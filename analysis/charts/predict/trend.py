"""Chart of the trend: the months that were, and those that are told with their interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, CATEGORICAL, FIRST_SIGHT, axis_form, legend_above, look
from analysis.predict.trend.words import axis_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from analysis.predict.trend.result import Trend
    from analysis.translate import Translate


def months_ahead(found: Trend, t: Translate, names: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Draw each group's months, those told as dashes, with the interval of the first group as a band.

    Fields: ``month``, ``value`` (currency or count), ``low``, ``high`` (80 %), ``told``, ``of`` (words).
    """
    import altair as alt
    import pandas as pd

    names = names or {}
    words = [names.get(one.group, one.group) for one in found.groups]
    several = len(words) > 1
    data = found.months.assign(
        of=found.months["group"].map(dict(zip((g.group for g in found.groups), words, strict=True)))
    )
    # The line of what is told begins at the last month that was, so that there is no gap in the picture.
    joined = data[~data["is_told"]].groupby("of", sort=False).tail(1).assign(is_told=True)
    data = pd.concat([data, joined.assign(low=joined["value"], high=joined["value"])], ignore_index=True)
    data["told"] = data["is_told"].map({True: "1", False: "0"})
    data["month"] = data["month"].dt.strftime("%Y-%m-%d")
    unit, title = ("money" if found.measure == "revenue" else "count"), axis_title(found, t)
    colour = (
        alt.Color(
            "of:N", title=None, legend=legend_above(words),
            scale=alt.Scale(domain=words, range=list(CATEGORICAL[: len(words)])),
        )
        if several
        else alt.value(ACCENT)
    )  # fmt: skip
    axis = alt.Axis(format=axis_form(unit), tickCount=5)
    month = alt.X(
        "month:T", title=None, axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=5, labelOverlap="greedy")
    )
    base = alt.Chart(data)
    band = (
        base.transform_filter((alt.datum.told == "1") & (alt.datum.of == words[0]))
        .mark_area(opacity=0.18)
        .encode(x=month, y=alt.Y("low:Q", title=title, axis=axis), y2="high:Q", color=colour)
    )
    lines = base.mark_line(point={"size": 24}, strokeWidth=2).encode(
        x=month,
        y=alt.Y("value:Q", title=title, axis=axis),
        color=colour,
        strokeDash=alt.StrokeDash("told:N", legend=None, scale=alt.Scale(domain=["0", "1"], range=[[1, 0], [6, 4]])),
        tooltip=[
            *([alt.Tooltip("of:N", title=t(f"trend.by.{found.by}"))] if several else []),
            alt.Tooltip("month:T", title=t("trend.chart.month"), format="%Y-%m"),
            alt.Tooltip("value:Q", title=title, format=",.0f"),
            alt.Tooltip("low:Q", title=t("trend.chart.interval"), format=",.0f"),
            alt.Tooltip("high:Q", title="–", format=",.0f"),
        ],
    )
    return look(alt.layer(band, lines), width="container", height=FIRST_SIGHT, title=t("trend.chart"))
