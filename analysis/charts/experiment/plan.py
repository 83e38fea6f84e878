"""Charts of planning and splitting: power over customers and weeks, what each segment can show, balance of the arms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.palette import ACCENT, BAD, CATEGORICAL, GREY, INK, look, segment_colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

    from analysis.translate import Translate

_ALARM = BAD


def power_curve(
    points: Sequence[tuple[float, float]],
    t: Translate,
    *,
    over: str,
    wanted: float,
    marks: Sequence[tuple[str, float, float]] = (),
) -> alt.LayerChart:
    """Draw the power over customers or over weeks.

    Parameters
    ----------
    points : sequence of (customers or weeks, power)
    over : ``"customers"`` or ``"weeks"``
    wanted : float
        The power of the plan, as a line.
    marks : sequence of (label, customers or weeks, power)
        Points to name on the curve.
    """
    import altair as alt
    import pandas as pd

    data = pd.DataFrame([*points], columns=pd.Index(["at", "power"])).astype(float)
    named = pd.DataFrame([*marks], columns=pd.Index(["label", "at", "power"]))
    axis = alt.Axis(format=",.0f", tickMinStep=1, tickCount=6, grid=False, labelFlush=True)
    x = alt.X("at:Q", title=t(f"charts.plan_{over}"), axis=axis, scale=alt.Scale(zero=over == "customers", nice=False))
    y = alt.Y("power:Q", title=t("charts.plan_power"), axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    told = [
        alt.Tooltip("at:Q", title=t(f"charts.plan_{over}"), format=","),
        alt.Tooltip("power:Q", title=t("charts.plan_power"), format=".0%"),
    ]
    line = alt.Chart(data).mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y)
    # Wide and invisible: what the pointer meets.
    near = alt.Chart(data).mark_circle(size=300, opacity=0).encode(x=x, y=y, tooltip=told)
    goal = (
        alt.Chart(pd.DataFrame({"power": [wanted]}))
        .mark_rule(color=GREY[0], strokeDash=[4, 4])
        .encode(y=alt.Y("power:Q"))
    )
    dots = alt.Chart(named).mark_point(filled=True, size=110, color=_ALARM, opacity=1).encode(x=x, y=y, tooltip=told)
    # The first above the curve and the others below it: the points may lie on each other.
    label: dict[str, Any] = {"color": INK, "fontSize": 12, "fontWeight": "bold"}
    places: tuple[Any, ...] = ((named[:1], "right", -10, -10), (named[1:], "left", 10, 14))
    words = [
        alt.Chart(rows).mark_text(align=align, dx=dx, dy=dy, **label).encode(x=x, y=y, text=alt.Text("label:N"))
        for rows, align, dx, dy in places
    ]
    title = t(f"charts.plan_over_{over}")
    return look(alt.layer(line, near, goal, dots, *words), width="container", height=260, title=title)


def detectable(table: pd.DataFrame, t: Translate, *, chosen: str | None = None) -> alt.LayerChart:
    """Draw the smallest detectable effect of each segment, smallest first.

    Parameters
    ----------
    table : DataFrame, one row per segment
        ``segment`` (key), ``name``, ``effect`` (0 or more), ``label`` (the effect in words).
    chosen : str, optional
        Key of the segment that the plan is for.
    """
    import altair as alt

    data = table.sort_values("effect").assign(is_chosen=table["segment"].eq(chosen or ""))
    colours = segment_colours(data["segment"])
    order = data["name"].tolist()
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None))
    bars = base.mark_bar(cornerRadius=2).encode(
        x=alt.X(
            "effect:Q",
            title=t("charts.plan_smallest"),
            axis=alt.Axis(labels=False, grid=False),
            scale=alt.Scale(
                domain=[0, max(float(data["effect"].max()), 1e-9) * 1.3], nice=False
            ),  # its words beside it
        ),
        color=alt.Color(
            "segment:N",
            scale=alt.Scale(
                domain=list(colours), range=[GREY[1] if key.startswith("__") else c for key, c in colours.items()]
            ),
            legend=None,
        ),
        opacity=alt.Opacity("is_chosen:N", scale=alt.Scale(domain=[True, False], range=[1.0, 0.55]), legend=None),
        tooltip=[
            alt.Tooltip("name:N", title=t("charts.segment")),
            alt.Tooltip("label:N", title=t("charts.plan_smallest")),
        ],
    )
    words = base.mark_text(align="left", dx=5, color=INK).encode(x=alt.X("effect:Q"), text=alt.Text("label:N"))
    height = max(120, 26 * len(data))
    return look(alt.layer(bars, words), width="container", height=height, title=t("charts.plan_detectable"))


def balance(table: pd.DataFrame, t: Translate, *, limit: float, most: int = 40) -> alt.LayerChart:
    """Draw the standardised differences of the arms, the largest first, with the band that counts as alike.

    Parameters
    ----------
    table : DataFrame
        ``arm``, ``name`` (feature and level in words), ``difference`` (standard deviations), no missing values.
    limit : float
        The edge of the band.
    most : int
        Features drawn.
    """
    import altair as alt
    import pandas as pd

    size = table.assign(size=table["difference"].abs()).groupby("name")["size"].max()
    order = size.sort_values(ascending=False, kind="stable").index[:most].tolist()
    data = table[table["name"].isin(order)]
    reach = max(2 * limit, float(data["difference"].abs().max()) * 1.1) if len(data) else 2 * limit
    scale = alt.Scale(domain=[-reach, reach])
    band = (
        alt.Chart(pd.DataFrame({"low": [-limit], "high": [limit]}))
        .mark_rect(color=GREY[1], opacity=0.18)
        .encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"))
    )
    arms = sorted(data["arm"].unique().tolist())
    dots = (
        alt.Chart(data)
        .mark_circle(size=70, opacity=0.9)
        .encode(
            y=alt.Y("name:N", sort=order, title=None),
            x=alt.X("difference:Q", title=t("charts.balance_difference"), scale=scale, axis=alt.Axis(format=".2f")),
            color=alt.Color(
                "arm:N", title=t("charts.split_arm"), scale=alt.Scale(domain=arms, range=list(CATEGORICAL)),
                legend=alt.Legend(orient="top") if len(arms) > 1 else None,
            ),
            tooltip=[
                alt.Tooltip("name:N", title=t("charts.feature")),
                alt.Tooltip("arm:N", title=t("charts.split_arm")),
                alt.Tooltip("difference:Q", title=t("charts.balance_difference"), format=".3f"),
            ],
        )
    )  # fmt: skip
    height = max(140, 18 * len(order))
    return look(alt.layer(band, dots), width="container", height=height, title=t("charts.balance"))
