"""What the Clusters page shows of its groups: trust, reasons, pictures, and how well each customer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import clusters as deep
from analysis.charts import segments as charts
from analysis.profiles.words import feature_name, value_text
from analysis.segments.clustering import words
from analysis.segments.clustering.fit import edge_rows, fit_columns, group_silhouettes
from analysis.translate import prose
from ui import compute, session, show
from ui.segments import cluster_choices, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan
    from analysis.segments.clustering.result import ClusterResult

EDGES_SHOWN = 200


def answer(result: ClusterResult, view: segments.Shown, stable: dict[str, float]) -> None:
    """Say in one verdict whether there are groups and whether they come again, and which one brings most."""
    t = session.t()
    show.answer(prose(words.answer(result, view.edited, view.names, t, stable=stable), t))


def trust(result: ClusterResult, view: segments.Shown, stable: dict[str, float], focus: str | None) -> None:
    """Show how well each group is found again, and why there are so many groups."""
    t = session.t()
    sentences = words.trust(result, stable, t)
    if sentences:
        st.markdown(show.md_escape(prose(sentences, t)))
    stability_bars(view, stable, focus)
    if result.recommended is not None:
        why_k(result)


def stability_bars(view: segments.Shown, stable: dict[str, float], focus: str | None) -> None:
    """Show how well each group is found again."""
    import pandas as pd

    t = session.t()
    keys = [key for key in view.base.segments["segment"] if key in stable and stable[key] == stable[key]]
    if not keys:
        return
    names = [view.names[key] for key in keys]
    chart = charts.stability_bars(dict(zip(keys, [stable[key] for key in keys], strict=True)), t, names=view.names)
    values = [round(stable[key], 2) for key in keys]
    data = pd.DataFrame({t("charts.segment"): names, t("clusters.stability"): values})
    segments.clickable(chart, view, t("clusters.stability_alt"), name="clusters_stability", data=data, focus=focus)


def why_k(result: ClusterResult) -> None:
    """Show how clearly each number of groups parts the customers, and why one of them was taken."""
    t = session.t()
    sweep = result.sweep
    if sweep is None:
        return
    st.subheader(t("clusters.why", k=result.k), anchor=False)
    st.markdown(show.md_escape(prose(words.why_k(result, t), t)))
    chart = charts.k_choice(result, t)
    if chart is not None:
        titles = {"k": t("charts.n_groups"), "silhouette": t("clusters.silhouette")}
        data = sweep[list(titles)].rename(columns=titles)
        show.chart(chart, t("clusters.why_alt"), name="clusters_k_choice", data=data)


def marks(drawn: ClusterResult, view: segments.Shown, focus: str | None) -> None:
    """Show what marks each group."""
    t = session.t()
    segments.clickable(
        charts.cluster_profile(drawn, t, names=view.names), view, t("clusters.profile_alt"), name="clusters_profile",
        data=profile_rows(drawn, view), focus=focus,
    )  # fmt: skip


def customer_map(drawn: ClusterResult, view: segments.Shown, focus: str | None) -> None:
    """Show the customers as a map, those who are alike near one another."""
    t = session.t()
    chart = charts.cluster_map(drawn, t, names=view.names)
    segments.clickable(chart, view, t("clusters.map_alt", n=len(drawn.map)), name="clusters_map", focus=focus)
    st.caption(show.md_escape(t("clusters.map_help", share=sum(drawn.map_shares))))


def tree(result: ClusterResult, view: segments.Shown) -> None:
    """Show the hierarchy; a click on a cross-bar cuts below it, as the slider does."""
    import altair as alt
    import pandas as pd

    t = session.t()
    chart = deep.dendrogram(result, t, names=view.names)
    if chart is None or result.tree is None:
        return
    cut = alt.selection_point(name="cut", fields=["k"], toggle=False)
    chart.layer[0] = chart.layer[0].add_params(cut)
    heights = sorted(result.tree[:, 2].tolist(), reverse=True)[: deep.LEAVES - 1]
    data = pd.DataFrame({t("charts.tree_cut_here"): range(2, len(heights) + 2), t("charts.tree_height"): heights})
    show.chart(chart, t("clusters.tree_alt"), name="clusters_tree", data=data, on_select=cut_tree)
    st.caption(show.md_escape(t("clusters.tree_help", n=result.n_fitted)))


def cut_tree() -> None:
    """Take the number of groups below the cross-bar just clicked."""
    points = (session.widget("chart_clusters_tree") or {}).get("selection", {}).get("cut", [])
    k = next((int(point["k"]) for point in points if point.get("k")), None)
    if k is not None and 2 <= k <= cluster_choices.MOST_GROUPS:
        cluster_choices.change(k=k)


def fit(
    study: compute.LoadedStudy, profiles: Profiles, plan: SegmentationPlan, result: ClusterResult, view: segments.Shown,
    focus: str | None,
) -> None:  # fmt: skip
    """Show how well customers fit their groups, and list those on the edge to another."""
    t = session.t()
    found = study.run.silhouettes(plan)
    shown = view.edited.segmentation.labels
    found = found.assign(segment=shown.iloc[found["row"]].to_numpy())
    found = found[found["segment"].isin(view.edited.shown) & found["silhouette"].notna()]
    if len(found) == 0:
        return
    st.subheader(t("clusters.fit"), anchor=False)
    n_wrong = int((found["silhouette"] < 0).sum())
    groups = group_silhouettes(found)
    least = groups.iloc[0]
    said = [t("clusters.fit_answer", n=n_wrong, share=n_wrong / len(found), sample=len(found))]
    if len(groups) > 1:
        name = view.names[least["segment"]]
        said.append(t("clusters.fit_least", segment=name, silhouette=float(least["silhouette"])))
    st.markdown(show.md_escape(prose(said, t)))
    chart = deep.silhouette_plot(found, t, names=view.names, keys=list(view.edited.shown))
    titles = ("column.segment", "column.customers", "clusters.silhouette", "clusters.nearer_to_another")
    table = groups.assign(segment=groups["segment"].map(view.names), silhouette=groups["silhouette"].round(3))
    table.columns = [t(title) for title in titles]
    segments.clickable(chart, view, t("clusters.fit_alt"), name="clusters_fit", data=table, focus=focus)
    columns = fit_columns(result, view.edited.segmentation)
    rows = [row for row in edge_rows(result, EDGES_SHOWN) if focus is None or shown.iloc[row] == focus]
    with st.expander(t("clusters.edges"), icon=":material/compare_arrows:"):
        st.caption(show.md_escape(t("clusters.edges_help")))
        known = found.set_index("row")["silhouette"].reindex(rows)
        frame = fit_words(columns, view).iloc[rows].reset_index(drop=True)
        frame.insert(0, t("column.customer_id"), segments.ids(profiles, rows))
        frame.insert(1, t("column.segment"), shown.iloc[rows].map(view.names).to_numpy())
        frame[t("charts.fit")] = known.round(2).to_numpy()
        show.table(frame, alt=t("clusters.edges"), name="clusters_edges")


def fit_words(columns: pd.DataFrame, view: segments.Shown) -> pd.DataFrame:
    """Return how each customer fits, with translated headers; aligned with the profiles."""
    t = session.t()
    named = columns.assign(nearest=columns["nearest"].map(view.names), margin=columns["margin"].round(3))
    if "probability" in named:
        named["probability"] = named["probability"].round(3)
    return named.rename(columns={column: t(f"clusters.{column}") for column in named.columns})


def profile_rows(drawn: ClusterResult, view: segments.Shown) -> pd.DataFrame:
    """Return the means and medians behind the profile, with translated headers."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in drawn.features}
    rows = [
        {
            t("column.segment"): view.names[row["segment"]],
            t("charts.feature"): feature_name(by_key[row["feature"]], t),
            t("charts.mean"): value_text(row["mean"], by_key[row["feature"]], t),
            t("charts.median"): value_text(row["median"], by_key[row["feature"]], t),
            t("clusters.all_mean"): value_text(row["all_mean"], by_key[row["feature"]], t),
            t("clusters.z"): round(row["z"], 2),
        }
        for row in drawn.centres.to_dict("records")
    ]
    return pd.DataFrame(rows)
