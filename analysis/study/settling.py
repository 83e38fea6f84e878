"""A recipe says where its groups lie, so that on other data names follow the groups and not the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.recipe import SegmentationPlan
    from analysis.study.result import StudyResult


def placed(result: StudyResult) -> StudyResult:
    """Return a result whose recipe holds the places of groups that a person named by number alone."""
    by_number = any(
        plan.edits and not plan.params.anchors and not plan.params.numbers  # pyright: ignore[reportAttributeAccessIssue]
        for plan in result.recipe.segmentations
        if plan.params.kind == "clusters"
    )
    return settled(result) if by_number else result


def settled(result: StudyResult) -> StudyResult:
    """Return a result whose recipe names the groups as they are now: where they lie, and the edits that stand."""
    recipe = result.recipe
    for plan in recipe.segmentations:
        found = result.segmentations.get(plan.params.kind)
        if plan.params.kind == "clusters" and plan.fit == "refit" and found is not None:
            recipe = recipe.with_plan(anchored(plan, found))
    return replace(result, recipe=recipe)


def anchored(plan: SegmentationPlan, found: Any) -> SegmentationPlan:
    """Return a plan of clusters whose numbers, and the edits that stand, rest on where the groups of a result lie."""
    from analysis.segments.clustering.numbering import anchors_of
    from analysis.segments.edit import standing

    params: Any = plan.params
    placed = params.model_copy(update={"numbers": (), "anchors": anchors_of(found.fitted)})
    return plan.model_copy(update={"params": placed, "edits": standing(plan.edits, found)[0]})
