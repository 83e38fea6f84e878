"""What a person chooses for uplift: who was written to, who was not, and what should have come of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.errors import ChoiceError
from analysis.params import Params


class UpliftParams(Params):
    """A past campaign with a hold-out.

    Attributes
    ----------
    arm : str
        Key of the feature that says who was in which arm: a category, or a flag (yes: treated).
    treated, control : str
        Levels of a category; ``"True"`` and ``"False"`` of a flag.
    outcome : str
        Key of a flag, or a number that is 0 or 1: what should have come of it.
    leave_out : tuple of str
        Features that were written after the campaign, such as other outcomes.
    method : "logistic" or "trees"
    seed : int
        Of the folds and the bootstrap.

    Raises
    ------
    ChoiceError
        ``uplift_one_arm`` (level): treated and control are the same.
    """

    kind: Literal["uplift"] = "uplift"
    arm: str = Field(max_length=200)
    treated: str = Field(default="True", max_length=200)
    control: str = Field(default="False", max_length=200)
    outcome: str = Field(max_length=200)
    leave_out: tuple[str, ...] = Field(default=(), max_length=200)
    method: Literal["logistic", "trees"] = "logistic"
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _two_arms(self) -> UpliftParams:
        if self.treated == self.control:
            raise ChoiceError("uplift_one_arm", level=self.treated)
        return self
