"""Chart of movement: from the revenue of one period to that of the next, as a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analysis.charts.palette import GREY, INK, look, rows_high, segment_colours
from analysis.profiles.words import with_unit
from analysis.segments.names import segment_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.translate import Translate

_SEGMENT = {"less": "movement_repeating", "more": "movement_repeating"}


class Steps(Protocol):
    """Two periods and what lies between them: a movement between periods, or a bridge between runs."""

    @property
    def waterfall(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def revenue_before(self) -> float: ...  # noqa: D102
    @property
    def revenue_now(self) -> float: ...  # noqa: D102


def waterfall(result: Steps, t: Translate, *, names: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Draw the revenue of the earlier period, what was lost and gained, and the revenue of the later one.

    ``names`` are the words of segments by key. Fields: ``step`` (words), ``segment`` (words of the segment whose money
    a step is, empty for a whole period), ``start``, ``end``, ``amount`` (currency), ``label``, ``customers``.
    """
    import altair as alt

    steps = result.waterfall["step"].tolist()
    words = {step: t(f"charts.movement_{step}") for step in steps}
    keys = {step: _SEGMENT.get(step, f"movement_{step}") for step in steps}
    colours = segment_colours(keys.values())
    named = segment_names(dict.fromkeys(keys.values()), t, names=names)
    data = result.waterfall.assign(
        step=[words[step] for step in steps],
        segment=["" if step in ("before", "now") else named[keys[step]] for step in steps],
        label=[
            t.money(amount) if step in ("before", "now") else ("+" if amount >= 0 else "") + t.money(amount)
            for step, amount in zip(steps, result.waterfall["amount"], strict=True)
        ],
        top=result.waterfall[["start", "end"]].max(axis=1),
    )
    # Lying, names and amounts have room at any width; the axis goes on for the amounts.
    low, high = float(data[["start", "end"]].min().min()), float(data["top"].max())
    room = alt.Scale(domain=[min(low, 0.0), high + 0.35 * (high - min(low, 0.0))], nice=False)
    y = alt.Y("step:N", sort=list(words.values()), title=None)
    colour = alt.Color(
        "step:N",
        scale=alt.Scale(
            domain=list(words.values()),
            range=[GREY[0] if step in ("before", "now") else colours[keys[step]] for step in steps],
        ),
        legend=None,
    )
    base = alt.Chart(data).encode(y=y)
    bars = base.mark_bar(cornerRadius=2).encode(
        x=alt.X("start:Q", title=with_unit(t("charts.revenue"), "money", t), scale=room, axis=alt.Axis(tickCount=4)),
        x2=alt.X2("end:Q"),
        color=colour,
        detail=alt.Detail("segment:N"),
        tooltip=[
            alt.Tooltip("step:N", title=t("charts.segment")),
            alt.Tooltip("label:N", title=t("charts.revenue")),
            alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
        ],
    )
    texts = base.mark_text(align="left", dx=5, color=INK, fontSize=12).encode(
        x=alt.X("top:Q", scale=room), text=alt.Text("label:N")
    )
    title = t("charts.movement", before=result.revenue_before, now=result.revenue_now)
    return look(alt.layer(bars, texts), width="container", height=rows_high(len(steps), 36), title=title)
