"""Groups keep number, name and colour when a choice or the data changes: matched by overlap, kept in the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.match import align
from analysis.segments.numbering import continued, kept_edits, numbers_after
from ui import compute

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan

_SETTLED = "clusters_settled"


def carried(study: compute.Study, profiles: Profiles, old: SegmentationPlan, new: SegmentationPlan) -> SegmentationPlan:
    """Return a changed plan of clusters whose groups bear the numbers, and the edits, of those they continue."""
    ids = profiles.customers["customer_id"]
    try:
        before = study.run.segmentation(old)[0].segmentation.labels
        return _matched(study, profiles, new, ids, before)
    except AnalysisError:
        return new  # nothing to carry from, or to


def settle(study: compute.Study, profiles: Profiles) -> compute.Study:
    """Carry the numbers of clusters over when the data of the study has changed since they were last looked at."""
    version = study.version
    known = compute.workspace().setting(_SETTLED, None, study.id)
    if known == version:
        return study
    plan = study.recipe.plan("clusters")
    try:
        old = None if known is None or plan is None else _before(study, str(known), plan)
        if old is not None and plan is not None:
            compute.save_recipe(study, study.recipe.with_plan(_matched(study, profiles, plan, *old)))
    except AnalysisError:
        pass  # the page of the clusters says why there are none
    compute.workspace().set_setting(_SETTLED, version, study.id)
    return compute.study_or_stop()


def _matched(
    study: compute.Study, profiles: Profiles, plan: SegmentationPlan, ids: pd.Series, labels: pd.Series
) -> SegmentationPlan:
    params: Any = plan.params
    plain = plan.model_copy(update={"params": params.model_copy(update={"numbers": ()}), "edits": ()})
    found = study.run.segmentation(plain)[0].segmentation
    before, after = align(ids, labels, profiles.customers["customer_id"], found.labels)
    numbers = numbers_after(before, after, found.segments["segment"].tolist())
    numbered = params.model_copy(update={"numbers": numbers})
    now = study.run.segmentation(plain.model_copy(update={"params": numbered}))[0].segmentation
    continuing = continued(*align(ids, labels, profiles.customers["customer_id"], now.labels))
    _forget_personas(study, set(before.dropna().unique()) - continuing)
    return plan.model_copy(update={"params": numbered, "edits": kept_edits(plan.edits, continuing)})


def _forget_personas(study: compute.Study, gone: set[str]) -> None:
    """A persona's own words are about a group; they do not pass to another one that takes its number."""
    from analysis.workspace.documents import persona_name

    for key in gone & set(compute.workspace().persona_words(study.id).get("clusters", {})):
        compute.workspace().remove_document("persona", persona_name("clusters", key), study.id)


def _before(study: compute.Study, version: str, plan: SegmentationPlan) -> tuple[pd.Series, pd.Series] | None:
    """Return customer ids and groups as they were: computed again from the run before, else from the last snapshot."""
    from analysis.segments.clusters import clusters
    from analysis.workspace.runs import load_prepared

    old = load_prepared(compute.workspace().run_folder(study.id, version), study.tables)
    if old is not None:
        params: Any = plan.params
        return old.profiles.customers["customer_id"], clusters(old.profiles, params).segmentation.labels
    for info in compute.workspace().snapshots(study.id):
        kept = compute.workspace().load_snapshot(info.id).profiles
        if "segment_cluster" in kept and kept["segment_cluster"].notna().any():
            return kept["customer_id"], kept["segment_cluster"]
    return None
