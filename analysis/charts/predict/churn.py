"""Charts of churn: whether the risks come true, and how many leavers are found by looking at the most at risk first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, GREY, INK, legend_above, look
from analysis.profiles.words import feature_name

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.churn.result import ChurnResult
    from analysis.translate import Translate


def calibration(result: ChurnResult, t: Translate) -> alt.LayerChart:
    """Draw the share who left against the risk foretold, in tenths of the tested customers, with Wilson intervals.

    Of the scores that are used. Fields: ``foretold``, ``observed``, ``low``, ``high``, ``n``, ``n_left``.
    """
    import altair as alt
    import pandas as pd

    measured = result.rule if result.used == "rule" else result.measured
    data = measured.calibration[["foretold", "observed", "low", "high", "n", "n_left"]]
    share = alt.Axis(format="~%", tickCount=5)
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("foretold:Q", title=t("charts.churn_foretold"), axis=share, scale=scale)
    base = alt.Chart(data).encode(
        x=x,
        tooltip=[
            alt.Tooltip("foretold:Q", title=t("charts.churn_foretold"), format=".1%"),
            alt.Tooltip("observed:Q", title=t("charts.churn_observed"), format=".1%"),
            alt.Tooltip("low:Q", title=t("charts.churn_low"), format=".1%"),
            alt.Tooltip("high:Q", title=t("charts.churn_high"), format=".1%"),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )
    even = alt.Chart(pd.DataFrame({"foretold": [0.0, 1.0], "observed": [0.0, 1.0]})).mark_line(
        color=GREY[0], strokeDash=[4, 4]
    )
    y = alt.Y("observed:Q", title=t("charts.churn_observed"), axis=share, scale=scale)
    layers = alt.layer(
        even.encode(x=x, y=y),
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(y=alt.Y("low:Q", title=""), y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=70).encode(y=y),
    )
    return look(layers, width="container", height=300, title=t("charts.churn_calibration"))


def found_by_risk(result: ChurnResult, t: Translate) -> alt.LayerChart:
    """Draw which share of the leavers is among the customers most at risk, by the model, by the rule and by chance.

    Fields: ``share`` (of the customers), ``recall`` (of the leavers), ``precision``, ``by`` (words).
    """
    import altair as alt
    import pandas as pd

    both = result.active
    model, rule = (both.model, both.rule) if both is not None else (result.measured, result.rule)
    words = [
        t(f"churn.model_{result.tried}"),
        t("charts.churn_rule", feature=feature_name(result.rule_feature, t)),
        t("charts.churn_chance"),
    ]
    start = pd.DataFrame({"share": [0.0], "recall": [0.0]})
    chance = pd.DataFrame({"share": [0.0, 1.0], "recall": [0.0, 1.0]})
    parts = [
        pd.concat([start, measured.recall]).assign(by=word)
        for measured, word in zip((model, rule), words, strict=False)
    ]
    data = pd.concat([*parts, chance.assign(by=words[2])], ignore_index=True)
    axis = alt.Axis(format="~%", tickCount=5)
    dashes = alt.Scale(domain=words, range=[[1, 0], [1, 0], [4, 4]])
    lines = (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("share:Q", title=t("charts.churn_share"), axis=axis, scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("recall:Q", title=t("charts.churn_recall"), axis=axis, scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "by:N", title=None, scale=alt.Scale(domain=words, range=[ACCENT, INK, GREY[1]]),
                legend=legend_above(words),
            ),
            strokeDash=alt.StrokeDash("by:N", legend=None, scale=dashes),
            tooltip=[
                alt.Tooltip("by:N", title=t("charts.churn_by")),
                alt.Tooltip("share:Q", title=t("charts.churn_share"), format=".0%"),
                alt.Tooltip("recall:Q", title=t("charts.churn_recall"), format=".0%"),
            ],
        )
    )  # fmt: skip
    return look(alt.layer(lines), width="container", height=300, title=t("charts.churn_found"))


def pictures(result: ChurnResult, t: Translate) -> dict[str, alt.LayerChart]:
    """Return the charts of churn, for exports."""
    return {"churn_calibration": calibration(result, t), "churn_found": found_by_risk(result, t)}
