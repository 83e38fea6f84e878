"""Chart of a ladder: a bar a step, from the segment to the list, with the number left and who fell out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.act.words import step_words, why_words
from analysis.charts.palette import ACCENT, GREY, INK, look

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.act.ladder import Ladder
    from analysis.translate import Translate

_BAR = 34  # points of height


def ladder_rows(ladder: Ladder, t: Translate) -> pd.DataFrame:
    """Return a row per step: ``step`` (words), ``n``, ``gone``, ``why`` (words), ``value`` (money, or missing)."""
    import pandas as pd

    return pd.DataFrame(
        {
            "step": [step_words(rung, ladder, t) for rung in ladder.rungs],
            "n": [rung.n for rung in ladder.rungs],
            "gone": [rung.n_gone for rung in ladder.rungs],
            "why": [why_words(rung, ladder, t) for rung in ladder.rungs],
            "value": pd.Series([rung.value for rung in ladder.rungs], dtype=float),
        }
    )


def ladder_bars(ladder: Ladder, t: Translate) -> alt.LayerChart:
    """Draw who is left after each step.

    Fields: ``step``, ``n``, ``gone``, ``why``, ``start`` (left of the number), ``label``.
    """
    import altair as alt

    rows = ladder_rows(ladder, t)
    rows["before"] = rows["n"] + rows["gone"]
    rows["label"] = [t.number(n) for n in rows["n"]]
    order = rows["step"].tolist()
    y = alt.Y("step:N", sort=order, title=None, axis=alt.Axis(labelLimit=190))
    most = max(int(rows["before"].max()), 1)
    room = 1.05 + 0.06 * rows["label"].str.len().max()  # for the number beside the longest bar, also where it is narrow
    scale = alt.Scale(domain=[0, most * room], nice=False)
    tooltip = [
        alt.Tooltip("step:N", title=t("act.chart_step")),
        alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
    ]
    tooltip.append(alt.Tooltip("why:N", title=t("act.chart_why")))
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    x = alt.X("n:Q", title=None, scale=scale, axis=None)
    gone = base.mark_bar(color=GREY[1], opacity=0.35, height=_BAR * 0.6).encode(
        x=alt.X("before:Q", scale=scale, axis=None)
    )
    left = base.mark_bar(color=ACCENT, height=_BAR * 0.6).encode(x=x)
    number = base.mark_text(align="left", dx=6, color=INK).encode(
        x=alt.X("before:Q", scale=scale, axis=None), text="label:N"
    )
    return look(alt.layer(gone, left, number), width="container", height=_BAR * len(rows), title="")
