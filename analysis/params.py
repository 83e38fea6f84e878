"""The base of everything a person or a file chooses: closed and frozen."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Closed (unknown fields are refused) and frozen (a change is a new object)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
