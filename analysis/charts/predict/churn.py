"""Charts of churn: whether the risks come true, and how many leavers are found by looking at the most at risk first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, FIRST_SIGHT, GREY, INK, legend_above, look, titled
from analysis.profiles.words import feature_name

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

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
    expected = float((data["foretold"] * data["n"]).sum() / data["n"].sum())
    said = t("charts.churn_came_true", foretold=expected, observed=measured.rate, n=measured.n)
    return look(layers, width="container", height=FIRST_SIGHT, title=titled(said, t("charts.churn_calibration")))


def found_by_risk(result: ChurnResult, t: Translate) -> alt.LayerChart:
    """Draw which share of the leavers is among the customers most at risk, by the model, by the rule and by chance.

    Fields: ``share`` (of the customers), ``recall`` (of the leavers), ``precision``, ``by`` (words).
    """
    import altair as alt
    import pandas as pd

    both = result.active
    model, rule = (both.model, both.rule) if both is not None else (result.measured, result.rule)
    words = _words(result, t)
    start = pd.DataFrame({"share": [0.0], "recall": [0.0]})
    chance = pd.DataFrame({"share": [0.0, 1.0], "recall": [0.0, 1.0]})
    parts = [
        pd.concat([start, measured.recall]).assign(by=word)
        for measured, word in zip((model, rule), words, strict=False)
    ]
    data = pd.concat([*parts, chance.assign(by=words[2])], ignore_index=True)
    lines = _lines(data, words, ("share", t("charts.churn_share")), ("recall", t("charts.churn_recall")), t)
    used = rule if result.used == "rule" else model
    tenth = used.leavers.value * used.leavers.n / used.n
    title = titled(t("charts.churn_tenth", share=tenth, n=model.n), t("charts.churn_found"))
    return look(alt.layer(lines), width="container", height=FIRST_SIGHT, title=title)


def precision_recall(result: ChurnResult, t: Translate) -> alt.LayerChart:
    """Draw how many of those looked at left (precision) against how many of the leavers are found (recall).

    By the model and by the rule; the line of chance is the share who left. Fields: ``recall``, ``precision``, ``by``.
    """
    import altair as alt
    import pandas as pd

    both = result.active
    model, rule = (both.model, both.rule) if both is not None else (result.measured, result.rule)
    words = _words(result, t)
    chance = pd.DataFrame({"recall": [0.0, 1.0], "precision": [model.rate] * 2, "by": words[2]})
    parts = [measured.recall.assign(by=word) for measured, word in ((model, words[0]), (rule, words[1]))]
    x, y = ("recall", t("charts.churn_recall")), ("precision", t("charts.churn_precision"))
    lines = _lines(pd.concat([*parts, chance], ignore_index=True), words, x, y, t)
    return look(alt.layer(lines), width="container", height=FIRST_SIGHT, title=t("charts.churn_precision_recall"))


def _words(result: ChurnResult, t: Translate) -> list[str]:
    return [
        t(f"churn.model_{result.tried}"),
        t("charts.churn_rule", feature=feature_name(result.rule_feature, t)),
        t("charts.churn_chance"),
    ]


def _lines(data: pd.DataFrame, words: list[str], x: tuple[str, str], y: tuple[str, str], t: Translate) -> alt.Chart:
    """Draw two shares against each other, for the model, the rule and chance; an axis is a field and its title."""
    import altair as alt

    axis, scale = alt.Axis(format="~%", tickCount=5), alt.Scale(domain=[0, 1])
    dashes = alt.Scale(domain=words, range=[[1, 0], [1, 0], [4, 4]])
    colours = alt.Scale(domain=words, range=[ACCENT, INK, GREY[1]])
    return (
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(f"{x[0]}:Q", title=x[1], axis=axis, scale=scale),
            y=alt.Y(f"{y[0]}:Q", title=y[1], axis=axis, scale=scale),
            color=alt.Color("by:N", title=None, scale=colours, legend=legend_above(words)),
            strokeDash=alt.StrokeDash("by:N", legend=None, scale=dashes),
            tooltip=[
                alt.Tooltip("by:N", title=t("charts.churn_by")),
                alt.Tooltip(f"{x[0]}:Q", title=x[1], format=".0%"),
                alt.Tooltip(f"{y[0]}:Q", title=y[1], format=".0%"),
            ],
        )
    )


def pictures(result: ChurnResult, t: Translate) -> dict[str, alt.LayerChart]:
    """Return the charts of churn, for exports."""
    drawn = {"calibration": calibration, "found": found_by_risk, "precision": precision_recall}
    return {f"churn_{name}": draw(result, t) for name, draw in drawn.items()}
