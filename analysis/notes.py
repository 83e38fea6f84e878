"""Something noticed on the way: a code and its facts; the sentence is in ``texts`` under ``note.<code>``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Note:
    """What a reader should know about a result.

    ``level`` is ``info``, ``check`` (worth a look) or ``ask`` (only a person can decide).
    """

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    level: Literal["info", "check", "ask"] = "info"
