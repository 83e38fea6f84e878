"""Charts of feedback: praise and blame by aspect, and scores month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, CATEGORICAL, FIRST_SIGHT, axis_form, legend_above, look, rows_high
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.feedback.result import Feedback
    from analysis.translate import Translate

MOST = 12


def praise_and_blame(found: Feedback, t: Translate) -> alt.LayerChart:
    """Draw the texts that praise and blame each aspect. Fields: ``aspect``, ``side`` (words), ``texts``.

    Raises
    ------
    AnalysisError
        ``feedback_no_aspects``: no text speaks of one.
    """
    import altair as alt
    import pandas as pd

    rows = found.aspects.head(MOST)
    if rows.empty:
        raise AnalysisError("feedback_no_aspects")
    names = [t(f"value.aspect.{one}") for one in rows["aspect"]]
    sides = [t("feedback.chart.negative"), t("feedback.chart.positive")]
    data = pd.DataFrame({
        "aspect": [*names, *names], "texts": [*rows["negative"], *rows["positive"]],
        "side": [side for side in sides for _ in names],
    })  # fmt: skip
    bars = alt.Chart(data).mark_bar(cornerRadiusEnd=3).encode(
        y=alt.Y("aspect:N", sort=names, title=None, axis=alt.Axis(labelLimit=160)),
        x=alt.X("texts:Q", title=t("feedback.chart.texts"), axis=alt.Axis(format=axis_form("count"), tickCount=5)),
        yOffset=alt.YOffset("side:N", sort=sides),
        color=alt.Color(
            "side:N", title=None, legend=legend_above(sides),
            scale=alt.Scale(domain=sides, range=[CATEGORICAL[2], CATEGORICAL[0]]),
        ),
        tooltip=[
            alt.Tooltip("aspect:N", title=t("feedback.chart.aspect")), alt.Tooltip("side:N", title=" "),
            alt.Tooltip("texts:Q", title=t("feedback.chart.texts"), format=","),
        ],
    )  # fmt: skip
    return look(alt.layer(bars), width="container", height=rows_high(len(names), 32), title=t("feedback.chart.aspects"))


def month_by_month(found: Feedback, t: Translate) -> alt.LayerChart:
    """Draw the net promoter score, or the share satisfied without one. Fields: ``month``, ``value``, ``low``, ``high``.

    Raises
    ------
    AnalysisError
        ``feedback_no_months``: there are no scores.
    """
    import altair as alt

    if found.months.empty:
        raise AnalysisError("feedback_no_months")
    measure = "nps" if (found.months["measure"] == "nps").any() else "csat"
    data = found.months[found.months["measure"] == measure].assign(
        month=lambda frame: frame["month"].dt.strftime("%Y-%m-%d")
    )
    form = ",.0f" if measure == "nps" else ".0%"
    title = t(f"feedback.chart.{measure}")
    axis = alt.Axis(format=form.replace(",", ""), tickCount=5)
    month = alt.X("month:T", title=None, axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=6))
    base = alt.Chart(data)
    band = base.mark_errorbar(color=ACCENT).encode(x=month, y=alt.Y("low:Q", title=title, axis=axis), y2="high:Q")
    lines = base.mark_line(point=True, color=ACCENT).encode(
        x=month,
        y=alt.Y("value:Q", title=title, axis=axis),
        tooltip=[
            alt.Tooltip("month:T", title=t("feedback.chart.month"), format="%Y-%m"),
            alt.Tooltip("value:Q", title=title, format=form),
            alt.Tooltip("low:Q", title="95 %", format=form),
            alt.Tooltip("high:Q", title="–", format=form),
            alt.Tooltip("n:Q", title=t("feedback.chart.answers"), format=","),
        ],
    )
    return look(alt.layer(band, lines), width="container", height=FIRST_SIGHT, title=t("feedback.chart.months"))
