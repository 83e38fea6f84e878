"""Page: clusters of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import segments as charts
from analysis.errors import AnalysisError
from analysis.recipe import SegmentationPlan
from analysis.segments.changes import carry_edits, shown_clusters
from analysis.segments.names import feature_name, value_text
from analysis.segments.params import ClusterParams
from analysis.segments.prepare import suggest_features
from ui import compute, controls, segments, session, show

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.clusters import ClusterResult

MOST_GROUPS = 12
# Kaufman and Rousseeuw (1990), Finding Groups in Data, table 4.
CLEARNESS = ((0.71, "strong"), (0.51, "clear"), (0.26, "weak"), (-1.01, "none"))


def main() -> None:
    """Show the page; a fragment, so that a move of the slider reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "clusters")
    params: Any = plan.params
    try:
        with st.spinner(t("clusters.working")):
            result, edited = compute.segmentation(study, profiles, plan)
    except AnalysisError as problem:
        show.error(problem)
        settings(study, params, profiles, None)
        controls.undo(study)
        return
    view = segments.shown(result, edited, profiles, "clusters")
    drawn = shown_clusters(result, edited, profiles)
    show.answer(answer(result, view))
    settings(study, params, profiles, result)
    if edited.shown:
        pictures(drawn, view)
    segments.segment_bars(view, name="clusters_bars")
    segments.notes((*result.notes, *edited.notes), view)
    segments.editor(study, view)
    segments.customers(view, profiles)
    show.how_computed("clusters.method")
    segments.code(study, "clusters")


def answer(result: ClusterResult, view: segments.Shown) -> str:
    """Return the page's answer in one to three sentences."""
    clearness = next(word for least, word in CLEARNESS if result.silhouette >= least)
    sentences = [
        t(f"clusters.answer_{clearness}", k=result.k, n=int(result.segmentation.segments["customers"].sum())),
    ]
    table = view.table
    known = table[table["revenue_share"].notna()]
    if len(known):
        top = known.sort_values("revenue", ascending=False, kind="stable").iloc[0].to_dict()
        facts = {"share": top["share"], "revenue_share": top["revenue_share"], "segment": view.names[top["segment"]]}
        sentences.append(t("clusters.answer_top", **facts))
    if result.segmentation.n_outside:
        sentences.append(t("clusters.answer_outside", n=result.segmentation.n_outside))
    return segments.prose(sentences)


def settings(study: compute.Study, params: ClusterParams, profiles: Profiles, result: ClusterResult | None) -> None:
    """Show the choices; each is kept at once."""
    usable = [feature for feature in profiles.features if feature.kind in ("number", "flag") and not feature.personal]
    words = {feature.key: feature_name(feature, t) for feature in usable}
    chosen = [key for key in params.features or suggest_features(profiles) if key in words]
    session.set_widget("clusters_features", chosen)
    session.set_widget("clusters_suggest", params.k is None)
    k = params.k or (result.k if result is not None else 2)
    session.set_widget("clusters_k", k)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.multiselect(
            t("clusters.features"), list(words), format_func=lambda key: words[key], key="clusters_features",
            on_change=set_features, args=(profiles,), help=t("clusters.features_help"),
            placeholder=t("clusters.features_none"),
            wrap=True,
        )  # fmt: skip
    with right:
        st.slider(t("clusters.k"), 2, max(MOST_GROUPS, k), key="clusters_k", on_change=set_k, help=t("clusters.k_help"))
        st.toggle(t("clusters.suggest"), key="clusters_suggest", on_change=set_suggest, args=(k,))
    segments.problem()
    if result is not None and result.sweep is not None:
        why_k(result)


def why_k(result: ClusterResult) -> None:
    """Show how clearly each number of groups parts the customers, and why one of them was taken."""
    sweep = result.sweep
    if sweep is None:
        return
    best = sweep.sort_values("silhouette", ascending=False, kind="stable").iloc[0].to_dict()
    taken = sweep.loc[sweep["chosen"]].iloc[0].to_dict()
    key = "clusters.why_k" if best["k"] == taken["k"] else "clusters.why_not_best"
    facts = {"k": int(taken["k"]), "silhouette": taken["silhouette"], "low": int(sweep["k"].min())}
    facts |= {"high": int(sweep["k"].max()), "best": int(best["k"])}
    with st.expander(t("clusters.why", k=result.k), icon=":material/lightbulb:"):
        st.markdown(show.md_escape(t(key, **facts)))
        chart = charts.k_choice(result, t)
        if chart is not None:
            titles = {"k": t("charts.n_groups"), "silhouette": t("clusters.silhouette")}
            data = sweep[list(titles)].rename(columns=titles)
            show.chart(chart, t("clusters.why_alt"), name="clusters_k_choice", data=data)


def pictures(drawn: ClusterResult, view: segments.Shown) -> None:
    """Show what marks each group, and the customers as a map."""
    show.chart(
        charts.cluster_profile(drawn, t, names=view.names),
        t("clusters.profile_alt"),
        name="clusters_profile",
        data=profile_rows(drawn, view),
    )
    chart = charts.cluster_map(drawn, t, names=view.names)
    show.chart(chart, t("clusters.map_alt", n=len(drawn.map)), name="clusters_map")
    st.caption(show.md_escape(t("clusters.map_help", share=sum(drawn.map_shares))))


def profile_rows(drawn: ClusterResult, view: segments.Shown) -> pd.DataFrame:
    """Return the means and medians behind the profile, with translated headers."""
    import pandas as pd

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


def set_features(profiles: Profiles) -> None:
    """Take other features; the suggested ones, or none, are kept as "the suggested ones"."""
    chosen = tuple(session.widget("clusters_features") or ())
    change(features=() if chosen == suggest_features(profiles) else chosen)


def set_k() -> None:
    """Take another number of groups."""
    change(k=session.widget("clusters_k"))


def set_suggest(k: int) -> None:
    """Leave the number of groups to the data, or keep the one that is there."""
    change(k=None if session.widget("clusters_suggest") else k)


def change(**changes: object) -> None:
    """Change the params; names and merges go along to the groups that hold most of the same customers."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles

    def changed(plan: SegmentationPlan) -> SegmentationPlan:
        params = ClusterParams.model_validate({**plan.params.model_dump(), **changes})
        new = plan.model_copy(update={"params": params})
        if not plan.edits:
            return new
        try:
            before = compute.segmentation(study, profiles, plan)[0].segmentation.labels
            after = compute.segmentation(study, profiles, new.model_copy(update={"edits": ()}))[0].segmentation.labels
        except AnalysisError:
            return new
        return new.model_copy(update={"edits": carry_edits(plan.edits, before, after)})

    segments.change_plan("clusters", changed)


segments.begin("clusters")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
