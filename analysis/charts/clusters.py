"""Charts that look into clusters: the hierarchy to cut, and how well each customer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.palette import INK, look, segment_colours
from analysis.charts.segments import cluster_map, cluster_profile, k_choice
from analysis.segments.changes import shown_clusters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate

LEAVES = 30
STEPS = 60
HANDLE = 14
_ABOVE = "#8a909b"


def dendrogram(result: ClusterResult, t: Translate, *, names: Mapping[str, str]) -> alt.LayerChart | None:
    """Draw the last merges of the hierarchy, the cut, and the groups below it; None without a hierarchy.

    Each cross-bar is a merge; its field ``k`` is the number of groups when the tree is cut just below it. Fields:
    ``x``, ``x2``, ``y``, ``y2`` (distance at which two branches join), ``k``, ``segment`` (words, empty above the cut).
    """
    import altair as alt
    import numpy as np
    import pandas as pd
    from scipy.cluster import hierarchy

    if result.tree is None or result.tree_rows is None:
        return None
    n = len(result.tree) + 1
    drawn: dict[str, Any] = hierarchy.dendrogram(result.tree, truncate_mode="lastp", p=min(LEAVES, n), no_plot=True)
    labels = result.segmentation.labels.iloc[result.tree_rows].tolist()
    leaves = [labels[_first_member(result.tree, leaf)] for leaf in drawn["leaves"]]
    heights = np.sort(result.tree[:, 2])[::-1]
    place = {height: i + 2 for i, height in reversed(list(enumerate(heights[:LEAVES])))}
    below = heights[result.k - 1] if result.k - 1 < len(heights) else 0.0
    cut = float(heights[result.k - 2] + below) / 2
    bars = []
    for xs, ys in zip(drawn["icoord"], drawn["dcoord"], strict=True):
        key = leaves[int((xs[0] - 5) // 10)] if ys[1] <= cut else None
        words = names[key] if key else ""
        k = place.get(ys[1], LEAVES)
        bars.append((xs[0], xs[3], ys[1], ys[1], k, words))
        bars.extend((x, x, low, ys[1], k, words) for x, low in ((xs[0], ys[0]), (xs[3], ys[3])))
    data = pd.DataFrame(bars, columns=["x", "x2", "y", "y2", "k", "segment"])
    keys = list(dict.fromkeys(leaves))
    colours = segment_colours(keys)
    scale = alt.Scale(domain=["", *(names[key] for key in keys)], range=[_ABOVE, *(colours[key] for key in keys)])
    colour = alt.Color("segment:N", scale=scale, legend=None)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 10 * len(leaves)], nice=False))
    top = float(heights[0]) * 1.05
    y = alt.Y("y:Q", title=t("charts.tree_height"), scale=alt.Scale(domain=[0, top], nice=False))
    tooltip = [alt.Tooltip("k:Q", title=t("charts.tree_cut_here"))]
    lines = (
        alt.Chart(data)
        .mark_rule(strokeWidth=2.5)
        .encode(x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"), color=colour, tooltip=tooltip)
    )
    # A line is hard to hit: what takes the click is wider, and not seen.
    handles = (
        alt.Chart(data[data["y"] == data["y2"]])
        .mark_rule(strokeWidth=HANDLE, opacity=0.001, color=_ABOVE, cursor="pointer")
        .encode(x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"), tooltip=tooltip)
    )
    middles = pd.DataFrame(
        [(names[key], 10 * float(np.mean([i for i, leaf in enumerate(leaves) if leaf == key])) + 5) for key in keys],
        columns=["segment", "x"],
    )
    under = (
        alt.Chart(middles)
        .mark_text(dy=14, fontWeight="bold", fontSize=11, limit=150, lineBreak="\n")
        .encode(x=alt.X("x:Q"), y=alt.YDatum(0), text=alt.Text("short:N"), color=colour)
        .transform_calculate(short="split(replace(datum.segment, '：', ': '), ': ')[0]")
    )
    at_cut = alt.Chart(pd.DataFrame({"y": [cut]}))
    line = at_cut.mark_rule(color=INK, strokeDash=[5, 4], strokeWidth=1.5).encode(y=alt.Y("y:Q"))
    words = t("charts.tree_cut", k=result.k)
    note = (
        alt.Chart(pd.DataFrame({"y": [cut], "words": [words]}))
        .mark_text(align="right", dy=-7, color=INK)
        .encode(x=alt.XDatum(10 * len(leaves)), y=alt.Y("y:Q"), text=alt.Text("words:N"))
    )
    title = t("charts.tree", n=n)
    chart = alt.layer(handles, lines, line, note, under).properties(width="container", height=340, title=title)
    return look(chart)


def _first_member(tree: object, node: int) -> int:
    """Return one row below a node of a SciPy hierarchy."""
    import numpy as np

    merges = np.asarray(tree)
    n = len(merges) + 1
    while node >= n:
        node = int(merges[node - n, 0])
    return node


def silhouette_plot(
    silhouettes: pd.DataFrame, t: Translate, *, names: Mapping[str, str], keys: list[str]
) -> alt.LayerChart:
    """Draw the silhouettes of the customers of each group, sorted, at most 60 steps a group.

    Parameters
    ----------
    silhouettes : DataFrame, one row per customer
        ``segment`` (key), ``silhouette``.
    keys : list of str
        The groups in display order.

    Fields: ``segment`` (words), ``place`` (0..1 of all customers), ``silhouette``.
    """
    import altair as alt
    import numpy as np
    import pandas as pd

    parts, middles, start, n = [], [], 0, len(silhouettes)
    for key in keys:
        own = np.sort(silhouettes.loc[silhouettes["segment"] == key, "silhouette"].to_numpy(dtype=float))[::-1]
        if len(own) == 0:
            continue
        steps = np.linspace(0, len(own) - 1, min(STEPS, len(own))).round().astype(int)
        parts.append(pd.DataFrame({"segment": names[key], "place": (start + steps) / n, "silhouette": own[steps]}))
        middles.append((names[key], (start + len(own) / 2) / n, float(own.mean())))
        start += len(own)
    data = pd.concat(parts, ignore_index=True)
    words = [name for name, _, _ in middles]
    colours = segment_colours([key for key in keys if names[key] in set(words)])
    colour = alt.Color("segment:N", scale=alt.Scale(domain=words, range=list(colours.values())), legend=None)
    axis = alt.Axis(format="%", tickCount=5)
    x = alt.X("place:Q", title=t("charts.fit_place"), axis=axis, scale=alt.Scale(nice=False))
    y = alt.Y(
        "silhouette:Q",
        title=t("charts.fit"),
        scale=alt.Scale(domain=[min(-0.25, data["silhouette"].min()), 1.12], nice=False),
    )
    tooltip = [
        alt.Tooltip("segment:N", title=t("charts.segment")),
        alt.Tooltip("silhouette:Q", title=t("charts.fit"), format=".2f"),
    ]
    areas = (
        alt.Chart(data)
        .mark_area(opacity=0.85)
        .encode(x=x, y=y, color=colour, detail=alt.Detail("segment:N"), tooltip=tooltip)
    )
    labels = (
        alt.Chart(pd.DataFrame(middles, columns=["segment", "place", "silhouette"]))
        .mark_text(fontWeight="bold", fontSize=11, color=INK, limit=160)
        .encode(x=alt.X("place:Q"), y=alt.YDatum(1.06), text=alt.Text("short:N"))
        .transform_calculate(
            short="split(replace(datum.segment, '：', ': '), ': ')[0] + ' · ' + format(datum.silhouette, '.2f')"
        )
    )
    zero = alt.Chart(pd.DataFrame({"y": [0.0]})).mark_rule(color=INK).encode(y=alt.Y("y:Q"))
    chart = alt.layer(areas, zero, labels).properties(width="container", height=260, title=t("charts.fit_title", n=n))
    return look(chart)


def pictures(
    result: ClusterResult, edited: EditedSegmentation, profiles: Profiles, t: Translate, names: Mapping[str, str]
) -> dict[str, alt.LayerChart]:
    """Return the map of the groups, what marks them, and how their number was found."""
    found = {}
    if edited.shown:
        drawn = shown_clusters(result, edited, profiles)
        found["clusters_map"] = cluster_map(drawn, t, names=names)
        found["clusters_profile"] = cluster_profile(drawn, t, names=names)
    if (choice := k_choice(result, t)) is not None:
        found["clusters_how_many"] = choice
    return found
