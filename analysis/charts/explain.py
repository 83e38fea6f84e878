"""Charts of an explanation: features that separate, parallel profiles, boxes from quantiles, flow between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import (
    ACCENT,
    INK,
    SEQUENTIAL,
    cell_text,
    legend_above,
    look,
    segment_axis,
    segment_colours,
    zero_to_one,
)
from analysis.compare.compare import FEW
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_name, feature_names, value_text, with_unit
from analysis.segments.names import segment_names
from analysis.translate import unique_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.compare.explain import Separation
    from analysis.profiles.result import Feature
    from analysis.translate import Translate

MOST_BARS = 15
MOST_AXES = 8
EDGE = 2.0
_QUANTILES = ("05", "25", "50", "75", "95")


def separation_bars(found: Separation, features: Sequence[Feature], t: Translate) -> alt.LayerChart:
    """Draw the features that separate most, strongest first; pale bars are not significant after Holm's correction.

    Raises
    ------
    AnalysisError
        ``chart_no_differences`` (n): nothing could be compared.
    """
    import altair as alt

    table = found.features.head(MOST_BARS)
    if len(table) == 0:
        raise AnalysisError("chart_no_differences", n=found.n)
    by_key = {feature.key: feature for feature in features}
    data = table[["strength", "effect", "significant", "n"]].assign(
        row=unique_words(feature_name(by_key[key], t) for key in table["feature"]),
        label=[t.number(value, 2) for value in table["strength"]],
    )
    base = alt.Chart(data).encode(
        x=alt.X("strength:Q", title=t("explain.strength"), axis=zero_to_one(), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("row:N", sort=data["row"].tolist(), title=None),
    )
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=3).encode(
        opacity=alt.condition("datum.significant", alt.value(1.0), alt.value(0.35)),
        tooltip=[
            alt.Tooltip("row:N", title=t("charts.feature")),
            alt.Tooltip("strength:Q", title=t("explain.strength"), format=".2f"),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )
    texts = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text=alt.Text("label:N"))
    chart = alt.layer(bars, texts).properties(width="container", height=max(26 * len(data), 80))
    return look(chart, title=t("explain.separation_bars"))


def parallel_profile(
    comparison: Comparison, ranked: Sequence[str], t: Translate, *, names: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Draw each segment as a line over the numbers that separate most: means in standard deviations from all.

    Fields: ``key`` (segment key), ``segment`` (words), ``feature`` (words), ``d_all``, cut at ±2.

    Raises
    ------
    AnalysisError
        ``chart_no_numbers``: fewer than two numbers vary.
    """
    import altair as alt

    numbers = comparison.numbers.dropna(subset=["d_all"])
    kept = [key for key in ranked if key in set(numbers["feature"])][:MOST_AXES]
    if len(kept) < 2:
        raise AnalysisError("chart_no_numbers")
    by_key = {feature.key: feature for feature in comparison.features}
    axes = feature_names((by_key[key] for key in kept), t)
    words = segment_names(comparison.segments["segment"], t, names=names)
    colours = segment_colours(comparison.segments["segment"])
    numbers = numbers[numbers["feature"].isin(kept)]
    data = numbers[["d_all", "n"]].assign(
        key=numbers["segment"],
        segment=numbers["segment"].map(words),
        feature=numbers["feature"].map(axes),
        drawn=numbers["d_all"].clip(-EDGE, EDGE),
    )
    axis = alt.Axis(labelAngle=-30, labelLimit=210, labelOverlap=False)
    base = alt.Chart(data).encode(
        x=alt.X("feature:N", sort=list(axes.values()), title=None, axis=axis),
        y=alt.Y("drawn:Q", title=t("explain.deviations"), scale=alt.Scale(domain=[-EDGE, EDGE])),
        color=alt.Color(
            "segment:N", title=None, scale=alt.Scale(domain=list(words.values()), range=list(colours.values())),
            legend=legend_above(words.values()),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("feature:N", title=t("charts.feature")),
            alt.Tooltip("d_all:Q", title=t("explain.deviations"), format="+.2f"),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )  # fmt: skip
    zero = alt.Chart(data.head(1)).mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.YDatum(0))
    lines, points = (
        base.mark_line(strokeWidth=2.5).encode(detail=alt.Detail("key:N")),
        base.mark_point(filled=True, size=90),
    )
    points = points.encode(opacity=alt.OpacityValue(1))
    chart = alt.layer(zero, lines, points).properties(width="container", height=300)
    return look(chart, title=t("explain.parallel"))


def quantile_boxes(
    quantiles: pd.DataFrame, feature: Feature, t: Translate, *, names: Mapping[str, str]
) -> alt.LayerChart:
    """Draw a number's distribution per segment from its quantiles: box of the middle half, line from 5 % to 95 %.

    Parameters
    ----------
    quantiles : DataFrame, one row per segment
        As of ``quantile_table``; a segment in which fewer than 30 values make the box is not drawn.

    Raises
    ------
    AnalysisError
        ``chart_few_values`` (feature, minimum): no segment has enough values; ``chart_nearly_all_zero`` (feature, n,
        minimum): none has enough that are not 0.
    """
    import altair as alt

    data = quantiles[quantiles["n_drawn"] >= FEW]
    apart = quantiles["zeros"].notna().any()
    if len(data) == 0 and apart:
        n = int(quantiles["n_drawn"].sum())
        raise AnalysisError("chart_nearly_all_zero", feature=feature_name(feature, t), n=n, minimum=FEW)
    if len(data) == 0:
        raise AnalysisError("chart_few_values", feature=feature_name(feature, t), minimum=FEW)
    words = [names[key] for key in data["segment"]]
    colours = list(segment_colours(data["segment"]).values())
    rows = [
        t("explain.zeros", segment=name, share=share) if share == share else name
        for name, share in zip(words, data["zeros"], strict=True)
    ]
    narrow = (data["q25"] == data["q75"]).tolist()
    lines = [colour if same else "white" for colour, same in zip(colours, narrow, strict=True)]
    told = {f"q{q}_text": [value_text(value, feature, t) for value in data[f"q{q}"]] for q in _QUANTILES}
    data = data.assign(name=words, row=rows, line=lines, **told)
    base = alt.Chart(data).encode(
        y=alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=260)),
        color=alt.Color("name:N", scale=alt.Scale(domain=words, range=colours), legend=None),
        tooltip=[alt.Tooltip("name:N", title=t("charts.segment"))]
        + [alt.Tooltip(f"q{q}_text:N", title=f"{q}%") for q in _QUANTILES],
    )
    x = alt.X("q05:Q", title=with_unit(feature_name(feature, t), feature.unit, t), axis=alt.Axis(tickCount=6))
    whiskers = base.mark_rule(strokeWidth=2).encode(x=x, x2=alt.X2("q95:Q"))
    boxes = base.mark_bar(height=20, cornerRadius=3).encode(x=alt.X("q25:Q"), x2=alt.X2("q75:Q"))
    # Where half the customers have one value, the box has no width, and the line in it has to stand for it.
    middle = base.mark_tick(thickness=3, size=20, opacity=1).encode(
        x=alt.X("q50:Q"), color=alt.Color("line:N", scale=None)
    )
    chart = alt.layer(whiskers, boxes, middle).resolve_scale(color="independent")
    chart = chart.properties(width="container", height=max(40 * len(data), 90))
    title = t("explain.boxes_not_zero" if apart else "explain.boxes", feature=feature_name(feature, t))
    return look(chart, title=title)


def cross_heat(
    table: pd.DataFrame, t: Translate, *, rows: Mapping[str, str], columns: Mapping[str, str]
) -> alt.LayerChart:
    """Draw where the customers of one segmentation stand in another: the share of each row in each column.

    Parameters
    ----------
    table : DataFrame, one row per pair of segments
        ``first``, ``second`` (segment keys), ``customers``, ``share`` (of the first segment, 0..1).
    rows, columns : mapping of str
        Words of the first and second segmentation by key.
    """
    import altair as alt

    data = table.assign(
        first=table["first"].map(rows), second=table["second"].map(columns),
        label=[t.percent(share) if share else "" for share in table["share"]],
    )  # fmt: skip
    base = alt.Chart(data).encode(
        x=alt.X("second:N", sort=list(columns.values()), title=None, axis=segment_axis(columns.values())),
        y=alt.Y("first:N", sort=list(rows.values()), title=None, axis=alt.Axis(labelLimit=200)),
    )
    cells = base.mark_rect(cornerRadius=3, stroke="#80808033").encode(
        color=alt.Color(
            "share:Q", title=t("explain.flow_share"),
            scale=alt.Scale(range=list(SEQUENTIAL), interpolate="rgb", domain=[0, 1]),
            legend=alt.Legend(orient="bottom", format="%"),
        ),
        tooltip=[
            alt.Tooltip("first:N", title=t("charts.segment")), alt.Tooltip("second:N", title=t("charts.segment")),
            alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
            alt.Tooltip("share:Q", title=t("explain.flow_share"), format=".0%"),
        ],
    )  # fmt: skip
    texts = base.mark_text(fontSize=11, color=cell_text("share")).encode(text=alt.Text("label:N"))
    chart = alt.layer(cells, texts)
    return look(chart, width="container", height=max(30 * len(rows), 100), title=t("explain.flow"))
