"""Chart of a change: how the groups moved before and after the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, GREY, INK, look
from analysis.errors import AnalysisError
from analysis.experiments.words import value_text
from analysis.profiles.words import with_unit

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.translate import Translate


def change_lines(steps: pd.DataFrame, kind: str, t: Translate, *, metric: str, groups: bool) -> alt.LayerChart:
    """Draw the mean of each group over time, and a line where the time after begins.

    Parameters
    ----------
    steps : DataFrame
        As ``Change.steps``.
    kind : str
        ``proportion``, ``mean`` or ``revenue``, for money.
    groups : bool
        Whether there are two groups.

    Raises
    ------
    AnalysisError
        ``chart_nothing_read``: there is no step.
    """
    import altair as alt
    import pandas as pd

    if steps.empty:
        raise AnalysisError("chart_nothing_read")
    dated = pd.api.types.is_datetime64_any_dtype(steps["step"])
    words = {True: t("charts.change_with"), False: t("charts.change_without")}
    step = steps["step"].dt.strftime("%Y-%m-%d") if dated else steps["step"].map(_word)
    data = pd.DataFrame(
        {
            "step": step,
            "group": steps["treated"].map(words),
            "value": steps["mean"],
            "label": [value_text(value, kind, t) for value in steps["mean"]],
            "n": steps["n"],
            "after": steps["after"],
        }
    )
    dates = alt.Axis(format="%Y-%m-%d", tickCount=6, labelFlush=True, grid=False)
    x = (
        alt.X("step:T", title=None, axis=dates, scale=alt.Scale(type="utc"))
        if dated
        else alt.X("step:N", sort=None, title=None, axis=alt.Axis(labelAngle=0))
    )
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=[words[True], words[False]], range=[ACCENT, GREY[0]]),
        legend=alt.Legend(orient="top", title=None) if groups else None,
    )
    tooltip = [
        alt.Tooltip("step:N", title=t("charts.change_step")),
        alt.Tooltip("group:N", title=t("charts.change_group")),
        alt.Tooltip("label:N", title=t("charts.value")),
        alt.Tooltip("n:Q", title=t("charts.change_rows"), format=","),
    ]
    y = alt.Y(
        "value:Q",
        title=with_unit(metric, "money", t) if kind == "revenue" else metric,
        axis=alt.Axis(format=".1~%" if kind == "proportion" else ",.3~f", tickCount=6),
        scale=alt.Scale(zero=False),
    )
    lines = alt.Chart(data).mark_line(point=True).encode(x=x, y=y, color=colour, tooltip=tooltip)
    start = data.loc[data["after"], "step"]
    start = start.min() if dated else start.iloc[0]
    rule = alt.Chart(pd.DataFrame({"step": [start], "word": [t("charts.change_start")]})).encode(
        x=alt.X("step:T", scale=alt.Scale(type="utc")) if dated else alt.X("step:N", sort=None)
    )
    line = rule.mark_rule(strokeDash=[4, 3], color=INK)
    word = rule.mark_text(align="left", baseline="top", dx=4, y=0, color=INK).encode(text=alt.Text("word:N"))
    title = t("charts.change", metric=metric)
    return look(alt.layer(lines, line, word), width="container", height=320, title=title)


def _word(step: object) -> str:
    return f"{step:.15g}" if isinstance(step, float) else str(step)
