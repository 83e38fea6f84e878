"""Charts of segments: the RFM grid, sizes and revenue, the clusters' map and profile, how many clusters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.charts.palette import (
    ACCENT,
    DIVERGING,
    INK,
    ON_LIGHT,
    cell_text,
    look,
    segment_axis,
    segment_colours,
    text_over,
    zero_to_one,
)
from analysis.profiles.words import feature_name, mean_text, value_text
from analysis.segments.names import segment_names
from analysis.translate import unique_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.result import Segmentation
    from analysis.translate import Translate

Z_RANGE = 2.0


def segment_bars(
    segmentation: Segmentation,
    t: Translate,
    *,
    names: Mapping[str, str] | None = None,
    hidden: tuple[str, ...] = (),
) -> alt.LayerChart:
    """Draw each segment's share of customers and of revenue, with the numbers written beside the bars.

    ``names`` are the words by key, as ``segment_names`` gives them. Fields: ``segment`` (words), ``measure``,
    ``share`` (0..1), ``label``.
    """
    import altair as alt
    import pandas as pd

    table = segmentation.segments
    words = segment_names(table["segment"], t, names=names)
    table = table[~table["segment"].isin(hidden)]
    colours = segment_colours(table["segment"])
    measures = [t("charts.customers"), t("charts.revenue")]
    rows = []
    for row in table.to_dict("records"):
        name, share = words[row["segment"]], row["share"]
        rows.append((name, measures[0], share, t("charts.bar_customers", n=row["customers"], share=share)))
        if not math.isnan(row["revenue_share"]):
            label = t("charts.bar_revenue", revenue=row["revenue"], share=row["revenue_share"])
            rows.append((name, measures[1], row["revenue_share"], label))
    data = pd.DataFrame(rows, columns=["segment", "measure", "share", "label"])
    shown = [words[key] for key in table["segment"]]
    base = alt.Chart(data).encode(
        y=alt.Y("segment:N", sort=shown, title=None),
        yOffset=alt.YOffset("measure:N", sort=measures),
        x=alt.X(
            "share:Q",
            title=t("charts.share_of_all"),
            # The axis goes on for the labels, the shares end at 100 %.
            axis=alt.Axis(format="%", tickCount=6, labelExpr="datum.value <= 1 ? datum.label : ''"),
            scale=_room_for_labels(data["share"]),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("measure:N", title=t("charts.measure")),
            alt.Tooltip("label:N", title=t("charts.value")),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color("segment:N", scale=alt.Scale(domain=shown, range=list(colours.values())), legend=None),
        opacity=alt.Opacity("measure:N", scale=alt.Scale(domain=measures, range=[0.55, 1.0]), legend=None),
    )
    # Labels of negative bars start at zero, so that they stay on the sheet.
    texts = (
        base.mark_text(align="left", dx=5, color=INK, fontSize=11)
        .encode(text=alt.Text("label:N"), x=alt.X("label_x:Q"))
        .transform_calculate(label_x="max(datum.share, 0)")
    )
    return look(
        alt.layer(bars, texts), width="container", height=max(46 * len(shown), 120), title=_finding(table, words, t)
    )


def _room_for_labels(shares: pd.Series) -> alt.Scale:
    import altair as alt

    return alt.Scale(domain=[min(float(shares.min()), 0.0), max(float(shares.max()), 0.01) * 1.5], nice=False)


def _finding(table: pd.DataFrame, words: Mapping[str, str], t: Translate) -> str:
    rows = table.to_dict("records")
    known = [row for row in rows if not math.isnan(row["revenue_share"])]
    if not known:
        top = max(rows, key=lambda row: row["customers"])
        return t("charts.largest_segment", segment=words[top["segment"]], share=top["share"])
    top = max(known, key=lambda row: row["revenue"])
    name = words[top["segment"]]
    return t("charts.top_segment", segment=name, share=top["share"], revenue_share=top["revenue_share"])


def cluster_map(result: ClusterResult, t: Translate, *, names: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Draw customers in the plane that shows most of their differences, each group's number or own name in its middle.

    Fields: ``x``, ``y``, ``segment`` (words); at most 2,000 points.
    """
    import altair as alt

    keys = result.segmentation.segments["segment"].tolist()
    words = segment_names(keys, t, names=names, traits=result.traits, features=result.features)
    data = result.map.assign(segment=result.map["segment"].map(words))
    colour = alt.Color(
        "segment:N",
        scale=alt.Scale(domain=list(words.values()), range=list(segment_colours(keys).values())),
        legend=None,
    )
    axis = alt.Axis(labels=False, grid=False)
    x_title = t("charts.map_axis", n=1, share=result.map_shares[0])
    y_title = t("charts.map_axis", n=2, share=result.map_shares[1])
    points = (
        alt.Chart(data)
        .mark_circle(size=22, opacity=0.55)
        .encode(
            x=alt.X("x:Q", title=x_title, axis=axis),
            y=alt.Y("y:Q", title=y_title, axis=axis),
            color=colour,
            tooltip=[alt.Tooltip("segment:N", title=t("charts.segment"))],
        )
    )
    # Groups may lie close together, so what is written on the map is short: the number or a person's own name.
    told = segment_names(keys, t, traits=result.traits, features=result.features)
    numbers = segment_names(keys, t)
    short = {words[key]: numbers[key] if words[key] == told[key] else words[key] for key in keys}
    middles = data.groupby("segment", sort=False)[["x", "y"]].median().reset_index()
    middles["segment"] = middles["segment"].map(short)
    # A white edge keeps the name readable on top of points of every colour.
    edge = alt.Chart(middles).mark_text(
        fontSize=13, fontWeight="bold", stroke="white", strokeWidth=4, strokeOpacity=0.85
    )
    label = alt.Chart(middles).mark_text(fontSize=13, fontWeight="bold", color=ON_LIGHT)
    place = {"x": "x:Q", "y": "y:Q", "text": "segment:N"}
    title = t("charts.cluster_map", n=len(data))
    layers = alt.layer(points, edge.encode(**place), label.encode(**place))
    return look(layers, width="container", height=255, title=title)


def cluster_profile(result: ClusterResult, t: Translate, *, names: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Draw how far each group lies above or below all customers on each feature, with the mean in each cell.

    Fields: ``feature``, ``segment`` (words), ``z`` (standard deviations), ``mean_text``, ``median_text``.
    """
    import altair as alt

    keys = result.segmentation.segments["segment"].tolist()
    segment_words = segment_names(keys, t, names=names, traits=result.traits, features=result.features)
    feature_words = dict(
        zip([f.key for f in result.features], unique_words(feature_name(f, t) for f in result.features), strict=True)
    )
    by_key = {feature.key: feature for feature in result.features}
    centres = result.centres
    data = centres[["z"]].assign(
        segment=centres["segment"].map(segment_words),
        feature=centres["feature"].map(feature_words),
        mean_text=[mean_text(v, by_key[key], t) for v, key in zip(centres["mean"], centres["feature"], strict=True)],
        median_text=[
            value_text(v, by_key[key], t) for v, key in zip(centres["median"], centres["feature"], strict=True)
        ],
    )
    base = alt.Chart(data).encode(
        x=alt.X("segment:N", sort=list(segment_words.values()), title=None, axis=segment_axis(segment_words.values())),
        y=alt.Y("feature:N", sort=list(feature_words.values()), title=None),
    )
    cells = base.mark_rect(stroke="#80808033", cornerRadius=3).encode(
        color=alt.Color(
            "z:Q",
            title=t("charts.standard_deviations"),
            scale=alt.Scale(domain=[-Z_RANGE, 0, Z_RANGE], range=list(DIVERGING), clamp=True, interpolate="rgb"),
            legend=alt.Legend(orient="bottom"),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("feature:N", title=t("charts.feature")),
            alt.Tooltip("mean_text:N", title=t("charts.mean")),
            alt.Tooltip("median_text:N", title=t("charts.median")),
            alt.Tooltip("z:Q", title=t("charts.standard_deviations"), format="+.2f"),
        ],
    )
    texts = base.mark_text(fontSize=12, color=cell_text("z")).encode(text=alt.Text("mean_text:N"))
    height = max(38 * len(result.features), 120)
    return look(alt.layer(cells, texts), width="container", height=height, title=t("charts.cluster_profile"))


def stability_bars(stability: Mapping[str, float], t: Translate, *, names: Mapping[str, str]) -> alt.LayerChart:
    """Draw how well each segment is found again in other customers, with the line from which it counts as stable.

    Fields: ``segment`` (words), ``stability`` (0..1).
    """
    import altair as alt
    import pandas as pd

    from analysis.stats.stability import STABLE

    shown = [names[key] for key in stability]
    own = segment_colours(list(stability))
    data = pd.DataFrame({"segment": shown, "stability": list(stability.values())})
    data["ink"] = [text_over(own[key]) for key in stability]
    base = alt.Chart(data).encode(
        y=alt.Y("segment:N", sort=shown, title=None),
        x=alt.X("stability:Q", title=t("charts.stability"), axis=zero_to_one(), scale=alt.Scale(domain=[0, 1])),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("stability:Q", title=t("charts.stability"), format=".2f"),
        ],
    )
    colours = alt.Scale(domain=shown, range=list(own.values()))
    bars = base.mark_bar(cornerRadiusEnd=3).encode(color=alt.Color("segment:N", scale=colours, legend=None))
    ink = alt.Color("ink:N", scale=None)
    labels = base.mark_text(align="right", dx=-6).encode(text=alt.Text("stability:Q", format=".2f"), color=ink)
    line = (
        alt.Chart(pd.DataFrame({"stability": [STABLE]}))
        .mark_rule(color=INK, strokeDash=[4, 4])
        .encode(x=alt.X("stability:Q"))
    )
    title = t("charts.stability_title")
    layers = alt.layer(bars, labels, line).resolve_scale(color="independent")
    return look(layers, width="container", height=max(34 * len(shown), 90), title=title)


def k_choice(result: ClusterResult, t: Translate) -> alt.LayerChart | None:
    """Draw the silhouette for each number of groups tried, the chosen one marked; None when the number was given.

    Fields: ``k``, ``silhouette``, ``chosen``.
    """
    import altair as alt

    if result.sweep is None or "silhouette" not in result.sweep:
        return None
    base = alt.Chart(result.sweep[["k", "silhouette", "chosen"]]).encode(
        x=alt.X("k:O", title=t("charts.n_groups"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("silhouette:Q", title=t("charts.silhouette"), scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("k:O", title=t("charts.n_groups")),
            alt.Tooltip("silhouette:Q", title=t("charts.silhouette"), format=".3f"),
        ],
    )
    line = base.mark_line(color=INK, strokeWidth=1.5)
    points = base.mark_circle(opacity=1).encode(
        size=alt.condition("datum.chosen", alt.value(160), alt.value(45)),
        color=alt.condition("datum.chosen", alt.value(ACCENT), alt.value(INK)),
    )
    labels = (
        base.transform_filter("datum.chosen")
        .mark_text(dy=-14, fontWeight="bold", color=ACCENT)
        .encode(text=alt.Text("silhouette:Q", format=".2f"))
    )
    title = t("charts.k_choice", k=result.k)
    return look(alt.layer(line, points, labels), width="container", height=220, title=title)
