"""Charts of tags: how many customers have each, the values of one, two crossed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.palette import ACCENT, GREY, INK, SEQUENTIAL, cell_text, look
from analysis.tags.words import name_of, value_words
from analysis.translate import unique_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    import pandas as pd

    from analysis.tags.dictionary import TagEntry
    from analysis.tags.params import Tag
    from analysis.tags.values import TagValues
    from analysis.translate import Translate

MOST_CROSSED = 20  # values a side of two tags crossed


def coverage_bars(entries: Sequence[TagEntry], t: Translate) -> alt.LayerChart:
    """Draw the share of customers who have each tag; pale bars are tags that are weak.

    Fields: ``tag`` (words), ``coverage`` (0..1), ``customers``, ``weak``, ``label``.
    """
    import altair as alt
    import pandas as pd

    known = [entry for entry in entries if entry.values is not None]
    rows: list[dict[str, Any]] = [
        {
            "tag": name,
            "coverage": entry.coverage,
            "customers": entry.n,
            "weak": bool(entry.weak),
            "label": t("tags.bar", n=entry.n, share=entry.coverage),
        }
        for name, entry in zip(unique_words(name_of(entry.tag, t) for entry in known), known, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["tag", "coverage", "customers", "weak", "label"])
    base = alt.Chart(data).encode(
        y=alt.Y("tag:N", sort=None, title=None, axis=alt.Axis(labelLimit=160)),
        x=alt.X(
            "coverage:Q", title=t("tags.coverage"), axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
            scale=alt.Scale(domain=[0, 1.5]),
        ),
    )  # fmt: skip
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.condition("datum.weak", alt.value(GREY[1]), alt.value(ACCENT)),
        tooltip=[alt.Tooltip("tag:N", title=t("tags.tag")), alt.Tooltip("label:N", title=t("tags.who"))],
    )
    labels = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text=alt.Text("label:N"))
    height = max(24 * len(data), 80)
    return look(alt.layer(bars, labels).properties(width="container", height=height, title=t("tags.coverage_title")))


def value_bars(found: TagValues, t: Translate) -> alt.LayerChart:
    """Draw how many customers have each value of a tag, with what they have spent.

    Fields: ``value`` (words), ``customers``, ``share`` (0..1), ``label``.
    """
    import altair as alt

    counts = found.counts
    money = counts["revenue"].notna().any()
    rows = counts.to_dict("records")
    data = counts.assign(
        value=unique_words(value_words(found.tag, str(row["value"]), t) for row in rows),
        label=[
            t("tags.bar_money" if money else "tags.bar", n=row["customers"], share=row["share"], revenue=row["revenue"])
            for row in rows
        ],
    )
    edge = float(max(data["customers"].max(), 1)) * 1.6
    base = alt.Chart(data).encode(
        y=alt.Y("value:N", sort=None, title=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X(
            "customers:Q", title=t("charts.customers"), axis=alt.Axis(tickCount=5, tickMinStep=1),
            scale=alt.Scale(domain=[0, edge]),
        ),
    )  # fmt: skip
    bars = base.mark_bar(cornerRadiusEnd=3, color=ACCENT).encode(
        tooltip=[alt.Tooltip("value:N", title=t("tags.value")), alt.Tooltip("label:N", title=t("tags.who"))]
    )
    labels = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text=alt.Text("label:N"))
    title = t("tags.values_title", name=name_of(found.tag, t), n=found.n, share=found.coverage)
    height = max(26 * len(data), 70)
    return look(alt.layer(bars, labels).properties(width="container", height=height, title=title))


def crossed_heat(table: pd.DataFrame, one: Tag, other: Tag, t: Translate) -> alt.LayerChart:
    """Draw two tags crossed: customers (number) and share of the row (shade).

    Fields: ``row``, ``column`` (words), ``customers``, ``share`` (0..1 of the row).
    """
    import altair as alt

    part = table.iloc[:MOST_CROSSED, :MOST_CROSSED]
    rows, columns = (
        unique_words(value_words(tag, str(value), t) for value in values)
        for tag, values in ((one, part.index), (other, part.columns))
    )
    named = part.set_axis(rows, axis=0).set_axis(columns, axis=1)
    data = named.rename_axis(index="row").reset_index().melt(id_vars="row", var_name="column", value_name="customers")
    sums = data.groupby("row")["customers"].transform("sum")
    data["share"] = (data["customers"] / sums.where(sums > 0)).fillna(0.0)
    base = alt.Chart(data).encode(
        x=alt.X("column:N", sort=None, title=name_of(other, t), axis=alt.Axis(labelAngle=0, labelLimit=90)),
        y=alt.Y("row:N", sort=None, title=name_of(one, t), axis=alt.Axis(labelLimit=200)),
    )
    cells = base.mark_rect(stroke="#80808033", cornerRadius=3).encode(
        color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=list(SEQUENTIAL)), legend=None),
        tooltip=[
            alt.Tooltip("row:N", title=name_of(one, t)),
            alt.Tooltip("column:N", title=name_of(other, t)),
            alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
            alt.Tooltip("share:Q", title=t("tags.share_of_row"), format=".1%"),
        ],
    )
    labels = base.mark_text(fontSize=12, color=cell_text("share")).encode(text=alt.Text("customers:Q", format=","))
    height = max(30 * len(rows), 80)
    return look(alt.layer(cells, labels).properties(width="container", height=height, title=t("tags.crossed_title")))
