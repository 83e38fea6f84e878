"""What every segmentation of a run learned, as snapshots and ``fit.json`` keep it."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from analysis.params import Params
from analysis.segments.fitted import Fitted
from analysis.segments.methods import METHODS

if TYPE_CHECKING:
    AnyFitted = Fitted
else:
    # Of one method or another: its kind says of which.
    AnyFitted = Annotated[
        reduce(or_, (method.freezing.fitted for method in METHODS.values())), Field(discriminator="kind")
    ]


class FittedStudy(Params):
    """What every segmentation of a run learned.

    ``not_kept`` are the methods whose groups cannot be applied to others, with the reason as a code.
    """

    version: Literal[1] = 1
    as_of: date
    methods: tuple[AnyFitted, ...] = ()
    not_kept: dict[str, str] = Field(default_factory=dict)

    def __repr__(self) -> str:
        return f"FittedStudy({', '.join([self.as_of.isoformat(), *(each.kind for each in self.methods)])})"

    def of(self, kind: str) -> Fitted | None:
        """Return what the method of this kind learned, or None."""
        return next((each for each in self.methods if each.kind == kind), None)
