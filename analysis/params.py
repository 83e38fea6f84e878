"""The base of everything a person or a file chooses: closed and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Closed (unknown fields are refused) and frozen (a change is a new object)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; what is changed is checked as if it had been there from the start.

        Raises
        ------
        pydantic.ValidationError
            A field that does not exist, or a value that it cannot have.

        Examples
        --------
        >>> from datetime import date
        >>> class Look(Params):
        ...     since: date = date(2024, 1, 1)
        >>> Look().model_copy(update={"since": "2024-12-31"}).since
        datetime.date(2024, 12, 31)
        >>> Look().model_copy(update={"sinse": "2024-12-31"})
        Traceback (most recent call last):
        ...
        pydantic_core._pydantic_core.ValidationError: ...
        """
        same = super().model_copy(deep=deep)
        if not update:
            return same
        chosen = {name: getattr(same, name) for name in same.model_fields_set}
        return type(self).model_validate({**chosen, **update})
