"""Chart of what became of the rows that were read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, CATEGORICAL, GREY, INK, legend_above, look
from analysis.intake.tables import REASONS, TableCount

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.translate import Translate

KEPT = "kept"
# Greys for what no one can change, colours for what a choice decides.
_GREYS = {
    "table_not_used": GREY[1],
    "total_row": GREY[0],
    "note_row": GREY[0],
    "repeated_header": GREY[0],
    "heading_row": GREY[0],
}
_HUES = CATEGORICAL[2:] + CATEGORICAL[1:2]
_ORDER = (KEPT, *REASONS)


def rows_table(counts: Sequence[TableCount], t: Translate) -> pd.DataFrame:
    """Return one row per table and fate with at least one row: ``table``, ``fate``, ``rows``, ``share``, in words."""
    import pandas as pd

    rows = [
        (count.table, KEPT if reason is None else reason, n, n / count.read if count.read else 0.0)
        for count in counts
        for reason, n in [(None, count.kept), *((r, count.set_aside.get(r, 0)) for r in REASONS)]
        if n
    ]
    frame = pd.DataFrame(rows, columns=["table", "fate", "rows", "share"])
    frame.insert(2, "fate_text", [fate_name(fate, t) for fate in frame["fate"]])
    return frame


def fate_name(fate: str, t: Translate) -> str:
    """Return the words for "kept" or for a reason."""
    return t("check.kept") if fate == KEPT else t(f"reason.{fate}")


def _colours(fates: Sequence[str]) -> list[str]:
    """Return a colour for each fate, none of them twice as long as there are colours."""
    hues = cycle(_HUES)
    return [ACCENT if fate == KEPT else _GREYS.get(fate) or next(hues) for fate in fates]


def rows_chart(counts: Sequence[TableCount], t: Translate) -> alt.LayerChart:
    """Draw for each table the shares of its rows that were kept and set aside, by reason.

    Fields of the data: ``table``, ``fate_text``, ``rows``, ``share``.
    """
    import altair as alt

    data = rows_table(counts, t)
    data["order"] = [_ORDER.index(fate) for fate in data["fate"]]
    data["rows_text"] = [t.number(int(n)) for n in data["rows"].tolist()]
    data["share_text"] = [t.percent(float(share)) for share in data["share"].tolist()]
    fates = sorted(data["fate"].unique(), key=_ORDER.index)
    base = alt.Chart(data).encode(
        y=alt.Y("table:N", title=None, sort=[count.table for count in counts], axis=alt.Axis(labelLimit=260)),
    )
    bars = base.mark_bar(height=26).encode(
        x=alt.X(
            "share:Q",
            title=t("check.share_of_rows"),
            axis=alt.Axis(format="%", grid=False, values=[0, 0.25, 0.5, 0.75, 1]),
            scale=alt.Scale(domain=[0, 1]),
        ),
        order=alt.Order("order:Q"),
        color=alt.Color(
            "fate_text:N",
            title=None,
            scale=alt.Scale(domain=[fate_name(fate, t) for fate in fates], range=_colours(fates)),
            legend=legend_above(fate_name(fate, t) for fate in fates),
        ),
        tooltip=[
            alt.Tooltip("table:N", title=t("check.table")),
            alt.Tooltip("fate_text:N", title=t("check.fate")),
            alt.Tooltip("rows_text:N", title=t("check.rows")),
            alt.Tooltip("share_text:N", title=t("check.share_of_rows")),
        ],
    )
    labels = (
        base.transform_filter(alt.datum.fate == KEPT)
        .mark_text(align="left", dx=8, fontWeight="bold", color="#ffffff")
        .encode(x=alt.XValue(0), text=alt.Text("rows_text:N"))
    )
    chart = alt.layer(bars, labels).properties(width="container", height=24 + 44 * len(counts))
    return look(chart.configure_axisY(labelColor=INK))
