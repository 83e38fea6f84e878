"""Charts of uplift: what an order of customers gains over chance, and the effect in each fifth of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, FIRST_SIGHT, GREY, legend_above, look

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.uplift.uplift import UpliftResult
    from analysis.translate import Translate


def gained(found: UpliftResult, t: Translate) -> alt.LayerChart:
    """Draw what the campaign brought among the customers with the highest foretold change, and among as many by chance.

    Fields: ``share`` (of the customers), ``gained`` (per treated customer), ``by`` (words).
    """
    import altair as alt
    import pandas as pd

    words = [t("charts.uplift_foretold"), t("charts.churn_chance")]
    curve = found.qini.curve
    data = pd.concat(
        [
            curve[["share", "gained"]].assign(by=words[0]),
            curve[["share", "by_chance"]].rename(columns={"by_chance": "gained"}).assign(by=words[1]),
        ],
        ignore_index=True,
    )
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("share:Q", title=t("charts.uplift_share"), axis=alt.Axis(format="~%", tickCount=5)),
            y=alt.Y("gained:Q", title=t("charts.uplift_gained"), axis=alt.Axis(format=".1~%", tickCount=5)),
            color=alt.Color(
                "by:N",
                title=None,
                scale=alt.Scale(domain=words, range=[ACCENT, GREY[0]]),
                legend=legend_above(words),
            ),
            tooltip=[
                alt.Tooltip("by:N", title=t("charts.churn_by")),
                alt.Tooltip("share:Q", title=t("charts.uplift_share"), format=".0%"),
                alt.Tooltip("gained:Q", title=t("charts.uplift_gained"), format=".2%"),
            ],
        )
    )
    return look(alt.layer(lines), width="container", height=FIRST_SIGHT, title=t("charts.uplift_curve"))


def fifths(found: UpliftResult, t: Translate) -> alt.LayerChart:
    """Draw the effect in each fifth of the customers by foretold change, with its interval, and no effect as a line.

    Fields: ``fifth`` (1 has the highest foretold change), ``effect``, ``low``, ``high``, ``n``.
    """
    import altair as alt
    import pandas as pd

    base = alt.Chart(found.fifths).encode(
        x=alt.X("fifth:O", title=t("charts.uplift_fifth"), axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("fifth:O", title=t("charts.uplift_fifth")),
            alt.Tooltip("effect:Q", title=t("charts.uplift_effect"), format=".1%"),
            alt.Tooltip("low:Q", title=t("charts.churn_low"), format=".1%"),
            alt.Tooltip("high:Q", title=t("charts.churn_high"), format=".1%"),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )
    y = alt.Y("effect:Q", title=t("charts.uplift_effect"), axis=alt.Axis(format="~%", tickCount=5))
    none = alt.Chart(pd.DataFrame({"effect": [0.0]})).mark_rule(color=GREY[0], strokeDash=[4, 4]).encode(y=y)
    layers = alt.layer(
        none,
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(y=alt.Y("low:Q", title=""), y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=70).encode(y=y),
    )
    return look(layers, width="container", height=FIRST_SIGHT, title=t("charts.uplift_fifths"))
