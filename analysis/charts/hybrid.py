"""Chart of a hybrid: each cell of two segmentations with its customers and its revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import SEQUENTIAL, amount_size, cell_text, look, segment_axis, titled
from analysis.segments.names import result_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.segments.hybrid import HybridResult
    from analysis.translate import Translate

HIGH_ROWS = 6  # with more of them number and amount stand in one line
HIGH, LOW = 34, 21  # pixels of a row


def hybrid_grid(
    result: HybridResult,
    t: Translate,
    *,
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> alt.LayerChart:
    """Draw customers (number) and revenue (shade) of each cell; a dashed frame marks cells that were put together.

    Without revenue the shade is the number of customers. Fields: ``first``, ``second`` and ``segment`` (words),
    ``key`` (of the segment), ``customers``, ``shade``, ``small``, and the texts.

    Parameters
    ----------
    rows, columns : mapping of str
        Words of the segments crossed, by key.
    names : mapping of str, optional
        Words of the hybrid's own segments, by key.
    """
    import altair as alt

    cells = result.cells
    words = names or result_names(result, dict.fromkeys(cells["segment"]), t, names=result.names)
    money = bool(cells["revenue"].notna().any())
    shade = cells["revenue"] if money else cells["customers"]
    low, high = float(min(shade.min(), 0)), float(max(shade.max(), 0))
    data = cells[["customers", "small"]].assign(
        first=cells["first"].map(rows),
        second=cells["second"].map(columns),
        key=cells["segment"],
        segment=cells["segment"].map(words),
        shade=shade,
        customers_text=[t.number(n) for n in cells["customers"].tolist()],
        revenue_text=[t.money(value) if money else "" for value in cells["revenue"].tolist()],
    )
    both = zip(data["customers_text"], data["revenue_text"], strict=True)
    data["both"] = [" · ".join(filter(None, texts)) for texts in both]
    base = alt.Chart(data).encode(
        x=alt.X("second:N", sort=list(columns.values()), title=None, axis=segment_axis(columns.values())),
        y=alt.Y("first:N", sort=list(rows.values()), title=None, axis=alt.Axis(labelLimit=200)),
    )
    shade_title = t("charts.revenue") if money else t("charts.customers")
    title = titled(_finding(data, money, t), t("hybrid.grid" if money else "hybrid.grid_counts"))
    tooltip = [
        alt.Tooltip("first:N", title=t("hybrid.first")),
        alt.Tooltip("second:N", title=t("hybrid.second")),
        alt.Tooltip("customers_text:N", title=t("charts.customers")),
        *([alt.Tooltip("revenue_text:N", title=t("charts.revenue"))] if money else []),
        alt.Tooltip("segment:N", title=t("hybrid.ends_in")),
    ]
    fill = alt.Color(
        "shade:Q", title=shade_title, legend=None,
        scale=alt.Scale(domain=[low, high if high > low else low + 1], range=list(SEQUENTIAL), interpolate="rgb"),
    )  # fmt: skip
    boxes = base.mark_rect(cornerRadius=3, stroke="#80808033").encode(color=fill, tooltip=tooltip)
    frames = base.transform_filter("datum.small").mark_rect(
        filled=False, stroke="#c30f69", strokeDash=[4, 3], strokeWidth=1.5, cornerRadius=3
    )
    two_lines = money and len(rows) <= HIGH_ROWS
    chart = alt.layer(boxes, frames, *_written(base, two_lines=two_lines))
    return look(chart, width="container", height=max((HIGH if two_lines else LOW) * len(rows), 150), title=title)


def _written(base: alt.Chart, *, two_lines: bool) -> list[alt.Chart]:
    """Return what stands in each cell: the number above the amount, or both in one line."""
    import altair as alt

    ink = cell_text("shade")
    if not two_lines:
        return [base.mark_text(fontSize=amount_size("both"), color=ink).encode(text=alt.Text("both:N"))]
    number = base.mark_text(fontSize=14, fontWeight="bold", dy=-8, color=ink)
    amount = base.mark_text(fontSize=amount_size("revenue_text"), dy=9, color=ink)
    return [number.encode(text=alt.Text("customers_text:N")), amount.encode(text=alt.Text("revenue_text:N"))]


def _finding(data: pd.DataFrame, money: bool, t: Translate) -> str:
    """Return which cell brings most, or holds most where there is no revenue to share."""
    total = float(data["shade"].sum()) if money else 0.0
    top = data.iloc[int(data["shade" if total > 0 else "customers"].argmax())]
    n = int(top["customers"])
    facts = {"first": top["first"], "second": top["second"], "n": n, "share": n / int(data["customers"].sum())}
    if total > 0:
        return t("hybrid.top", revenue_share=float(top["shade"]) / total, **facts)
    return t("hybrid.largest", **facts)
