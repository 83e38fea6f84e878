"""One segmentation of one study: groups by a method, anew or as stored, and what a person has changed about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.segments.methods import METHODS, Basis

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan
    from analysis.segments.frozen import Before
    from analysis.segments.method import MethodParams, SegmentationResult
    from analysis.segments.result import EditedSegmentation


def planned(plan: SegmentationPlan | MethodParams) -> SegmentationPlan:
    """Return the plan that params stand for: theirs, without edits."""
    from analysis.recipe import SegmentationPlan

    return plan if isinstance(plan, SegmentationPlan) else SegmentationPlan.model_validate({"params": plan})


def segment(
    profiles: Profiles,
    plan: SegmentationPlan | MethodParams,
    *,
    standard: StandardTables | None = None,
    others: Mapping[str, EditedSegmentation] | None = None,
    before: Before | None = None,
) -> SegmentationResult:
    """Group the customers by one method, or with ``fit="frozen"`` by what it learned before.

    Parameters
    ----------
    profiles : Profiles
    plan : SegmentationPlan or MethodParams
        Params stand for a plan without edits.
    standard : StandardTables, optional
        For the methods that read orders.
    others : mapping of EditedSegmentation, optional
        The other segmentations of the study by kind, for the hybrid.
    before : Before, optional
        The run before: what it learned, for a frozen plan, and who was in which cluster, whose numbers go on.

    Returns
    -------
    SegmentationResult
        The method's own frozen result.
    """
    from analysis.segments.frozen import apply, continued

    plan = planned(plan)
    if plan.fit == "frozen":
        return apply(before, plan.params, profiles, standard=standard, others=others)
    found = METHODS[plan.params.kind].run(Basis(profiles, standard, others or {}), plan.params)
    return continued(found, before, profiles)


def edit(result: SegmentationResult, plan: SegmentationPlan, profiles: Profiles) -> EditedSegmentation:
    """Apply the plan's renames, merges and hidden segments; a name given in the params counts until it is changed."""
    from analysis.segments.edit import apply_edits, standing

    spend = profiles.customers.get("spend", None)
    edits, notes = standing(plan.edits, result)
    edited = apply_edits(result.segmentation, edits, spend=spend)
    return replace(edited, names={**result.names, **edited.names}, notes=(*edited.notes, *notes))
