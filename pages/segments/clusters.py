"""Page: clusters of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.charts import segments as charts
from analysis.errors import AnalysisError
from analysis.recipe import SegmentationPlan
from analysis.segments.changes import carry_edits, shown_clusters
from analysis.segments.names import feature_name, value_text
from analysis.segments.params import ClusterMethod, ClusterParams
from analysis.segments.prepare import suggest_features
from analysis.segments.stability import DOUBTFUL, STABLE
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
    with st.spinner(t("clusters.measuring")):
        stable = compute.stability(study, profiles, params, result)
    trust(result, stable)
    settings(study, params, profiles, result)
    if edited.shown:
        pictures(drawn, view)
        stability_bars(view, stable)
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
        session.set_widget("clusters_method", params.method)
        st.selectbox(
            t("clusters.method_choice"), get_args(ClusterMethod), key="clusters_method",
            format_func=lambda method: t(f"cluster_method.{method}"), on_change=set_one, args=("method",),
            help=t("clusters.method_help"),
        )  # fmt: skip
        st.slider(t("clusters.k"), 2, max(MOST_GROUPS, k), key="clusters_k", on_change=set_k, help=t("clusters.k_help"),
                  disabled=params.method == "hdbscan")  # fmt: skip
        st.toggle(t("clusters.suggest"), key="clusters_suggest", on_change=set_suggest, args=(k,))
    segments.problem()
    more(params)
    if result is not None and result.recommended is not None:
        why_k(result)


def more(params: ClusterParams) -> None:
    """Show how the features are prepared, and what a suggested number has to keep to."""
    preparation = params.preparation
    choices = {
        "skew": ("log", "yeo_johnson", "none"),
        "scale": ("standard", "robust"),
        "missing": ("median", "leave_out"),
    }
    with st.expander(t("clusters.more"), icon=":material/tune:"):
        columns = st.columns(3)
        for column, (field, options) in zip(columns, choices.items(), strict=True):
            key = f"clusters_prepare_{field}"
            session.set_widget(key, getattr(preparation, field))
            column.selectbox(
                t(f"clusters.{field}"), options, key=key, on_change=set_preparation, args=(field,),
                format_func=lambda option, field=field: t(f"clusters.{field}_{option}"),
            )  # fmt: skip
        session.set_widget("clusters_prepare_cap", preparation.cap)
        st.toggle(t("clusters.cap"), key="clusters_prepare_cap", on_change=set_preparation, args=("cap",))
        left, right = st.columns(2)
        session.set_widget("clusters_smallest_share", round(params.smallest_share * 100))
        left.slider(
            t("clusters.smallest_share"), 0, 20, format="%d%%", key="clusters_smallest_share", on_change=set_share
        )
        session.set_widget("clusters_most_segments", params.most_segments)
        right.slider(
            t("clusters.most_segments"), 2, 10, key="clusters_most_segments", on_change=set_one, args=("most_segments",)
        )


def trust(result: ClusterResult, stable: dict[str, float]) -> None:
    """Say whether there are groups at all, and whether the same ones would come out of other customers."""
    sentences = []
    if result.recommended is not None and result.recommended.verdict == "none":
        sentences.append(t("reason.k_no_groups"))
    known = [value for value in stable.values() if value == value]
    if known:
        mean, shaky = sum(known) / len(known), sum(value < DOUBTFUL for value in known)
        word = "stable" if mean >= STABLE and not shaky else "partly" if mean >= DOUBTFUL else "unstable"
        sentences.append(t(f"clusters.stability_{word}", mean=mean, k=result.k, n=shaky))
    if sentences:
        st.markdown(show.md_escape(segments.prose(sentences)))


def stability_bars(view: segments.Shown, stable: dict[str, float]) -> None:
    """Show how well each group is found again."""
    import pandas as pd

    keys = [key for key in view.base.segments["segment"] if key in stable and stable[key] == stable[key]]
    if not keys:
        return
    names = [view.names[key] for key in keys]
    chart = charts.stability_bars(dict(zip(keys, [stable[key] for key in keys], strict=True)), t, names=view.names)
    values = [round(stable[key], 2) for key in keys]
    data = pd.DataFrame({t("charts.segment"): names, t("clusters.stability"): values})
    show.chart(chart, t("clusters.stability_alt"), name="clusters_stability", data=data)


def why_k(result: ClusterResult) -> None:
    """Show how clearly each number of groups parts the customers, and why one of them was taken."""
    sweep = result.sweep
    if sweep is None:
        return
    reasons = result.recommended.reasons if result.recommended is not None else ()
    words = segments.prose([t(f"reason.{note.code}", **note.facts) for note in reasons])
    with st.expander(t("clusters.why", k=result.k), icon=":material/lightbulb:"):
        st.markdown(show.md_escape(words))
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


def set_one(field: str) -> None:
    """Take another value of one choice."""
    change(**{field: session.widget(f"clusters_{field}")})


def set_share() -> None:
    """Take another least size of a group."""
    change(smallest_share=session.widget("clusters_smallest_share") / 100)


def set_preparation(field: str) -> None:
    """Prepare the features in another way."""
    plan = segments.plan_of(compute.study_or_stop(), "clusters")
    params: Any = plan.params
    change(preparation={**params.preparation.model_dump(), field: session.widget(f"clusters_prepare_{field}")})


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
