"""Chart of referrals: who brings most, directly and through those they brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import CATEGORICAL, FIRST_SIGHT, axis_form, legend_above, look
from analysis.profiles.words import with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from analysis.predict.referrals.result import Referrals
    from analysis.translate import Translate

MOST = 10


def best_referrers(found: Referrals, t: Translate, names: Mapping[str, str]) -> alt.LayerChart:
    """Draw what the ten best referrers brought. Fields: ``who`` (shown id), ``value``, ``part`` (words), ``range``.

    Parameters
    ----------
    names : mapping of str
        Ids as they may be shown.
    """
    import altair as alt
    import pandas as pd

    money = found.has_money and found.referrers["tree"].sum() > 0
    direct, tree = ("direct", "tree") if money else ("referred", "reach")
    best = found.referrers.head(MOST)
    parts = [t("referrals.chart.direct"), t("referrals.chart.below")]
    who = [names[one] for one in best["customer_id"]]
    ranks = [f"{low:.0f}–{high:.0f}" for low, high in zip(best["rank_low"], best["rank_high"], strict=True)]
    below = (best[tree] - best[direct]).to_numpy()
    data = pd.DataFrame({
        "who": [*who, *who], "value": [*best[direct].astype(float), *below.astype(float)],
        "part": [part for part in parts for _ in who], "range": [*ranks, *ranks],
    })  # fmt: skip
    unit = "money" if money else "count"
    title = with_unit(t("referrals.chart.spend" if money else "referrals.chart.customers"), unit, t)
    bars = alt.Chart(data).mark_bar(cornerRadiusEnd=3).encode(
        y=alt.Y("who:N", sort=who, title=None, axis=alt.Axis(labelLimit=140)),
        x=alt.X("value:Q", title=title, axis=alt.Axis(format=axis_form(unit), tickCount=5)),
        color=alt.Color(
            "part:N", title=None, legend=legend_above(parts), scale=alt.Scale(domain=parts, range=list(CATEGORICAL[:2]))
        ),
        order=alt.Order("part:N", sort="descending" if parts[0] > parts[1] else "ascending"),
        tooltip=[
            alt.Tooltip("who:N", title=t("referrals.chart.referrer")),
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("value:Q", title=title, format=",.0f"),
            alt.Tooltip("range:N", title=t("referrals.column.rank")),
        ],
    )  # fmt: skip
    heading = t("referrals.chart.best" if money else "referrals.chart.best_count")
    return look(alt.layer(bars), width="container", height=FIRST_SIGHT, title=heading)
