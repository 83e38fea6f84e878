"""Chart of two segmentations side by side: bands that run from one to the other (a Sankey diagram)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import INK, look, segment_colours

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.translate import Translate

MOST_BANDS = 60
GAP = 0.02
_STEPS = 14


def flow(
    table: pd.DataFrame, t: Translate, *, before: Mapping[str, str], after: Mapping[str, str], title: str
) -> alt.LayerChart:
    """Draw where the customers of each segment stand in the other segmentation; at most 60 bands, the widest.

    Parameters
    ----------
    table : DataFrame, one row per pair of segments
        ``before``, ``after`` (keys), ``customers``.
    before, after : mapping of str
        Words of both segmentations by key, in display order.
    title : str

    Fields: ``segment`` (words of the segment before), ``other``, ``customers``, ``x`` (0..1), ``y``, ``y2``.
    """
    import altair as alt
    import numpy as np
    import pandas as pd

    left, right = _stack(table, "before", list(before)), _stack(table, "after", list(after))
    order = table.assign(
        i=table["before"].map(list(before).index), j=table["after"].map(list(after).index)
    ).sort_values(["i", "j"])  # fmt: skip
    drawn = set(order["customers"].nlargest(MOST_BANDS).index)
    starts, ends = {key: low for key, (low, _) in left.items()}, {key: low for key, (low, _) in right.items()}
    steps = np.linspace(0, 1, _STEPS)
    bend = steps**2 * (3 - 2 * steps)
    bands = []
    for index, row in order.iterrows():
        one, two, n = str(row["before"]), str(row["after"]), int(row["customers"])
        low, other = starts[one], ends[two]
        starts[one], ends[two] = low + n, other + n
        if index in drawn:
            y = low + (other - low) * bend
            facts = {"segment": before[one], "other": after[two], "customers": n, "band": f"{one}>{two}"}
            bands.append(pd.DataFrame({"x": steps, "y": y, "y2": y + n, **facts}))
    data = pd.concat(bands, ignore_index=True)
    colours = segment_colours(before)
    colour = alt.Color(
        "segment:N", legend=None, scale=alt.Scale(domain=list(before.values()), range=list(colours.values()))
    )
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.42, 1.42], nice=False))
    top = max(high for _, high in [*left.values(), *right.values()])
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[top, 0], nice=False))
    tooltip = [
        alt.Tooltip("segment:N", title=t("beside.before")),
        alt.Tooltip("other:N", title=t("beside.after")),
        alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
    ]
    areas = alt.Chart(data).mark_area(opacity=0.45)
    areas = areas.encode(x=x, y=y, y2=alt.Y2("y2:Q"), detail=alt.Detail("band:N"), color=colour, tooltip=tooltip)
    nodes = pd.DataFrame(
        [(x0, x0 + 0.02, *left[key], before[key], _short(before[key])) for x0 in (-0.02,) for key in left]
        + [(1.0, 1.02, *right[key], "", _short(after[key])) for key in right],
        columns=["x", "x2", "y", "y2", "segment", "label"],
    )
    nodes = nodes.assign(middle=(nodes["y"] + nodes["y2"]) / 2, size=[t.number(n) for n in nodes["y2"] - nodes["y"]])
    nodes["label"] = nodes["label"] + " · " + nodes["size"]
    bars = alt.Chart(nodes).mark_rect(color=INK).encode(x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"))
    words = {"y": alt.Y("middle:Q"), "text": "label:N"}
    lefts = alt.Chart(nodes[nodes["x"] < 0]).mark_text(align="right", dx=-6, color=INK, limit=230).encode(x=x, **words)
    rights = alt.Chart(nodes[nodes["x"] > 0]).mark_text(align="left", dx=14, color=INK, limit=230).encode(x=x, **words)
    height = max(26 * max(len(left), len(right)), 220)
    return look(alt.layer(areas, bars, lefts, rights), width="container", height=height, title=title)


def _stack(table: pd.DataFrame, side: str, keys: list[str]) -> dict[str, tuple[float, float]]:
    """Return where each segment begins and ends, one below the other with a gap between."""
    sizes = table.groupby(side)["customers"].sum()
    gap, place, found = GAP * float(sizes.sum()), 0.0, {}
    for key in keys:
        if key in sizes.index:
            found[key] = (place, place + float(sizes[key]))
            place += float(sizes[key]) + gap
    return found


def _short(words: str) -> str:
    return words.replace("：", ": ").split(": ")[0]
