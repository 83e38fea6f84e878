"""The recipe: every choice that recomputes a study, as one closed, versioned model kept in YAML.

It holds no code, no SQL, no path and no value of a customer, so it can be sent to anyone.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from analysis.errors import AnalysisError, ChoiceError
from analysis.goals import Goal
from analysis.intake.choices import Choices
from analysis.intake.choices import Cleaning as Cleaning
from analysis.intake.choices import Column as Column
from analysis.intake.choices import Kind as Kind
from analysis.intake.choices import Source as Source
from analysis.params import Params
from analysis.predict.params import PredictionParams
from analysis.segments.methods import ALWAYS, CROSSABLE, KINDS, METHODS, place, used_kinds
from analysis.segments.params import SegmentEdit, repeated
from analysis.tags.apply import in_order
from analysis.tags.params import MOST_TAGS, Tag

if TYPE_CHECKING:
    from analysis.segments.method import MethodParams

    AnyParams = MethodParams
else:
    # Of one method or another: its kind says of which.
    AnyParams = Annotated[reduce(or_, (method.params for method in METHODS.values())), Field(discriminator="kind")]


class SegmentationPlan(Params):
    """One way to group the customers, and the edits made to its segments.

    ``fit`` says whether each run learns cuts and centres anew or applies those that an earlier run left.
    """

    params: AnyParams
    edits: tuple[SegmentEdit, ...] = ()
    fit: Literal["refit", "frozen"] = "refit"

    @model_validator(mode="after")
    def _uses_what_can_be_used(self) -> SegmentationPlan:
        for kind in used_kinds(self.params):
            if kind not in CROSSABLE:
                raise ChoiceError("hybrid_cannot_cross", method=kind, known=tuple(CROSSABLE))
        return self


class _Cover(Params):
    """What stands at the top of every recipe."""

    version: Literal[1] = 1
    name: str = Field(default="", max_length=200)
    goal: Goal | None = None


class Recipe(Choices, _Cover):
    """Every choice of a study.

    Examples
    --------
    >>> Recipe().as_of
    'latest'
    """

    segmentations: tuple[SegmentationPlan, ...] = tuple(
        SegmentationPlan(params=METHODS[kind].params.model_validate({})) for kind in ALWAYS
    )

    tags: tuple[Tag, ...] = Field(default=(), max_length=MOST_TAGS)

    predictions: tuple[PredictionParams, ...] = ()

    @model_validator(mode="after")
    def _tags_hold_together(self) -> Recipe:
        if (twice := repeated(tag.key for tag in self.tags)) is not None:
            raise ChoiceError("tag_twice", key=twice)
        for tag in self.tags:  # a value of a tag that has several is a column as well
            if tag.several and (clash := [one.key for one in self.tags if one is not tag and tag.gives(one.column)]):
                raise ChoiceError("tag_key_of_value", key=clash[0], other=tag.key)
        try:
            in_order(self.tags)
        except AnalysisError as problem:
            raise ChoiceError(problem.code, **problem.facts) from None
        return self

    @model_validator(mode="after")
    def _one_prediction_of_each(self) -> Recipe:
        if (twice := repeated(params.kind for params in self.predictions)) is not None:
            raise ChoiceError("prediction_twice", kind=twice)
        return self

    def prediction(self, kind: str) -> PredictionParams | None:
        """Return the prediction of this kind, or None when the study has none."""
        return next((params for params in self.predictions if params.kind == kind), None)

    def with_prediction(self, params: PredictionParams) -> Recipe:
        """Return the recipe with this prediction in the place of the one of its kind."""
        others = tuple(other for other in self.predictions if other.kind != params.kind)
        return self.model_copy(update={"predictions": tuple(sorted((*others, params), key=lambda one: one.kind))})

    def without_prediction(self, kind: str) -> Recipe:
        """Return the recipe without the prediction of this kind."""
        return self.model_copy(update={"predictions": tuple(one for one in self.predictions if one.kind != kind)})

    def tag(self, key: str) -> Tag | None:
        """Return the tag of this key, or None when the study has none."""
        return next((tag for tag in self.tags if tag.key == key), None)

    def with_tag(self, tag: Tag) -> Recipe:
        """Return the recipe with this tag in the place of the one of its key, or at the end."""
        if self.tag(tag.key) is None:
            return self.model_copy(update={"tags": (*self.tags, tag)})
        return self.model_copy(update={"tags": tuple(tag if one.key == tag.key else one for one in self.tags)})

    def without_tag(self, key: str) -> Recipe:
        """Return the recipe without the tag of this key."""
        return self.model_copy(update={"tags": tuple(tag for tag in self.tags if tag.key != key)})

    @model_validator(mode="after")
    def _one_of_each(self) -> Recipe:
        if (twice := repeated(plan.params.kind for plan in self.segmentations)) is not None:
            raise ChoiceError("segmentation_twice", method=twice)
        return self

    def plan(self, kind: str) -> SegmentationPlan | None:
        """Return the segmentation of this kind, or None when the study has none."""
        return next((plan for plan in self.segmentations if plan.params.kind == kind), None)

    def plan_or_usual(self, kind: str) -> SegmentationPlan:
        """Return the segmentation of this kind, or the one that runs when nobody chooses.

        Raises
        ------
        AnalysisError
            ``segmentation_unknown`` (method): there is no such kind.
        """
        if kind not in METHODS:
            raise AnalysisError("segmentation_unknown", method=kind, known=KINDS)
        return self.plan(kind) or SegmentationPlan.model_validate({"params": {"kind": kind}})

    def is_chosen(self, kind: str) -> bool:
        """Say whether a person chose this way to group: every study begins with the default ones, chosen by nobody."""
        begun = Recipe.model_fields["segmentations"].default
        return (plan := self.plan(kind)) is not None and plan not in begun

    def with_plan(self, plan: SegmentationPlan) -> Recipe:
        """Return the recipe with this segmentation in the place of the one of its kind."""
        others = [other for other in self.segmentations if other.params.kind != plan.params.kind]
        plans = sorted([*others, plan], key=lambda each: place(each.params.kind))
        return self.model_copy(update={"segmentations": tuple(plans)})
