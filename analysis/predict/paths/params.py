"""What a person chooses of the ways that customers take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.errors import ChoiceError
from analysis.params import Params


class PathsParams(Params):
    """The ways that customers take.

    Attributes
    ----------
    steps : tuple of str
        Events of the funnel; empty takes the most usual ones in their usual order.
    ordered : bool
        Each step after the one before.
    window_days : int, optional
        From the first step; later ones do not count.
    exclude : tuple of str
        Events that end a way.
    touch_days : int
        Contacts so many days before an order, or before the end of the data, are on its way.

    Examples
    --------
    >>> PathsParams(steps=("view", "cart", "buy")).ordered
    True
    """

    kind: Literal["paths"] = "paths"
    steps: tuple[str, ...] = Field(default=(), max_length=8)
    ordered: bool = True
    window_days: int | None = Field(default=None, ge=1, le=1_095)
    exclude: tuple[str, ...] = Field(default=(), max_length=20)
    touch_days: int = Field(default=30, ge=1, le=365)

    @model_validator(mode="after")
    def _steps_differ(self) -> PathsParams:
        twice = next((step for step in self.steps if self.steps.count(step) > 1), None)
        if twice is not None:
            raise ChoiceError("paths_step_twice", step=twice)
        if both := sorted(set(self.steps) & set(self.exclude)):
            raise ChoiceError("paths_step_excluded", step=both[0])
        return self
