"""The grid of RFM scores, and what RFM draws for exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.palette import SEQUENTIAL, amount_size, cell_text, look, text_width, titled, two_lines
from analysis.privacy.small_groups import withheld
from analysis.segments.changes import shown_grid
from analysis.segments.names import segment_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.result import EditedSegmentation
    from analysis.segments.scores.rfm import RfmResult
    from analysis.translate import Translate

CELLS_WITH_NAMES = 36
CELL = 45  # pixels: a name in two lines, the number and the amount
_NAME_SIZE, _LEAST_NAME_SIZE = 10, 8
WITHHELD = "–"  # in place of a number that others do not see


def pictures(
    result: RfmResult, edited: EditedSegmentation, profiles: Profiles, t: Translate, names: Mapping[str, str]
) -> dict[str, alt.LayerChart | alt.FacetChart]:
    """Return the grid of scores as others may see it."""
    return {"rfm_grid": rfm_grid(shown_grid(result, edited), t, names=names, for_others=True)}


def rfm_grid(
    result: RfmResult, t: Translate, *, names: Mapping[str, str] | None = None, for_others: bool = False
) -> alt.LayerChart | alt.FacetChart:
    """Draw customers (number) and revenue (shade) of each recency × frequency cell; two panels in the eight classes.

    Without money the shade is the number of customers. ``for_others`` cells of fewer than five, and those that would
    give them away, hold a dash.

    Fields of the data: ``r``, ``f``, ``m``, ``segment`` (words), ``customers``, ``revenue`` and their texts.
    """
    import altair as alt
    import numpy as np

    eight = result.params.scheme.startswith("eight")
    boxes = result.params.scheme == "boxes"
    cells_of = _over_money(result.grid) if boxes else result.grid
    keys = list(dict.fromkeys(result.grid["segment"]))
    words = segment_names(keys, t, names=names)
    money = bool(cells_of["revenue"].notna().any())
    shade = "revenue" if money else "customers"
    within = [] if boxes else [cells_of["segment"].factorize()[0]]
    few = withheld(cells_of["customers"].to_numpy(), within) if for_others else np.zeros(len(cells_of), dtype=bool)
    whole, figures = cells_of, ["customers", "share", "revenue"]
    cells_of = cells_of.assign(**{key: cells_of[key].mask(few) for key in figures})
    low, high = float(min(cells_of[shade].min(), 0)), float(max(cells_of[shade].max(), 0))
    held = whole["customers"] > 0
    data = cells_of.assign(
        # A cell without customers stays empty: no name, no number, no shade.
        segment=cells_of["segment"].map(words).where(held).fillna(""),
        revenue=cells_of["revenue"].where(held),
        shade=cells_of[shade].where(held),
        customers_text=[
            "–" if f else t.number(n) if n else "" for n, f in zip(whole["customers"].tolist(), few, strict=True)
        ],
        revenue_text=[t.money(v) if h and money else "" for v, h in zip(cells_of["revenue"], held & ~few, strict=True)],
    )
    data["segment_width"] = [text_width([name], _NAME_SIZE) for name in data["segment"]]
    data["segment_lines"] = [two_lines(name) for name in data["segment"]]
    data["line_width"] = [text_width(lines.split("\n"), _NAME_SIZE) for lines in data["segment_lines"]]
    for measure in ("r", "f", "m"):
        data[measure] = _score_words(data[measure], eight, t)
    n_r, n_f = (2, 2) if eight else (result.n_scores["r"], result.n_scores["f"])
    order = [t("charts.low"), t("charts.high")] if eight else None
    x = alt.X(
        "r:O",
        title=t("charts.recency_score"),
        sort=order or [str(i + 1) for i in range(n_r)],
        axis=alt.Axis(labelAngle=0),
    )
    y = alt.Y("f:O", title=t("charts.frequency_score"), sort=(order or [str(i + 1) for i in range(n_f)])[::-1])
    what = t("charts.rfm_grid" if money else "charts.rfm_grid_counts")
    # Who brings most is said where their number may be.
    found = _finding(data, whole[["customers", "revenue"]].where(held), money, eight, t)
    title = titled(found, what) if found else what
    base = alt.Chart(data).encode(x=x, y=y)
    cells = base.mark_rect(stroke="#80808033", cornerRadius=3).encode(
        color=alt.Color(
            "shade:Q",
            title=t("charts.revenue" if money else "charts.customers"),
            scale=alt.Scale(domain=[low, high if high > low else low + 1], range=list(SEQUENTIAL), interpolate="rgb"),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("customers_text:N", title=t("charts.customers")),
            *([alt.Tooltip("revenue_text:N", title=t("charts.revenue"))] if money else []),
        ],
    )
    ink = cell_text("shade")
    with_names = n_r * n_f <= CELLS_WITH_NAMES and not boxes
    layers = [
        cells,
        base.mark_text(fontSize=13, fontWeight="bold", dy=4 if with_names else -6, color=ink).encode(
            text=alt.Text("customers_text:N")
        ),
        base.mark_text(fontSize=amount_size("revenue_text"), dy=16 if with_names else 8, color=ink).encode(
            text=alt.Text("revenue_text:N")
        ),
    ]
    if with_names:
        # A name ends with its cell: on a narrow screen it takes two lines, then smaller letters, and only then is cut.
        inside: Any = alt.ExprRef("bandwidth('x') - 2")
        room = f"(bandwidth('x') - 4) / datum.line_width * {_NAME_SIZE}"
        size: Any = alt.ExprRef(f"clamp({room}, {_LEAST_NAME_SIZE}, {_NAME_SIZE})")
        long = "datum.segment_width > bandwidth('x') - 4"
        lines: Any = alt.ExprRef(f"{long} ? split(datum.segment_lines, '\\n') : datum.segment")
        above: Any = alt.ExprRef(f"{long} && indexof(datum.segment_lines, '\\n') > 0 ? -17 : -11")
        named = base.mark_text(fontSize=size, dy=above, lineHeight=10, limit=inside, color=ink, text=lines)
        layers.append(named.encode(description=alt.Description("segment:N")))  # whole, for those who do not see it
    chart = alt.layer(*layers)
    if eight:
        # Facets do not take the width of the page: one above the other they fit a narrow one.
        panel = chart.properties(width=380, height=230)
        row = alt.Row("m:O", title=t("charts.money_score"), sort=[t("charts.high"), t("charts.low")])
        return look(panel.facet(row=row, title=title))
    return look(chart, width="container", height=max(CELL * n_f, 200), title=title)


def _finding(data: pd.DataFrame, whole: pd.DataFrame, money: bool, eight: bool, t: Translate) -> str:
    """Return which cell brings most, or holds most where there is no revenue to share; empty where it is withheld."""
    total = float(whole["revenue"].sum()) if money else 0.0
    top = data.iloc[int(whole["revenue" if total > 0 else "customers"].argmax())]
    if top["customers_text"] == WITHHELD:
        return ""
    scores = {"r": top["r"], "f": top["f"], "n": int(top["customers"]), "share": float(top["share"])}
    classes = "_eight" if eight else ""
    if total > 0:
        return t(f"charts.rfm_top{classes}", m=top["m"], revenue_share=float(top["revenue"]) / total, **scores)
    return t(f"charts.rfm_largest{classes}", m=top["m"], **scores)


def _over_money(grid: pd.DataFrame) -> pd.DataFrame:
    """Add up the money scores of each cell; the name stays where all its customers share it."""
    held = grid[grid["customers"] > 0].groupby(["r", "f"])["segment"].agg(["nunique", "first"])
    cells = grid.groupby(["r", "f"], as_index=False)[["customers", "share", "revenue"]].sum(min_count=1)
    pairs = list(zip(cells["r"], cells["f"], strict=True))
    named = held["first"].where(held["nunique"] == 1).reindex(pairs)
    return cells.assign(m="", segment=named.to_numpy())


def _score_words(scores: pd.Series, eight: bool, t: Translate) -> list[str]:
    if eight:
        return [t("charts.high") if score == 2 else t("charts.low") for score in scores]
    return ["" if score != score or score is None else str(score) for score in scores.astype(object).fillna("")]
