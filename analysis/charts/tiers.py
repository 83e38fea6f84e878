"""Chart of value tiers: the Pareto curve with the borders of the tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, INK, look, segment_colours
from analysis.segments.names import segment_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from analysis.segments.scores.tiers import TierResult
    from analysis.translate import Translate


def pareto_curve(result: TierResult, t: Translate, *, names: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Draw the share of revenue that the best customers bring, with a mark where each tier ends.

    Fields: ``customer_share``, ``revenue_share`` (0..1), ``segment`` (words), ``label``, ``lines``.
    """
    import altair as alt

    borders = result.borders
    words = segment_names(borders["segment"], t, names=names)
    marks = borders.assign(
        segment=borders["segment"].map(words),
        label=[
            t("charts.pareto_border", segment=words[row["segment"]], share=row["customer_share"],
              revenue_share=row["revenue_share"])
            for row in borders.to_dict("records")
        ],
        lines=[
            t("charts.pareto_lines", segment=words[row["segment"]], share=row["customer_share"],
              revenue_share=row["revenue_share"])
            for row in borders.to_dict("records")
        ],
    )  # fmt: skip
    percent = alt.Axis(format="%", tickCount=5)
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("customer_share:Q", title=t("charts.pareto_customers"), axis=percent, scale=scale)
    # Customers who returned more than they bought are no buyers, so the curve never leaves the square.
    y = alt.Y("revenue_share:Q", title=t("charts.pareto_revenue"), axis=percent, scale=scale)
    tooltip = [
        alt.Tooltip("customer_share:Q", title=t("charts.pareto_customers"), format=".1%"),
        alt.Tooltip("revenue_share:Q", title=t("charts.pareto_revenue"), format=".1%"),
    ]
    curve = alt.Chart(result.curve).mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y, tooltip=tooltip)
    area = alt.Chart(result.curve).mark_area(color=ACCENT, opacity=0.08).encode(x=x, y=y)
    inner = marks[marks["customer_share"] < 1]
    colours = list(segment_colours(borders["segment"]).values())
    colour = alt.Color("segment:N", scale=alt.Scale(domain=list(words.values()), range=colours), legend=None)
    # Above the curve, where nothing is written.
    rules = (
        alt.Chart(inner)
        .mark_rule(strokeDash=[4, 4], color=INK)
        .encode(x=alt.X("customer_share:Q"), y=alt.Y("revenue_share:Q"), y2=alt.Y2Datum(1))
    )
    points = alt.Chart(inner).mark_circle(size=130, opacity=1).encode(x=x, y=y, color=colour, tooltip=["label:N"])
    texts = (
        alt.Chart(inner)
        .mark_text(align="left", baseline="top", dx=10, dy=4, color=INK, fontSize=12, lineBreak="\n")
        .encode(x=x, y=y, text=alt.Text("lines:N"))
    )
    top = borders.iloc[0].to_dict()
    title = t(
        "charts.pareto", segment=words[top["segment"]], share=top["customer_share"], revenue_share=top["revenue_share"]
    )
    return look(alt.layer(area, curve, rules, points, texts), width="container", height=250, title=title)
