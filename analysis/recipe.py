"""The recipe: every choice that recomputes a study, as one closed, versioned model kept in YAML.

It holds no code, no SQL, no path and no value of a customer, so it can be sent to anyone.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from analysis.errors import AnalysisError
from analysis.goals import Goal
from analysis.params import Params
from analysis.segments.methods import ALWAYS, KINDS, METHODS, place
from analysis.segments.params import SegmentEdit

if TYPE_CHECKING:
    from analysis.segments.method import MethodParams

    AnyParams = MethodParams
else:
    # Of one method or another: its kind says of which.
    AnyParams = Annotated[reduce(or_, (method.params for method in METHODS.values())), Field(discriminator="kind")]

Kind = Literal["orders", "order_heads", "customers", "events", "feedback", "referrals", "contacts", "ignore"]


class Column(Params):
    """One column of a source: its header as it stands in the file, and the role it plays."""

    name: str
    role: str = "ignore"
    date_order: Literal["auto", "ymd", "dmy", "mdy"] = "auto"
    decimal: Literal["auto", "point", "comma"] = "auto"
    scale: Literal["header", "none"] = "header"  # numbers are multiplied by the unit that their header names, or not
    nothing: Literal["auto"] | tuple[str, ...] = "auto"  # the words that stand for nothing in this column
    missing: Literal["leave", "unknown", "median", "most_frequent"] = "leave"
    merges: tuple[tuple[str, str], ...] = ()  # a value and the one it is read as


class Source(Params):
    """One table of the study, recognised next month by its columns, whatever the file is called."""

    kind: Kind
    file: str = ""
    sheet: str = ""
    header_row: int | None = Field(default=None, ge=0)  # as found when left out; 0 for no header
    encoding: str | None = None
    columns: tuple[Column, ...] = ()

    def column(self, role: str) -> Column | None:
        """Return the first column with this role, or None."""
        return next((column for column in self.columns if column.role == role), None)


class Cleaning(Params):
    """What is left out, and what is only reported."""

    returns: Literal["net", "set_aside"] = "net"
    excluded_states: Literal["auto"] | tuple[str, ...] = "auto"
    duplicate_lines: Literal["keep", "set_aside"] = "keep"
    repeated_lines: Literal["keep", "set_aside"] = "keep"
    test_orders: Literal["keep", "set_aside"] = "keep"
    zero_amounts: Literal["keep", "set_aside"] = "keep"
    outliers: Literal["keep", "cap"] = "keep"
    ages: Literal["keep", "blank"] = "keep"
    # An order's total that stands on each of its lines: shared out, counted on each, or as the lines show.
    order_totals: Literal["auto", "each_line", "split"] = "auto"
    # Lines of positive amounts under the number of a cancelled order (C536379).
    credit_numbers: Literal["auto", "return", "sale"] = "auto"
    blank_cells: Literal["fill_down", "leave"] = "fill_down"  # lines of an order of which only the first is full
    categories: Literal["merge", "keep"] = "merge"  # values that differ only by case, space or width


class SegmentationPlan(Params):
    """One way to group the customers, and the edits made to its segments.

    ``fit`` says whether each run learns cuts and centres anew or applies those that an earlier run left.
    """

    params: AnyParams
    edits: tuple[SegmentEdit, ...] = ()
    fit: Literal["refit", "frozen"] = "refit"


class Recipe(Params):
    """Every choice of a study.

    Examples
    --------
    >>> Recipe().as_of
    'latest'
    """

    version: Literal[1] = 1
    name: str = Field(default="", max_length=200)
    goal: Goal | None = None
    as_of: Literal["latest"] | date = "latest"
    currency: str | None = Field(default=None, max_length=8)
    time_zone: str | None = None
    sources: tuple[Source, ...] = ()
    cleaning: Cleaning = Cleaning()
    accepted: tuple[str, ...] = ()  # findings of the quality report that a person has looked at and accepts
    segmentations: tuple[SegmentationPlan, ...] = tuple(
        SegmentationPlan(params=METHODS[kind].params.model_validate({})) for kind in ALWAYS
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Recipe:
        kinds = [plan.params.kind for plan in self.segmentations]
        if len(kinds) != len(set(kinds)):
            raise ValueError("one segmentation of each kind")
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

    def with_plan(self, plan: SegmentationPlan) -> Recipe:
        """Return the recipe with this segmentation in the place of the one of its kind."""
        others = [other for other in self.segmentations if other.params.kind != plan.params.kind]
        plans = sorted([*others, plan], key=lambda each: place(each.params.kind))
        return self.model_copy(update={"segmentations": tuple(plans)})

    def personal_headers(self) -> dict[str, str]:
        """Return the headers of personal data, by their role or for want of one by what they promise, with the kind."""
        from analysis.intake.roles import personal_by_header, roles

        found: dict[str, str] = {}
        for source in self.sources:
            for column in source.columns:
                known = roles().get(column.role)
                kind = known.personal if known else personal_by_header(column.name)
                if kind:
                    found[column.name] = kind
        return found
