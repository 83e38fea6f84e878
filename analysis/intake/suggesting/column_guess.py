"""The role suggested for one column, and why."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.intake.roles import IGNORE, Evidence, Role

Taken = tuple[Role, float]  # what a column was taken for, and how sure that is


@dataclass(frozen=True)
class ColumnGuess:
    """The role suggested for one column.

    ``confidence`` is 0..1; ``reason`` is a code: ``header``, ``header_part``, ``values``, ``unique``, ``constant``,
    ``empty``, ``better_elsewhere`` (another column has the role), ``known`` (of an export) or ``unknown``.
    """

    name: str
    role: str
    confidence: float
    reason: str
    evidence: Evidence

    @property
    def is_converted(self) -> bool:
        """Whether the rows prove that the amount holds its money already, in one currency."""
        return self.role == IGNORE and self.reason == "values"
