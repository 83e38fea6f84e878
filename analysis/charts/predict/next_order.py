"""Charts of the next order: who comes back after a first order, and when the next orders are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, CATEGORICAL, FIRST_SIGHT, INK, legend_above, look, titled
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.next_order.result import NextOrders
    from analysis.translate import Translate

MOST_CURVES = 6


def comes_back(found: NextOrders, t: Translate) -> alt.LayerChart:
    """Draw the share of customers who came back by a day after their first order (Kaplan–Meier), shop and categories.

    At most the six categories with the most customers. Fields: ``days``, ``back``, ``of`` (words).
    """
    import altair as alt
    import numpy as np
    import pandas as pd

    shop, *others = found.curves
    largest = sorted(others, key=lambda curve: -curve.n)[:MOST_CURVES]
    words = [t("charts.next_order_all"), *(curve.name for curve in largest)]
    parts = []
    for curve, word in zip((shop, *largest), words, strict=True):
        days = [0.0, *curve.days, curve.longest]
        still = [1.0, *curve.still, curve.still[-1] if len(curve.still) else 1.0]
        parts.append(pd.DataFrame({"days": days, "back": [1 - share for share in still], "of": word}))
    lines = (
        alt.Chart(pd.concat(parts, ignore_index=True))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("days:Q", title=t("charts.next_order_days")),
            y=alt.Y("back:Q", title=t("charts.next_order_back"), axis=alt.Axis(format="~%", tickCount=5)),
            color=alt.Color(
                "of:N",
                title=None,
                scale=alt.Scale(domain=words, range=[INK, *CATEGORICAL[: len(largest)]]),
                legend=legend_above(words),
            ),
            tooltip=[
                alt.Tooltip("of:N", title=t("charts.next_order_of")),
                alt.Tooltip("days:Q", title=t("charts.next_order_days"), format=".0f"),
                alt.Tooltip("back:Q", title=t("charts.next_order_back"), format=".0%"),
            ],
        )
    )
    back, about = float(1 - shop.not_back(np.array([float(found.days)]))[0]), t("charts.next_order_curves")
    said = t("charts.next_order_came_back", share=back, days=found.days, n=shop.n)
    title = titled(said, about) if found.days <= shop.longest else titled(about)
    return look(alt.layer(lines), width="container", height=FIRST_SIGHT, title=title)


def due(found: NextOrders, t: Translate) -> alt.LayerChart:
    """Draw how many customers have the middle of their window in which week. Fields: ``week``, ``customers``.

    Raises
    ------
    AnalysisError
        ``next_order_no_windows``: nobody has a window.
    """
    import altair as alt
    import pandas as pd

    middle = found.customers.loc[found.customers["state"] == "window", "middle"]
    if middle.empty:
        raise AnalysisError("next_order_no_windows")
    ahead = (middle - pd.Timestamp(found.as_of)).dt.days // 7
    start = pd.Timestamp(found.as_of) + pd.to_timedelta(ahead.clip(upper=52) * 7, unit="D")
    data = start.value_counts().sort_index().rename_axis("week").rename("customers").reset_index()
    bars = (
        alt.Chart(data)
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X(
                "week:T",
                title=t("charts.next_order_week"),
                axis=alt.Axis(format="%Y-%m-%d", tickCount=5, labelFlush=True),
            ),
            y=alt.Y("customers:Q", title=t("charts.customers"), axis=alt.Axis(format=",~f")),
            tooltip=[
                alt.Tooltip("week:T", title=t("charts.next_order_week"), format="%Y-%m-%d"),
                alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
            ],
        )
    )
    soon = int((middle <= pd.Timestamp(found.as_of) + pd.to_timedelta(found.days, unit="D")).sum())
    said = t("charts.next_order_soon", n=soon, all=len(middle), days=found.days)
    return look(alt.layer(bars), width="container", height=FIRST_SIGHT, title=titled(said, t("charts.next_order_due")))
