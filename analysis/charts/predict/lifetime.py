"""Charts of lifetime value: who brings how much, and what a trial on the past would have said beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.charts.palette import ACCENT, CATEGORICAL, FIRST_SIGHT, axis_form, legend_above, look
from analysis.predict.lifetime.words import trial_sentence
from analysis.profiles.words import with_unit

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.lifetime.contract_tried import ContractTried
    from analysis.predict.lifetime.result import LifetimeValue
    from analysis.translate import Translate

TENTHS = 10


def value_by_tenth(result: LifetimeValue, t: Translate) -> alt.LayerChart:
    """Draw the expected value (or orders, without money) of each tenth of the customers, the most valuable first.

    Fields: ``tenth`` (1..10), ``value`` (currency or count, mean per customer), ``total``, ``customers``.
    """
    import altair as alt
    import pandas as pd

    money = result.has_money
    values = np.sort(result.customers["value" if money else "orders"].dropna().to_numpy())[::-1]
    parts = [part for part in np.array_split(values, TENTHS) if len(part)]
    data = pd.DataFrame({
        "tenth": range(1, len(parts) + 1),
        "value": [float(part.mean()) for part in parts],
        "total": [float(part.sum()) for part in parts],
        "customers": [len(part) for part in parts],
    })  # fmt: skip
    total = data["total"].sum()
    share = float(data["total"].iloc[0] / total) if total else 0.0
    unit = "money" if money else "count"
    label = with_unit(t("lifetime.chart.per_customer" if money else "lifetime.chart.orders"), unit, t)
    bars = alt.Chart(data).mark_bar(cornerRadiusEnd=3, color=ACCENT).encode(
        x=alt.X("tenth:O", title=t("lifetime.chart.tenth"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=label, axis=alt.Axis(format=axis_form(unit), tickCount=5)),
        tooltip=[
            alt.Tooltip("tenth:O", title=t("lifetime.chart.tenth")),
            alt.Tooltip("value:Q", title=label, format=",.1f"),
            alt.Tooltip("customers:Q", title=t("lifetime.chart.customers"), format=","),
        ],
    )  # fmt: skip
    title = t("lifetime.chart.best" if money else "lifetime.chart.best_orders", share=share, n=len(values))
    return look(alt.layer(bars).properties(width="container", height=FIRST_SIGHT, title=title))


def trial_lines(result: LifetimeValue, t: Translate) -> alt.LayerChart | None:
    """Draw the orders that a model fitted before the cut expected after it, and those that came; None without a trial.

    Fields: ``day``, ``orders`` (cumulative count), ``line`` (words).
    """
    if result.tried is None:
        return None
    import altair as alt
    import pandas as pd

    names = {"came": t("lifetime.chart.came"), "expected": t("lifetime.chart.expected")}
    rows: list[dict[str, Any]] = [
        {"day": day.isoformat(), "orders": float(value), "line": names[key]}
        for key in names
        for day, value in zip(result.tried.track["day"], result.tried.track[key], strict=True)
    ]
    counts = alt.Axis(format=axis_form("count"), tickCount=5)
    lines = alt.Chart(pd.DataFrame(rows)).mark_line(point=True).encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(format="%Y-%m-%d", labelAngle=0, tickCount=4)),
        y=alt.Y("orders:Q", title=t("lifetime.chart.orders_since"), axis=counts),
        color=alt.Color(
            "line:N", title=None, legend=legend_above(names.values()),
            scale=alt.Scale(domain=list(names.values()), range=[CATEGORICAL[0], CATEGORICAL[2]]),
        ),
        strokeDash=alt.condition(alt.datum.line == names["expected"], alt.value([6, 4]), alt.value([1, 0])),
        tooltip=[
            alt.Tooltip("line:N", title=" "), alt.Tooltip("day:T", title=t("lifetime.chart.day"), format="%Y-%m-%d"),
            alt.Tooltip("orders:Q", title=t("lifetime.chart.orders_since"), format=",.0f"),
        ],
    )  # fmt: skip
    return look(alt.layer(lines).properties(width="container", height=FIRST_SIGHT, title=trial_sentence(result, t)))


def staying_lines(tried: ContractTried, t: Translate) -> alt.LayerChart:
    """Draw the share of subscribers still there after later renewals, beside what model and rule said of it.

    Fields: ``renewals``, ``share`` (0..1), ``line`` (words).
    """
    import altair as alt

    names = {"came": t("lifetime.chart.came"), "model": t("lifetime.chart.expected"), "rule": t("lifetime.chart.rule")}
    data = tried.track.melt("renewals", list(names), "line", "share").replace({"line": names})
    words = list(names.values())
    lines = alt.Chart(data).mark_line(point=True).encode(
        x=alt.X("renewals:Q", title=t("lifetime.chart.renewals"), axis=alt.Axis(tickMinStep=1, tickCount=6)),
        y=alt.Y("share:Q", title=t("lifetime.chart.still_there"), axis=alt.Axis(format="~%", tickCount=5)),
        color=alt.Color(
            "line:N", title=None, legend=legend_above(words),
            scale=alt.Scale(domain=words, range=[CATEGORICAL[0], CATEGORICAL[2], CATEGORICAL[1]]),
        ),
        tooltip=[
            alt.Tooltip("line:N", title=" "), alt.Tooltip("renewals:Q", title=t("lifetime.chart.renewals")),
            alt.Tooltip("share:Q", title=t("lifetime.chart.still_there"), format=".1%"),
        ],
    )  # fmt: skip
    title = t("lifetime.chart.staying", until=tried.until, n=tried.n)
    return look(alt.layer(lines).properties(width="container", height=FIRST_SIGHT, title=title))
