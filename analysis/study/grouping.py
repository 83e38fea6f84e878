"""Clusters in a study: found once whatever numbers they bear, and measured on the scale that they were found on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan
    from analysis.segments.clustering.prepare import ClusterFeatures
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.frozen import Before
    from analysis.segments.params import ClusterParams
    from analysis.study.kept import Steps


def profiles_for(run: Steps, plan: SegmentationPlan) -> Profiles:
    """Return the profiles that a segmentation starts from; one that asks for what is made of segments is refused.

    Raises ``segments_of_their_tags`` (method, tag).
    """
    from analysis.tags.apply import of_segments
    from analysis.tags.dictionary import names_tag

    late = of_segments(run.recipe.tags)
    for tag in run.recipe.tags:
        if tag.key in late and not tag.retired and names_tag(plan.params, tag):
            raise AnalysisError("segments_of_their_tags", method=plan.params.kind, tag=tag.key)
    return run.prepared().profiles


def clusters_of(run: Steps, params: ClusterParams) -> ClusterResult:
    """Return the clusters of these params, with the numbers of those that they continue."""
    from analysis.segments.clustering.clusters import group
    from analysis.segments.clustering.numbering import numbered
    from analysis.segments.frozen import continued

    # Groups are found once, whatever numbers they bear.
    choices = params.model_dump_json(exclude={"numbers", "anchors"})
    found = run.kept("segmentation", choices, lambda: group(run.features(params), params))
    if params.numbers or params.anchors:
        found = run.kept("numbered", params.model_dump_json(), lambda: numbered(found, params))
    return continued(found, run.before, run.prepared().profiles)


def measured_on(run: Steps, plan: SegmentationPlan) -> ClusterFeatures:
    """Return what the clusters of a plan are measured on: for a frozen one, the scale that they were stored on."""
    from analysis.segments.clustering.frozen import prepared_by

    params: Any = plan.params
    if plan.fit == "refit":
        return run.features(params)
    fitted: Any = run.before.fitted.of("clusters") if run.before and run.before.fitted else None
    return run.kept(
        "features", state_of(plan, run.before), lambda: prepared_by(run.prepared().profiles, fitted, params)
    )


def state_of(plan: SegmentationPlan, before: Before | None) -> str:
    """Name a plan with what it applies of the run before."""
    return " ".join([plan.fit, plan.params.model_dump_json(), before.state if before else ""])


def silhouettes(run: Steps, plan: SegmentationPlan) -> pd.DataFrame:
    """Return the silhouette of each customer of the sample, on the scale that the groups were found on."""
    from analysis.segments.clustering.fit import customer_silhouettes

    def compute() -> pd.DataFrame:
        return customer_silhouettes(measured_on(run, plan), run.segmentation(plan)[0])

    return run.kept("small", f"silhouettes {state_of(plan, run.before)}", compute)


def stability(run: Steps, plan: SegmentationPlan) -> dict[str, float]:
    """Return how well each cluster is found again in other customers, 0..1."""
    from analysis.segments.clustering.clusters import segment_stability

    found = run.segmentation(plan)[0]
    if found.stability is not None:
        return found.stability

    def compute() -> dict[str, float]:
        params: Any = plan.params
        return segment_stability(measured_on(run, plan), found, seed=params.seed)

    return run.kept("small", f"stability {state_of(plan, run.before)}", compute)
