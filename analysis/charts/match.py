"""Chart of how much of two tables finds a partner in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, GREY, INK, look
from analysis.intake.people.join import Join
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.translate import Translate


def join_table(join: Join, tables: Sequence[RawTable], t: Translate) -> pd.DataFrame:
    """Return one row per side and fate with at least one row: ``side``, ``matched``, ``fate``, ``rows``, ``share``."""
    import pandas as pd

    rows = []
    for side in (join.left, join.right):
        label = t("match.side", table=tables[side.place].key, column=side.column)
        for matched, n in ((True, side.matched_rows), (False, side.rows - side.matched_rows)):
            if n:
                rows.append((label, matched, t("match.matched" if matched else "match.unmatched"), n, n / side.rows))
    return pd.DataFrame(rows, columns=["side", "matched", "fate", "rows", "share"])


def join_chart(join: Join, tables: Sequence[RawTable], t: Translate) -> alt.LayerChart:
    """Draw for each side the share of its rows that find a partner and that do not.

    Fields of the data: ``side``, ``fate``, ``rows``, ``share``.
    """
    import altair as alt

    data = join_table(join, tables, t)
    data["order"] = [0 if matched else 1 for matched in data["matched"]]
    data["text"] = [
        t("match.rows_text", n=int(n), share=float(s)) for n, s in zip(data["rows"], data["share"], strict=True)
    ]
    sides = list(dict.fromkeys(data["side"]))
    base = alt.Chart(data).encode(
        y=alt.Y("side:N", title=None, sort=sides, axis=alt.Axis(labelLimit=300)),
        x=alt.X(
            "share:Q",
            title=t("match.share_of_rows"),
            stack="zero",
            axis=alt.Axis(format="%", grid=False),
            scale=alt.Scale(domain=[0, 1]),
        ),
        order=alt.Order("order:Q"),
    )
    bars = base.mark_bar(height=28).encode(
        color=alt.Color(
            "fate:N",
            title=None,
            scale=alt.Scale(domain=[t("match.matched"), t("match.unmatched")], range=[ACCENT, GREY[1]]),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            alt.Tooltip("side:N", title=t("match.table")),
            alt.Tooltip("fate:N", title=t("match.fate")),
            alt.Tooltip("text:N", title=t("match.rows")),
        ],
    )
    labels = (
        alt.Chart(data[data["matched"]])
        .mark_text(align="left", dx=8, fontWeight="bold", color="#ffffff")
        .encode(y=alt.Y("side:N", sort=sides), x=alt.XValue(0), text=alt.Text("text:N"))
        .transform_filter(alt.datum.share > 0.12)
    )
    return look(alt.layer(bars, labels).properties(width="container", height=130).configure_axisY(labelColor=INK))
