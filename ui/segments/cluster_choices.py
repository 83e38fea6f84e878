"""The choices of the Clusters page: features, method, number of groups, and under "More" the whole preparation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.profiles.words import feature_name, feature_names
from analysis.recipe import SegmentationPlan
from analysis.segments.clustering.features import suggest_features
from analysis.segments.params import ClusterMethod, ClusterParams, Preparation
from ui import bound, compute, session, show
from ui.segments import continuity, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.segments.clustering.result import ClusterResult

MOST_GROUPS = 12
CHOICES = {
    "skew": ("log", "yeo_johnson", "none"),
    "scale": ("standard", "robust"),
    "missing": ("median", "leave_out"),
    "correlated": ("keep", "leave_out"),
}
_TURN = "weights_turn"


def settings(
    study: compute.LoadedStudy, params: ClusterParams, profiles: Profiles, result: ClusterResult | None
) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    kinds = ("number", "flag", "category") if params.method == "mixed" else ("number", "flag")
    usable = [feature for feature in profiles.features if feature.kind in kinds and not feature.personal]
    words = feature_names(usable, t)
    chosen = [key for key in params.features or suggest_features(profiles) if key in words]
    k = params.k or (result.k if result is not None else 2)
    st.slider(
        t("clusters.k"), 2, max(MOST_GROUPS, k), help=t("clusters.k_help"), disabled=params.method == "hdbscan",
        **one("k", k),
    )  # fmt: skip
    st.toggle(t("clusters.suggest"), **bound.one("clusters_suggest", params.k is None, partial(set_suggest, k)))
    st.multiselect(
        t("clusters.features"), list(words), format_func=lambda key: words[key], help=t("clusters.features_help"),
        placeholder=t("clusters.features_none"), wrap=True,
        **bound.one("clusters_features", chosen, partial(set_features, profiles)),
    )  # fmt: skip
    st.selectbox(
        t("clusters.method_choice"), get_args(ClusterMethod), help=t("clusters.method_help"),
        format_func=lambda method: t(f"cluster_method.{method}"), **one("method", params.method),
    )  # fmt: skip
    show.problem()
    continuity.say()
    more(study, params, profiles, result)


def more(study: compute.LoadedStudy, params: ClusterParams, profiles: Profiles, result: ClusterResult | None) -> None:
    """Show what was done to each feature and how much it weighs, and what a suggested number has to keep to."""
    t = session.t()
    preparation = params.preparation
    with st.popover(t("clusters.more"), icon=":material/tune:"):
        columns = st.columns(2)
        for i, (field, options) in enumerate(CHOICES.items()):
            columns[i % 2].selectbox(
                t(f"clusters.{field}"), options, help=t(f"clusters.{field}_help"),
                format_func=lambda option, field=field: t(f"clusters.{field}_{option}"),
                **of_preparation(preparation, field),
            )  # fmt: skip
        columns[1].slider(t("clusters.alike"), 0.5, 1.0, step=0.05, **of_preparation(preparation, "alike"))
        columns[0].toggle(t("clusters.cap"), help=t("clusters.cap_help"), **of_preparation(preparation, "cap"))
        if result is not None:
            weights(study, params, profiles, result)
        left, right = st.columns(2)
        percent = round(params.smallest_share * 100)
        left.slider(
            t("clusters.smallest_share"), 0, 20, format="%d%%",
            **bound.one("clusters_smallest_share", percent, lambda percent: change(smallest_share=percent / 100)),
        )  # fmt: skip
        right.slider(t("clusters.most_segments"), 2, 10, **one("most_segments", params.most_segments))


def weights(study: compute.LoadedStudy, params: ClusterParams, profiles: Profiles, result: ClusterResult) -> None:
    """Show each feature with what was done to it; its weight is changed in place and kept at once."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in profiles.features}
    steps = {step.feature: step for step in result.steps}
    keys = [*steps, *(feature.key for feature in result.categories)]
    given = params.preparation.weights
    rows = []
    for key in keys:
        step = steps.get(key)
        alike = by_key.get(step.alike) if step else None
        rows.append(
            {
                "feature": feature_name(by_key[key], t),
                "weight": float(given.get(key, 1.0)),
                "treatment": t(f"clusters.treatment_{step.treatment if step else 'category'}"),
                "skewness": step.skewness if step else None,
                "n_missing": step.n_missing if step else None,
                "n_capped": step.n_capped if step else None,
                "alike": feature_name(alike, t) if alike else "–",
                "correlation": step.correlation if step and alike else None,
            }
        )
    turn = session.kept(_TURN, 0)
    key = f"clusters_weights_{study.revision}_{turn}_{session.language()}"
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        "feature": t("charts.feature"),
        "weight": number(t("clusters.weight"), min_value=0.1, max_value=10.0, format="%.1f",
                         help=t("clusters.weight_help")),
        "treatment": t("clusters.treatment"),
        "skewness": number(t("clusters.skewness"), format="%.1f", help=t("clusters.skewness_help")),
        "n_missing": number(t("clusters.n_missing"), format="%,d"),
        "n_capped": number(t("clusters.n_capped"), format="%,d"),
        "alike": t("clusters.most_alike"),
        "correlation": number(t("clusters.correlation"), format="%.2f"),
    }  # fmt: skip
    st.data_editor(
        pd.DataFrame(rows), key=key, hide_index=True, num_rows="fixed", column_config=config, placeholder="–",
        disabled=[name for name in config if name != "weight"], alt=t("clusters.weights"),
    )  # fmt: skip
    changed = (session.widget(key) or {}).get("edited_rows", {})
    if changed:
        new = dict(given)
        for row, cells in changed.items():
            weight = min(max(float(cells.get("weight") or 1.0), 0.1), 10.0)
            new.pop(keys[int(row)], None)
            if weight != 1.0:
                new[keys[int(row)]] = weight
        session.keep(_TURN, turn + 1)
        change(preparation=Preparation.model_validate({**params.preparation.model_dump(), "weights": new}))
        st.rerun()


def one(field: str, value: Any) -> dict[str, Any]:
    """Return what binds a widget to one of the params."""
    return bound.one(f"clusters_{field}", value, lambda chosen: change(**{field: chosen}))


def of_preparation(preparation: Preparation, field: str) -> dict[str, Any]:
    """Return what binds a widget to one choice of how the features are prepared."""

    def keep(chosen: Any) -> None:
        plan = segments.plan_of(compute.study_or_stop(), "clusters")
        params: Any = plan.params
        change(preparation={**params.preparation.model_dump(), field: chosen})

    return bound.one(f"clusters_prepare_{field}", getattr(preparation, field), keep)


def set_features(profiles: Profiles, chosen: list[str]) -> None:
    """Take other features; the suggested ones, or none, are kept as "the suggested ones"."""
    change(features=() if tuple(chosen) == suggest_features(profiles) else tuple(chosen))


def set_suggest(k: int, suggested: bool) -> None:
    """Leave the number of groups to the data, or keep the one that is there."""
    change(k=None if suggested else k)


def change(**changes: object) -> None:
    """Change the params; numbers, names and merges go along to the groups that hold most of the same customers."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles

    def changed(plan: SegmentationPlan) -> SegmentationPlan:
        params = ClusterParams.model_validate({**plan.params.model_dump(), **changes})
        return continuity.with_continued_groups(study, profiles, plan, plan.model_copy(update={"params": params}))

    segments.change_plan("clusters", changed)
